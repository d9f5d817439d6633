/** How a browser without a token becomes a screen's player. */

import { Failed } from "./http.js";
import { drawCode } from "./wall.js";
import { WORDS } from "./words.js";

const POLL_MS = 1_500;
const RETRY_MS = 3_000;

/** @typedef {{token: string, screen: import("./types.js").Screen}} Credential */

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @returns {{width: number, height: number}} the window in true pixels */
export function windowSize() {
  const ratio = window.devicePixelRatio || 1;
  return { width: Math.round(window.innerWidth * ratio), height: Math.round(window.innerHeight * ratio) };
}

/** The screen key leaves the address bar before anything else happens. @returns {string} "" when there is none */
export function takeKey() {
  const found = /[?&]key=([^&]+)/.exec(location.search);
  if (!found) return "";
  const rest = location.search.replace(/([?&])key=[^&]*&?/, "$1").replace(/[?&]$/, "");
  history.replaceState(null, "", location.pathname + rest + location.hash);
  return decodeURIComponent(found[1]);
}

/**
 * @param {import("./http.js").Http} http @param {string} key
 * @returns {Promise<Credential | null>} null when the server refuses the key
 */
export async function pairByKey(http, key) {
  for (;;) {
    try {
      return (await http.pair({ key })).body;
    } catch (error) {
      const status = error instanceof Failed ? error.status : 0;
      if (status >= 400 && status < 500 && status !== 429) return null;
      await pause(RETRY_MS);
    }
  }
}

/**
 * Show codes until staff claim one.
 * @param {import("./http.js").Http} http @param {HTMLCanvasElement} canvas @returns {Promise<Credential>}
 */
export async function pairByCode(http, canvas) {
  let code = "";
  const address = `${location.protocol}//${location.host}`;
  const draw = () => {
    canvas.setAttribute("aria-label", code);
    drawCode(canvas, code || "......", windowSize(), [...(code ? WORDS.waiting : WORDS.asking), address]);
  };
  draw();
  canvas.hidden = false;
  window.addEventListener("resize", draw);
  try {
    for (;;) {
      const { width, height } = windowSize();
      const asked = await http.askCode([width, height]).catch(() => null);
      code = asked ? asked.code : "";
      draw();
      const claimed = asked ? await claim(http, asked) : null;
      if (claimed) return claimed;
      if (!asked) await pause(RETRY_MS);
    }
  } finally {
    window.removeEventListener("resize", draw);
    canvas.hidden = true;
  }
}

/** Poll until the code is claimed or gone. @param {import("./http.js").Http} http @param {{code: string, secret: string}} asked */
async function claim(http, asked) {
  const { code, secret } = asked;
  for (;;) {
    await pause(POLL_MS);
    try {
      const answer = await http.pair({ code, secret });
      if (answer.status === 200) return /** @type {Credential} */ (answer.body);
    } catch (error) {
      const status = error instanceof Failed ? error.status : 0;
      if (status === 410 || status === 404 || status === 401) return null;
    }
  }
}
