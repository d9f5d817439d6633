/** The list of playlists: delete with undo, news patched into their rows, J and K from row to row. */

import { call } from "./lib/call.js";
import { all, calm, make, one } from "./lib/dom.js";
import { t } from "./lib/island.js";
import { stepThrough } from "./lib/keys.js";
import { live } from "./lib/live.js";
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

/** Rows that are still listed tell their news where they stand; nothing moves under a hand. */
const refresh = calm(500, async () => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const fresh of all("[data-playlist]", page)) {
    const row = document.querySelector(`[data-playlist="${fresh.dataset.playlist}"]`);
    if (!row || row.contains(document.activeElement) || row.querySelector("details[open]")) continue;
    for (const part of [".thumb", ".grow", ".states", ".changed"]) {
      const [old, now] = [one(part, row), one(part, fresh)];
      if (old.innerHTML !== now.innerHTML) old.replaceChildren(...now.childNodes);
    }
  }
});

live("playlist_changed", refresh, refresh);
live("review_changed", refresh);
live("slot_changed", refresh);
stepThrough(".rows .whole");
