/** What a code looks like on a wall, drawn by the player's own letters. */

import { drawFitted } from "../../../../players/screen/pixels.js";
import { fit, framed } from "../lib/led.js";

const SHOWN = "K74M2Q";

/**
 * Hang an example of a code; returns its frame, to be taken away again.
 * @param {HTMLElement} hang
 */
export function sampleCode(hang) {
  const profile = { width: 96, height: 24, colour: "single" };
  const canvas = document.createElement("canvas");
  canvas.width = profile.width;
  canvas.height = profile.height;
  const frame = framed(canvas);
  fit(frame, canvas, profile, hang.clientWidth - 24, { most: 4 });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, profile.width, profile.height);
  pen.fillStyle = "#ff2d19";
  drawFitted(pen, SHOWN, { left: 4, top: 0, width: profile.width - 8, height: profile.height });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", SHOWN);
  hang.prepend(frame);
  return frame;
}
