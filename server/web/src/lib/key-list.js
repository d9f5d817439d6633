/** The list of keys, shown by `?`. */

import { make } from "./dom.js";
import { t } from "./island.js";

const KEYS = [
  ["?", "list"],
  ["/", "search"],
  ["G N", "now"],
  ["G P", "playlists"],
  ["G R", "review"],
  ["G S", "schedule"],
  ["J K", "step"],
  ["Enter", "open"],
  ["N", "back"],
  ["E", "edit"],
  ["A B", "decide"],
];

/** Open the list; Esc, a click outside and its button close it. */
export function showKeys() {
  const box = /** @type {HTMLDialogElement} */ (make("dialog.dlg", { "aria-labelledby": "keys" }));
  const rows = KEYS.flatMap(([keys, word]) => [
    make("dt", {}, make("kbd", {}, keys)),
    make("dd", {}, t(`desk.keys.${word}`)),
  ]);
  const close = make("button.btn.s", { type: "button", click: () => box.close() }, t("desk.close"));
  box.append(
    make("div.bd.stack", {}, make("h2", { id: "keys" }, t("desk.keys")), make("dl.kv", {}, ...rows)),
    make("div.ft", {}, close),
  );
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", (event) => event.target === box && box.close());
  document.body.append(box);
  box.showModal();
}
