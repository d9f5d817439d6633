/** The screen's pixels: its regions, one frame after another. */

import { createRegionView } from "./regionview.js";
import { cueAt } from "./timeline.js";

/** @typedef {import("./types.js").Programme} Programme */
/** @typedef {import("./regionview.js").RegionView} RegionView */

/** The longest sleep between frames, the nap while the clock is being corrected, and the margin before a change, in ms. */
const SLEEP_MS = 3_000;
const NAP_MS = 100;
const EARLY_MS = 40;

/** @param {Programme} programme what must be equal for the regions to stay as they are */
const geometry = (programme) =>
  JSON.stringify([programme.width, programme.height, programme.channels.map((channel) => channel.region)]);

/**
 * What lies over the programme, blanked or not.
 * @typedef {{paint: (at: number) => void, rest: (at: number) => number, scrolls: () => boolean,
 *   draw: (pen: CanvasRenderingContext2D) => void}} Cover
 */

/**
 * @param {HTMLElement} root @param {import("./clock.js").Clock} clock
 * @param {(media: string) => Promise<ArrayBuffer>} bytesOf
 * @param {(region: string, scene: import("./types.js").Scene, at: number) => void} onEnter
 * @param {Cover} cover
 */
export function createStage(root, clock, bytesOf, onEnter, cover) {
  /** @type {RegionView[]} */
  let views = [];
  /** @type {Programme | null} */
  let programme = null;
  let shape = "";
  let frames = 0;
  let uses = 0;
  let started = false;
  let due = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {Programme} of @returns {RegionView[]} */
  function viewsFor(of) {
    if (geometry(of) === shape) return views;
    return of.channels.map(({ region }) =>
      createRegionView(region, clock, bytesOf, (scene, at) => onEnter(region.name, scene, at)),
    );
  }

  /**
   * Decode what `next` shows now, then put it on in the next frame; of two calls the later wins.
   * @param {Programme} next @returns {Promise<boolean>} false when a later call has won
   */
  async function use(next) {
    const mine = ++uses;
    const fresh = viewsFor(next);
    const at = clock.now();
    const ready = Promise.all(fresh.map((view) => view.prepare(next, at)));
    const won = await ready.then(
      () => mine === uses,
      (error) => {
        drop(fresh);
        throw error;
      },
    );
    if (won) show(next, fresh);
    else drop(fresh);
    return won;
  }

  /** Put `next` on as far as its pages are there; the others follow. @param {Programme} next */
  function put(next) {
    uses += 1;
    show(next, viewsFor(next));
  }

  /** @param {RegionView[]} unused */
  function drop(unused) {
    if (unused !== views) for (const view of unused) view.close();
  }

  /** @param {Programme} next @param {RegionView[]} fresh */
  function show(next, fresh) {
    if (fresh !== views) rebuild(next, fresh);
    programme = next;
    for (const view of views) view.use(next);
    if (next.blank === root.hidden) blank(false);
    paint(clock.now());
    wake();
  }

  /** @param {Programme} next @param {RegionView[]} fresh */
  function rebuild(next, fresh) {
    for (const view of views) view.close();
    views = fresh;
    shape = geometry(next);
    root.style.width = `${next.width}px`;
    root.style.height = `${next.height}px`;
    for (const view of views) root.appendChild(view.element);
  }

  /** Dark at once, ahead of the programme that says so; that programme ends it. @param {boolean} dark */
  function blank(dark) {
    root.hidden = dark;
  }

  /** @param {number} at server ms */
  function paint(at) {
    for (const view of views) view.paint(at);
  }

  /** @param {number} reading the frame's instant by `performance.now()` */
  function frame(reading) {
    frames += 1;
    if (!cover.scrolls() && !views.some((view) => view.scrolls(clock.at(reading)))) clock.settle();
    const at = clock.at(reading);
    cover.paint(at);
    paint(at);
    const rest =
      views.reduce((least, one) => Math.min(least, one.rest(at)), Math.min(SLEEP_MS, cover.rest(at))) - EARLY_MS;
    const sleep = clock.slewing() ? Math.min(rest, NAP_MS) : rest;
    if (sleep > 0) timer = setTimeout(wake, sleep);
    else wake();
  }

  /** Draw at the next frame, whatever was planned. */
  function wake() {
    clearTimeout(timer);
    cancelAnimationFrame(due);
    if (started) due = requestAnimationFrame(frame);
  }

  function start() {
    started = true;
    wake();
  }

  /** The glass as it stands, at true pixels. @param {{width: number, height: number}} screen @returns {HTMLCanvasElement} */
  function picture(screen) {
    const canvas = document.createElement("canvas");
    canvas.width = screen.width;
    canvas.height = screen.height;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.fillRect(0, 0, canvas.width, canvas.height);
    const at = clock.now();
    if (!root.hidden) for (const view of views) view.draw(pen, at);
    cover.draw(pen);
    return canvas;
  }

  /** @param {string} name */
  const view = (name) => views.find((one) => one.region.name === name);

  return {
    use,
    put,
    picture,
    start,
    wake,
    blank,
    programme: () => programme,
    frames: () => frames,
    /** @param {string} name */
    cue: (name) => (programme ? cueAt(programme, name, clock.now()) : null),
    /** @param {string} name */
    x: (name) => view(name)?.column(clock.now()) ?? null,
    /** @returns {Record<string, {item: number, page: number}>} */
    cues: () => {
      /** @type {Record<string, {item: number, page: number}>} */
      const cues = {};
      for (const one of views) {
        const cue = one.cue();
        if (cue) cues[one.region.name] = { item: cue.showing, page: cue.page };
      }
      return cues;
    },
  };
}

/** @typedef {ReturnType<typeof createStage>} Stage */
