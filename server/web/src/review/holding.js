/** A decision waits six seconds for second thoughts; then, or when the page is left, it is sent. */

import { toast } from "../lib/toast.js";

const HELD_MS = 6000;

/**
 * @typedef {object} Decision
 * @property {string} playlist
 * @property {string} say what will happen, not what has: nothing is sent yet
 * @property {(leaving: boolean) => Promise<void>} send `leaving`: no page will hear the answer
 * @property {() => void} back
 */

/** @type {{decision: Decision, timer: number, leave: () => void} | null} */
let held = null;

/** Whether a decision on this playlist is not sent yet. @param {string | undefined} playlist */
export const isHeld = (playlist) => held !== null && held.decision.playlist === playlist;

/** Keep a decision; one that is still held goes first. @param {Decision} decision */
export function hold(decision) {
  settle();
  const back = () => {
    clearTimeout(held?.timer);
    held = null;
    decision.back();
  };
  held = { decision, timer: setTimeout(settle, HELD_MS), leave: toast(decision.say, back, HELD_MS) };
}

/** Send what is held now. @param {boolean} [leaving] */
export async function settle(leaving = false) {
  if (!held) return;
  const { decision, timer, leave } = held;
  held = null;
  clearTimeout(timer);
  leave();
  await decision.send(leaving);
}

window.addEventListener("pagehide", () => settle(true));
