/** Paints notices on a canvas, dot by dot: boxes, characters in their cells, QR codes. */

import { BOLD_FAMILY } from "./face.js";
import { advance, EM, pointOf } from "./measure.js";
import { QUIET } from "./notice.js";

/** @typedef {CanvasRenderingContext2D} Pen */
/** @typedef {import("./types.js").Notice} Notice */
/** @typedef {import("./types.js").Line} Line */
/** @typedef {{glyph: (point: number) => import("./face.js").Glyph | null, sharp: boolean}} Hand `sharp`: lamps without shades */

/** Rows from the top of the em box to the baseline: of the bitmap face, and hundredths of an outline. */
const BASELINE = 14;
const RISE = 88;

/** @param {number[]} rgb */
const css = (rgb) => `rgb(${rgb.join()})`;

/** @param {Pen} pen @param {number[]} box @param {number[]} rgb */
function fill(pen, [x, y, wide, high], rgb) {
  pen.fillStyle = css(rgb);
  pen.fillRect(x, y, wide, high);
}

/** Everything that does not blink or move: ground, band, a page, the code. @param {Pen} pen @param {Notice} notice @param {number} page @param {string[]} qr @param {Hand} hand */
export function paintPage(pen, notice, page, qr, hand) {
  const { box, band, inks, border, pages, code } = notice;
  fill(pen, box, inks.band);
  fill(pen, [box[0] + border, box[1] + border, box[2] - 2 * border, box[3] - 2 * border], [0, 0, 0]);
  fill(pen, band, inks.band);
  for (const line of notice.label) paintLine(pen, line, inks.label, hand);
  const lines = (pages.length ? pages[page].lines : []).concat(code);
  for (const line of lines) paintLine(pen, line, inks[/** @type {"text"} */ (line.ink)], hand);
  if (notice.qr[2]) paintCode(pen, notice, qr);
}

/** What goes on and off: the border, or the band with its label. @param {Pen} pen @param {Notice} notice @param {boolean} lit @param {Hand} hand */
export function paintBlink(pen, { blink, box, band, border, label, inks }, lit, hand) {
  const ground = lit ? inks.band : [0, 0, 0];
  const [x, y, wide, high] = box;
  if (blink === "border") {
    fill(pen, [x, y, wide, border], ground);
    fill(pen, [x, y + high - border, wide, border], ground);
    fill(pen, [x, y, border, high], ground);
    fill(pen, [x + wide - border, y, border, high], ground);
  }
  if (blink === "band") {
    fill(pen, band, ground);
    for (const line of label) paintLine(pen, line, lit ? inks.label : inks.plain, hand);
  }
}

/** @param {Pen} pen @param {Line} line @param {number[]} rgb @param {Hand} hand @param {number} [left] added to every x @param {number} [room] px from 0 that are seen */
export function paintLine(pen, line, rgb, hand, left = 0, room = Infinity) {
  let taken = 0;
  for (const char of line.text) {
    const begins = Math.floor((taken * line.em) / EM);
    taken += advance(pointOf(char), line.bold);
    const x = left + line.x + begins;
    const wide = Math.floor((taken * line.em) / EM) - begins;
    if (char !== " " && x + wide > 0 && x < room) paintCell(pen, char, x, wide, line, rgb, hand);
  }
}

/** @param {Pen} pen @param {string} char @param {number} x @param {number} wide @param {Line} line @param {number[]} rgb @param {Hand} hand */
function paintCell(pen, char, x, wide, { y, em, bold }, rgb, { glyph, sharp }) {
  const dots = bold ? null : glyph(pointOf(char));
  pen.fillStyle = css(rgb);
  if (dots) paintDots(pen, dots, x + ((wide - dots.width) >> 1), y);
  else if (sharp || !bold) paintSharp(pen, char, x, y, wide, em, bold, rgb);
  else paintOutline(pen, char, x, y, wide, em, bold);
}

/** @param {Pen} pen @param {import("./face.js").Glyph} dots @param {number} left @param {number} top */
function paintDots(pen, { width, rows }, left, top) {
  rows.forEach((bits, row) => {
    for (let x = 0; x < width; x++) {
      const from = x;
      while (x < width && (bits >> (width - 1 - x)) & 1) x += 1;
      if (x > from) pen.fillRect(left + from, top + row, x - from, 1);
    }
  });
}

/** @param {Pen} pen @param {string} char @param {number} x @param {number} y @param {number} wide @param {number} em @param {boolean} bold */
function paintOutline(pen, char, x, y, wide, em, bold) {
  pen.font = `${bold ? "bold " : ""}${em}px ${bold ? `${BOLD_FAMILY},` : ""}sans-serif`;
  pen.textBaseline = "alphabetic";
  const left = x + Math.floor((wide - Math.round(pen.measureText(char).width)) / 2);
  pen.fillText(char, left, y + (bold ? Math.floor((em * RISE) / 100) : BASELINE));
}

/** @type {HTMLCanvasElement | null} */
let scratch = null;

/** The same without shades: what covers half a dot or more lights it. @param {Pen} pen @param {string} char @param {number} x @param {number} y @param {number} wide @param {number} em @param {boolean} bold @param {number[]} rgb */
function paintSharp(pen, char, x, y, wide, em, bold, rgb) {
  scratch = scratch || document.createElement("canvas");
  scratch.width = scratch.height = 2 * em;
  const aside = /** @type {Pen} */ (scratch.getContext("2d"));
  const [left, top] = [em >> 1, em >> 2];
  paintOutline(aside, char, left, top, wide, em, bold);
  const picture = aside.getImageData(0, 0, 2 * em, 2 * em);
  const { data } = picture;
  for (let n = 0; n < data.length; n += 4) {
    [data[n], data[n + 1], data[n + 2]] = rgb;
    data[n + 3] = data[n + 3] >= 128 ? 255 : 0;
  }
  aside.putImageData(picture, 0, 0);
  pen.drawImage(scratch, x - left, y - top);
}

/** @param {Pen} pen @param {Notice} notice @param {string[]} qr */
function paintCode(pen, { qr: [x, y, side], inks }, qr) {
  const module = Math.floor(side / (qr.length + QUIET));
  fill(pen, [x, y, side, side], inks.light);
  pen.fillStyle = "#000";
  qr.forEach((digits, row) => {
    for (let column = 0; column < qr.length; column++) {
      const on = (Number.parseInt(digits[column >> 2], 16) >> (3 - (column % 4))) & 1;
      if (on) pen.fillRect(x + (column + 4) * module, y + (row + 4) * module, module, module);
    }
  });
}
