/** The page Now: every screen live, at this instant or another; a quick line; the kill switch. */

import { call } from "./lib/call.js";
import { all, calm, one, write } from "./lib/dom.js";
import { data, t } from "./lib/island.js";
import { onKey } from "./lib/keys.js";
import { live } from "./lib/live.js";
import { dayName, now, shortTime } from "./lib/time.js";
import { onAlerts } from "./wall/alerts.js";
import { openDrawer } from "./wall/drawer.js";
import { isMoving, lookAway, onView, setMoving } from "./wall/motion.js";
import { forget } from "./wall/programmes.js";
import { quickLine } from "./wall/quick.js";
import { slide } from "./wall/slider.js";
import { counts, midnight, readNames, say, sentence, stateOf } from "./wall/states.js";
import { hangTile } from "./wall/tile.js";

const POLL_MS = 15_000;

/** @typedef {import("./wall/states.js").Screen} Screen */

/** @type {{screens: Screen[], groups: import("./wall/chooser.js").Group[], names: Record<string, string>, list: boolean}} */
const { screens, groups, names } = data;
const byId = new Map(screens.map((screen) => [screen.id, screen]));
/** @type {Map<string, import("./wall/tile.js").Tile>} */
const tiles = new Map();
/** @type {ReturnType<typeof openDrawer> | null} */
let drawer = null;
let away = 0;

const told = { names, away: () => away };

for (const element of all(".tile")) {
  const screen = byId.get(element.dataset.screen || "");
  if (screen) tiles.set(screen.id, hangTile(element, screen, told));
}
onView((element) => tiles.get(/** @type {HTMLElement} */ (element).dataset.screen || "")?.meet());

// the sentence, filters and marks of the wall --------------------------------------------------------------------

function tellWall() {
  const found = counts(screens);
  const [said, offline] = sentence(screens);
  const quiet = document.createElement("em");
  quiet.textContent = offline + t("now.stop");
  const headline = one("#say");
  if (headline.textContent !== said + offline + t("now.stop"))
    headline.replaceChildren(offline ? said : said + t("now.stop"), offline ? quiet : "");
  for (const button of all("[data-filter]")) {
    const state = /** @type {"all" | keyof typeof found} */ (button.dataset.filter);
    const n = state === "all" ? screens.length : found[state];
    one("span", button).textContent = String(n);
    button.hidden = n === 0 && state !== "all" && !button.classList.contains("on");
  }
  const dark = document.getElementById("dark");
  const blanked = screens.filter((screen) => screen.blanked).length; // dark under an alert too, though it counts there
  if (dark) dark.hidden = blanked === 0;
  if (dark) one("span", dark).textContent = say("dark", blanked);
}

/** @param {string} wanted */
function filter(wanted) {
  for (const button of all("[data-filter]")) {
    const on = button.dataset.filter === wanted;
    button.classList.toggle("on", on);
    button.setAttribute("aria-pressed", String(on));
  }
  for (const { element, screen } of tiles.values()) element.hidden = wanted !== "all" && stateOf(screen) !== wanted;
  for (const group of all(".grp")) group.hidden = !group.querySelector(".tile:not([hidden])");
}

/** @param {boolean} list */
function arrange(list) {
  document.body.classList.toggle("aslist", list);
  for (const button of all("[data-arrange]")) {
    const on = (button.dataset.arrange === "list") === list;
    button.classList.toggle("on", on);
    button.setAttribute("aria-pressed", String(on));
  }
  for (const tile of tiles.values()) tile.panel.loosen();
  setMoving(isMoving());
}

// another instant --------------------------------------------------------------------------------------------------

const slider = slide(one("#rail"), (ms) => {
  away = ms;
  lookAway(ms);
  tellAway();
  for (const tile of tiles.values()) tile.tell();
});

/** The instant an address asks for, `?at=` in ms; one of today stands on the slider too. */
function askedFor() {
  const asked = Number(new URLSearchParams(location.search).get("at"));
  const minute = Math.floor((asked - midnight()) / 60_000);
  if (!asked || Math.abs(asked - now()) < 90_000) return;
  if (minute >= 0 && minute < 1440) return slider.choose(minute);
  away = asked - now();
  lookAway(away);
  tellAway();
  for (const tile of tiles.values()) tile.tell();
}

function tellAway() {
  const at = now() + away;
  const today = at >= midnight() && at < midnight() + 86_400_000;
  one("#looking").hidden = away === 0;
  const time = today ? shortTime(at) : `${dayName(at)} ${shortTime(at)}`;
  write(one("#looking span"), t("now.looking", { time }));
}

// what changed elsewhere ---------------------------------------------------------------------------------------------

/** @param {string} id */
async function reread(id) {
  const screen = await call("GET", `/api/v1/screens/${id}`).catch((error) => error.status === 404 && null);
  if (screen === false) return;
  if (screen && tiles.has(id)) changed(screen);
  else if (screen) await hangNew(screen);
  else takeDown(id);
}

