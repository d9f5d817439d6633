/** One cell for every screen, by place: changed where it stands, never moved under a hand. */

import { all, make, one, write } from "../lib/dom.js";

/** @typedef {{screen: string, shape: string, text: string, said: string}} Cell */

/** @param {HTMLElement} place @param {{name: string, shown: number, cells: Cell[]}[]} spots */
export function patchSpots(place, spots) {
  const known = new Map(all("[data-cell]", place).map((cell) => [cell.dataset.cell, cell]));
  const homes = new Map(all("[data-spot]", place).map((home) => [home.dataset.spot, home]));
  for (const spot of spots) {
    const home = homes.get(spot.name) || added(place, spot.name);
    write(one("h3 span", home), `${spot.shown} / ${spot.cells.length}`);
    for (const cell of spot.cells) patchCell(known.get(cell.screen), one(".cells2", home), cell);
  }
}

/** @param {HTMLElement} place @param {string} name */
function added(place, name) {
  const title = make("h3", {}, `${name} `, make("span.faint.small"));
  const home = make("div", { "data-spot": name }, title, make("div.cells2"));
  one(":scope > .tiny", place).before(home);
  return home;
}

/** @param {HTMLElement | undefined} element @param {HTMLElement} home @param {Cell} cell */
function patchCell(element, home, cell) {
  const found = element || make("i", { role: "img", "data-cell": cell.screen });
  if (!element) home.append(found);
  const proved =
    (cell.shape === "ok" || cell.shape === "a") && !found.classList.contains("ok") && !found.classList.contains("a");
  if (found.classList.contains(cell.shape) && found.textContent === cell.text) return;
  found.className = proved ? `${cell.shape} new` : cell.shape;
  found.textContent = cell.text;
  found.title = cell.said;
  found.setAttribute("aria-label", cell.said);
}
