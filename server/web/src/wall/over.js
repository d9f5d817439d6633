/** The alert over a panel, drawn by the player's own modules; fetched when there is one to show. */

import { createAlertView } from "../../../../players/screen/alertview.js";
import { createFaces } from "../../../../players/screen/face.js";
import { once } from "./motion.js";

/** The browser keeps what it fetches by such an address; nothing else has to. */
const nowhere = {
  durable: false,
  get: async () => null,
  put: async () => {},
  drop: async () => {},
  keys: async () => [],
  first: async () => [],
};
const faces = createFaces(once);

/** @param {string} name @returns {Promise<ArrayBuffer>} */
async function fetched(name) {
  const answer = await fetch(`/screen/faces/${name}`);
  if (!answer.ok) throw new Error(name);
  return answer.arrayBuffer();
}

faces.load(nowhere, fetched).catch(() => {}); // the browser's own face stands in

/**
 * @param {{width: number, height: number, colour: string}} profile
 */
export function hangAlert(profile) {
  const view = createAlertView(document.createElement("div"), faces, () => profile);
  return {
    /** Whether nothing of the programme is seen. @param {any} alert */
    fills: (alert) => alert.presentation !== "banner" || profile.height < 32,
    /**
     * Draw over the panel; returns the instant at which there is something to draw again.
     * @param {CanvasRenderingContext2D} pen @param {number} scale @param {import("../../../../players/screen/precedence.js").Turn} turn @param {number} at
     */
    paint(pen, scale, turn, at) {
      view.paint(turn, at);
      pen.save();
      pen.setTransform(scale, 0, 0, scale, 0, 0);
      pen.imageSmoothingEnabled = scale < 1;
      view.draw(pen);
      pen.restore();
      return Math.min(at + view.rest(), Number.MAX_SAFE_INTEGER);
    },
    /** Nothing shows any more. @param {number} at */
    end: (at) => view.paint(null, at),
  };
}
