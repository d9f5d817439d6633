/** The live proof: counts, cells and rows move in place; acts ask once in a small dialog. */

import { bindAct } from "./alert/act.js";
import { bindVisits, patchMissing } from "./alert/rows.js";
import { bindTable, patchTable, query } from "./alert/sifted.js";
import { patchSpots } from "./alert/spots.js";
import { call } from "./lib/call.js";
import { make, one, write } from "./lib/dom.js";
import { data, t } from "./lib/island.js";
import { leftWords } from "./lib/left.js";
import { live } from "./lib/live.js";
import { paced } from "./lib/pace.js";
import { now } from "./lib/time.js";

const SAID_MS = 2000; // read aloud at most so often
const SILENT_MS = 5500; // a screen silent for so long turns red without any message
const CHECK_MS = 15_000;

const pace = data.of > 1000 ? 2000 : data.many ? 1000 : 400;
const phase = data.phase;

/** Read what moves; an answer to what is no longer asked for is dropped. */
async function look() {
  const asked = query();
  const found = await call("GET", `/alerts/${data.alert}/state${asked}`).catch(() => null);
  if (found && asked === query()) tell(found);
}
const read = paced(pace, look);

/** @param {any} found */
function tell(found) {
  if (found.phase !== phase || !document.getElementById("shown")) return location.reload();
  one("#loud").hidden = found.stored;
  write(one("#shown"), String(found.shown));
  write(one("#of"), String(found.of));
  write(one("#fact"), found.fact);
  const bar = /** @type {HTMLProgressElement} */ (one("#bar"));
  bar.max = Math.max(1, found.of);
  bar.value = found.shown;
  patchSpots(one("#spots"), found.spots);
  patchMissing(found.missing, found.missing_say, found.missing_rest);
  patchTable(found.table);
  tellHead(found.head);
  tellCourse(found.course);
  aloud(found.said);
}

/** @param {any} head */
function tellHead(head) {
  const band = one("#head .live");
  band.dataset.ends = String(head.expires);
  write(one(".head1", band), head.headline);
  write(one("[data-proved]", band), head.proved);
}

/** @param {{time: string, text: string}[]} course */
function tellCourse(course) {
  const list = one("#course");
  if (list.childElementCount === course.length) return;
  const lines = course.map((one) => make("li", {}, make("span.mono", {}, one.time), make("span", {}, one.text)));
  list.replaceChildren(...lines);
}

let said = "";
let saidAt = 0;
let waits = 0;

/** @param {string} text */
function aloud(text) {
  clearTimeout(waits);
  if (text === said) return;
  const left = saidAt + SAID_MS - now();
  if (left > 0) {
    waits = setTimeout(() => aloud(text), left);
    return;
  }
  said = text;
  saidAt = now();
  write(one("#said"), text);
}

function tick() {
  const band = document.querySelector("#head .live");
  const ends = Number(/** @type {HTMLElement | null} */ (band)?.dataset.ends || 0);
  const place = band?.querySelector("[data-left]");
  if (!place || !ends) return;
  if (ends <= now()) return read();
  write(/** @type {HTMLElement} */ (place), t("desk.alert.left", { left: leftWords(ends - now()) }));
}

for (const event of ["alert_changed", "alert_proved"]) live(event, (told) => told.id === data.alert && read(), read);
if (document.getElementById("filter")) {
  bindTable(look);
  for (const wait of [SILENT_MS, 2 * SILENT_MS, 3 * SILENT_MS]) setTimeout(read, wait);
  setInterval(tick, 1000);
  setInterval(read, CHECK_MS);
  read();
}
if (document.getElementById("unstored")) setInterval(read, 3000);
bindAct(read);
bindVisits(read);
