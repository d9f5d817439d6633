/** One region on the glass: the page that is on, and its movement. */

import { startGlide } from "./glide.js";
import { sceneAt, xAt } from "./scene.js";
import { createShelf } from "./shelf.js";

const FADE_MS = 400;
/** Between two tries to get a page that is not there, in ms. */
const RETRY_MS = 2_000;
/** Between two looks for it, in ms. */
const WAIT_MS = 60;

/** @typedef {import("./types.js").Scene} Scene */
/** @typedef {import("./types.js").Programme} Programme */
/** @typedef {import("./layer.js").Layer} Layer */

/**
 * @param {import("./types.js").Region} region @param {import("./clock.js").Clock} clock
 * @param {(media: string) => Promise<ArrayBuffer>} bytesOf
 * @param {(scene: Scene, at: number) => void} onEnter called with each new scene once it is on the glass
 */
export function createRegionView(region, clock, bytesOf, onEnter) {
  const element = document.createElement("div");
  element.className = "region";
  place(element, region);
  const shelf = createShelf(bytesOf);
  /** @type {Programme | null} */
  let programme = null;
  /** @type {Scene | null} what is on; null: look again at the next frame */
  let scene = null;
  /** @type {Layer | null} */
  let on = null;
  /** @type {Layer | null} the page a fade starts from */
  let under = null;
  /** @type {ReturnType<typeof startGlide>} */
  let glide = null;
  let x = 0;
  let tryAgain = 0;

  /** @param {Programme} next its next scenes are already wanted */
  function use(next) {
    programme = next;
    scene = null;
  }

  /** Decode what is on at `at`, then what follows. @param {Programme} of @param {number} at */
  async function prepare(of, at) {
    const first = sceneAt(of, region.name, at);
    if (first.page) await shelf.want(first.page);
    const then = following(of, first);
    if (then?.page && first.ends - at < FADE_MS) await shelf.want(then.page);
  }

  /** @param {Programme} of @param {Scene} after @returns {Scene | null} */
  function following(of, after) {
    return after.ends === Infinity ? null : sceneAt(of, region.name, after.ends);
  }

  /** Put the frame of `at` on the glass. @param {number} at server ms */
  function paint(at) {
    if (!programme) return;
    if (!scene || at < scene.begins || at >= scene.ends) enter(programme, sceneAt(programme, region.name, at), at);
    if (!scene || !on) return;
    if (glide) glide.sync();
    else move(xAt(scene, region.width, at));
    if (under) fade((at - scene.begins) / FADE_MS);
  }

  /** @param {Programme} of @param {Scene} next @param {number} at */
  function enter(of, next, at) {
    const layer = next.page ? shelf.take(next.page.media) : null;
    if (next.page && !layer) {
      bring(next.page, at);
      return;
    }
    scene = next;
    swap(layer || null, fades(of, next, at));
    run(next);
    onEnter(next, at);
    const then = following(of, next);
    if (then?.page) shelf.want(then.page).catch(() => {});
  }

  /** A page that should be on and is not: what is on stays until it comes. @param {import("./types.js").Page} page @param {number} at */
  function bring(page, at) {
    if (Math.abs(at - tryAgain) < RETRY_MS) return;
    tryAgain = at;
    shelf.want(page).catch(() => {});
  }

  /** @param {Programme} of @param {Scene} next @param {number} at */
  function fades(of, next, at) {
    return !!next.showing && next.showing.effect === "fade" && of.colour === "full" && at - next.begins < FADE_MS;
  }

  /** @param {Layer | null} layer @param {boolean} softly */
  function swap(layer, softly) {
    if (layer === on) return;
    lift(under);
    under = softly ? on : null;
    if (!softly) lift(on);
    on = layer;
    if (!layer) return;
    layer.element.style.opacity = softly ? "0" : "1";
    element.appendChild(layer.element);
  }

  /** Let the compositor scroll where it can. @param {Scene} next */
  function run(next) {
    const before = glide;
    glide = on ? startGlide(on.element, next, region.width, clock) : null;
    before?.stop();
    x = Number.NaN;
  }

  /** How long the glass does by itself from `at` on, in ms; 0 wants every frame. @param {number} at */
  function rest(at) {
    if (!scene) return programme ? WAIT_MS : Infinity;
    if (under || (on && !glide && scene.showing?.effect === "scroll")) return 0;
    return scene.ends - at;
  }

  /** The column the page's left edge stands on at `at`. @param {number} at */
  function column(at) {
    return scene && on ? xAt(scene, region.width, at) : 0;
  }

  /** @param {Layer | null} layer */
  function lift(layer) {
    if (layer?.element.parentNode === element) element.removeChild(layer.element);
  }

  /** @param {number} next */
  function move(next) {
    if (next === x || !on) return;
    x = next;
    on.element.style.transform = `translate3d(${x}px,0,0)`;
  }

  /** @param {number} part 0 to 1 */
  function fade(part) {
    if (on) on.element.style.opacity = String(Math.min(1, part));
    if (part < 1) return;
    lift(under);
    under = null;
  }

  /** Draw what is on where the region stands. @param {CanvasRenderingContext2D} pen @param {number} at */
  function draw(pen, at) {
    pen.save();
    pen.beginPath();
    pen.rect(region.x, region.y, region.width, region.height);
    pen.clip();
    for (const layer of [under, on])
      if (layer) drawLayer(pen, layer, region.x + (layer === on ? column(at) : 0), region.y);
    pen.restore();
  }

  function close() {
    glide?.stop();
    shelf.clear();
    element.remove();
  }

  return {
    element,
    region,
    use,
    prepare,
    paint,
    draw,
    close,
    cue: () => scene?.cue || null,
    rest,
    column,
    /** @param {number} at */
    scrolls: (at) => !!on && scene?.showing?.effect === "scroll" && at < scene.ends,
    media: () => on?.media || "",
  };
}

/** @param {HTMLElement} element @param {import("./types.js").Region} region */
function place(element, region) {
  element.style.left = `${region.x}px`;
  element.style.top = `${region.y}px`;
  element.style.width = `${region.width}px`;
  element.style.height = `${region.height}px`;
}

/** @param {CanvasRenderingContext2D} pen @param {Layer} layer @param {number} left @param {number} top */
function drawLayer(pen, layer, left, top) {
  pen.globalAlpha = Number(layer.element.style.opacity || 1);
  let offset = left;
  for (const canvas of layer.tiles) {
    pen.drawImage(canvas, offset, top);
    offset += canvas.width;
  }
  pen.globalAlpha = 1;
}

/** @typedef {ReturnType<typeof createRegionView>} RegionView */
