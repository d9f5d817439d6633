/** From a code to a screen: look who is behind it, guess the profile, claim it, say what went wrong. */

import { call, Problem } from "../lib/call.js";
import { t } from "../lib/island.js";

/** Profiles most often met: px and colour class. */
export const USUAL = /** @type {const} */ ([
  [192, 16, "single"],
  [256, 64, "dual"],
  [512, 128, "full"],
  [1280, 720, "full"],
  [1920, 1080, "full"],
]);

const SMALLEST = [64, 16];
const LARGEST = 3840;

/**
 * The profile a window suggests: a strip is red lamps, a low board has two colours, what is larger shows all.
 * @param {number[] | undefined} pixels
 */
export function guess(pixels) {
  const [width, height] = pixels || [192, 16];
  const size = {
    width: Math.max(SMALLEST[0], Math.min(LARGEST, width)),
    height: Math.max(SMALLEST[1], Math.min(LARGEST, height)),
  };
  if (size.width * size.height > LARGEST * 2160) size.height = Math.floor((LARGEST * 2160) / size.width);
  const usual = USUAL.find(([w, h]) => w === size.width && h === size.height);
  return { ...size, colour: usual ? usual[2] : size.height <= 32 ? "single" : size.height <= 96 ? "dual" : "full" };
}

/** A name nobody has yet. @param {string[]} taken */
export function freeName(taken) {
  const first = t("now.first.default_name");
  if (!taken.includes(first)) return first;
  let n = 2;
  while (taken.includes(t("now.first.default_name_n", { n }))) n++;
  return t("now.first.default_name_n", { n });
}

/**
 * Make a screen for the player behind a code.
 * @param {string} code @param {string} name
 * @returns {Promise<any>} the screen
 */
export async function pairNew(code, name) {
  const { pixels } = await call("GET", `/api/v1/pairings/${code}`);
  return call("POST", "/api/v1/pairings/claim", { code, new_screen: { name, ...guess(pixels) } });
}

/** What a refusal says, in one sentence. @param {unknown} error */
export const reason = (error) =>
  error instanceof Problem ? error.body.violations?.[0]?.detail || error.message : t("desk.failed");
