/** The message on a screen of its class, painted by the player's own modules at the screen's own pixels. */

import { noticeOf } from "../../../../players/screen/notice.js";
import { make } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { fit, framed } from "../lib/led.js";
import { once, unwatch, watch } from "../wall/motion.js";
import { hangAlert } from "../wall/over.js";

const MOST_HIGH = 190;
const BEZEL = 10;

/** @typedef {{width: number, height: number, colour: string, alert: any, title: string, said: string}} Shot */

/** @param {HTMLElement} place */
export function hangShots(place) {
  /** @type {{key: string, figure: HTMLElement, change: (shot: Shot) => void, end: () => void}[]} */
  let held = [];
  let others = "";

  /** @param {Shot[]} shots @param {string} more */
  function show(shots, more) {
    const keys = shots.map((shot) => `${shot.width} ${shot.height} ${shot.colour}`);
    if (more !== others || keys.join() !== held.map((one) => one.key).join()) {
      for (const old of held) old.end();
      held = shots.map((shot, n) => hung(shot, keys[n]));
      others = more;
      const figures = held.map((one) => one.figure);
      if (!figures.length) figures.push(make("p.none", {}, t("alerts_page.choose_first")));
      if (more) figures.push(make("p.none", {}, more));
      place.replaceChildren(...figures);
    }
    for (const [n, shot] of shots.entries()) held[n].change(shot);
  }

  return { show };
}

/** How a screen of this class takes the message, in words. @param {Shot} shot */
export function mannerOf({ width, height, colour, alert }) {
  const { scroll, pages } = noticeOf(width, height, colour, alert);
  if (scroll) return { calm: false, words: t("alerts_page.narrow_scrolls", { s: Math.round(scroll.pass_ms / 1000) }) };
  if (pages.length > 1) return { calm: true, words: t("alerts_page.narrow_pages", { n: pages.length }) };
  return { calm: true, words: t("alerts_page.narrow_still") };
}

/** @param {Shot} shot @param {string} key */
function hung(shot, key) {
  const hang = make("div.hang");
  const title = make("figcaption.tiny", {}, shot.title);
  const figure = make("figure.shot", {}, title, hang);
  const room = () => Math.max(64, (figure.parentElement?.clientWidth || 0) - BEZEL - 12);
  const panel = hangShot(hang, shot, { tall: MOST_HIGH, room });
  return {
    key,
    figure,
    end: panel.end,
    /** @param {Shot} next */
    change(next) {
      title.textContent = next.title;
      panel.change(next);
    },
  };
}

/**
 * Hang a panel that shows one message; it moves as the screen would.
 * @param {HTMLElement} hang
 * @param {Shot} shot
 * @param {{most?: number, tall?: number, room?: () => number}} limits
 */
export function hangShot(hang, shot, limits) {
  const canvas = document.createElement("canvas");
  canvas.width = shot.width;
  canvas.height = shot.height;
  canvas.setAttribute("role", "img");
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const frame = framed(canvas);
  const over = hangAlert(shot);
  let begun = 0;
  let said = "";
  let revision = 0;
  hang.replaceChildren(frame);

  /** @param {number} at */
  function paint(at) {
    begun ||= at;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    return over.paint(pen, 1, { alert: { ...shot.alert, revision }, elapsed_ms: at - begun, length_ms: 0 }, at);
  }

  /** @param {Shot} next */
  function change(next) {
    const words = JSON.stringify([next.alert.label, next.alert.headline, next.alert.text, next.alert.severity]);
    const manner = next.alert.presentation;
    if (words + manner === said) return;
    said = words + manner;
    shot = next;
    revision += 1;
    canvas.setAttribute("aria-label", next.said);
    once();
  }

  function refit() {
    const room = limits.room ? limits.room() : hang.clientWidth - 2 * BEZEL;
    fit(frame, canvas, shot, room, limits);
    hang.classList.toggle("cropped", Number.parseFloat(canvas.style.width) > room);
  }

  change(shot);
  queueMicrotask(() => {
    refit();
    watch(hang, { paint });
  });
  return { change, end: () => unwatch(hang) };
}
