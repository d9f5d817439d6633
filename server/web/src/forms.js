/** Plain forms: ask before an act that cannot be taken back, and keep a second click from sending twice. */

import { ask } from "./lib/dialog.js";
import { all } from "./lib/dom.js";

for (const button of all("button[data-ask]")) {
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLButtonElement} */ (button).form;
    const { ask: question = "", yes = "", say = "" } = button.dataset;
    if (form && (await ask({ question, yes, say }))) {
      const action = button.getAttribute("formaction");
      if (action) form.action = action;
      form.submit();
    }
  });
}
