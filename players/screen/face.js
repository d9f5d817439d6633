/** The faces that alerts are set in: kept on the player, verified, fetched in the background when they are not there. */

import { FACE_16, FACE_BOLD } from "./facenames.js";
import { isNamed } from "./verify.js";

/** What the bold face is called in a canvas; the browser's own stands in until it has come. */
export const BOLD_FAMILY = "paomadeng-notice";

const KEY = "face ";
const ROWS = 16;
const RETRY_MS = [5_000, 15_000, 60_000];

/** @typedef {{width: number, rows: number[]}} Glyph a row's highest bit is its leftmost dot */

/**
 * The dots of a face by code point; the file's form is told in tests/gate/faces.py.
 * @param {ArrayBuffer} bytes @returns {(point: number) => Glyph | null}
 */
export function bitmapFace(bytes) {
  const data = new DataView(bytes);
  const narrow = data.getUint16(4, true);
  const all = narrow + data.getUint16(6, true);
  /** @type {Map<number, number>} */
  const places = new Map();
  for (let n = 0; n < all; n++) places.set(data.getUint16(8 + 2 * n, true), n);
  const dots = 8 + 2 * all;
  return (point) => {
    const n = places.get(point);
    if (n === undefined) return null;
    const wide = n >= narrow;
    const at = dots + ROWS * (n + Math.max(0, n - narrow));
    const rows = Array.from({ length: ROWS }, (_, row) =>
      wide ? data.getUint16(at + 2 * row) : data.getUint8(at + row),
    );
    return { width: wide ? 16 : 8, rows };
  };
}

/** @param {string} name @param {import("./cache.js").Cache} cache @param {(name: string) => Promise<ArrayBuffer>} fetchFace */
async function had(name, cache, fetchFace) {
  const kept = await cache.get("kept", KEY + name).catch(() => null);
  if (kept && (await isNamed(name, kept))) return kept;
  for (let misses = 0; ; misses++) {
    const bytes = await fetchFace(name).catch(() => null);
    if (bytes && (await isNamed(name, bytes))) {
      cache.put("kept", [[KEY + name, bytes]]).catch(() => {});
      return bytes;
    }
    await new Promise((then) => setTimeout(then, RETRY_MS[Math.min(misses, RETRY_MS.length - 1)]));
  }
}

/** Faces of earlier versions of the player. @param {import("./cache.js").Cache} cache */
async function sweep(cache) {
  const keys = await cache.keys("kept");
  const stale = keys.filter((key) => key.indexOf(KEY) === 0 && key !== KEY + FACE_16 && key !== KEY + FACE_BOLD);
  if (stale.length) await cache.drop("kept", stale);
}

/** @param {() => void} changed a face has come: what is on the glass is to be painted again */
export function createFaces(changed) {
  /** @type {(point: number) => Glyph | null} */
  let glyph = () => null;
  let version = 0;

  function came() {
    version += 1;
    changed();
  }

  /** @param {ArrayBuffer} bytes */
  async function useBold(bytes) {
    const face = new FontFace(BOLD_FAMILY, bytes, { weight: "bold" });
    document.fonts.add(await face.load());
    came();
  }

  return {
    /** @param {number} point */
    glyph: (point) => glyph(point),
    /** Grows with each face that has come. */
    version: () => version,
    /** Bring both faces, for as long as it takes. @param {import("./cache.js").Cache} cache @param {(name: string) => Promise<ArrayBuffer>} fetchFace */
    async load(cache, fetchFace) {
      glyph = bitmapFace(await had(FACE_16, cache, fetchFace));
      came();
      if (typeof FontFace === "function") await useBold(await had(FACE_BOLD, cache, fetchFace));
      await sweep(cache);
    },
  };
}

/** @typedef {ReturnType<typeof createFaces>} Faces */
