/** A line at the bottom left that goes by itself; never for an error that needs an act. */

import { make, one } from "./dom.js";
import { t } from "./island.js";

const STAYS_MS = 6000;
const UNDO_MS = 10000;

/**
 * Say something; with `undo`, offer to take it back for ten seconds.
 * @param {string} text
 * @param {() => void} [undo]
 */
export function toast(text, undo) {
  const line = make("div.toast", {}, make("span", {}, text));
  const leave = () => line.remove();
  if (undo) {
    const back = () => {
      leave();
      undo();
    };
    line.append(make("button", { type: "button", click: back }, t("desk.undo")));
  }
  one("#toasts").append(line);
  setTimeout(leave, undo ? UNDO_MS : STAYS_MS);
}
