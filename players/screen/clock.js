/** What time the server says it is, for a device whose own clock may be wrong. */

const KEPT = 8;
const SLEW = 0.05;
const STEP_MS = 1_000;

/** @typedef {{performance: () => number, wall: () => number, load: () => string | null, save: (text: string) => void}} Source */
/** @typedef {{offset: number, rtt: number}} Sample */

/** @returns {Source} the clocks and the small store of this browser */
export function browserSource() {
  return {
    performance: () => performance.now(),
    wall: () => Date.now(),
    load: () => quietly(() => localStorage.getItem("paomadeng.clock")),
    save: (text) => void quietly(() => localStorage.setItem("paomadeng.clock", text)),
  };
}

/** @template T @param {() => T} act @returns {T | null} null where the browser refuses storage */
function quietly(act) {
  try {
    return act();
  } catch (_refused) {
    return null;
  }
}

/**
 * The last known difference between server and device, and the newest server time ever seen: a device that
 * woke in 1970 starts from there rather than from its own idea.
 * @param {Source} source @returns {number} the server time to start from
 */
function firstGuess(source) {
  const wall = source.wall();
  try {
    const kept = JSON.parse(source.load() || "{}");
    return Math.max(wall + (Number(kept.skew) || 0), Number(kept.latest) || 0);
  } catch (_damaged) {
    return wall;
  }
}

/**
 * A clock that follows the server: `performance.now()` plus an offset taken from the round trip with the
 * smallest delay. After first contact it is slewed (5 %), never stepped, until `settle` allows a step.
 * @param {Source} source
 */
export function createClock(source) {
  /** @type {Sample[]} */
  let samples = [];
  let applied = firstGuess(source) - source.performance();
  let target = applied;
  let slewedAt = source.performance();
  let contact = false;

  /** Move the applied offset towards the target by at most 5 % of the time gone by. */
  function slew(/** @type {number} */ reading) {
    const room = Math.max(0, reading - slewedAt) * SLEW;
    slewedAt = Math.max(slewedAt, reading);
    applied += Math.max(-room, Math.min(room, target - applied));
  }

  /** @param {number} reading a `performance.now()` instant @returns {number} server ms, whole */
  function at(reading) {
    slew(reading);
    return Math.floor(reading + applied);
  }

  /** @param {number} sent @param {number} received performance readings @param {number} server its ms in between */
  function sample(sent, received, server) {
    const fresh = { offset: server + 0.5 - (sent + received) / 2, rtt: received - sent };
    const last = samples[samples.length - 1];
    if (last && Math.abs(last.offset - fresh.offset) > last.rtt + fresh.rtt + STEP_MS) samples = [];
    samples = samples.concat(fresh).slice(-KEPT);
    target = samples.reduce((best, one) => (one.rtt < best.rtt ? one : best)).offset;
    if (!contact || target - applied > STEP_MS) applied = target;
    contact = true;
    remember(received);
  }

  function remember(/** @type {number} */ at) {
    const server = Math.floor(at + target);
    source.save(JSON.stringify({ skew: server - source.wall(), latest: server }));
  }

  /** Step a large correction at once: call it only where nothing moves. @returns {boolean} whether it stepped */
  function settle() {
    if (Math.abs(target - applied) <= STEP_MS) return false;
    applied = target;
    return true;
  }

  return {
    at,
    now: () => at(source.performance()),
    sample,
    settle,
    /** Whether the server has been heard since the start. */
    met: () => contact,
    /** The device's own idea of the time. */
    wall: () => source.wall(),
    /** @returns {number} a reading for `sample` */
    reading: () => source.performance(),
    /** Milliseconds to add to `performance.now()`. */
    offset: () => applied,
    /** Whether a correction is still being slewed in. */
    slewing: () => Math.abs(target - applied) > 0.1,
    /** @returns {{offset: number, error: number, rtt: number, wall: number}} for the beat */
    report: () => ({
      offset: Math.round(applied),
      error: Math.round(target - applied),
      rtt: Math.round(samples.reduce((least, one) => Math.min(least, one.rtt), 60_000)),
      wall: source.wall(),
    }),
  };
}

/** @typedef {ReturnType<typeof createClock>} Clock */
