/** What a screen is in, and how it is said: one word for its state, sentences for what plays and for its proof. */

import { cueAt } from "../../../../players/screen/timeline.js";
import { call } from "../lib/call.js";
import { data, t } from "../lib/island.js";
import { clockTime, minuteOfDay, now, shortTime } from "../lib/time.js";
import { alertOn } from "./alerts.js";
import { instant } from "./motion.js";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/**
 * @typedef {{id: string, name: string, place: string, width: number, height: number, colour: string, pitch_mm: number,
 *   distance_m: number, groups: string[], sample: boolean, blanked: boolean, players: number,
 *   presence: {online: boolean, last_seen: number | null, programme: string | null, cue?: any}}} Screen
 * @typedef {"alert" | "drill" | "blanked" | "playing" | "offline" | "sample" | "new"} State
 */

/** The alert counts for a screen that could show it, over whatever else it is in. @param {Screen} screen @returns {State} */
export function stateOf(screen) {
  const alert = alertOn(screen.id, instant());
  const reached = screen.presence.online || screen.sample;
  if (alert && reached) return alert.status === "exercise" ? "drill" : "alert";
  if (screen.blanked) return "blanked";
  if (screen.players === 0) return screen.sample ? "sample" : "new";
  return screen.presence.online ? "playing" : "offline";
}

/** `192×16 单色` @param {{width: number, height: number, colour: string}} screen */
export const profileWords = ({ width, height, colour }) => `${width}×${height} ${t(`desk.colour.${colour}`)}`;

/** `三号窑·东通道`, the place before the name when they differ. @param {Screen} screen */
export const nameOf = (screen) =>
  screen.place && !screen.name.includes(screen.place) ? `${screen.place}${t("now.join")}${screen.name}` : screen.name;

/** `14 分钟` of a span in ms. @param {number} ms */
export function spanWords(ms) {
  const minutes = Math.max(1, Math.floor(ms / MINUTE));
  if (minutes < 60) return t("now.minutes", { n: minutes });
  if (minutes < 1440) return t("now.hours", { n: Math.floor(minutes / 60) });
  return t("now.days", { n: Math.floor(minutes / 1440) });
}

/**
 * What plays in the screen's first region at an instant, and its place in its own playlist; null is black.
 * @param {any} programme
 * @param {number} at
 */
export function playing(programme, at) {
  const channel = programme.channels[0];
  const cue = cueAt(programme, channel.region.name, at);
  if (!cue) return null;
  const loop = programme.loops[cue.loop];
  const showing = loop.showings[cue.showing];
  const own = loop.showings.filter((/** @type {any} */ one) => one.playlist === showing.playlist);
  const items = [...new Set(own.map((/** @type {any} */ one) => one.item))];
  const scheduled = channel.spans.some((/** @type {any} */ s) => s.begins <= at && at < s.ends);
  return {
    cue,
    showing,
    playlist: showing.playlist,
    n: items.indexOf(showing.item) + 1,
    of: items.length,
    fallback: !scheduled,
  };
}

/**
 * The second line of a tile: the playlist and the item's place in it.
 * @param {Screen} screen
 * @param {any} programme
 * @param {number} at
 * @param {Record<string, string>} names
 */
export function playWords(screen, programme, at, names) {
  const alert = alertOn(screen.id, at);
  if (alert) return alertWords(screen, alert);
  if (!programme) return t("now.compiling");
  if (screen.blanked || programme.blank) return t(darkKey(screen, programme));
  const found = playing(programme, at);
  if (!found) return t("now.black");
  const name = names[found.playlist] || t("now.a_playlist");
  const place = found.of > 1 ? t("now.item", { n: found.n, of: found.of }) : "";
  if (stateOf(screen) === "offline") return t("now.should", { name });
  return `${found.fallback ? t("now.fallback", { name }) : name}${place}`;
}

/** What an alert says; of a screen nobody hears from, only what it should. @param {Screen} screen @param {import("./alerts.js").Alert} alert */
function alertWords(screen, alert) {
  const said = `${alert.label} ${alert.headline}`;
  return stateOf(screen) === "offline" ? t("now.should", { name: said }) : said;
}

