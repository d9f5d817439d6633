/** Edges of a slot that are dragged, or moved by arrow keys, in steps of five minutes. */

import { all, make } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { HOUR_PX, isPhone, put } from "./grid.js";

const STEP = 5;
const DAY = 1440;

/** `08:05` of a minute. @param {number} minute */
const clockOf = (minute) =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** @param {string} clock */
const minuteOf = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/**
 * Give the edges of a week's slots handles; `moved` hears the slot's new clock.
 * @param {HTMLElement} week @param {import("./grid.js").WeekData} data
 * @param {(slot: string, clock: string) => void} moved
 */
export function edges(week, data, moved) {
  if (!data.may || isPhone()) return;
  for (const cell of all(".slot[data-slot]:not(.rests)", week)) {
    const held = data.slots[cell.dataset.slot || ""]?.slot;
    if (!held || held.from !== undefined || held.until !== undefined) continue;
    const [from, until] = held.daypart.clock.split("-").map(minuteOf);
    if (Number(cell.dataset.begins) === from && cell.offsetHeight >= 30) handle(cell, "begins", moved, [from, until]);
    if (Number(cell.dataset.ends) % DAY === until % DAY && cell.offsetHeight >= 30)
      handle(cell, "ends", moved, [from, until]);
  }
}

/**
 * @param {HTMLElement} cell @param {"begins" | "ends"} edge
 * @param {(slot: string, clock: string) => void} moved @param {number[]} clock
 */
function handle(cell, edge, moved, [from, until]) {
  const word = t(edge === "begins" ? "schedule_page.drag_from" : "schedule_page.drag_until");
  const grip = make(`i.edge.${edge}`, { role: "slider", tabindex: "-1", "aria-label": word });
  const other = edge === "begins" ? "ends" : "begins";
  const was = Number(cell.dataset[edge]);
  let at = was;

  const told = () => (edge === "begins" ? `${clockOf(at)}-${clockOf(until)}` : `${clockOf(from)}-${clockOf(at)}`);

  /** @param {number} minute */
  function move(minute) {
    const end = Number(cell.dataset[other]);
    const snapped = Math.round(minute / STEP) * STEP;
    at = edge === "begins" ? Math.max(0, Math.min(end - STEP, snapped)) : Math.min(DAY, Math.max(end + STEP, snapped));
    cell.dataset[edge] = String(at);
    const hours = cell.querySelector(".hours");
    if (hours) hours.textContent = told().replace("-", "–");
    grip.setAttribute("aria-valuenow", String(at));
    grip.setAttribute("aria-valuetext", clockOf(at));
    put(cell);
  }

  function drop() {
    cell.classList.remove("drags");
    if (at !== was) moved(cell.dataset.slot || "", told());
  }

  grip.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    event.stopPropagation();
    grip.setPointerCapture(event.pointerId);
    cell.classList.add("drags");
    const start = event.clientY;
    const follow = (/** @type {PointerEvent} */ e) => move(was + ((e.clientY - start) / HOUR_PX) * 60);
    grip.addEventListener("pointermove", follow);
    grip.addEventListener("pointerup", () => grip.removeEventListener("pointermove", follow), { once: true });
    grip.addEventListener("pointerup", drop, { once: true });
    grip.addEventListener("pointercancel", () => move(was), { once: true });
  });
  grip.addEventListener("click", (event) => event.stopPropagation());
  cell.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.shiftKey ? edge !== "begins" : edge !== "ends")) return;
    const way = event.key === "ArrowDown" ? STEP : event.key === "ArrowUp" ? -STEP : 0;
    if (!way) return;
    event.preventDefault();
    move(at + way);
  });
  cell.addEventListener("blur", () => at !== was && !cell.classList.contains("drags") && drop());
  cell.append(grip);
}
