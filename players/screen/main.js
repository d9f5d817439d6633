/** The player: credentials, then the line to the server, then frames for ever. */

import { createAlerts } from "./alerts.js";
import { createAlertView } from "./alertview.js";
import { openCache } from "./cache.js";
import { browserSource, createClock } from "./clock.js";
import { createCommands } from "./commands.js";
import { loadCredentials } from "./credentials.js";
import { createFaces } from "./face.js";
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
/** Before a page of another age than its server is loaded anew; twice as long at most, so that a fleet spreads. */
const OUTDATED_MS = 60_000;

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
 * @property {import("./alerts.js").Alerts} alerts
 * @property {import("./alertview.js").AlertView} view
 * @property {import("./face.js").Faces} faces
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
  const alerts = player.alerts.boot().catch(() => {});
  player.stage.start();
  player.faces.load(player.cache, player.http.face).catch((error) => trouble(player, error));
  await alerts;
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
  const player = /** @type {Player} */ ({ cache, clock, credentials, http, playlog, trouble: "", pairing: false });
  player.faces = createFaces(() => player.stage.wake());
  player.view = createAlertView(part("alert"), player.faces, credentials.screen);
  player.alerts = createAlerts(cache, clock, {
    changed: () => player.stage.wake(),
    hello: () => player.link.hello(),
    prove: (event, payload) => player.link.prove(event, payload),
  });
  const stage = createStage(part("stage"), clock, media.bytes, playlog.enter, cover(player));
  player.stage = stage;
  player.programmes = createProgrammes(http, cache, media, stage, clock, {
    revoked: () => void pair(player, ""),
    trouble: (what) => {
      player.trouble = what;
    },
  });
  player.link = createLink(clock, http, VERSION, credentials.token, ears(player));
  return player;
}

/** @param {Player} player @param {unknown} error */
function trouble(player, error) {
  player.trouble = String(error instanceof Error ? error.message : error);
}

/** The alert lies over the programme, and nothing that is wrong with it may stop either. @param {Player} player @returns {import("./stage.js").Cover} */
function cover(player) {
  const { alerts, view } = player;
  return {
    paint(at) {
      try {
        view.paint(alerts.turn(at), at);
        const alert = view.presented();
        if (alert) alerts.painted(alert, at);
      } catch (error) {
        trouble(player, error);
      }
    },
    rest: (at) => Math.min(alerts.rest(at), view.rest()),
    scrolls: view.scrolls,
    draw: view.draw,
  };
}

/** What the player shows in place of what it should: the cues of its regions, and the alert over them. @param {Player} player */
function cues({ stage, view }) {
  const told = view.told();
  return Object.assign(stage.cues(), told && { alert: { id: told.id, revision: told.revision } });
}

/** What the line tells the player, and what it asks of it. @param {Player} player @returns {import("./link.js").Ears} */
function ears(player) {
  const { alerts, credentials, programmes, stage } = player;
  return {
    state: () => ({
      epoch: alerts.epoch(),
      seq: alerts.seq(),
      programme: programmes.version(),
      pixels: [windowSize().width, windowSize().height],
      cues: cues(player),
      health: health(player),
    }),
    position: (answer) => {
      stage.wake();
      if (answer.screen) credentials.rename(answer.screen);
      alerts.answered({ epoch: answer.epoch, seq: answer.seq, now: answer.now, alerts: answer.alerts || [] });
      alerts.kick();
      if (answer.programme !== programmes.version()) programmes.refresh();
      else stage.blank(false);
    },
    alerts: alerts.pushed,
    fetched: alerts.answered,
    nudged: (media) => void programmes.refresh(media),
    doubt: () => void programmes.refresh(),
    outdated: () => {
      programmes.refresh();
      setTimeout(() => location.reload(), OUTDATED_MS * (1 + Math.random()));
    },
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
    await Promise.all([player.alerts.forget(), player.credentials.forget()]);
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
function inspect({ stage, clock, programmes, view, faces }) {
  const handle = {
    version: VERSION,
    cue: stage.cue,
    x: stage.x,
    now: clock.now,
    clock: clock.report,
    alert: view.told,
    faces: faces.version,
  };
  Object.defineProperty(handle, "programme", { get: programmes.version, enumerable: true });
  Object.defineProperty(handle, "frames", { get: stage.frames, enumerable: true });
  Object.defineProperty(window, "paomadeng", { value: Object.freeze(handle) });
}

start();
