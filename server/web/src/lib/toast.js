/** A line at the bottom left that goes by itself; never for an error that needs an act. */

import { make, one } from "./dom.js";
import { t } from "./island.js";

const STAYS_MS = 6000;
const UNDO_MS = 10000;

/**
 * Say something; with `undo`, offer to take it back for ten seconds. Returns what takes the line away.
 * @param {string} text
 * @param {() => void} [undo]
 * @param {number} [stays] ms
 */
export function toast(text, undo, stays = undo ? UNDO_MS : STAYS_MS) {
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
  setTimeout(leave, stays);
  return leave;
}
