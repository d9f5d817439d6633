/** Pictures the player draws of itself: the pairing code and the identify card. */

import { drawable, drawFitted, drawText } from "./pixels.js";

/** Windows as low as a screen show one code; higher ones keep these rows for the small copy, in px. */
const LOW_PX = 48;
const CORNER_PX = 10;
/** Windows smaller than this show no words. */
const ROOMY = { width: 480, height: 160 };

/** @param {HTMLCanvasElement} canvas @param {number} width @param {number} height @returns {CanvasRenderingContext2D} cleared to black */
function cleared(canvas, width, height) {
  canvas.width = width;
  canvas.height = height;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = "#fff";
  return pen;
}

/** @param {CanvasRenderingContext2D} pen @param {string} text @param {number} x middle @param {number} y @param {number} size @param {number} room px */
function line(pen, text, x, y, size, room) {
  pen.font = `${size}px sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, x, y, room);
}

/**
 * The code as large as the window allows. An LED sender may map only the window's top left corner, of a size
 * nobody knows yet, so a small copy stands there.
 * @param {HTMLCanvasElement} canvas @param {string} code
 * @param {{width: number, height: number}} size px @param {string[]} words
 */
export function drawCode(canvas, code, size, words) {
  const { width, height } = size;
  const pen = cleared(canvas, width, height);
  if (height <= LOW_PX) {
    drawFitted(pen, code, { left: 0, top: 0, width, height });
    return;
  }
  drawText(pen, code, 1, 1, 1);
  const roomy = width >= ROOMY.width && height >= ROOMY.height;
  const box = roomy ? { left: width * 0.1, top: height * 0.15, width: width * 0.8, height: height * 0.45 } : null;
  drawFitted(pen, code, box || { left: 0, top: CORNER_PX, width, height: height - CORNER_PX });
  if (!roomy) return;
  const small = Math.floor(Math.min(height * 0.06, width / 28));
  words.forEach((text, row) => void line(pen, text, width / 2, height * 0.7 + row * small * 1.6, small, width * 0.9));
}

/**
 * Which screen is this? Its name where there is room and a face for it, else its id in pixels.
 * @param {HTMLCanvasElement} canvas @param {{id: string, name: string}} screen @param {{width: number, height: number}} size
 */
export function drawIdentity(canvas, screen, size) {
  const { width, height } = size;
  const pen = cleared(canvas, width, height);
  pen.strokeStyle = "#fff";
  pen.strokeRect(0.5, 0.5, width - 1, height - 1);
  const title = screen.name || screen.id;
  if (drawable(title)) {
    drawFitted(pen, title, { left: 2, top: 2, width: width - 4, height: height - 4 });
    return;
  }
  line(
    pen,
    title,
    width / 2,
    height / 2,
    Math.max(10, Math.floor(Math.min(height * 0.75, width / title.length))),
    width - 4,
  );
}
