/** The list of those to walk to, and the table of every screen. */

import { call } from "../lib/call.js";
import { all, make, one, write } from "../lib/dom.js";
import { data, t } from "../lib/island.js";

/** @typedef {{screen: string, name: string, place: string, why: string, gone: string}} Missing */
/**
 * @typedef {{screen: string, name: string, bad: boolean, received: string, shown: string, seen: string, visited: string,
 *   picture: {src: string, width: number, height: number} | null}} Row
 */

/** @param {Missing[]} missing @param {string} say @param {string} rest what is said of those not named here */
export function patchMissing(missing, say, rest) {
  one("#missing").hidden = missing.length === 0;
  one("#missing-rest").hidden = !rest;
  write(one("#missing-rest a"), rest);
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

/** @param {Row[]} rows those of this page; rows that left it go, the others stay where they are */
export function patchRows(rows) {
  const list = one("#rows");
  const known = new Map(all("tr", list).map((row) => [row.dataset.row, row]));
  for (const row of rows) {
    const element = known.get(row.screen) || list.appendChild(blank(row));
    known.delete(row.screen);
    const [picture, , received, shown, seen] = element.children;
    element.classList.toggle("bad", row.bad);
    one(".dot", element).className = `dot ${row.bad ? "off" : row.shown ? "on" : "wait"}`;
    if (row.picture && !picture.querySelector("img")) one(".thumb", element).append(painted(row.picture));
    write(/** @type {HTMLElement} */ (received), row.received || t("alerts_page.not_yet"));
    write(
      /** @type {HTMLElement} */ (shown),
      row.shown || t(row.bad ? "alerts_page.not_shown" : "alerts_page.not_yet"),
    );
    write(/** @type {HTMLElement} */ (seen), row.seen || row.visited || t("alerts_page.not_yet"));
  }
  for (const row of known.values()) row.remove();
}

/** @param {{src: string, width: number, height: number}} picture */
const painted = (picture) => make("img", { ...picture, alt: "", loading: "lazy" });

/** @param {Row} row */
function blank(row) {
  const name = make("span.row", {}, make("i.dot.wait", { "aria-hidden": "true" }), make("span.name", {}, row.name));
  return make(
    "tr",
    { "data-row": row.screen },
    make("td.only-desk.noprint", {}, make("span.thumb")),
    make("td", {}, name),
    make("td.mute.only-desk.nowrap"),
    make("td.strong.nowrap"),
    make("td.mute"),
  );
}
