/** The list of those to walk to, and the table of every screen. */

import { call } from "../lib/call.js";
import { all, make, one, write } from "../lib/dom.js";
import { data, t } from "../lib/island.js";

/** @typedef {{screen: string, name: string, place: string, why: string, gone: string}} Missing */
/** @typedef {{screen: string, name: string, bad: boolean, received: string, shown: string, seen: string, visited: string}} Row */

/** @param {Missing[]} missing @param {string} say */
export function patchMissing(missing, say) {
  one("#missing").hidden = missing.length === 0;
  write(one("#missing-say"), say);
  const list = one("#missing-rows");
  const known = new Map(all("tr", list).map((row) => [row.dataset.missing, row]));
  for (const row of missing) {
    const element = known.get(row.screen);
    if (!element) list.append(made(row));
    else if (row.gone && element.querySelector("button")) element.replaceWith(made(row));
    known.delete(row.screen);
  }
  for (const row of known.values()) row.remove();
}

/** @param {Missing} row */
function made(row) {
  const name = make(
    "th",
    { scope: "row" },
    make("span.row", {}, make("i.dot.off", { "aria-hidden": "true" }), make("b", {}, row.name)),
  );
  const went = () => visited(row.screen);
  const hand = row.gone
    ? make("span.small", {}, row.gone)
    : data.may && make("button.btn.s.sm", { type: "button", click: went }, t("alerts_page.went"));
  return make(
    "tr.bad",
    { "data-missing": row.screen },
    name,
    make("td.mute", {}, row.place),
    make("td.mute.only-desk", {}, row.why),
    make("td.r.nowrap", {}, hand),
  );
}

let told = () => {};

/** Let the buttons say that somebody went; `done` runs once it is written down. @param {() => any} done */
export function bindVisits(done) {
  told = done;
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const button = form.closest("#missing") && form.querySelector("[name=screen]");
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    button.disabled = true;
    visited(button.value);
  });
}

/** @param {string} screen */
async function visited(screen) {
  const body = new FormData();
  body.set("screen", screen);
  await call("POST", `/alerts/${data.alert}/visited`, body).catch(() => null);
  told();
}

/** @param {Row[]} rows @param {number} rest */
export function patchRows(rows, rest) {
  const list = one("#rows");
  const known = new Map(all("tr", list).map((row) => [row.dataset.row, row]));
  for (const row of rows) {
    const element = known.get(row.screen) || list.appendChild(blank(row));
    const [, received, shown, seen] = element.children;
    element.classList.toggle("bad", row.bad);
    element.dataset.shown = row.shown ? "1" : "";
    element.dataset.seen = row.seen ? "1" : "";
    one(".dot", element).className = `dot ${row.bad ? "off" : row.shown ? "on" : "wait"}`;
    write(/** @type {HTMLElement} */ (received), row.received || t("alerts_page.not_yet"));
    write(
      /** @type {HTMLElement} */ (shown),
      row.shown || t(row.bad ? "alerts_page.not_shown" : "alerts_page.not_yet"),
    );
    write(/** @type {HTMLElement} */ (seen), row.seen || row.visited || t("alerts_page.not_yet"));
  }
  one("#rest").hidden = rest === 0;
}

/** @param {Row} row */
function blank(row) {
  const name = make("span.row", {}, make("i.dot.wait", { "aria-hidden": "true" }), make("span.name", {}, row.name));
  return make(
    "tr",
    { "data-row": row.screen },
    make("td", {}, name),
    make("td.mute.only-desk.nowrap"),
    make("td.strong.nowrap"),
    make("td.mute"),
  );
}