/** Black and proved, or black only by order. @param {Screen} screen @param {any} programme */
export const darkKey = (screen, programme) =>
  screen.players === 0 || confirmed(screen, programme) ? "now.is_blanked" : "now.blank_waits";

/**
 * The playlists of a loop: the first by name, how many take turns with it, and those from above among them.
 * @param {string[]} playlists @param {Record<string, string>} names
 */
export function listWords(playlists, names) {
  const own = playlists.filter((id) => !ordered.has(id));
  const above = playlists.filter((id) => ordered.has(id)).map((id) => names[id]);
  if (above.length && !own.length) return above.join(t("now.and_above"));
  const name = names[own[0]] || t("now.a_playlist");
  return [own.length > 1 ? t("now.lists", { name, n: own.length }) : name, ...above].join(t("now.and_above"));
}

/** Playlists that organisations above put here. */
const ordered = new Set(/** @type {string[]} */ (data?.ordered || []));

/** Learn the names of playlists anew. @param {Record<string, string>} names */
export async function readNames(names) {
  const found = await call("GET", "/now/names").catch(() => null);
  if (!found) return;
  Object.assign(names, found.names);
  for (const id of found.ordered) ordered.add(id);
}

/** Who approved: a person's name, or the program itself for what it came with. @param {string} name */
export const byWords = (name) => (name === "system" ? t("now.by_system") : name);

/**
 * Whether a player said that it holds this very programme.
 * @param {Screen} screen @param {any} programme
 */
export const confirmed = (screen, programme) => screen.presence.programme === programme?.version;

/**
 * What is proved about the tile, at its right.
 * @param {Screen} screen
 * @param {any} programme
 * @param {number} away ms the wall looks away from now
 */
export function proofWords(screen, programme, away) {
  const seen = screen.presence.last_seen;
  const state = stateOf(screen);
  if (screen.players === 0) return t(screen.sample ? "now.sample_proof" : "now.no_player");
  if (!screen.presence.online) return seen ? t("now.last_seen", { time: seenAt(seen) }) : t("now.never_seen");
  if (away) return t("now.will");
  if (!programme) return seen ? t("now.last_seen", { time: seenAt(seen) }) : "";
  if (!confirmed(screen, programme)) return t("now.changing");
  if (state === "blanked") return seen ? t("now.blank_proof", { time: clockTime(seen) }) : "";
  return seen ? t("now.proof", { time: clockTime(seen) }) : "";
}

/** The time of day, with the days passed once it is another day. @param {number} at */
const seenAt = (at) => (now() - at < DAY / 2 ? shortTime(at) : t("now.ago", { span: spanWords(now() - at) }));

/** The instant of local midnight of today. */
export const midnight = () => Math.floor(now() / MINUTE) * MINUTE - minuteOfDay(now()) * MINUTE;

/**
 * The counts of the headline, in the order they are said.
 * @param {Screen[]} screens
 */
export function counts(screens) {
  const found = { alert: 0, drill: 0, playing: 0, sample: 0, blanked: 0, new: 0, offline: 0 };
  for (const screen of screens) found[stateOf(screen)]++;
  return found;
}

/**
 * The headline: what is well, and what is offline, which is said more quietly.
 * @param {Screen[]} screens
 * @returns {[string, string]}
 */
export function sentence(screens) {
  const found = counts(screens);
  const said = [say("total", screens.length)];
  for (const state of /** @type {const} */ (["alert", "drill", "playing", "sample", "blanked", "new"]))
    if (found[state]) said.push(say(state, found[state]));
  const offline = found.offline ? say("offline", found.offline) : "";
  return [said.join(t("now.comma")) + (offline ? t("now.comma") : ""), offline];
}

/** A count in words. @param {string} key @param {number} n */
export const say = (key, n) => t(`now.say.${key}${n === 1 ? "_one" : ""}`, { n });
