/** The message on a screen of its class, drawn by the player's own modules at the screen's own pixels. */

import { make } from "../lib/dom.js";
import { t } from "../lib/island.js";

const MOST_HIGH = 190;

/** @typedef {{width: number, height: number, colour: string, alert: any, title: string, said: string}} Shot */

/** @param {HTMLElement} place */
export function hangShots(place) {
  let before = "";
  return {
    /** @param {Shot[]} shots @param {string} others */
    show(shots, others) {
      const key = JSON.stringify([shots, others]);
      if (key === before) return;
      before = key;
      const made = shots.map((shot) => hung(shot));
      if (!made.length) made.push(make("p.none", {}, t("alerts_page.choose_first")));
      if (others) made.push(make("p.none", {}, others));
      place.replaceChildren(...made);
    },
  };
}

/** @param {Shot} shot */
function hung(shot) {
  const hang = make("div.hang");
  const figure = make("figure.shot", {}, make("figcaption.tiny", {}, shot.title), hang);
  queueMicrotask(() => hangShot(hang, shot, { tall: MOST_HIGH }));
  return figure;
}

/**
 * Draw one message into an element.
 * @param {HTMLElement} hang
 * @param {Shot} shot
 * @param {{most?: number, tall?: number}} limits
 */
export function hangShot(hang, shot, limits) {
  hang.replaceChildren(
    make("p.none", { role: "img", "aria-label": shot.said, "data-limits": JSON.stringify(limits) }, shot.said),
  );
}
