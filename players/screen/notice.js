/**
 * How an alert lies on a screen: a pure rule of its size, colour class and words; playlists/notice.py agrees and
 * says more.
 *
 * @typedef {import("./types.js").Alert} Alert
 * @typedef {import("./types.js").Box} Box
 * @typedef {import("./types.js").Line} Line
 * @typedef {import("./types.js").NoticePage} Page
 * @typedef {import("./types.js").NoticeScroll} Scroll
 * @typedef {import("./types.js").Notice} Notice
 * @typedef {{label: string, headline: string, text: string, drill: boolean, turn: number}} Words
 * @typedef {[string, number, string][]} Set lines from top to bottom: text, em, ink
 */

import { inksFor } from "./inks.js";
import { clean, count, EM, evened, filled, widthOf, wrapped } from "./measure.js";
import { turnMs } from "./precedence.js";

const LOW = 32;
const BORDERED = 64;
const COARSE = 96;
const BITMAP_EM = 16;
const WIDE = 4;
const ROOM = 64;
const DWELL_LEAST_MS = 3_000;
const DWELL_BASE_MS = 1_000;
const DWELL_CHARACTER_MS = 250;
const MOST_PAGES = 8;
const GAP = "\u3000";

/** Half of the border's second, in ms. */
export const BLINK_MS = 500;

/** Modules of blank around a QR code, both sides together. */
export const QUIET = 8;

/** @type {Box} */
const NOWHERE = [0, 0, 0, 0];

const { floor, max, min } = Math;

/** @param {number} a @param {number} b */
const div = (a, b) => floor(a / b);

/** @param {number} width @param {number} height @param {string} colour @param {Alert} alert @returns {Notice} */
export function noticeOf(width, height, colour, alert) {
  const words = {
    label: clean(alert.label),
    headline: clean(alert.headline),
    text: clean(alert.text),
    drill: alert.status === "exercise",
    turn: turnMs(alert),
  };
  const box = boxOf(width, height, alert.presentation);
  const type = typeFor(colour === "full" ? 24 : LOW, box[3]);
  const border = box[3] < BORDERED ? 0 : max(1, div(min(box[2], box[3]), 48));
  const inner = /** @type {Box} */ ([box[0] + border, box[1] + border, box[2] - 2 * border, box[3] - 2 * border]);
  const [band, label] = bandOf(type, inner, words.label);
  const beside = bodyOf(inner, band);
  const [qr, code] = codeOf(type, beside, alert);
  const body = /** @type {Box} */ ([beside[0], beside[1], beside[2] - qr[2], beside[3]]);
  const [pages, scroll] = flow(type, body, words, label.length > 0);
  const blink = alert.phase !== "live" ? "" : border ? "border" : label.length ? "band" : "";
  return { box, border, band, label, pages, scroll, qr, code, inks: inksFor(colour, alert), blink };
}

/**
 * What is on at `at`, `elapsed` ms into the alert's turn of `length` ms (0 without end): the page, a scroll's left
 * edge, whether what blinks is lit, and how long all that stays, in ms (0 while it runs).
 * @param {Notice} notice @param {number} elapsed @param {number} length @param {number} at
 */
export function momentOf({ pages, scroll, blink }, elapsed, length, at) {
  const lit = blink === "" || div(at, BLINK_MS) % 2 === 0;
  const total = scroll ? scroll.pass_ms : pages.reduce((sum, page) => sum + page.dwell_ms, 0);
  const fast = length > 0 && length < total;
  let position = fast ? div(elapsed * total, length) : elapsed % total;
  if (scroll) return { page: 0, x: scroll.box[0] + scroll.box[2] - div(position * scroll.speed, 1000), lit, rest: 0 };
  const blinks = blink ? BLINK_MS - (at % BLINK_MS) : Infinity;
  let page = 0;
  while (page < pages.length - 1 && position >= pages[page].dwell_ms) position -= pages[page++].dwell_ms;
  const left = pages[page].dwell_ms - position;
  const turns = pages.length < 2 ? Infinity : fast ? div(left * length, total) : left;
  return { page, x: 0, lit, rest: max(1, min(blinks, turns)) };
}

/** The sizes to set in. @param {number} from the smallest of the bold face @param {number} rows of the whole notice */
function typeFor(from, rows) {
  const bold = (/** @type {number} */ em) => em >= from;
  const size = (/** @type {number} */ em) => (bold(em) ? em : BITMAP_EM);
  return {
    rows,
    bold,
    size,
    least: max(from, div(rows, 16)),
    /** @param {number} em of the headline above */
    under: (em) => (bold(div(em * 2, 3)) ? div(em * 2, 3) : rows < COARSE ? BITMAP_EM : from),
    /** The rows a line needs. @param {number} em */
    rowsOf: (em) => (bold(em) ? div(em * 15, 16) : em),
    /** @param {string} text @param {number} em */
    px: (text, em) => Math.ceil((widthOf(text, bold(em)) * em) / EM),
    /** @param {string} text @param {number} x @param {number} y @param {number} em @param {string} ink @returns {Line} */
    line: (text, x, y, em, ink) => ({ text, x, y, em, bold: bold(em), ink }),
  };
}
/** @typedef {ReturnType<typeof typeFor>} Type */

