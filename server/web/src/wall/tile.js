/** A tile of the wall: its panel, its two lines, its state; patched in place, never moved under a hand. */

import { make, one, write } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { now } from "../lib/time.js";
import { alertOn, alertsOf } from "./alerts.js";
import { instant, once, watch } from "./motion.js";
import { hangPanel } from "./panel.js";
import { programmeOf } from "./programmes.js";
import { darkKey, playing, playWords, profileWords, proofWords, spanWords, stateOf } from "./states.js";

const DOTS = { alert: "al", drill: "al b", playing: "on", sample: "on", blanked: "off", offline: "off", new: "wait" };

/** @typedef {ReturnType<typeof hangTile>} Tile */

/**
 * Give a tile of the page its panel and return its hands.
 * @param {HTMLElement} element
 * @param {import("./states.js").Screen} screen
 * @param {{names: Record<string, string>, away?: () => number, small?: boolean}} told a small panel has no words over it
 */
export function hangTile(element, screen, { names, away = () => 0, small = false }) {
  const hang = one(".hang", element);
  const panel = hangPanel(hang, screen, { later: true, ...(small ? { most: 1 } : {}) });
  const badge = make("span.badge");
  const over = make("div.over", { hidden: true }, badge);
  hang.append(over);
  let asked = false;

  async function load() {
    asked = true;
    const programme = await programmeOf(screen.id);
    element.classList.toggle("waits", !programme);
    panel.show(programme);
    tell();
    once();
  }

  /** Fetch the programme when the tile is first seen. */
  function meet() {
    if (!asked) load();
  }

  /** Say in words what the panel shows. */
  function tell() {
    const at = instant();
    const state = stateOf(screen);
    write(one(".pl", element), playWords(screen, panel.programme, at, names));
    write(one(".seen", element), proofWords(screen, panel.programme, away()));
    const shown = panel.programme && playing(panel.programme, at);
    const alert = alertOn(screen.id, at);
    panel.tell(alert ? `${alert.label} ${alert.headline} ${alert.text}` : shown?.showing.text || screen.name);
    write(badge, overWords(state, screen, panel.programme));
    over.hidden = small || !badge.textContent;
    const dot = one(".dot", element);
    dot.className = `dot ${DOTS[state]}`;
    dot.setAttribute("aria-label", t(`now.state.${state}`));
    element.dataset.state = state;
    element.classList.toggle("off", state === "offline");
  }

  /** The live alerts have changed. */
  async function alarm() {
    tell();
    await panel.alarm(alertsOf(screen.id));
    once();
  }

  /** @param {import("./states.js").Screen} next */
  function change(next) {
    const resized = profileWords(next) !== profileWords(screen);
    Object.assign(screen, next);
    if (resized) panel.loosen();
    tell();
  }

  watch(element, panel);
  return {
    element,
    screen,
    panel,
    load,
    meet,
    tell,
    alarm,
    change,
    get asked() {
      return asked;
    },
  };
}

/** @param {string} state @param {import("./states.js").Screen} screen @param {any} programme */
function overWords(state, screen, programme) {
  if (state === "blanked") return t(darkKey(screen, programme));
  if (state === "new") return t("now.no_player");
  if (state !== "offline") return "";
  const seen = screen.presence.last_seen;
  return seen ? t("now.offline", { span: spanWords(now() - seen) }) : t("now.offline_long");
}
