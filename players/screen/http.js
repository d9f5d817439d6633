/** The player's calls over HTTP; every one may fail and says how. */

import { PATHS } from "./protocol.js";

const CALL_MS = 10_000;
const MEDIA_MS = 60_000;

/** An answer that is not what was asked for: `status` 0 means the server was not reached. */
export class Failed extends Error {
  /** @param {number} status @param {string} what */
  constructor(status, what) {
    super(`${what}: ${status || "unreachable"}`);
    this.status = status;
  }
}

/** @template T @param {Promise<T>} promise @param {number} ms @param {() => void} [stop] @returns {Promise<T>} */
function within(promise, ms, stop = () => {}) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Failed(0, "too slow"));
    }, ms);
    promise.then(resolve, reject).then(() => clearTimeout(timer));
  });
}

/**
 * @param {string} path @param {RequestInit} options @param {number} ms
 * @param {(answer: Response) => Promise<any>} read @returns {Promise<{status: number, body: any}>}
 */
async function call(path, options, ms, read) {
  const aborter = typeof AbortController === "undefined" ? null : new AbortController();
  const signal = aborter ? aborter.signal : undefined;
  const whole = fetch(path, Object.assign({ cache: "no-store", credentials: "omit", signal }, options)).then(
    async (answer) => {
      if (answer.status >= 400) throw new Failed(answer.status, path);
      return { status: answer.status, body: answer.status === 304 ? null : await read(answer) };
    },
  );
  return within(whole, ms, () => aborter?.abort()).catch((error) => {
    throw error instanceof Failed ? error : new Failed(0, path);
  });
}

/** @param {() => string} token */
export function createHttp(token) {
  const bearer = () => ({ Authorization: `Bearer ${token()}` });
  const json = (/** @type {Response} */ answer) => answer.json();
  /** @param {string} path @param {object} body @param {Record<string, string>} headers */
  const post = (path, body, headers) =>
    call(
      path,
      {
        method: "POST",
        body: JSON.stringify(body),
        headers: Object.assign({ "Content-Type": "application/json" }, headers),
      },
      CALL_MS,
      json,
    );
  return {
    /** @param {string} held its version, "" for none @returns {Promise<import("./types.js").Programme | null>} null: unchanged */
    programme: (held) =>
      call(
        PATHS.PROGRAMME,
        { headers: held ? Object.assign(bearer(), { "If-None-Match": `"${held}"` }) : bearer() },
        CALL_MS,
        json,
      ).then((answer) => answer.body),
    /** @param {string} name @returns {Promise<ArrayBuffer>} */
    media: (name) =>
      call(PATHS.MEDIA + name, { headers: bearer() }, MEDIA_MS, (answer) => answer.arrayBuffer()).then((a) => a.body),
    /** A face is for everyone: no token. @param {string} name @returns {Promise<ArrayBuffer>} */
    face: (name) => call(PATHS.FACES + name, {}, MEDIA_MS, (answer) => answer.arrayBuffer()).then((a) => a.body),
    /** @returns {Promise<import("./types.js").LiveSet>} */
    alerts: () => call(PATHS.ALERTS, { headers: bearer() }, CALL_MS, json).then((answer) => answer.body),
    /**
     * Prove one step of an alert where no socket stands.
     * @param {"received" | "shown"} kind @param {object} proof {epoch, id, revision, shown_at?}
     * @returns {Promise<boolean>} whether the server sent that alert and has stored the proof
     */
    prove: (kind, proof) =>
      post(PATHS.PROOFS, { proofs: [Object.assign({ kind }, proof)] }, bearer()).then(
        (answer) => answer.body.refused.length === 0,
      ),
    /** @returns {Promise<{now: number}>} */
    time: () => call(PATHS.TIME, { headers: bearer() }, CALL_MS, json).then((answer) => answer.body),
    /** @param {import("./types.js").Play[]} plays @returns {Promise<{accepted: string[], refused: {id: string}[]}>} */
    plays: (plays) => post(PATHS.PLAYS, { plays }, bearer()).then((answer) => answer.body),
    /** @param {number[]} pixels of the window @returns {Promise<{code: string, secret: string}>} */
    askCode: (pixels) => post(PATHS.PAIRINGS, { pixels }, {}).then((answer) => answer.body),
    /** @param {object} proof {key} or {code, secret} @returns {Promise<{status: number, body: any}>} */
    pair: (proof) => post(PATHS.PAIR, proof, {}),
  };
}

/** @typedef {ReturnType<typeof createHttp>} Http */
