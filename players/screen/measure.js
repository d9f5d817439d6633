/** How wide an alert's text is and where its lines may break; playlists/measure.py agrees and says more. */

/** Widths are whole thousandths of the type size. */
export const EM = 1_000;

/** Noto Sans SC Bold's own widths of U+0020 to U+007E, in hundredths of the type size, as characters from U+0019. */
const ASCII = "0>STTzc:??LT:>:@TTTTTTTTTT::TTTM}Z^[aWTae:R^Sodf\\f^XXdWuXSW?@?TRXUZNZT?UY88V9zZXZZEKDYSpRSM?7?T";
const BREAKS_AFTER = "，。；：、！？";
const NOT_FIRST = "、，。．：；？！）》」』】〕〗〉］｝”’…—～·‧％‰℃°,.:;?!)]}%";
const NOT_LAST = "（《「『【〔〖〈［｛“‘([{￥$#";

/** @param {string} char @returns {number} */
export const pointOf = (char) => Number(char.codePointAt(0));

/** @param {number} point @param {number} first @param {number} last */
const within = (point, first, last) => point >= first && point <= last;

/** Controls that are no blank, what sits on another character, direction marks, variants. */
const UNSEEN =
  "[\\0-\\x08\\x0e-\\x1f\\x7f-\\x9f\\xad\\u0300-\\u036f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f]";
const unseen = new RegExp(UNSEEN, "g");

/** Runs of blanks become one, what cannot be seen goes. @param {string} text */
export const clean = (text) => text.replace(unseen, "").replace(/\s+/g, " ").trim();

/** @param {string} text @param {boolean} bold */
export function widthOf(text, bold) {
  let sum = 0;
  for (const char of text) sum += advance(pointOf(char), bold);
  return sum;
}

/** @param {number} point @param {boolean} bold */
export function advance(point, bold) {
  if (within(point, 0xff61, 0xffdc)) return EM / 2;
  if (!bold) return point >= 0x2e80 || within(point, 0x2460, 0x249b) ? EM : EM / 2;
  if (within(point, 0x20, 0x7e)) return (ASCII.charCodeAt(point - 0x20) - 25) * 10;
  return point >= 0x2000 ? EM : 700;
}

/** How many characters a reader takes in. @param {string} text */
export const count = (text) => Math.ceil(widthOf(text, false) / EM);

/** Even lines, between phrases where that costs no line; [] when a word is wider. @param {string} text @param {number} limit @param {boolean} bold */
export function wrapped(text, limit, bold) {
  const phrases = filled(text, limit, bold, false).length;
  return evened(text, limit, bold, filled(text, limit, bold, true).length !== phrases);
}

/** @param {string} text @param {number} limit @param {boolean} bold @param {boolean} fine */
export function evened(text, limit, bold, fine) {
  let lines = filled(text, limit, bold, fine);
  let least = Math.floor(limit / (lines.length + 1));
  let most = lines.length > 1 ? limit : 0;
  while (least < most) {
    const middle = (least + most) >> 1;
    const tried = filled(text, middle, bold, fine);
    if (tried.length && tried.length === lines.length) {
      most = middle;
      lines = tried;
    } else least = middle + 1;
  }
  return lines;
}

/** One line after the other, filled; [] when a piece is wider than a line. @param {string} text @param {number} limit @param {boolean} bold @param {boolean} fine */
export function filled(text, limit, bold, fine) {
  /** @type {string[]} */
  const lines = [];
  let current = "";
  let used = 0;
  for (const [gap, piece] of pieces(text, fine)) {
    const wide = widthOf(piece, bold);
    if (wide > limit) return [];
    const more = widthOf(gap, bold) + wide;
    if (current && used + more <= limit) {
      current += gap + piece;
      used += more;
    } else {
      if (current) lines.push(current);
      current = piece;
      used = wide;
    }
  }
  return current ? lines.concat(current) : [];
}

/** What may not be broken, each with the blank before it. @param {string} text @param {boolean} fine */
function pieces(text, fine) {
  /** @type {[string, string][]} */
  const found = [];
  for (const word of text.split(" ")) {
    let gap = found.length ? " " : "";
    let piece = "";
    let before = "";
    for (const char of word) {
      if (before && mayBreak(before, char, fine)) {
        found.push([gap, piece]);
        gap = piece = "";
      }
      piece += char;
      before = char;
    }
    found.push([gap, piece]);
  }
  return found;
}

/** @param {string} before @param {string} after @param {boolean} fine */
function mayBreak(before, after, fine) {
  if (NOT_FIRST.indexOf(after) >= 0 || NOT_LAST.indexOf(before) >= 0) return false;
  return BREAKS_AFTER.indexOf(before) >= 0 || (fine && (pointOf(before) >= 0x2e80 || pointOf(after) >= 0x2e80));
}
