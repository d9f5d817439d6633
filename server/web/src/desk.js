/** Every page of the desk: the clock, the menu, what waits for review. */

import { all } from "./lib/dom.js";
import "./lib/keys.js";
import { live } from "./lib/live.js";
import { clockTime, dayName, now } from "./lib/time.js";

const clock = document.getElementById("clock");
const today = document.getElementById("today");

function tick() {
  const at = now();
  if (clock) clock.textContent = clockTime(at);
  if (today) today.textContent = dayName(at);
  setTimeout(tick, 1000 - (at % 1000));
}

/** @param {{waiting?: number}} told */
function waiting({ waiting: count }) {
  const badge = document.getElementById("waiting");
  if (!badge || count === undefined) return;
  badge.textContent = String(count);
  badge.hidden = count === 0;
}

document.addEventListener("click", (event) => {
  for (const menu of all("details.me[open], details.menu-of[open]"))
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.removeAttribute("open");
});

tick();
live("review_changed", waiting);
