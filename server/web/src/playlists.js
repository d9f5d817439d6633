/** The list of playlists: delete with undo, without leaving the page. */

import { call } from "./lib/call.js";
import { make, one } from "./lib/dom.js";
import { t } from "./lib/island.js";
import { toast } from "./lib/toast.js";

/** @param {HTMLElement} row */
async function remove(row) {
  const { playlist, name = "" } = row.dataset;
  one("details", row).removeAttribute("open");
  await call("DELETE", `/api/v1/playlists/${playlist}`);
  row.hidden = true;
  toast(t("playlists_page.list.deleted", { name }), async () => {
    await call("POST", `/api/v1/playlists/${playlist}/restore`);
    row.hidden = false;
  });
}

/** @param {HTMLElement} row @param {string} text */
function complain(row, text) {
  row.querySelector(".note")?.remove();
  row.append(make("p.note.bad.full", { role: "alert" }, text));
}

document.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("button[data-act=delete]");
  const row = /** @type {HTMLElement | null} */ (button?.closest("[data-playlist]"));
  if (!row) return;
  event.preventDefault();
  try {
    await remove(row);
  } catch (error) {
    complain(row, /** @type {Error} */ (error).message);
  }
});
