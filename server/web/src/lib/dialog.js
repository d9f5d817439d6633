/** Questions: a native dialog with the focus kept inside and given back. */

import { make } from "./dom.js";
import { t } from "./island.js";

/**
 * Ask one question; resolves true for yes. Esc and a click outside are no.
 * @param {{question: string, say?: string, yes: string, kind?: "p" | "red", body?: Node}} ask
 * @returns {Promise<boolean>}
 */
export function ask({ question, say = "", yes, kind = "p", body }) {
  return new Promise((resolve) => {
    const box = /** @type {HTMLDialogElement} */ (make("dialog.dlg", { "aria-label": question }));
    const end = (/** @type {boolean} */ answer) => {
      box.close();
      box.remove();
      resolve(answer);
    };
    const button = (/** @type {string} */ shape, /** @type {string} */ word, /** @type {boolean} */ answer) =>
      make(`button.btn.lg.${shape}`, { type: "button", click: () => end(answer) }, word);
    box.append(
      make("div.bd.stack", {}, make("h2.ask", {}, question), say && make("p.mute", {}, say), body),
      make("div.ft", {}, button(kind, yes, true), button("s", t("desk.cancel"), false)),
    );
    box.addEventListener("cancel", () => end(false));
    box.addEventListener("click", (event) => event.target === box && end(false));
    document.body.append(box);
    box.showModal();
  });
}
