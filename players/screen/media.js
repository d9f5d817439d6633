/** Renditions by name: from memory, from the disk or from the server, verified each time. */

import { isNamed } from "./verify.js";

/** Bytes of files kept in memory; decoded pages are the shelf's. */
const BUDGET = 8_000_000;
const AT_ONCE = 4;

/** @param {import("./cache.js").Cache} cache @param {import("./http.js").Http} http */
export function createMedia(cache, http) {
  /** @type {Map<string, ArrayBuffer>} */
  const held = new Map();
  /** @type {Map<string, Promise<ArrayBuffer>>} */
  const coming = new Map();
  /** Names on the disk, so that a new file does not wait for a disk that lacks it. */
  const onDisk = cache.keys("media").then((names) => new Set(names));
  onDisk.catch(() => {});
  /** @type {Promise<void>} */
  let saving = Promise.resolve();

  /** @param {string} name @param {ArrayBuffer} bytes */
  function hold(name, bytes) {
    held.delete(name);
    held.set(name, bytes);
    let total = 0;
    held.forEach((kept) => {
      total += kept.byteLength;
    });
    for (const [oldest, kept] of Array.from(held)) {
      if (total <= BUDGET || oldest === name) break;
      held.delete(oldest);
      total -= kept.byteLength;
    }
  }

  /** @param {string} name @returns {Promise<ArrayBuffer | null>} null when absent or damaged */
  async function fromDisk(name) {
    if (!(await onDisk).has(name)) return null;
    const kept = await cache.get("media", name);
    return kept && (await isNamed(name, kept)) ? kept : null;
  }

  /** @param {string} name @returns {Promise<ArrayBuffer>} */
  async function fromServer(name) {
    const bytes = await http.media(name);
    if (!(await isNamed(name, bytes))) throw new Error(`${name} arrived damaged`);
    const write = cache.put("media", [[name, bytes]]).then(async () => void (await onDisk).add(name));
    saving = Promise.all([saving, write]).then(() => {});
    saving.catch(() => {});
    return bytes;
  }

  /** @param {string} name @returns {Promise<ArrayBuffer>} verified bytes; rejects when they cannot be had */
  function bytes(name) {
    const kept = held.get(name);
    if (kept) return Promise.resolve(kept);
    const promise =
      coming.get(name) ||
      fromDisk(name)
        .then((found) => found || fromServer(name))
        .then((found) => {
          hold(name, found);
          return found;
        });
    coming.set(name, promise);
    const done = () => void coming.delete(name);
    promise.then(done, done);
    return promise;
  }

  /** Have every one of `names`, a few at a time. @param {string[]} names @returns {Promise<void>} */
  async function all(names) {
    const queue = names.slice();
    const work = async () => {
      for (let name = queue.shift(); name; name = queue.shift()) await bytes(name);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** Everything fetched so far is on the disk. @returns {Promise<void>} rejects once when the disk is full */
  function saved() {
    const before = saving;
    saving = Promise.resolve();
    return before;
  }

  /** Drop from the disk what no programme names any more. @param {string[]} names to keep */
  async function sweep(names) {
    const wanted = new Set(names);
    const stale = (await cache.keys("media")).filter((name) => !wanted.has(name));
    if (stale.length) await cache.drop("media", stale);
    for (const name of stale) {
      held.delete(name);
      (await onDisk).delete(name);
    }
  }

  return { bytes, all, saved, sweep };
}

/** @typedef {ReturnType<typeof createMedia>} Media */
