/** What was really on the glass, kept until the server has it. */

import { PLAYS_BATCH, PLAYS_KEPT } from "./protocol.js";

/** @typedef {import("./types.js").Play} Play */
/** @typedef {import("./types.js").Scene} Scene */

/** @param {number} bytes @returns {string} random hex */
export function randomHex(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (one) => `0${one.toString(16)}`.slice(-2)).join("");
}

/** Keys sort by time, so that the oldest go first. @param {Play} play */
const keyOf = (play) => `${`000000000000000${play.begins}`.slice(-15)} ${play.id}`;

/**
 * @param {import("./cache.js").Cache} cache
 * @param {(plays: Play[]) => Promise<{accepted: string[], refused: {id: string}[]}>} send
 */
export function createPlaylog(cache, send) {
  /** @type {Map<string, {scene: Scene, since: number}>} by region */
  const open = new Map();
  let waiting = 0;
  let sending = false;

  /** Another scene is on: the one before it was played. @param {string} region @param {Scene} scene @param {number} at */
  function enter(region, scene, at) {
    const before = open.get(region);
    open.set(region, { scene, since: at });
    if (before?.scene.page && before.scene.showing && at > before.since) write(region, before.scene, before.since, at);
  }

  /** @param {string} region @param {Scene} scene @param {number} begins @param {number} ends */
  function write(region, scene, begins, ends) {
    const { page, showing, playlist } = scene;
    if (!page || !showing) return;
    const play = { id: randomHex(16), region, item: showing.item, playlist, media: page.media, begins, ends };
    waiting += 1;
    cache.put("plays", [[keyOf(play), play]]).catch(() => {});
  }

  /** Send one batch; what was accepted or refused for good is forgotten. @returns {Promise<number>} plays settled */
  async function flush() {
    if (sending) return 0;
    sending = true;
    try {
      await bound();
      const batch = await cache.first("plays", PLAYS_BATCH);
      if (!batch.length) return 0;
      const verdict = await send(batch);
      const settled = new Set(verdict.accepted.concat(verdict.refused.map((row) => row.id)));
      const done = batch.filter((play) => settled.has(play.id));
      await cache.drop("plays", done.map(keyOf));
      waiting = Math.max(0, waiting - done.length);
      return done.length;
    } finally {
      sending = false;
    }
  }

  /** A year without a server must not fill the disk: the oldest plays go. */
  async function bound() {
    const keys = await cache.keys("plays");
    waiting = keys.length;
    if (waiting <= PLAYS_KEPT) return;
    await cache.drop("plays", keys.slice(0, waiting - PLAYS_KEPT));
    waiting = PLAYS_KEPT;
  }

  return { enter, flush, waiting: () => waiting };
}

/** @typedef {ReturnType<typeof createPlaylog>} Playlog */
