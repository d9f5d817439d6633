/** Every page of the desk: the clock, the menu, what waits for review. */

import { watchBands } from "./lib/bands.js";
import { call } from "./lib/call.js";
import { all, calm } from "./lib/dom.js";
import { t } from "./lib/island.js";
import { onKey } from "./lib/keys.js";
import { live } from "./lib/live.js";
import { watchSession } from "./lib/session.js";
import { clockTime, dayName, now } from "./lib/time.js";

const clock = document.getElementById("clock");
const today = document.getElementById("today");

function tick() {
  const at = now();
  if (clock) clock.textContent = clockTime(at);
  if (today) today.textContent = dayName(at);
  setTimeout(tick, 1000 - (at % 1000));
}

/** How many pieces wait is another number for each person, so it is asked for and not told to all. */
async function waiting() {
  const badges = all("[data-waiting]");
  if (!badges.length) return;
  const found = await call("GET", "/review/waiting").catch(() => null);
  if (!found) return;
  for (const badge of badges) {
    badge.textContent = String(found.waiting);
    badge.hidden = found.waiting === 0;
  }
}

/** Nobody chose a theme and the machine is dark: offer the other one. */
function offerLight() {
  if (document.documentElement.dataset.theme !== "dark") return;
  for (const button of all("form[action='/theme'] button")) {
    button.setAttribute("value", "light");
    button.textContent = t("desk.theme_light");
  }
}

/** A list of topics that is wider than a phone begins at the one that is open. */
function showTopic() {
  const list = document.querySelector(".topiclist");
  const open = list?.querySelector("[aria-current]");
  if (list instanceof HTMLElement && open instanceof HTMLElement)
    list.scrollLeft = open.offsetLeft - (list.clientWidth - open.clientWidth) / 2;
}

/** Fetch the search box the first time it is wanted. */
async function find() {
  (await import("./lib/search.js")).openSearch();
}

for (const link of all("[data-search]"))
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    find();
  });

document.addEventListener("click", (event) => {
  for (const menu of all("details.me[open], details.menu-of[open], details.others[open]"))
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.removeAttribute("open");
});

onKey("?", async () => (await import("./lib/key-list.js")).showKeys());
onKey("/", find);

tick();
offerLight();
showTopic();
watchSession();
watchBands();
for (const event of ["review_changed", "playlist_changed"]) live(event, calm(300, waiting), waiting);
