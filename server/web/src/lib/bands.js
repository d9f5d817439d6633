/** The bands of live alerts on every desk page: told by the socket, read again from the server, counted down here. */

import { all } from "./dom.js";
import { t } from "./island.js";
import { leftWords } from "./left.js";
import { joined, live } from "./live.js";
import { paced } from "./pace.js";
import { now } from "./time.js";

const PROVED_MS = 2000;
const CHANGED_MS = 300;

/** Keep the bands true; pages without a place for them have none. */
export function watchBands() {
  const bands = document.getElementById("bands");
  if (!bands) return;
  const own = bands.dataset.own || "";
  const read = () => refresh(bands, own);
  const changed = paced(CHANGED_MS, read);
  live("alert_changed", changed);
  joined(changed);
  live("message_changed", changed);
  live("alert_proved", paced(PROVED_MS, read));
  foldable(bands);
  setInterval(() => tick(bands, changed), 1000);
}

/** @param {HTMLElement} bands @param {string} own */
async function refresh(bands, own) {
  const answer = await fetch(`/alerts/bands?own=${own}`, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const told = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = told.getElementById("bands");
  if (!fresh) return;
  document.getElementById("outside")?.replaceChildren(...(told.getElementById("outside")?.childNodes ?? []));
  const before = all(".live", bands);
  const after = all(".live", fresh);
  const same = before.length === after.length && before.every((band, n) => alike(band, after[n]));
  if (same) for (const [n, band] of before.entries()) patch(band, after[n]);
  else replace(bands, fresh);
  mark(fresh.dataset.actual === "1");
}

/** Other alerts in their places; the list stays open, and the focus where it was. @param {HTMLElement} bands @param {HTMLElement} fresh */
function replace(bands, fresh) {
  const open = bands.querySelector("details[open]") !== null;
  const held = document.activeElement;
  const link = bands.contains(held) ? held?.getAttribute("href") : undefined;
  bands.className = fresh.className;
  bands.replaceChildren(...fresh.childNodes);
  bands.querySelector("details")?.toggleAttribute("open", open);
  if (link === undefined) return;
  const same = link ? all("a", bands).find((one) => one.getAttribute("href") === link) : null;
  (same ?? bands.querySelector("summary, a"))?.focus();
}

/** Escape folds the list again. @param {HTMLElement} bands */
function foldable(bands) {
  bands.addEventListener("keydown", (event) => {
    const list = bands.querySelector("details[open]");
    if (event.key !== "Escape" || !list) return;
    list.removeAttribute("open");
    list.querySelector("summary")?.focus();
  });
}

/** Whether two bands say the same but for what is proved. @param {HTMLElement} a @param {HTMLElement} b */
const alike = (a, b) =>
  a.dataset.alert === b.dataset.alert && a.className === b.className && a.dataset.ends === b.dataset.ends;

/** @param {HTMLElement} band @param {HTMLElement} fresh */
function patch(band, fresh) {
  for (const part of ["[data-proved]", ".head1", ".sev"]) {
    const [old, next] = [band.querySelector(part), fresh.querySelector(part)];
    if (old && next && old.textContent !== next.textContent) old.textContent = next.textContent;
  }
}

/** The button to issue says that an alert is live. @param {boolean} actual */
function mark(actual) {
  for (const button of all("[data-sos]")) {
    button.classList.toggle("on", actual);
    const word = button.querySelector(".t");
    if (word) word.textContent = t(actual ? "desk.alert.running" : "desk.nav.alert");
  }
}

/** @param {HTMLElement} bands @param {() => void} over */
function tick(bands, over) {
  for (const band of all(".live", bands)) {
    const left = Number(band.dataset.ends) - now();
    const place = band.querySelector("[data-left]");
    if (place && band.dataset.ends !== "0") place.textContent = t("desk.alert.left", { left: leftWords(left) });
    if (left <= 0 && band.dataset.ends !== "0") over();
  }
}
