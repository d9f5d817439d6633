/** A screen's panel on the page: the player's own cue, drawn again only where something moved. */

import { turnAt } from "../../../../players/screen/precedence.js";
import { cueAt, nextChange, resources } from "../../../../players/screen/timeline.js";
import { drawRegion, fades, fit, framed, picture } from "../lib/led.js";

const AHEAD_MS = 20_000;
const BEZEL = 10;

/**
 * @typedef {{key: string, from: number, until: number}} Mark what a region shows, and how long it surely stays
 * @typedef {ReturnType<typeof hangPanel>} Panel
 */

/**
 * Hang a panel of a profile into an element and return its hands.
 * @param {HTMLElement} hang
 * @param {{width: number, height: number, colour: string}} profile
 * @param {{most?: number, tall?: number, room?: () => number, later?: boolean}} [limits] `later`: it is fitted into its
 *   room when it is first painted, since to measure a thousand rooms takes seconds
 */
export function hangPanel(hang, profile, limits = {}) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.width = canvas.height = 0;
  /** @type {CanvasRenderingContext2D} */
  let pen;
  const frame = framed(canvas);
  hang.prepend(frame);
  let loose = true;
  /** @type {any} */
  let programme = null;
  let scale = 1;
  let ahead = 0;
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  /** @type {import("../../../../players/screen/types.js").Alert[]} */
  let alerts = [];
  /** @type {ReturnType<typeof import("./over.js").hangAlert> | null} */
  let over = null;
  let covered = false;

  function refit() {
    loose = false;
    pen ||= /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const room = limits.room ? limits.room() : hang.clientWidth;
    const bare = profile.colour === "full" && profile.width > room;
    const tall = limits.tall ?? (hang.clientHeight ? hang.clientHeight - (bare ? 0 : BEZEL) : undefined);
    fit(frame, canvas, profile, room, { most: limits.most, tall });
    frame.classList.toggle("bare", bare);
    const shown = Number.parseFloat(canvas.style.width);
    scale = shown < profile.width ? (shown / profile.width) * Math.min(2, devicePixelRatio || 1) : 1;
    canvas.width = Math.round(profile.width * scale);
    canvas.height = Math.round(profile.height * scale);
    marks.clear();
  }

  /** @param {any} next */
  function show(next) {
    if (next && programme && next.version === programme.version) return;
    programme = next;
    ahead = 0;
    wipe();
  }

  function wipe() {
    marks.clear();
    if (!pen) return;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
  }

  /** Alerts lie over the programme from now on. @param {import("../../../../players/screen/types.js").Alert[]} live */
  async function alarm(live) {
    alerts = live;
    if (live.length && !over) over = (await import("./over.js")).hangAlert(profile);
  }

  /**
   * Draw what moved; returns the instant at which there is something to draw again.
   * @param {number} at
   */
  function paint(at) {
    if (loose) refit();
    const turn = over && turnAt(alerts, at);
    if (covered && !turn) wipe();
    if (covered && !turn) over?.end(at);
    covered = !!turn;
    const below = turn && over?.fills(turn.alert) ? Number.MAX_SAFE_INTEGER : paintProgramme(at);
    return turn && over ? Math.min(below, over.paint(pen, scale, turn, at)) : below;
  }

  /** @param {number} at */
  function paintProgramme(at) {
    if (!programme) return Number.MAX_SAFE_INTEGER;
    if (at > ahead || at < ahead - 2 * AHEAD_MS) {
      ahead = at + AHEAD_MS / 2;
      for (const media of resources(programme, at, at + AHEAD_MS)) picture(media);
    }
    let soonest = Number.MAX_SAFE_INTEGER;
    for (const channel of programme.channels) soonest = Math.min(soonest, paintRegion(channel, at));
    return soonest;
  }

  /** @param {any} channel @param {number} at */
  function paintRegion(channel, at) {
    const name = channel.region.name;
    const held = marks.get(name);
    if (held && at >= held.from && at < held.until) return held.until;
    const cue = cueAt(programme, name, at);
    const found = seen(programme, cue, at, nextChange(programme, name, at));
    const drawn = held?.key === found.key || drawRegion(pen, programme, channel.region, { at, cue, scale });
    if (drawn) marks.set(name, found);
    return drawn ? found.until : at;
  }

  if (!limits.later) refit();
  return {
    frame,
    canvas,
    refit,
    /** Its room may have changed: it is measured when it is painted next. */
    loosen() {
      loose = true;
    },
    show,
    alarm,
    paint,
    get programme() {
      return programme;
    },
    /** @param {string} text */
    tell(text) {
      if (canvas.getAttribute("aria-label") !== text) canvas.setAttribute("aria-label", text);
    },
  };
}

/**
 * @param {any} programme @param {any} cue @param {number} at @param {number | null} turns
 * @returns {Mark}
 */
function seen(programme, cue, at, turns) {
  const until = turns ?? Number.MAX_SAFE_INTEGER;
  if (!cue) return { key: "", from: at, until };
  const showing = programme.loops[cue.loop].showings[cue.showing];
  const fading = fades(programme, cue);
  const moves = showing.effect === "scroll" || fading;
  const step = fading ? Math.floor(cue.elapsed_ms / 40) : "";
  const key = `${cue.loop} ${cue.showing} ${cue.page} ${cue.x} ${step}`;
  return { key, from: at, until: moves ? at : until };
}
