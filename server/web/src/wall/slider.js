/** A day on a line: drag or arrow keys choose an instant; N and the middle of the day's ink bring back now. */

import { all, one } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { minuteOfDay, now, shortTime } from "../lib/time.js";
import { midnight } from "./states.js";

const MINUTE = 60_000;
const SNAP = 6;
const EDGE = 40; // px the knob's label keeps from either end
const NEAR = 64; // px within which it hides a mark

/**
 * Bring a `.rail` to life; `moved` hears the ms the chosen instant lies away from now, 0 for now itself.
 * @param {HTMLElement} rail
 * @param {(away: number) => void} moved
 */
export function slide(rail, moved) {
  /** @type {number | null} minute chosen; null follows the clock */
  let chosen = null;

  const minute = () => chosen ?? minuteOfDay(now());

  function draw() {
    const part = (minute() / 1440) * 100;
    one(".th", rail).style.left = `${part}%`;
    one(".past", rail).style.width = `${(minuteOfDay(now()) / 1440) * 100}%`;
    const label = one(".ln", rail);
    label.style.left = `clamp(${EDGE}px, ${part}%, calc(100% - ${EDGE}px))`;
    label.textContent = words();
    rail.setAttribute("aria-valuenow", String(minute()));
    rail.setAttribute("aria-valuetext", words());
    const whole = rail.clientWidth || 1440;
    const place = Math.min(Math.max((part / 100) * whole, EDGE), whole - EDGE);
    for (const mark of all(".lb[data-at]", rail))
      mark.hidden = Math.abs((Number(mark.dataset.at) / 1440) * whole - place) < NEAR;
  }

  const words = () => (chosen === null ? t("now.now_at", { time: shortTime(now()) }) : clockOf(chosen));

  /** @param {number | null} next */
  function choose(next) {
    chosen = next === null ? null : Math.max(0, Math.min(1439, Math.round(next)));
    if (chosen !== null && chosen === minuteOfDay(now())) chosen = null;
    draw();
    moved(chosen === null ? 0 : midnight() + chosen * MINUTE - now());
  }

  /** @param {PointerEvent} event */
  function point(event) {
    const box = rail.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * 1440;
    const near = (Math.abs(at - minuteOfDay(now())) / 1440) * box.width;
    choose(near < SNAP ? null : at);
  }

  rail.addEventListener("pointerdown", (event) => {
    rail.setPointerCapture(event.pointerId);
    point(event);
  });
  rail.addEventListener("pointermove", (event) => rail.hasPointerCapture(event.pointerId) && point(event));
  rail.addEventListener("keydown", (event) => {
    const next = step(event, minute());
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
  });
  draw();
  setInterval(() => chosen === null && draw(), 5000);
  return { choose };
}

/**
 * Where a key leads; undefined for other keys, null for now.
 * @param {KeyboardEvent} event @param {number} minute
 */
function step(event, minute) {
  const far = event.shiftKey ? 15 : 1;
  if (event.key === "ArrowLeft" || event.key === "ArrowDown") return minute - far;
  if (event.key === "ArrowRight" || event.key === "ArrowUp") return minute + far;
  if (event.key === "PageDown") return minute - 60;
  if (event.key === "PageUp") return minute + 60;
  if (event.key === "Home") return 0;
  if (event.key === "End") return 1439;
  return event.key.toLowerCase() === "n" ? null : undefined;
}

/** `16:30` of a minute of the day. @param {number} minute */
export const clockOf = (minute) =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
