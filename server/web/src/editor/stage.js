/** The panel of the preview: its true pixels in motion, or still and turned by hand. */

import { running } from "../lib/led.js";
import { now } from "../lib/time.js";
import { hangPanel } from "../wall/panel.js";

const STEP_MS = 200;
const NARROW = 480;

/**
 * Hang a panel that plays programmes from their beginning.
 * @param {HTMLElement} hang
 * @param {{width: number, height: number, colour: string}} profile
 * @param {(at: number, length: number) => void} told called a few times a second, and after each jump
 */
export function playOn(hang, profile, told) {
  const panel = hangPanel(hang, profile, {
    most: 4,
    tall: 232,
    room: () => hang.clientWidth - (hang.clientWidth < NARROW ? 4 : 24),
  });
  let at = 0;
  let length = 0;
  let playing = false;
  let seen = true;
  let last = 0;
  let told_at = 0;
  let turn = 0;
  let frame = 0;
  const watcher = new IntersectionObserver(([entry]) => {
    seen = entry.isIntersecting;
  });
  watcher.observe(hang);

  function paint() {
    panel.paint(at);
    const here = panel.programme && running(panel.programme, at);
    panel.tell(here?.showing.text || "");
  }

  function tick() {
    frame = requestAnimationFrame(tick);
    const instant = now();
    if (playing && length) at = (at + instant - last) % length;
    last = instant;
    if (!seen) return;
    paint();
    if (instant - told_at > STEP_MS) tell(instant);
  }

  /** @param {number} instant */
  function tell(instant) {
    told_at = instant;
    told(at, length);
  }

  /** Show another programme once its first pictures are here, so that the panel never goes dark between two. @param {any} programme */
  async function show(programme) {
    const mine = ++turn;
    const pages = programme.loops[0].showings.flatMap((/** @type {any} */ one) => one.pages);
    await Promise.race([Promise.all(pages.slice(0, 12).map(ready)), new Promise((done) => setTimeout(done, 1500))]);
    if (mine !== turn) return;
    length = pages.reduce((/** @type {number} */ sum, /** @type {any} */ page) => sum + page.duration_ms, 0);
    if (length) at %= length;
    panel.show(programme);
    paint();
    tell(now());
  }

  frame = requestAnimationFrame(tick);
  return {
    show,
    refit: panel.refit,
    /** @param {boolean} yes */
    play(yes) {
      playing = yes;
    },
    /** @param {number} ms */
    jump(ms) {
      at = Math.max(0, length ? Math.min(ms, length - 1) : ms);
      paint();
      tell(now());
    },
    leave() {
      turn++;
      cancelAnimationFrame(frame);
      watcher.disconnect();
      panel.frame.remove();
    },
  };
}

/** @param {{media: string}} page */
function ready({ media }) {
  const image = new Image();
  image.src = `/media/${media}`;
  return image.decode().catch(() => {});
}
