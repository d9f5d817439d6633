/** The player: credentials, then the line to the server, then frames for ever. */

import { openCache } from "./cache.js";
import { browserSource, createClock } from "./clock.js";
import { createCommands } from "./commands.js";
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
const SAFE_SILENCE_MS = 20_000;

/** @typedef {import("./pairing.js").Credential} Credential */
/** @param {string} id @returns {any} */
const part = (id) => document.getElementById(id);

/** Whole pixels whatever the system's scale; `?zoom=` is for people. @param {HTMLElement} root */
function fit(root) {
  const asked = /[?&]zoom=(\d{1,2})/.exec(location.search);
  const scale = (asked ? Math.max(1, Number(asked[1])) : 1) / (window.devicePixelRatio || 1);
  root.style.transform = scale === 1 ? "" : `scale(${scale})`;
}

/** The bonus where the browser allows it: a page that opens while the server is away. */
function keepShell() {
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.register(`${SHELL}/sw.js`, { scope: SHELL }).catch(() => {});
}

async function start() {
  const key = takeKey();
  keepShell();
  fit(part("wall"));
  window.addEventListener("resize", () => fit(part("wall")));
  const cache = await openCache(window.indexedDB);
  const clock = createClock(browserSource());
  await run(cache, clock, key);
}

/** @param {import("./cache.js").Cache} cache @param {import("./clock.js").Clock} clock @param {string} key */
async function run(cache, clock, key) {
  /** @type {Credential | null} */
  let credential = (await cache.get("kept", "credential")) || null;
  let trouble = "";
  let pairing = false;

  const http = createHttp(() => (credential ? credential.token : ""));
  const media = createMedia(cache, http);
  const playlog = createPlaylog(cache, http.plays);
  const stage = createStage(part("stage"), clock, media.bytes, (region, scene, at) => playlog.enter(region, scene, at));
  const programmes = createProgrammes(http, cache, media, stage, clock, {
    revoked: () => void pair(""),
    trouble: (what) => {
      trouble = what;
    },
  });
  const commands = createCommands({
    screen: () => /** @type {Credential} */ (credential).screen,
    card: part("card"),
    blank: stage.blank,
    clear: programmes.clear,
    reload: () => location.reload(),
    stage,
  });
  const link = createLink(clock, http, VERSION, () => (credential ? credential.token : ""), {
    state: () => ({
      programme: programmes.version(),
      pixels: [windowSize().width, windowSize().height],
      cues: stage.cues(),
      health: health(),
    }),
    position: (answer) => {
      stage.wake();
      if (answer.screen && credential) keepCredential({ token: credential.token, screen: answer.screen });
      if (answer.programme !== programmes.version()) programmes.refresh();
    },
    nudged: () => void programmes.refresh(),
    command: commands,
    doubt: () => void programmes.refresh(),
  });

  function health() {
    return {
      uptime_ms: Math.round(performance.now()),
      frames: stage.frames(),
      heap: Math.round(heapPart() * 1000) / 1000,
      plays: playlog.waiting(),
      durable: cache.durable,
      trouble,
    };
  }

  /** @param {Credential} next */
  function keepCredential(next) {
    credential = next;
    cache.put("kept", [["credential", next]]).catch(() => {});
  }

  /** Only a server's own refusal leads here; until then the last good programme stays on. @param {string} withKey */
  async function pair(withKey) {
    if (pairing) return;
    pairing = true;
    link.stop();
    const byKey = withKey ? await pairByKey(http, withKey) : null;
    if (!byKey) await forget();
    keepCredential(byKey || (await pairByCode(http, part("code"))));
    pairing = false;
    link.start();
  }

  async function forget() {
    credential = null;
    await cache.drop("kept", ["credential", "programme"]);
    programmes.forget();
  }

  await programmes.boot().catch(() => {});
  stage.start();
  inspect(stage, clock, programmes);
  setInterval(() => void (credential && playlog.flush().catch(() => {})), FLUSH_MS);
  startWatchdog({
    frames: stage.frames,
    visible: () => !document.hidden,
    heap: heapPart,
    safe: () => link.silence() < SAFE_SILENCE_MS || !!navigator.serviceWorker?.controller,
    reload: () => location.reload(),
  });
  if (key || !credential) await pair(key);
  else link.start();
}

/**
 * A handle to look through, for tests and kiosks; nothing in it changes anything.
 * @param {import("./stage.js").Stage} stage @param {import("./clock.js").Clock} clock
 * @param {import("./programmes.js").Programmes} programmes
 */
function inspect(stage, clock, programmes) {
  const handle = { version: VERSION, cue: stage.cue, x: stage.x, now: clock.now, clock: clock.report };
  Object.defineProperty(handle, "programme", { get: programmes.version, enumerable: true });
  Object.defineProperty(handle, "frames", { get: stage.frames, enumerable: true });
  Object.defineProperty(window, "paomadeng", { value: Object.freeze(handle) });
}

start();
