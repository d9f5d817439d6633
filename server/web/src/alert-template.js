/** A template's words measured while they are typed, against the site's narrowest screen. */

import { width } from "./editor/lines.js";
import { all, one, write } from "./lib/dom.js";
import { data, t } from "./lib/island.js";

/** Placeholders stand for about two characters. @param {string} text */
const sample = (text) => text.replace(/\{[^{}]+\}/g, "东门");

/** @param {string} locale */
function measure(locale) {
  const headline = /** @type {HTMLInputElement} */ (one(`[data-headline=${locale}]`)).value;
  const instruction = /** @type {HTMLInputElement} */ (one(`[data-instruction=${locale}]`)).value;
  const wide = width(sample(headline));
  const whole = wide + width(sample(instruction));
  const fits = one(`[data-fits=${locale}]`);
  fits.classList.toggle("over", wide > data.fits);
  write(fits, t(wide > data.fits ? "alerts_page.scrolls" : "alerts_page.fits_now", { fits: data.fits, wide }));
  const hint = one(`[data-whole=${locale}]`);
  hint.classList.toggle("warn", whole > data.whole);
  write(
    hint,
    whole > data.whole ? t("alerts.much_text", { wide: whole, fits: data.whole }) : t("alerts_page.placeholders"),
  );
}

for (const field of all("[data-headline]")) {
  const locale = field.dataset.headline || "zh";
  measure(locale);
  for (const name of ["headline", "instruction"])
    one(`[data-${name}=${locale}]`).addEventListener("input", () => measure(locale));
}
