/**
 * Which alert the glass shows at an instant, as a pure function of the live set; playlists/precedence.py agrees.
 *
 * @typedef {import("./types.js").Alert} Alert
 * @typedef {{alert: Alert, elapsed_ms: number, length_ms: number}} Turn `length_ms` is 0 when nothing ends it but time
 */

const PHASES = ["live", "cleared", "corrected"];
const STATUSES = ["actual", "exercise"];
const SEVERITIES = ["extreme", "severe", "moderate", "minor"];
const URGENCIES = ["immediate", "expected", "future", "past", "unknown"];

const TURN_LEAST_MS = 8_000;
const TURN_BASE_MS = 3_000;
const TURN_CHARACTER_MS = 350;

/** How long an alert stays before an equal one has its turn, in ms. @param {Alert} alert */
export function turnMs(alert) {
  const characters = Array.from(alert.headline).length + Array.from(alert.text).length;
  return Math.max(TURN_LEAST_MS, TURN_BASE_MS + TURN_CHARACTER_MS * characters);
}

/** The alert to show at `at` (UTC ms), null when there is none. @param {Alert[]} alerts @param {number} at */
export function alertAt(alerts, at) {
  const turn = turnAt(alerts, at);
  return turn ? turn.alert : null;
}

/**
 * The alert to show and how far into its turn it is; one alone counts from its `effective`.
 * @param {Alert[]} alerts @param {number} at @returns {Turn | null}
 */
export function turnAt(alerts, at) {
  const equals = best(current(alerts, at));
  if (!equals.length) return null;
  if (equals.length === 1) return { alert: equals[0], elapsed_ms: at - equals[0].effective, length_ms: 0 };
  let position = at % equals.reduce((sum, one) => sum + turnMs(one), 0);
  for (const alert of equals) {
    const length = turnMs(alert);
    if (position < length) return { alert, elapsed_ms: position, length_ms: length };
    position -= length;
  }
  throw new RangeError("a position lies within its round");
}

/**
 * The first instant after `at` at which a revision begins or ends, or a turn ends; null when none ever does.
 * @param {Alert[]} alerts @param {number} at @returns {number | null}
 */
export function nextAlertChange(alerts, at) {
  const turn = turnAt(alerts, at);
  let next = turn?.length_ms ? at - turn.elapsed_ms + turn.length_ms : Infinity;
  for (const { effective, expires } of alerts)
    for (const edge of [effective, expires]) if (edge > at && edge < next) next = edge;
  return next === Infinity ? null : next;
}

/**
 * Of each id the newest revision that has begun, unless it has ended: it replaced the older ones.
 * @param {Alert[]} alerts @param {number} at @returns {Alert[]}
 */
function current(alerts, at) {
  /** @type {Map<string, Alert>} */
  const newest = new Map();
  for (const alert of alerts) {
    const held = newest.get(alert.id);
    const shows = PHASES.indexOf(alert.phase) >= 0 && STATUSES.indexOf(alert.status) >= 0;
    if (shows && alert.effective <= at && (!held || held.revision < alert.revision)) newest.set(alert.id, alert);
  }
  return Array.from(newest.values()).filter((alert) => at < alert.expires);
}

/** Those of the best rank, newest first. @param {Alert[]} alerts @returns {Alert[]} */
function best(alerts) {
  const least = alerts.reduce((low, one) => Math.min(low, rank(one)), Infinity);
  return alerts
    .filter((one) => rank(one) === least)
    .sort((a, b) => b.issued - a.issued || (a.id < b.id ? -1 : Number(a.id > b.id)));
}

/** @param {Alert} alert lower is more pressing */
function rank(alert) {
  const status = (alert.phase === "live" ? 0 : 2) + STATUSES.indexOf(alert.status);
  return (status * 4 + SEVERITIES.indexOf(alert.severity)) * 5 + URGENCIES.indexOf(alert.urgency);
}
