/** The decoded pages of one region: a few kept ready, the rest given back. */

import { freeLayer, makeLayer } from "./layer.js";

/** Pixels kept decoded beside the page that is on: four pages of 1920 x 1080. */
const BUDGET_PX = 8_300_000;

/** @typedef {import("./layer.js").Layer} Layer */

/** @param {(media: string) => Promise<ArrayBuffer>} bytesOf verified bytes */
export function createShelf(bytesOf) {
  /** @type {Map<string, Layer>} oldest use first */
  const ready = new Map();
  /** @type {Map<string, Promise<Layer>>} */
  const coming = new Map();

  /** @param {string} media @returns {Layer | undefined} and note that it was used */
  function take(media) {
    const layer = ready.get(media);
    if (layer) {
      ready.delete(media);
      ready.set(media, layer);
    }
    return layer;
  }

  /** @param {import("./types.js").Page} page @returns {Promise<Layer>} */
  async function bring(page) {
    try {
      const layer = await makeLayer(page, await bytesOf(page.media));
      ready.set(page.media, layer);
      trim();
      return layer;
    } finally {
      coming.delete(page.media);
    }
  }

  /** @param {import("./types.js").Page} page @returns {Promise<Layer>} decoded, now or soon */
  function want(page) {
    const layer = take(page.media);
    if (layer) return Promise.resolve(layer);
    const promise = coming.get(page.media) || bring(page);
    coming.set(page.media, promise);
    return promise;
  }

  function trim() {
    let spare = BUDGET_PX;
    for (const [media, layer] of Array.from(ready).reverse()) {
      spare -= layer.width * layer.height;
      if (spare >= 0 || layer.element.parentNode || layer === newest()) continue;
      ready.delete(media);
      freeLayer(layer);
    }
  }

  function newest() {
    const all = Array.from(ready.values());
    return all[all.length - 1];
  }

  function clear() {
    ready.forEach(freeLayer);
    ready.clear();
  }

  return { take, want, clear, size: () => ready.size };
}
