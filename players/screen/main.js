/** The player: credentials, then the line to the server, then frames for ever. */

import { openCache } from "./cache.js";
import { browserSource, createClock } from "./clock.js";
import { createCommands } from "./commands.js";
import { loadCredentials } from "./credentials.js";
import { createHttp } from "./http.js";
import { createLink } from "./link.js";
import { createMedia } from "./media.js";
import { pairByCode, pairByKey, takeKey, windowSize } from "./pairing.js";
import { createPlaylog } from "./playlog.js";
import { createProgrammes } from "./programmes.js";
import { SHELL } from "./protocol.js";
import { createStage } from "./stage.js";
import { VERSION } from "./version.js";
import { heapPart, startWatchdog } from "./watchdog.js";

const FLUSH_MS = 30_000;
/** How long the kept programme may take to come on before the server is asked as well. */
const BOOT_MS = 3_000;
const SAFE_SILENCE_MS = 20_000;

/**
 * Everything the player is made of, put together once.
 * @typedef {object} Player
 * @property {import("./cache.js").Cache} cache
 * @property {import("./clock.js").Clock} clock
 * @property {import("./credentials.js").Credentials} credentials
 * @property {import("./http.js").Http} http
 * @property {import("./stage.js").Stage} stage
 * @property {import("./playlog.js").Playlog} playlog
 * @property {import("./programmes.js").Programmes} programmes
 * @property {import("./link.js").Link} link
 * @property {string} trouble what is wrong, in words for the desk; "" when nothing is
 * @property {boolean} pairing
 */
/** @param {string} id @returns {any} */
const part = (id) => document.getElementById(id);

/** Whole pixels whatever the system's scale; `?zoom=` enlarges the wall for people. */
function fit() {
  const asked = /[?&]zoom=(\d{1,2})/.exec(location.search);
  const one = 1 / (window.devicePixelRatio || 1);
  scale(part("wall"), one * (asked ? Math.max(1, Number(asked[1])) : 1));
  scale(part("code"), one);
}

/** @param {HTMLElement} element @param {number} factor */
function scale(element, factor) {
  element.style.transform = factor === 1 ? "" : `scale(${factor})`;
}

/** The bonus where the browser allows it: a page that opens while the server is away. */
function keepShell() {
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.register(`${SHELL}/sw.js`, { scope: SHELL }).catch(() => {});
}

async function start() {
  const key = takeKey();
  keepShell();
  fit();
  window.addEventListener("resize", fit);
  const player = await assemble();
  player.stage.start();
  const kept = player.programmes.boot().catch(() => {});
  await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, BOOT_MS))]);
  inspect(player);
  watch(player);
  if (key || !player.credentials.paired()) await pair(player, key);
  else player.link.start();
}

/** @returns {Promise<Player>} */
async function assemble() {
  const cache = await openCache(window.indexedDB);
  const clock = createClock(browserSource());
  const credentials = await loadCredentials(cache);
  const http = createHttp(credentials.token);
  const media = createMedia(cache, http);
  const playlog = createPlaylog(cache, http.plays);
  const stage = createStage(part("stage"), clock, media.bytes, playlog.enter);
  const player = /** @type {Player} */ ({
    cache,
    clock,
    credentials,
    http,
    stage,
    playlog,
    trouble: "",
    pairing: false,
  });
  player.programmes = createProgrammes(http, cache, media, stage, clock, {
    revoked: () => void pair(player, ""),
    trouble: (what) => {
      player.trouble = what;
    },
  });
  player.link = createLink(clock, http, VERSION, credentials.token, ears(player));
  return player;
}

/** What the line tells the player, and what it asks of it. @param {Player} player @returns {import("./link.js").Ears} */
function ears(player) {
  const { credentials, programmes, stage } = player;
  return {
    state: () => ({
      programme: programmes.version(),
      pixels: [windowSize().width, windowSize().height],
      cues: stage.cues(),
      health: health(player),
    }),
    position: (answer) => {
      stage.wake();
      if (answer.screen) credentials.rename(answer.screen);
      if (answer.programme !== programmes.version()) programmes.refresh();
      else stage.blank(false);
    },
    nudged: (media) => void programmes.refresh(media),
    doubt: () => void programmes.refresh(),
    command: createCommands({
      screen: credentials.screen,
      card: part("card"),
      blank: stage.blank,
      clear: programmes.clear,
      reload: () => location.reload(),
      stage,
    }),
  };
}

/** @param {Player} player */
function health(player) {
  return {
    uptime_ms: Math.round(performance.now()),
    frames: player.stage.frames(),
    heap: Math.round(heapPart() * 1000) / 1000,
    plays: player.playlog.waiting(),
    durable: player.cache.durable,
    trouble: player.trouble.slice(0, 200),
  };
}

/** Only a server's own refusal leads here; until a new token comes the old one is void. @param {Player} player @param {string} key */
async function pair(player, key) {
  if (player.pairing) return;
  player.pairing = true;
  player.link.stop();
  const byKey = key ? await pairByKey(player.http, key) : null;
  if (!byKey) {
    player.programmes.forget();
    await player.credentials.forget();
  }
  player.credentials.keep(byKey || (await pairByCode(player.http, part("code"))));
  player.pairing = false;
  player.link.start();
}

/** Plays are told and the player's own health is looked at, for ever. @param {Player} player */
function watch(player) {
  setInterval(() => void (player.credentials.paired() && player.playlog.flush().catch(() => {})), FLUSH_MS);
  startWatchdog({
    frames: player.stage.frames,
    visible: () => !document.hidden,
    heap: heapPart,
    safe: () => player.link.silence() < SAFE_SILENCE_MS || !!navigator.serviceWorker?.controller,
    reload: () => location.reload(),
  });
}

/** A handle to look through, for tests and kiosks; nothing in it changes anything. @param {Player} player */
function inspect({ stage, clock, programmes }) {
  const handle = { version: VERSION, cue: stage.cue, x: stage.x, now: clock.now, clock: clock.report };
  Object.defineProperty(handle, "programme", { get: programmes.version, enumerable: true });
  Object.defineProperty(handle, "frames", { get: stage.frames, enumerable: true });
  Object.defineProperty(window, "paomadeng", { value: Object.freeze(handle) });
}

start();
