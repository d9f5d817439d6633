/** Commands to a screen's players: ordered by a button, their outcome told when it arrives. */

import { call } from "../lib/call.js";
import { all, make, one } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { clockTime, now } from "../lib/time.js";
import { reason } from "./pairing.js";

const PATIENCE_MS = 15_000;
const LOOK_MS = 1_000;

/**
 * Bring the `[data-command]` buttons to life; returns a function that looks for outcomes at once.
 * @param {string} screen
 */
export function commands(screen) {
  /** @type {{id: string, what: string, until: number} | null} */
  let waiting = null;
  let timer = 0;

  /** @param {HTMLElement} button */
  async function order(button) {
    const what = button.textContent?.trim() || "";
    try {
      const made = await call("POST", `/api/v1/screens/${screen}/commands`, { kind: button.dataset.command });
      waiting = { id: made.id, what, until: now() + PATIENCE_MS };
      say(t("screens_page.ordered", { what }));
      look();
    } catch (error) {
      say(reason(error));
    }
  }

  async function look() {
    clearTimeout(timer);
    const asked = waiting;
    if (!asked) return;
    const found = await call("GET", `/api/v1/screens/${screen}/commands/${asked.id}`).catch(() => null);
    if (asked !== waiting) return;
    if (found?.done) return outcome(found, asked.what);
    if (now() > asked.until) return finish(t("screens_page.no_answer"));
    timer = setTimeout(look, LOOK_MS);
  }

  /** @param {any} found @param {string} what */
  function outcome(found, what) {
    finish(
      found.ok ? t("screens_page.done", { what, time: clockTime(found.done) }) : t("screens_page.undone", { what }),
    );
    if (found.ok && found.result?.media) showPicture(found.result.media, clockTime(found.done));
  }

  /** @param {string} text */
  function finish(text) {
    waiting = null;
    say(text);
  }

  for (const button of all("[data-command]")) button.addEventListener("click", () => order(button));
  return look;
}

/** @param {string} text */
function say(text) {
  one("#said").textContent = text;
}

/** @param {string} media @param {string} time */
function showPicture(media, time) {
  const place = one("#shotplace");
  const words = t("screens_page.screenshot", { time });
  place.replaceChildren(make("img", { src: `/media/${media}`, alt: words }), make("figcaption.tiny.faint", {}, words));
  place.hidden = false;
}
