/** The programmes of screens, fetched when first needed and kept until a newer one is told. */

import { call, Problem } from "../lib/call.js";

const AGAIN_MS = 1000;
const TRIES = 6;

/** @type {Map<string, Promise<any>>} */
const held = new Map();
/** @type {Map<string, string>} */
const versions = new Map();

/**
 * A screen's programme; null when there is none to be had.
 * @param {string} screen
 * @returns {Promise<any>}
 */
export function programmeOf(screen) {
  const known = held.get(screen);
  if (known) return known;
  const asked = fetchIt(screen, TRIES);
  held.set(screen, asked);
  asked.then((found) => (found ? versions.set(screen, found.version) : held.delete(screen)));
  return asked;
}

/**
 * Forget a screen's programme; false when `version` is the one held.
 * @param {string} screen
 * @param {string} [version]
 */
export function forget(screen, version) {
  if (version && versions.get(screen) === version) return false;
  held.delete(screen);
  return true;
}

/** Whether this screen's programme was asked for before. @param {string} screen */
export const isHeld = (screen) => held.has(screen);

/**
 * @param {string} screen @param {number} tries
 * @returns {Promise<any>}
 */
async function fetchIt(screen, tries) {
  try {
    return await call("GET", `/api/v1/screens/${screen}/programme`);
  } catch (error) {
    const waits = error instanceof Problem && (error.status === 503 || error.status === 0 || error.status === 429);
    if (!waits || tries <= 1) return null;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS * 2 ** (TRIES - tries)));
    return fetchIt(screen, tries - 1);
  }
}