/** @param {number} width @param {number} height @param {string} presentation @returns {Box} */
function boxOf(width, height, presentation) {
  if (presentation !== "banner" || height < LOW) return [0, 0, width, height];
  const rows = max(BITMAP_EM, min(div(height, 5), div(width, 4)));
  return [0, height - rows, width, rows];
}

/** @param {Type} type @param {Box} inner @param {string} label @returns {[Box, Line[]]} */
function bandOf(type, inner, label) {
  const [x, y, wide, high] = inner;
  if (high < LOW || wide >= WIDE * high) return sideBand(type, inner, label);
  const em = type.size(max(BITMAP_EM, div(type.rows, 12)));
  const pad = type.rows >= COARSE ? em >> 2 : 0;
  const spare = wide - type.px(label, em);
  if (spare < 0 || !label) return [NOWHERE, []];
  return [[x, y, wide, em + 2 * pad], [type.line(label, x + min(em >> 1, spare >> 1), y + pad, em, "label")]];
}

/** @param {Type} type @param {Box} inner @param {string} label @returns {[Box, Line[]]} */
function sideBand(type, [x, y, wide, high], label) {
  const words = label.replace(/([】\]])(?=[【[])/g, "$1 ").split(" ");
  let rows = high >= LOW && words.length <= 3 ? words : [label];
  const em = type.size(type.rows >= BORDERED ? div(high, rows.length === 1 ? 3 : 4) : BITMAP_EM);
  if (rows.length * em > high) rows = [label];
  const taken = rows.map((row) => type.px(row, em));
  const block = max(...taken) + (/^[【[]/.test(label) ? 0 : em >> 1);
  if (wide - block < ROOM || !label) return [NOWHERE, []];
  const top = y + ((high - em * rows.length) >> 1);
  const lines = rows.map((row, n) => type.line(row, x + ((block - taken[n]) >> 1), top + n * em, em, "label"));
  return [[x, y, block, high], lines];
}

/** What is left beside or below the band. @param {Box} inner @param {Box} band @returns {Box} */
function bodyOf([x, y, wide, high], band) {
  if (!band[2]) return [x, y, wide, high];
  return band[3] === high ? [x + band[2], y, wide - band[2], high] : [x, y + band[3], wide, high - band[3]];
}

/** @param {Type} type @param {Box} body @param {Alert} alert @returns {[Box, Line[]]} */
function codeOf(type, [x, y, wide, high], alert) {
  const modules = alert.qr.length + QUIET;
  const em = type.size(max(BITMAP_EM, div(high, 9)));
  const rows = alert.code ? high - em : high;
  const module = div(min(rows, div(wide, 3)), modules);
  if (!alert.qr.length || module < 2) return [NOWHERE, []];
  const side = module * modules;
  const left = x + wide - side;
  const top = y + ((rows - side) >> 1);
  const spare = side - type.px(alert.code, em);
  const below = alert.code && spare >= 0 ? [type.line(alert.code, left + (spare >> 1), top + side, em, "text")] : [];
  return [[left, top, side, side], below];
}

/**
 * One page if that can be large, pages if they can be read in time, else a line that runs.
 * @param {Type} type @param {Box} body @param {Words} words @param {boolean} labelled @returns {[Page[], Scroll | null]}
 */
function flow(type, body, words, labelled) {
  const { label, headline, text, turn } = words;
  if (!labelled && words.drill) return [[], scrollOf(type, body, [label, headline, label, text])];
  const coarse = type.rows < COARSE;
  const lead = labelled || !label ? [] : [label];
  /** @param {number} em */
  const inTime = (em) => {
    const pages = pagesOf(type, body, words, em, lead);
    const dwell = pages.reduce((sum, page) => sum + page.dwell_ms, 0);
    return pages.length <= MOST_PAGES && dwell <= turn + DWELL_LEAST_MS ? pages : [];
  };
  let found = fewPages(type, body, words, lead);
  if (!found.length && coarse && !lead.length) found = onePage(type, body, words, BITMAP_EM);
  if (!found.length) found = inTime(type.least);
  if (!found.length && coarse) found = inTime(BITMAP_EM);
  return found.length ? [found, null] : [[], scrollOf(type, body, lead.concat(headline, text))];
}

/** @param {Type} type @param {Box} body @param {Words} words @param {string[]} lead */
function fewPages(type, body, words, lead) {
  const one = lead.length ? [] : onePage(type, body, words, type.least);
  const least = one.length ? 2 * one[0].lines[0].em : type.least;
  for (let em = body[3]; em >= least; em -= max(1, em >> 4)) {
    const pages = pageCount(type, body, words, em, lead);
    if (pages === 1 || pages === 2) return pagesOf(type, body, words, em, lead);
  }
  return one;
}

/** How many pages `pagesOf` would give, without evening out any line. @param {Type} type @param {Box} body @param {Words} words @param {number} em @param {string[]} lead */
function pageCount(type, body, words, em, lead) {
  const most = div(body[3], type.rowsOf(em));
  let pages = 0;
  let spare = 0;
  for (const text of lead.concat(words.headline, words.text).filter(Boolean)) {
    const lines = filled(text, div(body[2] * EM, em), type.bold(em), true).length;
    if (!most || !lines) return 0;
    if (lines > spare) {
      const fresh = Math.ceil(lines / most);
      pages += fresh;
      spare = fresh * most - lines;
    } else spare -= lines;
  }
  return pages;
}

/** @param {Type} type @param {Box} body @param {Words} words @param {number} least */
function onePage(type, body, words, least) {
  const phrases = largest(type, body, words, least, false);
  const fine = largest(type, body, words, least, true);
  const best = phrases.length && 4 * phrases[0][1] >= 3 * fine[0][1] ? phrases : fine;
  return best.length ? [pageOf(type, body, best)] : [];
}

/** @param {Type} type @param {Box} body @param {Words} words @param {number} least @param {boolean} fine @returns {Set} */
function largest(type, body, words, least, fine) {
  let em = least === BITMAP_EM ? least : min(div(body[3] * (words.text ? 2 : 4), 5), body[2] >> 2);
  for (; em >= least; em -= max(1, em >> 4)) {
    const found = setAt(type, body, words, em, fine);
    if (found.length) return found;
  }
  return [];
}

/** Headline at `em` and text at two thirds of it. @param {Type} type @param {Box} body @param {Words} words @param {number} em @param {boolean} fine @returns {Set} */
function setAt(type, body, { headline, text }, em, fine) {
  const small = type.under(em);
  /** @param {typeof filled} by @param {string} part @param {number} size */
  const lines = (by, part, size) => by(part, div(body[2] * EM, size), type.bold(size), fine);
  const [heads, texts] = [lines(filled, headline, em), lines(filled, text, small)];
  const air = text && type.bold(small) ? small >> 2 : 0;
  const rows = heads.length * type.rowsOf(em) + texts.length * type.rowsOf(small) + air;
  if (rows > body[3] || (headline && !heads.length) || (text && !texts.length)) return [];
  const top = /** @type {Set} */ (lines(evened, headline, em).map((one) => [one, em, "headline"]));
  return top.concat(lines(evened, text, small).map((one) => [one, small, "text"]));
}

/** @param {Type} type @param {Box} body @param {Words} words @param {number} em @param {string[]} lead @returns {Page[]} */
function pagesOf(type, body, words, em, lead) {
  const most = div(body[3], type.rowsOf(em));
  const limit = div(body[2] * EM, em);
  const parts = lead
    .map((label) => [label, "plain"])
    .concat([
      [words.headline, "headline"],
      [words.text, "text"],
    ]);
  /** @type {Set[]} */
  const pages = [];
  for (const [text, ink] of parts.filter((part) => part[0])) {
    const lines = /** @type {Set} */ (wrapped(text, limit, type.bold(em)).map((one) => [one, em, ink]));
    const last = pages.length - 1;
    if (!most || !lines.length) return [];
    if (pages.length && pages[last].length + lines.length <= most) pages[last] = pages[last].concat(lines);
    else for (let n = 0; n < lines.length; n += most) pages.push(lines.slice(n, n + most));
  }
  return pages.map((lines) => pageOf(type, body, lines));
}

/** Lines in the middle of the body, the spare rows shared out between them. @param {Type} type @param {Box} body @param {Set} lines @returns {Page} */
function pageOf(type, [x, y, wide, high], lines) {
  const spare = high - lines.reduce((sum, one) => sum + type.rowsOf(one[1]), 0);
  const air = min(div(spare, lines.length + 1), div(min(...lines.map((one) => one[1])), 3));
  let top = y + ((spare - air * (lines.length - 1)) >> 1);
  let characters = 0;
  const placed = lines.map(([text, em, ink]) => {
    const taken = type.rowsOf(em);
    const line = type.line(text, x + ((wide - type.px(text, em)) >> 1), top - ((em - taken) >> 1), em, ink);
    top += taken + air;
    characters += count(text);
    return line;
  });
  return { lines: placed, dwell_ms: max(DWELL_LEAST_MS, DWELL_BASE_MS + DWELL_CHARACTER_MS * characters) };
}

/** @param {Type} type @param {Box} body @param {string[]} parts @returns {Scroll} */
function scrollOf(type, body, parts) {
  const [, y, wide, high] = body;
  const em = type.size(min(high, max(type.least, high >> 1)));
  const line = type.line(parts.filter(Boolean).join(GAP), 0, y + ((high - em) >> 1), em, "headline");
  const speed = div(em * 15, 4);
  return { box: body, line, speed, pass_ms: Math.ceil(((wide + type.px(line.text, em)) * 1000) / speed) };
}
