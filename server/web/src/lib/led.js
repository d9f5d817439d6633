/**
 * A LED panel on the page: a canvas at the screen's own pixels, enlarged by whole factors only, drawn by the same
 * cueAt and the same renditions as the wall. Dots and unlit lamps are a still pattern laid over it by the style sheet.
 */

import { cueAt } from "../../../../players/screen/timeline.js";

const FADE_MS = 400;

/** @type {Map<string, HTMLImageElement>} */
const pictures = new Map();
const HELD = 600;
const AGAIN_MS = 5000;
let came = () => {};

/** Be told whenever a picture has come. @param {() => void} work */
export function onPicture(work) {
  came = work;
}

/**
 * The picture behind a media name; undefined until it is there. One that did not come is asked for again.
 * @param {string} media
 */
export function picture(media) {
  const held = pictures.get(media);
  if (held) return held.complete && held.naturalWidth ? held : undefined;
  const image = new Image();
  image.src = `/media/${media}`;
  image.addEventListener("load", () => came(), { once: true });
  image.addEventListener("error", () => setTimeout(() => pictures.delete(media), AGAIN_MS), { once: true });
  pictures.set(media, image);
  if (pictures.size > HELD) pictures.delete(/** @type {string} */ (pictures.keys().next().value));
  return undefined;
}

/**
 * The largest whole factor at which `width` px fit into `room` px, at most `most`; 0 when even one does not fit.
 * @param {number} width
 * @param {number} room
 * @param {number} [most]
 */
export function factorFor(width, room, most = 5) {
  return Math.max(0, Math.min(most, Math.floor(room / width)));
}

/**
 * Draw one region; false while its picture is on the way, the old pixels stay until then.
 * @param {CanvasRenderingContext2D} pen
 * @param {any} programme
 * @param {any} region
 * @param {{at: number, cue: any, scale: number}} instant
 */
export function drawRegion(pen, programme, region, { at, cue, scale }) {
  const image = cue && pageOf(programme, cue);
  if (cue && !image) return false;
  const { x, y, width, height } = region;
  pen.save();
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.imageSmoothingEnabled = scale < 1;
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.clip();
  pen.fillStyle = "#000";
  pen.fillRect(x, y, width, height);
  if (cue && fades(programme, cue)) {
    const before = cueAt(programme, region.name, at - cue.elapsed_ms - 1);
    const old = before && pageOf(programme, before);
    if (old) pen.drawImage(old, x + before.x, y);
    pen.globalAlpha = cue.elapsed_ms / FADE_MS;
  }
  if (image) pen.drawImage(image, x + cue.x, y);
  pen.restore();
  return true;
}

/** The picture of a cue's page, once it is there. @param {any} programme @param {any} cue */
const pageOf = (programme, cue) => picture(programme.loops[cue.loop].showings[cue.showing].pages[cue.page].media);

/**
 * Whether a cue is still coming in over the page before.
 * @param {any} programme @param {any} cue
 */
export const fades = (programme, cue) =>
  programme.colour === "full" &&
  cue.elapsed_ms < FADE_MS &&
  programme.loops[cue.loop].showings[cue.showing].effect === "fade";

/**
 * What runs in a region at an instant, as the wall would tell it: the showing and its place in its loop.
 * @param {any} programme
 * @param {number} at
 * @param {string} [region]
 * @returns {{showing: any, number: number, of: number} | null}
 */
export function running(programme, at, region = programme.channels[0].region.name) {
  const cue = cueAt(programme, region, at);
  if (!cue) return null;
  const loop = programme.loops[cue.loop];
  return { showing: loop.showings[cue.showing], number: cue.showing + 1, of: loop.showings.length };
}

/** The housing around a canvas. @param {HTMLCanvasElement} canvas */
export function framed(canvas) {
  const frame = document.createElement("div");
  const lit = document.createElement("div");
  const px = document.createElement("div");
  lit.className = "lit";
  px.className = "px";
  px.append(canvas);
  lit.append(px);
  frame.append(lit);
  return frame;
}

/**
 * Choose the factor and the look; a full-colour picture may shrink smoothly, a 1-bit one never.
 * @param {HTMLElement} frame
 * @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number, colour: string}} profile
 * @param {number} room
 * @param {{most?: number, tall?: number}} limits
 */
export function fit(frame, canvas, profile, room, { most = 5, tall = Number.POSITIVE_INFINITY }) {
  const factor = Math.min(factorFor(profile.width, room, most), factorFor(profile.height, tall, most));
  const full = profile.colour === "full";
  const scale = full && factor === 0 ? Math.min(room / profile.width, tall / profile.height) : Math.max(1, factor);
  frame.className = full ? "led pic" : `led ${profile.colour} s${Math.max(1, factor)}`;
  canvas.style.width = `${Math.floor(profile.width * scale)}px`;
  canvas.style.height = `${Math.floor(profile.height * scale)}px`;
  canvas.style.imageRendering = scale >= 1 ? "pixelated" : "auto";
}
