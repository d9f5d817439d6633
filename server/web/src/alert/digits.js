/** Four cells for the digits that are shown: typed one by one, never pasted; wrong ones are taken out again. */

import { all, one } from "../lib/dom.js";
import { t } from "../lib/island.js";

/**
 * Bring the cells to life; `right` hears whether all four match.
 * @param {HTMLElement} box
 * @param {(matched: boolean) => void} right
 */
export function watchDigits(box, right) {
  const cells = /** @type {HTMLInputElement[]} */ (all(".cell", box));
  const wanted = one("#shown", box).textContent || "";
  const still = one("#still", box);
  const row = one(".cells", box);

  /** @param {string} text @param {boolean} wrong */
  function say(text, wrong) {
    still.textContent = text;
    row.classList.toggle("wrong", wrong);
  }

  function empty() {
    for (const cell of cells) cell.value = "";
    cells[0].focus();
  }

  function look() {
    const typed = cells.map((cell) => cell.value).join("");
    const left = cells.filter((cell) => !cell.value).length;
    if (left) {
      say(t("alerts_page.digits_left", { n: left }), false);
      return right(false);
    }
    if (typed === wanted) {
      say(t("alerts_page.digits_match"), false);
      return right(true);
    }
    right(false);
    say(t("alerts_page.digits_wrong"), true);
    empty();
  }

  for (const [n, cell] of cells.entries()) {
    for (const way of ["paste", "drop"]) cell.addEventListener(way, (event) => refuse(event));
    cell.addEventListener("input", () => {
      cell.value = cell.value.replace(/\D/g, "").slice(-1);
      if (cell.value && cells[n + 1]) cells[n + 1].focus();
      look();
    });
    cell.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
      if (event.key === "Backspace" && !cell.value && n) cells[n - 1].focus();
    });
    cell.addEventListener("focus", () => cell.select());
  }

  /** @param {Event} event */
  function refuse(event) {
    event.preventDefault();
    say(t("alerts_page.digits_typed"), true);
  }

  return { empty };
}
