/** Scrolling that the compositor does by itself, in whole pixels, from one start time. */

/** Chrome 84 and newer; older engines are moved frame by frame. */
const able =
  typeof Animation === "function" && "timeline" in document && typeof Element.prototype.animate === "function";

/** A start time this near the clock's own is left alone, in ms. */
const CLOSE_MS = 0.5;

/**
 * The animation's steps are `xAt` to the pixel: one step per pixel, its time 1000 / speed ms.
 * @param {HTMLElement} element @param {import("./types.js").Scene} scene a scroll
 * @param {number} width of the region, px @param {import("./clock.js").Clock} clock
 * @returns {{sync: () => void, stop: () => void} | null} null where the browser cannot
 */
export function startGlide(element, scene, width, clock) {
  const { page, showing } = scene;
  if (!able || !page || showing?.effect !== "scroll") return null;
  const steps = Math.max(1, Math.ceil((page.duration_ms * showing.speed) / 1000));
  const at = (/** @type {number} */ x) => ({ transform: `translate3d(${x}px,0,0)` });
  const animation = element.animate([at(width), at(width - steps)], {
    duration: (steps * 1000) / showing.speed,
    easing: `steps(${steps}, end)`,
    fill: "both",
  });

  /** Follow the clock; its corrections are far smaller than a frame. */
  function sync() {
    const start = scene.begins - clock.offset();
    if (Math.abs(Number(animation.startTime ?? Infinity) - start) > CLOSE_MS) animation.startTime = start;
  }

  sync();
  return { sync, stop: () => animation.cancel() };
}
