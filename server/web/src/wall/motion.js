/** One frame loop for every panel in view; still for those who asked for less motion. */

import { onPicture } from "../lib/led.js";
import { now } from "../lib/time.js";

/** @typedef {{paint: (at: number) => number}} Painted `paint` tells the instant at which it has to be called again */

/** @type {Map<Element, Painted>} */
const panels = new Map();
/** @type {Set<Painted>} */
const inView = new Set();
/** @type {(element: Element) => void} */
let met = () => {};

const MANY = 8; // panels in view above which every other frame is enough
const HALF_FRAME_MS = 12;
const SHORT_MS = 20;
const LONGEST_MS = 1000;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let moving = !calm.matches;
let asked = false;
let sleeping = 0;
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
 * @param {Painted} panel
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
  if (asked) return;
  clearTimeout(sleeping);
  ask();
}

function ask() {
  asked = true;
  requestAnimationFrame(frame);
}

function frame() {
  asked = false;
  const at = instant();
  let soonest = at + LONGEST_MS;
  for (const panel of inView) soonest = Math.min(soonest, panel.paint(at));
  if (moving && inView.size > 0) pause(soonest - at);
}

/** Wait for the next frame, or sleep while nothing in view moves. @param {number} ms */
function pause(ms) {
  const rest = ms > SHORT_MS ? ms - SHORT_MS : inView.size > MANY ? HALF_FRAME_MS : 0;
  if (rest) sleeping = setTimeout(ask, rest);
  else ask();
}

onPicture(once); // those who hold still see it too
