/**
 * A LED panel on the page: a canvas at the screen's own pixels, enlarged by whole factors only, drawn by the same
 * cueAt and the same renditions as the wall.
 */

import { cueAt } from "../../../../players/screen/timeline.js";

const FADE_MS = 400;

/** @type {Map<string, HTMLImageElement>} */
const pictures = new Map();
const HELD = 600;

/**
 * The picture behind a media name; undefined until it is there.
 * @param {string} media
 * @param {() => void} [ready]
 */
export function picture(media, ready) {
  const held = pictures.get(media);
  if (held) return held.complete && held.naturalWidth ? held : undefined;
  const image = new Image();
  image.src = `/media/${media}`;
  if (ready) image.addEventListener("load", ready, { once: true });
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
 * Draw a programme's pixels of an instant; returns false while a picture is missing.
 * @param {CanvasRenderingContext2D} pen
 * @param {any} programme
 * @param {number} at
 */
export function draw(pen, programme, at) {
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, programme.width, programme.height);
  let whole = true;
  for (const channel of programme.channels) whole = drawRegion(pen, programme, channel, at) && whole;
  return whole;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {any} programme
 * @param {any} channel
 * @param {number} at
 */
function drawRegion(pen, programme, channel, at) {
  const cue = cueAt(programme, channel.region.name, at);
  if (!cue) return true;
  const { x, y, width, height } = channel.region;
  const showing = programme.loops[cue.loop].showings[cue.showing];
  const page = showing.pages[cue.page];
  const image = picture(page.media);
  if (!image) return false;
  pen.save();
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.clip();
  if (fades(programme, showing, cue)) pen.globalAlpha = cue.elapsed_ms / FADE_MS;
  pen.drawImage(image, x + cue.x, y);
  pen.restore();
  return true;
}

/** @param {any} programme @param {any} showing @param {any} cue */
const fades = (programme, showing, cue) =>
  showing.effect === "fade" && programme.colour === "full" && cue.elapsed_ms < FADE_MS;

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

/**
 * Make a panel for a profile: `.led` with the classes of its colour and factor around a canvas.
 * @param {{width: number, height: number, colour: string}} profile
 * @param {number} room px the panel may take across
 * @param {{most?: number, tall?: number}} [limits] largest factor, px the panel may take down
 */
export function panel(profile, room, limits = {}) {
  const canvas = document.createElement("canvas");
  canvas.width = profile.width;
  canvas.height = profile.height;
  const frame = document.createElement("div");
  const lit = document.createElement("div");
  const px = document.createElement("div");
  lit.className = "lit";
  px.className = "px";
  px.append(canvas);
  lit.append(px);
  frame.append(lit);
  fit(frame, canvas, profile, room, limits);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  return { frame, canvas, pen };
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
