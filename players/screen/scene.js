/** Which page a region shows at an instant, and from when to when. */

import { cueAt, nextChange } from "./timeline.js";

/** @typedef {import("./types.js").Scene} Scene */

/**
 * @param {import("./types.js").Programme} programme @param {string} region its name @param {number} at server ms
 * @returns {Scene}
 */
export function sceneAt(programme, region, at) {
  const cue = cueAt(programme, region, at);
  const ends = nextChange(programme, region, at) ?? Infinity;
  if (!cue) return { begins: at, ends, page: null, showing: null, playlist: "", cue };
  const loop = programme.loops[cue.loop];
  const showing = loop.showings[cue.showing];
  return { begins: at - cue.elapsed_ms, ends, page: showing.pages[cue.page], showing, playlist: showing.playlist, cue };
}

/** Where the page's left edge stands: `cueAt`'s x without its walk. @param {Scene} scene @param {number} width @param {number} at */
export function xAt(scene, width, at) {
  const { showing } = scene;
  if (showing?.effect !== "scroll") return 0;
  return width - Math.floor(((at - scene.begins) * showing.speed) / 1000);
}
