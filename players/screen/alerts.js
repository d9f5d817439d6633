/** The live alerts of this screen: kept through a power cut, believed in order, proved until the server has heard. */

import { nextAlertChange, turnAt } from "./precedence.js";
import { EVENTS } from "./protocol.js";

/** Between two tries to prove what was not answered, in ms. */
const AGAIN_MS = [1_000, 2_000, 5_000, 10_000, 30_000];
/** A proof refused so often is not wanted. */
const MOST_REFUSALS = 6;

/** @typedef {import("./types.js").Alert} Alert */
/** @typedef {import("./types.js").LiveSet} LiveSet */
/**
 * What was proved of one revision; each step is NONE, DUE (the server has not answered) or TOLD.
 * @typedef {{id: string, revision: number, received: number, shown: number, shown_at: number, refused: number}} Proof
 */
/** @typedef {{epoch: string, seq: number, alerts: Alert[], proofs: Proof[]}} Held */
/** @typedef {(event: string, payload: object) => Promise<{ok?: boolean, status?: number} | null>} Prove null: no answer */

const NONE = 0;
const DUE = 1;
const TOLD = 2;

/** @returns {Held} */
const nothing = () => ({ epoch: "", seq: 0, alerts: [], proofs: [] });

/**
 * @param {import("./cache.js").Cache} cache @param {import("./clock.js").Clock} clock
 * @param {{changed: () => void, hello: () => void, prove: Prove}} tell `hello`: ask the server where it stands
 */
export function createAlerts(cache, clock, tell) {
  let held = nothing();
  /** @type {Promise<void>} */
  let saving = Promise.resolve();
  let misses = 0;
  let sending = false;
  let more = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let again;

  /** What was live before the power went. @returns {Promise<void>} */
  async function boot() {
    const kept = await cache.get("kept", "alerts");
    if (!kept || held.epoch) return;
    held = Object.assign(nothing(), kept);
    tell.changed();
  }

  /** The whole set in one write; what is on the disk has been received. */
  function save() {
    const { epoch, seq, alerts, proofs } = held;
    const write = () => cache.put("kept", [["alerts", { epoch, seq, alerts, proofs: proofs.slice() }]]);
    saving = saving.then(write).then(
      () => received(epoch, alerts),
      () => {},
    );
  }

  /** @param {string} epoch @param {Alert[]} alerts that were written */
  function received(epoch, alerts) {
    if (!cache.durable || epoch !== held.epoch) return;
    const fresh = alerts.map(proofOf).filter((one) => one && one.received === NONE);
    for (const one of fresh) if (one) one.received = DUE;
    if (fresh.length) kick();
  }

  /** @param {{id: string, revision: number}} of @returns {Proof | undefined} */
  const proofOf = (of) => held.proofs.find((one) => one.id === of.id && one.revision === of.revision);

  /** @param {LiveSet} told by a server of this or, where that may be, of another epoch @param {boolean} anew */
  function take(told, anew) {
    const known = told.epoch === held.epoch ? held.proofs : [];
    if (told.epoch === held.epoch ? told.seq < held.seq : !anew) return;
    const fresh = told.alerts.filter(
      ({ id, revision }) => !known.some((one) => one.id === id && one.revision === revision),
    );
    const proofs = known.filter((one) => isDue(one) || told.alerts.some(({ id }) => id === one.id));
    for (const { id, revision } of fresh)
      proofs.push({ id, revision, received: NONE, shown: NONE, shown_at: 0, refused: 0 });
    held = { epoch: told.epoch, seq: told.seq, alerts: told.alerts, proofs };
    save();
    tell.changed();
  }

  /** The answer to a question of ours: it may be of another epoch. @param {LiveSet} answer */
  const answered = (answer) => take(answer, true);

  /** The server says so by itself: of another epoch only that there is one. @param {LiveSet} told */
  function pushed(told) {
    if (told.epoch === held.epoch) take(told, false);
    else tell.hello();
  }

  /** @param {Proof} one */
  const isDue = (one) => one.received === DUE || one.shown === DUE;

  /** The alert has been on the glass for a whole frame. @param {Alert} alert @param {number} at server ms */
  function painted(alert, at) {
    const proof = proofOf(alert);
    if (!proof || proof.shown !== NONE) return;
    proof.shown = DUE;
    proof.shown_at = at;
    save();
    kick();
  }

  /** Prove now what is due, the line may have come back. */
  function kick() {
    clearTimeout(again);
    misses = 0;
    if (sending) more = true;
    else round();
  }

  async function round() {
    sending = true;
    more = false;
    const { epoch } = held;
    await Promise.all(held.proofs.filter(isDue).map((one) => owed(one, epoch)));
    sending = false;
    if (more) round();
    else if (held.proofs.some(isDue)) again = setTimeout(round, AGAIN_MS[Math.min(misses++, AGAIN_MS.length - 1)]);
  }

  /** @param {Proof} proof @param {string} epoch */
  async function owed(proof, epoch) {
    const of = { epoch, id: proof.id, revision: proof.revision };
    if (proof.received === DUE) await step(proof, "received", EVENTS.ALERT_RECEIVED, of);
    const shown = Object.assign({ shown_at: proof.shown_at }, of);
    if (proof.shown === DUE) await step(proof, "shown", EVENTS.ALERT_SHOWN, shown);
  }

  /** @param {Proof} proof @param {"received" | "shown"} name @param {string} event @param {object} payload */
  async function step(proof, name, event, payload) {
    const answer = await tell.prove(event, payload);
    if (!answer) return;
    const refused = !answer.ok && Number(answer.status) < 500 && answer.status !== 429;
    if (refused) proof.refused += 1;
    if (refused) tell.hello();
    if (!answer.ok && proof.refused < MOST_REFUSALS) return;
    proof[name] = TOLD;
    save();
  }

  /**
   * The instant alerts are looked at: before the server was heard after a start, the later of what it and the device
   * would say, so that an alert which may have expired is not painted.
   * @param {number} at server ms
   */
  const instant = (at) => (clock.met() ? at : Math.max(at, clock.wall()));

  return {
    boot,
    answered,
    pushed,
    painted,
    kick,
    epoch: () => held.epoch,
    seq: () => held.seq,
    /** @param {number} at */
    turn: (at) => (held.alerts.length ? turnAt(held.alerts, instant(at)) : null),
    /** How long until another alert may show, in ms. @param {number} at */
    rest: (at) => (nextAlertChange(held.alerts, instant(at)) ?? Infinity) - instant(at),
    /** The screen is not ours any more. */
    forget() {
      held = nothing();
      clearTimeout(again);
      tell.changed();
      saving = saving.then(() => cache.drop("kept", ["alerts"]));
      return saving;
    },
  };
}

/** @typedef {ReturnType<typeof createAlerts>} Alerts */
