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

/** @param {number} point */
const isBlank = (point) =>
  within(point, 9, 13) ||
  [0x20, 0x85, 0xa0, 0x2028, 0x2029, 0x3000].indexOf(point) >= 0 ||
  within(point, 0x2000, 0x200a);

/** First and last of what cannot be seen, in pairs. */
const UNSEEN = [
  0, 0x1f, 0x7f, 0x9f, 0xad, 0xad, 0x300, 0x36f, 0x200b, 0x200f, 0x202a, 0x202e, 0x2060, 0x206f, 0xd800, 0xdfff, 0xfe00,
  0xfe0f, 0xfeff, 0xfeff,
];

/** @param {number} point */
const isUnseen = (point) => UNSEEN.some((first, n) => n % 2 === 0 && within(point, first, UNSEEN[n + 1]));

/** Runs of blanks become one, what cannot be seen goes. @param {string} text */
export function clean(text) {
  let kept = "";
  for (const char of text) {
    if (isBlank(pointOf(char))) kept += " ";
    else if (!isUnseen(pointOf(char))) kept += char;
  }
  return kept.split(" ").filter(Boolean).join(" ");
}

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
