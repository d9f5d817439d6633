/** Six cells for a code read off a wall: typing moves on, paste fills all, the sixth character asks at once. */

import { all } from "../lib/dom.js";

const STRANGE = /[^0-9A-Z]/g;

/**
 * Bring the cells of a form to life; `complete` hears the code and says whether it was right.
 * @param {HTMLElement} form
 * @param {(code: string) => Promise<boolean>} complete
 */
export function codeCells(form, complete) {
  const cells = /** @type {HTMLInputElement[]} */ (all(".cell", form));
  let asking = false;

  const code = () => cells.map((cell) => cell.value).join("");

  /** @param {number} from @param {string} text */
  function fill(from, text) {
    const characters = [...text.toUpperCase().replace(STRANGE, "")];
    characters.slice(0, cells.length - from).forEach((one, n) => {
      cells[from + n].value = one;
    });
    cells[Math.min(cells.length - 1, from + characters.length)].focus();
    check();
  }

  async function check() {
    if (asking || code().length < cells.length) return;
    asking = true;
    for (const cell of cells) cell.readOnly = true;
    const right = await complete(code());
    asking = false;
    for (const cell of cells) cell.readOnly = false;
    if (right) return;
    for (const cell of cells) cell.value = "";
    cells[0].focus();
  }

  cells.forEach((cell, n) => {
    cell.addEventListener("focus", () => cell.select());
    cell.addEventListener("input", () => {
      const text = cell.value;
      cell.value = "";
      fill(n, text);
    });
    cell.addEventListener("paste", (event) => {
      event.preventDefault();
      fill(text(event).length >= cells.length ? 0 : n, text(event));
    });
    cell.addEventListener("keydown", (event) => {
      if (event.key === "Backspace" && !cell.value && n > 0) {
        cells[n - 1].value = "";
        cells[n - 1].focus();
      }
      if (event.key === "ArrowLeft" && n > 0) cells[n - 1].focus();
      if (event.key === "ArrowRight" && n < cells.length - 1) cells[n + 1].focus();
    });
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
}

/** @param {ClipboardEvent} event */
const text = (event) => (event.clipboardData?.getData("text") || "").toUpperCase().replace(STRANGE, "");
