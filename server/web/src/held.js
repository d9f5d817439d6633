/** The question before a message from outside goes to screens: four digits typed one by one, then one press. */

import { watchDigits } from "./alert/digits.js";

const form = document.querySelector("#ask form");
const go = /** @type {HTMLButtonElement | null} */ (document.querySelector("#ask [data-go]"));

if (form instanceof HTMLFormElement && go && form.querySelector(".code")) {
  go.disabled = true;
  watchDigits(form, (matched) => {
    go.disabled = !matched;
  });
}
