/** The alert on the glass, over whatever the programme shows. */

import { momentOf, noticeOf } from "./notice.js";
import { paintBlink, paintLine, paintPage } from "./noticepaint.js";

/** Old graphics chips stop at 4096 px. */
const TILE_PX = 2048;
/** Frames after the first one until it has surely been on the glass. */
const PRESENTED = 2;

/** @typedef {import("./types.js").Alert} Alert */
/** @typedef {import("./types.js").Notice} Notice */
/** @typedef {import("./precedence.js").Turn} Turn */

/** @param {HTMLElement} element @param {number[]} box */
function place(element, [x, y, wide, high]) {
  element.style.left = `${x}px`;
  element.style.top = `${y}px`;
  element.style.width = `${wide}px`;
  element.style.height = `${high}px`;
}

/** @param {number} left @param {number} wide @param {number} high */
function tile(left, wide, high) {
  const canvas = document.createElement("canvas");
  canvas.width = wide;
  canvas.height = high;
  canvas.style.left = `${left}px`;
  return canvas;
}

/** @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} */
const penOf = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/**
 * @param {HTMLElement} element covers the screen @param {import("./face.js").Faces} faces
 * @param {() => {width: number, height: number, colour: string}} screen
 */
export function createAlertView(element, faces, screen) {
  /** @type {Turn | null} */
  let turn = null;
  /** @type {Notice | null} */
  let notice = null;
  /** @type {HTMLCanvasElement[]} the page, then the tiles of what runs */
  let canvases = [];
  const run = document.createElement("div");
  const strip = document.createElement("div");
  strip.className = "layer";
  run.className = "region";
  run.appendChild(strip);
  let key = "";
  let page = -1;
  let lit = false;
  let x = 0;
  let frames = 0;
  let rest = Infinity;
  let hand = { glyph: faces.glyph, sharp: true };

  function clear() {
    element.hidden = true;
    run.remove();
    for (const canvas of canvases) {
      canvas.remove();
      canvas.width = canvas.height = 0;
    }
    canvases = [];
    notice = turn = null;
    key = "";
    page = -1;
    rest = Infinity;
  }

  /** @param {Alert} alert */
  function build(alert) {
    clear();
    const { width, height, colour } = screen();
    notice = noticeOf(width, height, colour, alert);
    hand = { glyph: faces.glyph, sharp: colour !== "full" };
    place(element, [0, 0, width, height]);
    const ground = tile(notice.box[0], notice.box[2], notice.box[3]);
    ground.style.top = `${notice.box[1]}px`;
    penOf(ground).translate(-notice.box[0], -notice.box[1]);
    canvases.push(element.appendChild(ground));
    if (notice.scroll) buildRun(notice.scroll, notice.inks.headline);
    element.hidden = false;
    frames = 0;
  }

  /** @param {import("./types.js").NoticeScroll} scroll @param {number[]} rgb */
  function buildRun({ box, pass_ms, speed, line }, rgb) {
    place(run, box);
    element.appendChild(run);
    const wide = Math.ceil((pass_ms * speed) / 1000) - box[2];
    for (let left = 0; left < wide; left += TILE_PX) {
      const canvas = tile(left, Math.min(TILE_PX, wide - left), box[3]);
      penOf(canvas).translate(0, -box[1]);
      paintLine(penOf(canvas), line, rgb, hand, -left, canvas.width);
      canvases.push(strip.appendChild(canvas));
    }
  }

  /** Put the frame of `at` on the glass. @param {Turn | null} next whose turn it is @param {number} at server ms */
  function paint(next, at) {
    if (!next) return key ? clear() : undefined;
    const { width, height, colour } = screen();
    const { id, revision } = next.alert;
    const fresh = [id, revision, width, height, colour, faces.version()].join(" ");
    if (fresh !== key) build(next.alert);
    else frames += 1;
    key = fresh;
    turn = next;
    if (notice) show(notice, next, at);
  }

  /** @param {Notice} of @param {Turn} now @param {number} at */
  function show(of, now, at) {
    const moment = momentOf(of, now.elapsed_ms, now.length_ms, at);
    const pen = penOf(canvases[0]);
    const turned = moment.page !== page;
    if (turned) paintPage(pen, of, moment.page, now.alert.qr, hand);
    if (of.blink && (turned || moment.lit !== lit)) paintBlink(pen, of, moment.lit, hand);
    page = moment.page;
    lit = moment.lit;
    x = moment.x;
    rest = frames < PRESENTED ? 0 : moment.rest;
    if (of.scroll) strip.style.transform = `translate3d(${x - of.scroll.box[0]}px,0,0)`;
  }

  /** What stands on the glass, drawn where it stands. @param {CanvasRenderingContext2D} pen */
  function draw(pen) {
    if (!notice) return;
    pen.drawImage(canvases[0], notice.box[0], notice.box[1]);
    if (!notice.scroll) return;
    const [left, top, wide, high] = notice.scroll.box;
    pen.save();
    pen.beginPath();
    pen.rect(left, top, wide, high);
    pen.clip();
    canvases.slice(1).forEach((canvas, n) => void pen.drawImage(canvas, x + n * TILE_PX, top));
    pen.restore();
  }

  element.hidden = true;
  return {
    paint,
    draw,
    /** How long the glass stays as it is, in ms; 0 wants every frame. */
    rest: () => rest,
    scrolls: () => !!notice?.scroll,
    /** The alert that has been on the glass for a whole frame, null before. */
    presented: () => (turn && frames >= PRESENTED ? turn.alert : null),
    /** @returns {{id: string, revision: number, page: number, x: number, lit: boolean} | null} */
    told: () => turn && { id: turn.alert.id, revision: turn.alert.revision, page, x, lit },
  };
}

/** @typedef {ReturnType<typeof createAlertView>} AlertView */
