/** The live alerts of every screen on the wall, read again when one changes. */

import { alertAt } from "../../../../players/screen/precedence.js";
import { call } from "../lib/call.js";
import { joined, live } from "../lib/live.js";

/** @typedef {import("../../../../players/screen/types.js").Alert} Alert */

/** @type {Map<string, Alert[]>} */
let bySet = new Map();
/** @type {(() => void)[]} */
const heard = [];

/** The live alerts of a screen. @param {string} screen @returns {Alert[]} */
export const alertsOf = (screen) => bySet.get(screen) || [];

/** The alert that shows on a screen at an instant. @param {string} screen @param {number} at */
export const alertOn = (screen, at) => alertAt(alertsOf(screen), at);

/** Be told whenever they change. @param {() => void} work */
export function onAlerts(work) {
  heard.push(work);
  if (heard.length > 1) return;
  live("alert_changed", read);
  joined(read);
  read();
}

async function read() {
  const found = await call("GET", "/api/v1/live-alerts").catch(() => null);
  if (!found) return;
  bySet = new Map();
  for (const { screens, alerts } of found.items) for (const screen of screens) bySet.set(screen, alerts);
  for (const work of heard) work();
}
