/** How many full-width characters a text takes, rounded up; server/alerts/wording.py counts the same for these. */

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}“”‘’…—·×①-⑳Ⅰ-Ⅻ]/u;

/** @param {string} text */
export function width(text) {
  let halves = 0;
  for (const one of text) halves += WIDE.test(one) ? 2 : 1;
  return Math.ceil(halves / 2);
}
