/** Buttons that copy an address or a key, also on plain http where the clipboard has no promise. */

import { all, one } from "../lib/dom.js";
import { t } from "../lib/island.js";

/** Bring every `[data-copy]` of the page to life. */
export function copyButtons() {
  for (const button of all("[data-copy]"))
    button.addEventListener("click", () => {
      const source = one(`#${button.dataset.copy}`);
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = getSelection();
      selection?.removeAllRanges();
      selection?.addRange(range);
      if (document.execCommand("copy")) button.lastChild?.replaceWith(t("now.copied"));
    });
}
