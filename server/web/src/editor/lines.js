/** Lines of text: many pasted at once, one that is too long cut in two, and how wide they are. */

const LONGEST = 500;
const MARKS = "。；！？;!?";
const PAUSES = "，、：,: 　";

/**
 * Characters as a screen counts them: a Chinese one is one, a Latin one a half.
 * @param {string} text
 */
export function width(text) {
  let halves = 0;
  for (const character of text.trim()) halves += /** @type {number} */ (character.codePointAt(0)) < 0x2e80 ? 1 : 2;
  return Math.ceil(halves / 2);
}

/**
 * Pasted text as slogans: one a line; `twice` were there already, `refused` are too long to be one.
 * @param {string} text
 * @param {string[]} held what the playlist says already
 */
export function slogansIn(text, held) {
  const seen = new Set(held.map((line) => line.trim()));
  const found =
    /** @type {{lines: string[], twice: string[], refused: {line: number, text: string, length: number}[]}} */ ({
      lines: [],
      twice: [],
      refused: [],
    });
  for (const [n, row] of text.split(/\r\n|[\n\r\u2028\u2029]/).entries()) {
    const line = row.replaceAll("\t", " ").trim();
    const length = [...line].length;
    if (!line) continue;
    if (length > LONGEST) found.refused.push({ line: n + 1, text: line, length });
    else if (seen.has(line)) found.twice.push(line);
    else found.lines.push(line);
    if (length <= LONGEST) seen.add(line);
  }
  return found;
}

/**
 * A slogan as two: cut behind the mark nearest its middle, else behind a pause, else in the middle.
 * @param {string} text
 * @returns {[string, string]}
 */
export function inTwo(text) {
  const characters = [...text.trim()];
  const middle = characters.length / 2;
  const at = nearest(characters, MARKS, middle) ?? nearest(characters, PAUSES, middle) ?? Math.ceil(middle);
  const part = (/** @type {string[]} */ some) =>
    some
      .join("")
      .trim()
      .replace(/[，、；：,;:]+$/, "");
  return [part(characters.slice(0, at)), part(characters.slice(at))];
}

/**
 * @param {string[]} characters
 * @param {string} marks
 * @param {number} middle
 */
function nearest(characters, marks, middle) {
  let best = /** @type {number | undefined} */ (undefined);
  for (let n = 1; n < characters.length; n++) {
    if (!marks.includes(characters[n - 1]) || marks.includes(characters[n])) continue;
    if (best === undefined || Math.abs(n - middle) < Math.abs(best - middle)) best = n;
  }
  return best;
}
