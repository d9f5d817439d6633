/** Rectangles in figures and as a picture: drawn while they are typed, overlaps and overhangs told at once. */

import { all, one } from "../lib/dom.js";
import { t } from "../lib/island.js";

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {{name: string, x: number, y: number, width: number, height: number}} Rectangle */

/** @param {HTMLFormElement} form the layout form, `data-width` and `data-height` are the screen's px */
export function drawLayout(form) {
  const size = { width: Number(form.dataset.width), height: Number(form.dataset.height) };
  const own = /** @type {HTMLFieldSetElement} */ (one("#own", form));

  function chosen() {
    const picked = /** @type {HTMLInputElement | null} */ (form.querySelector("[name=layout]:checked"));
    own.hidden = picked?.value !== "own";
    own.disabled = own.hidden;
  }

  function draw() {
    const found = rectangles(form);
    one("#draw", form).replaceChildren(...found.map(shape));
    const outside = found.some((r) => r.x + r.width > size.width || r.y + r.height > size.height);
    const clash = found.some((r, n) => found.some((other, m) => m > n && overlap(r, other)));
    const hint = one("#drawsay", form);
    hint.className = outside || clash ? "hint bad" : "hint";
    hint.textContent = t(`screens_page.${outside ? "outside" : clash ? "overlap" : "regions_hint"}`);
  }

  form.addEventListener("change", chosen);
  form.addEventListener("input", draw);
  chosen();
  draw();
}

/** @param {HTMLFormElement} form @returns {Rectangle[]} */
function rectangles(form) {
  const found = all("#rows tbody tr", form).map((row) => {
    const value = (/** @type {string} */ name) =>
      /** @type {HTMLInputElement} */ (one(`[name=region_${name}]`, row)).value.trim();
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number.parseInt(value(name), 10));
    return { name: value("name"), x, y, width, height };
  });
  return found.filter((r) => [r.x, r.y, r.width, r.height].every(Number.isFinite) && r.width > 0 && r.height > 0);
}

/** @param {Rectangle} a @param {Rectangle} b */
const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** @param {Rectangle} r */
function shape(r) {
  const rectangle = document.createElementNS(SVG, "rect");
  for (const name of /** @type {const} */ (["x", "y", "width", "height"]))
    rectangle.setAttribute(name, String(r[name]));
  return rectangle;
}
