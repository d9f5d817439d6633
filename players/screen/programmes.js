/** The programme that is on, and the road a newer one takes to the glass: fetch, verify, cache, swap. */

import { Failed } from "./http.js";
import { resources } from "./timeline.js";
import { isWhole } from "./verify.js";

/** How far ahead every rendition must be in the cache before a programme may replace another, in ms. */
const AHEAD_MS = 6 * 3_600_000;
/** The token counts no more; the screen is retired. */
const GONE = [401, 410];
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000];

/** The most pictures fetched because a nudge names them. */
const MOST_AHEAD = 4;
const FILE = /^[0-9a-f]{64}\.[a-z0-9]{1,5}$/;

/** @typedef {import("./types.js").Programme} Programme */

/** @param {unknown} told @returns {string[]} what of it names files, and no more than a few */
function named(told) {
  if (!Array.isArray(told)) return [];
  return told.slice(0, MOST_AHEAD).filter((name) => typeof name === "string" && FILE.test(name));
}

/**
 * @param {import("./http.js").Http} http @param {import("./cache.js").Cache} cache
 * @param {import("./media.js").Media} media @param {import("./stage.js").Stage} stage
 * @param {import("./clock.js").Clock} clock
 * @param {{revoked: () => void, trouble: (what: string) => void}} tell
 */
export function createProgrammes(http, cache, media, stage, clock, tell) {
  /** @type {Programme | null} */
  let held = null;
  let turn = 0;
  let misses = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let again;

  /** What was on before the power went. @returns {Promise<void>} */
  async function boot() {
    const kept = await cache.get("kept", "programme");
    if (!kept) return;
    held = kept;
    await stage.use(kept).catch(() => held === kept && stage.put(kept));
  }

  /**
   * Ask the server and take what is newer; safe to call at any time.
   * @param {unknown} [ahead] pictures it is said to need, fetched meanwhile; a hint, checked and never relied on
   * @returns {Promise<void>}
   */
  async function refresh(ahead) {
    const mine = ++turn;
    clearTimeout(again);
    media.all(named(ahead)).catch(() => {});
    try {
      const fresh = await http.programme(held ? held.version : "");
      if (fresh && mine === turn) await take(fresh, mine);
      if (mine === turn) misses = 0;
    } catch (error) {
      if (mine === turn) failed(error);
    }
  }

  /** @param {unknown} error */
  function failed(error) {
    if (error instanceof Failed && GONE.indexOf(error.status) >= 0) {
      tell.revoked();
      return;
    }
    tell.trouble(String(error instanceof Error ? error.message : error));
    const wait = RETRY_MS[Math.min(misses++, RETRY_MS.length - 1)];
    again = setTimeout(() => refresh(), wait);
  }

  /** @param {Programme} fresh @param {number} mine the turn it was fetched in */
  async function take(fresh, mine) {
    if (!(await isWhole(fresh))) throw new Error("programme arrived damaged");
    const now = clock.now();
    await media.all(resources(fresh, now, now + AHEAD_MS));
    if (mine !== turn) return;
    if (!(await stage.use(fresh))) return;
    held = fresh;
    tell.trouble("");
    keep(fresh, mine).catch((error) => tell.trouble(`not kept: ${error?.message}`));
  }

  /** The disk follows the glass: renditions first, then the programme that names them. @param {Programme} fresh @param {number} mine */
  async function keep(fresh, mine) {
    await media.saved();
    if (mine !== turn) return;
    await cache.put("kept", [["programme", fresh]]);
    if (fresh.blank) return;
    const every = resources(fresh, fresh.begins, fresh.ends);
    await media.all(every);
    if (mine === turn) await media.sweep(every);
  }

  /** Forget everything that can be fetched again. @returns {Promise<void>} */
  async function clear() {
    await media.sweep([]);
    held = null;
    await refresh();
  }

  /** The screen is not ours any more: stop asking; what is on stays on until it is replaced. */
  function forget() {
    turn += 1;
    clearTimeout(again);
    held = null;
  }

  return { boot, refresh, clear, forget, version: () => (held ? held.version : ""), held: () => held };
}

/** @typedef {ReturnType<typeof createProgrammes>} Programmes */
