/** The report's one hand: to the printer. */

import { one } from "./lib/dom.js";

const print = /** @type {HTMLButtonElement} */ (one("#print"));
print.hidden = false;
print.addEventListener("click", () => window.print());
