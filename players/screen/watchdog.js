/** Notices a player that no longer draws or has grown too large, and starts it afresh when that is safe. */

const LOOK_MS = 15_000;
const STUCK_LOOKS = 3;
const HEAP_PART = 0.8;

/**
 * @typedef {object} Signs
 * @property {() => number} frames drawn since the start
 * @property {() => boolean} visible whether the browser draws frames at all
 * @property {() => number} heap used part of the memory limit, 0 where the browser does not tell
 * @property {() => boolean} safe whether a reload would find the page again
 * @property {() => void} reload
 */

/** @param {Signs} signs @returns {() => boolean} one look; true when it asked for a reload */
export function createWatchdog(signs) {
  let last = -1;
  let stuck = 0;
  return () => {
    const frames = signs.frames();
    stuck = signs.visible() && frames === last ? stuck + 1 : 0;
    last = frames;
    const ill = stuck >= STUCK_LOOKS || signs.heap() > HEAP_PART;
    if (!ill || !signs.safe()) return false;
    signs.reload();
    return true;
  };
}

/** @param {Signs} signs */
export function startWatchdog(signs) {
  const look = createWatchdog(signs);
  setInterval(look, LOOK_MS);
}

/** @returns {number} used part of the script memory, 0 when unknown */
export function heapPart() {
  const memory = /** @type {{memory?: {usedJSHeapSize: number, jsHeapSizeLimit: number}}} */ (performance).memory;
  return memory?.jsHeapSizeLimit ? memory.usedJSHeapSize / memory.jsHeapSizeLimit : 0;
}
