/** The fixed list of things staff may ask of a player. */

import { COMMANDS } from "./protocol.js";
import { drawIdentity } from "./wall.js";

const IDENTIFY_MS = 10_000;
/** Larger pictures are halved until they fit: a screenshot is a proof, not a film. */
const SHOT_CHARACTERS = 400_000;

/** @typedef {import("./types.js").Command} Command */
/**
 * @typedef {object} Hands
 * @property {() => import("./types.js").Screen} screen
 * @property {HTMLCanvasElement} card
 * @property {(dark: boolean) => void} blank
 * @property {() => Promise<void>} clear
 * @property {() => void} reload
 * @property {import("./stage.js").Stage} stage
 */

/** @param {HTMLCanvasElement} picture @returns {{png: string, width: number, height: number}} png is base64 */
function shot(picture) {
  let canvas = picture;
  let png = canvas.toDataURL("image/png");
  while (png.length > SHOT_CHARACTERS && canvas.width > 64) {
    canvas = halved(canvas);
    png = canvas.toDataURL("image/png");
  }
  return { png: png.slice(png.indexOf(",") + 1), width: canvas.width, height: canvas.height };
}

/** @param {HTMLCanvasElement} from */
function halved(from) {
  const canvas = document.createElement("canvas");
  canvas.width = from.width >> 1;
  canvas.height = Math.max(1, from.height >> 1);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.drawImage(from, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** @param {Hands} hands @returns {(command: Command, done: (ok: boolean, result: object) => void) => void} */
export function createCommands(hands) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let hiding;

  function identify() {
    const screen = hands.screen();
    drawIdentity(hands.card, screen, screen);
    hands.card.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => {
      hands.card.hidden = true;
    }, IDENTIFY_MS);
  }

  const acts = /** @type {Record<string, () => object | void | Promise<void>>} */ ({
    reload: () => void setTimeout(hands.reload, 300),
    identify,
    screenshot: () => shot(hands.stage.picture(hands.screen())),
    blank: () => hands.blank(true),
    unblank: () => hands.blank(false),
    clear_cache: hands.clear,
  });

  return async (command, done) => {
    const act = COMMANDS.indexOf(command.kind) < 0 ? null : acts[command.kind];
    if (!act) return done(false, { error: "unknown command" });
    try {
      done(true, (await act()) || {});
    } catch (error) {
      done(false, { error: String(error) });
    }
  };
}
