/** One frame loop for every panel in view; still for those who asked for less motion. */

import { now } from "../lib/time.js";

/** @type {Map<Element, {paint: (at: number) => void}>} */
const panels = new Map();
/** @type {Set<{paint: (at: number) => void}>} */
const inView = new Set();
/** @type {(element: Element) => void} */
let met = () => {};

const calm = matchMedia("(prefers-reduced-motion: reduce)");
let moving = !calm.matches;
let running = false;
let shift = 0;

const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) see(entry.target, entry.isIntersecting);
  },
  { rootMargin: "120px" },
);

/** @param {Element} element @param {boolean} visible */
function see(element, visible) {
  const panel = panels.get(element);
  if (!panel) return;
  if (!visible) return void inView.delete(panel);
  inView.add(panel);
  met(element);
  once();
}

/**
 * Paint this panel while its element is in view.
 * @param {Element} element
 * @param {{paint: (at: number) => void}} panel
 */
export function watch(element, panel) {
  panels.set(element, panel);
  watcher.observe(element);
}

/** @param {Element} element */
export function unwatch(element) {
  const panel = panels.get(element);
  watcher.unobserve(element);
  panels.delete(element);
  if (panel) inView.delete(panel);
}

/**
 * Be told whenever an element comes into view.
 * @param {(element: Element) => void} work
 */
export function onView(work) {
  met = work;
}

/** The instant all panels show. */
export const instant = () => now() + shift;

/** Look at another instant, ms away from now. @param {number} ms */
export function lookAway(ms) {
  shift = ms;
  once();
}

/** Whether panels move; `setMoving` starts and stops them. */
export const isMoving = () => moving;

/** @param {boolean} yes */
export function setMoving(yes) {
  moving = yes;
  once();
}

/** Paint what is in view, and go on while it moves. */
export function once() {
  if (running) return;
  running = true;
  requestAnimationFrame(frame);
}

function frame() {
  const at = instant();
  for (const panel of inView) panel.paint(at);
  running = moving && inView.size > 0;
  if (running) requestAnimationFrame(frame);
}