/** A screen that was added: its tile comes from the server, as at the start. @param {Screen} screen */
async function hangNew(screen) {
  const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
  const element = /** @type {HTMLElement | null} */ (page.querySelector(`.tile[data-screen="${screen.id}"]`));
  const section = /** @type {HTMLElement | null} */ (element?.closest(".grp"));
  if (!element || !section || tiles.has(screen.id)) return;
  const home = document.querySelector(`.grp[data-group="${section.dataset.group}"] .wall`);
  if (home) home.append(element);
  else one("#wall").append(section);
  screens.push(screen);
  byId.set(screen.id, screen);
  const tile = hangTile(element, screen, told);
  tiles.set(screen.id, tile);
  tile.alarm();
  document.getElementById("none")?.remove();
  tellWall();
}

/** @param {string} id */
function takeDown(id) {
  tiles.get(id)?.element.remove();
  tiles.delete(id);
  byId.delete(id);
  screens.splice(0, screens.length, ...screens.filter((screen) => screen.id !== id));
  for (const group of all(".grp")) if (!group.querySelector(".tile")) group.remove();
  tellWall();
  quick?.tell();
}

/** @param {any} screen */
function changed(screen) {
  const known = byId.get(screen.id);
  if (!known) return;
  tiles.get(screen.id)?.change({ ...known, ...screen });
  tellWall();
  quick?.tell();
}

/** @param {{screen: string, version: string}} told */
function published({ screen, version }) {
  const tile = tiles.get(screen);
  if (!tile || !forget(screen, version)) return;
  if (tile.asked) tile.load();
  if (drawer?.screen.id === screen) drawer.tell();
}

async function catchUp() {
  if (!document.hidden) await readAll();
}

async function readAll() {
  let cursor = "";
  do {
    const page = await call("GET", `/api/v1/screens?limit=500${cursor && `&cursor=${cursor}`}`).catch(() => null);
    for (const screen of page?.items || []) changed(screen);
    cursor = page?.next || "";
  } while (cursor);
}

function startOver() {
  for (const [id, tile] of tiles) if (forget(id) && tile.asked) tile.load();
  catchUp();
}

live("programme_published", published, startOver);
onAlerts(() => {
  for (const tile of tiles.values()) tile.alarm();
  drawer?.tell();
  tellWall();
});
live("presence", ({ id, ...presence }) => byId.has(id) && changed({ id, presence }));
live("screen_changed", ({ id }) => reread(id));
for (const changed of ["playlist_changed", "review_changed", "slot_changed"]) live(changed, calm(500, learnNames));

async function learnNames() {
  await readNames(names);
  for (const tile of tiles.values()) tile.tell();
}

// hands ----------------------------------------------------------------------------------------------------------

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("quick"));
const quick = form && quickLine(form, { screens: () => screens, groups, sent: () => learnNames() });

function look() {
  const id = decodeURIComponent(location.hash.replace(/^#screen=/, ""));
  const screen = byId.get(id);
  if (drawer && drawer.screen.id !== id) drawer.close();
  if (screen && !drawer) drawer = openDrawer(screen, names, left);
}

function left() {
  drawer = null;
  if (location.hash) history.replaceState(null, "", location.pathname);
}

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const link = /** @type {HTMLElement | null} */ (target.closest(".tile a"));
  if (link && !event.metaKey && !event.ctrlKey && event.button === 0) {
    event.preventDefault();
    location.hash = `screen=${/** @type {HTMLElement} */ (link.closest(".tile")).dataset.screen}`;
  }
  const button = target.closest("button");
  if (button?.dataset.filter) filter(button.dataset.filter);
  if (button?.dataset.arrange) arrange(button.dataset.arrange === "list");
});

const power = () => import("./wall/power.js");
document.getElementById("power")?.addEventListener("click", async () => (await power()).blank(screens, groups));
document.getElementById("relight")?.addEventListener("click", async () => {
  await readAll(); // what went dark elsewhere, or a moment ago, is to come back too
  (await power()).relight(screens);
});
one("#back").addEventListener("click", () => slider.choose(null));
one("#move").addEventListener("click", () => {
  setMoving(!isMoving());
  one("#move").hidden = isMoving();
});
onKey("n", () => slider.choose(null));
addEventListener("hashchange", look);
addEventListener(
  "resize",
  calm(150, () => arrange(document.body.classList.contains("aslist"))),
);

one("#move").hidden = isMoving();
if (data.list) arrange(true);
tellWall();
askedFor();
look();
setInterval(catchUp, POLL_MS);
setInterval(() => {
  if (!document.hidden) for (const tile of tiles.values()) if (tile.asked) tile.tell();
  tellWall();
  if (away) tellAway();
}, 1000);
