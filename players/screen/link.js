/** The line to the server: hello, beats and nudges by socket, the same questions by HTTP where sockets fail. */

import { io } from "socket.io-client";
import { randomHex } from "./playlog.js";
import {
  ALERTS_JITTER_MS,
  ALERTS_MS,
  ANSWER_MS,
  BEAT_JITTER_MS,
  BEAT_MS,
  EVENTS,
  NAMESPACE,
  OTHER_PROTOCOL,
  PROTOCOL,
} from "./protocol.js";

/** Beats soon after a hello, so that the clock is exact within seconds. */
const EARLY_MS = [500, 1_000, 2_000];

/** After the server closed the line, in ms; doubled at random. */
const RETURN_MS = 1_000;

/** @typedef {import("./types.js").Position} Position */
/**
 * @typedef {object} Ears
 * @property {() => {epoch: string, seq: number, programme: string, pixels: number[], cues: object, health: object}} state
 *   what a hello or beat carries
 * @property {(answer: Position) => void} position the server told where it stands
 * @property {(told: import("./types.js").LiveSet) => void} alerts the server told which alerts are live
 * @property {(answer: import("./types.js").LiveSet) => void} fetched the same, as an answer over HTTP
 * @property {(media?: unknown) => void} nudged a newer programme is out, perhaps with names of new pictures
 * @property {(command: import("./types.js").Command, done: (ok: boolean, result: object) => void) => void} command
 * @property {() => void} doubt the server refused the socket: ask by HTTP who is right
 * @property {() => void} outdated the server speaks another protocol: only its own page can speak with it
 */

/**
 * @param {import("./clock.js").Clock} clock @param {import("./http.js").Http} http
 * @param {string} version @param {() => string} token @param {Ears} ears
 */
export function createLink(clock, http, version, token, ears) {
  /** The latest hello's: an answer to an earlier one is late. */
  let nonce = "";
  let early = 0;
  let running = false;
  let heard = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let asking;
  const socket = io(NAMESPACE, {
    autoConnect: false,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
    timeout: ANSWER_MS,
    auth: (/** @type {(data: object) => void} */ tell) => tell({ token: token() }),
  });

  /** @param {string} event @param {object} payload @param {(answer: Position) => void} then */
  function ask(event, payload, then) {
    const sent = clock.reading();
    socket.timeout(ANSWER_MS).emit(event, payload, (/** @type {unknown} */ late, /** @type {Position} */ answer) => {
      if (!late && answer && answer.type === OTHER_PROTOCOL) return part();
      if (late || !answer || !answer.ok) return;
      heard = clock.reading();
      clock.sample(sent, heard, answer.now);
      then(answer);
    });
  }

  /** Alerts, programme and time go on by HTTP, which says the same to players of any age. */
  function part() {
    socket.disconnect();
    ears.outdated();
  }

  function hello() {
    nonce = randomHex(8);
    const { epoch, seq, programme, pixels } = ears.state();
    const told = { nonce, protocol: PROTOCOL, player: version, pixels, epoch, programme, seq, clock: clock.report() };
    ask(EVENTS.HELLO, told, (answer) => {
      if (answer.nonce === nonce) ears.position(answer);
    });
  }

  function beat() {
    const { epoch, seq, programme, cues, health } = ears.state();
    ask(EVENTS.BEAT, { epoch, programme, seq, cues, clock: clock.report(), health }, (answer) => {
      const now = ears.state();
      const same = answer.epoch === now.epoch && answer.seq === now.seq && answer.programme === now.programme;
      if (!same) hello();
    });
  }

  function tick() {
    if (socket.connected) beat();
    else poll();
    schedule();
  }

  function schedule() {
    clearTimeout(timer);
    const usual = BEAT_MS + (Math.random() * 2 - 1) * BEAT_JITTER_MS;
    timer = setTimeout(tick, socket.connected && early < EARLY_MS.length ? EARLY_MS[early++] : usual);
  }

  /** The fall-back road: time and programme by HTTP while no socket stands. */
  function poll() {
    const sent = clock.reading();
    http.time().then(
      (answer) => {
        heard = clock.reading();
        clock.sample(sent, heard, answer.now);
        ears.nudged();
      },
      () => {},
    );
    if (!socket.active) socket.connect();
  }

  /** Alerts wait for no socket: while none stands they are asked for by HTTP, one question after the other. */
  function askForAlerts() {
    clearTimeout(asking);
    asking = setTimeout(
      () => {
        if (socket.connected) return askForAlerts();
        const sent = clock.reading();
        http
          .alerts()
          .then((answer) => {
            if (socket.connected || !running) return;
            clock.sample(sent, clock.reading(), answer.now);
            ears.fetched(answer);
          })
          .catch(() => {})
          .then(() => running && askForAlerts());
      },
      ALERTS_MS + Math.random() * ALERTS_JITTER_MS,
    );
  }

  /** @type {import("./alerts.js").Prove} */
  const bySocket = (event, payload) =>
    new Promise((resolve) =>
      socket
        .timeout(ANSWER_MS)
        .emit(event, payload, (/** @type {unknown} */ late, /** @type {any} */ answer) =>
          resolve(late ? null : answer),
        ),
    );

  /** @type {import("./alerts.js").Prove} */
  const byHttp = (event, payload) =>
    http.prove(event === EVENTS.ALERT_SHOWN ? "shown" : "received", payload).then(
      (stored) => (stored ? { ok: true } : { ok: false, status: 409 }),
      () => null,
    );

  /** The server closed the line itself: come back soon, but not all at once. */
  function comeBack() {
    ears.doubt();
    setTimeout(() => void (running && !socket.active && socket.connect()), RETURN_MS * (1 + Math.random()));
  }

  socket.on("connect", () => {
    early = 0;
    hello();
    schedule();
  });
  socket.on("connect_error", (/** @type {Error & {data?: unknown}} */ error) => {
    if (error.data || !socket.active) comeBack();
  });
  socket.on("disconnect", (reason) => {
    if (reason === "io server disconnect") comeBack();
  });
  socket.on(EVENTS.PROGRAMME_PUBLISHED, (/** @type {{media?: unknown}} */ told) => ears.nudged(told?.media));
  socket.on(EVENTS.ALERTS_CHANGED, (/** @type {import("./types.js").LiveSet} */ told) => ears.alerts(told));
  socket.on(EVENTS.COMMAND, (/** @type {import("./types.js").Command} */ command) => {
    ears.command(command, (ok, result) => void socket.emit(EVENTS.COMMAND_DONE, { id: command.id, ok, result }));
  });

  return {
    start() {
      running = true;
      socket.connect();
      schedule();
      askForAlerts();
    },
    stop() {
      running = false;
      clearTimeout(timer);
      clearTimeout(asking);
      socket.disconnect();
    },
    hello: () => void (socket.connected && hello()),
    /** Prove a step of an alert, by whatever road stands. @type {import("./alerts.js").Prove} */
    prove: (event, payload) => (socket.connected ? bySocket : byHttp)(event, payload),
    connected: () => socket.connected,
    /** Milliseconds since the server last answered. */
    silence: () => clock.reading() - heard,
  };
}

/** @typedef {ReturnType<typeof createLink>} Link */
