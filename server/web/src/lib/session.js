/** The end of a session: warned of two minutes before, never at the cost of what was typed. */

import { call, Problem } from "./call.js";
import { all, make, one, write } from "./dom.js";
import { site, t } from "./island.js";
import { now } from "./time.js";
import { toast } from "./toast.js";

/** @typedef {import("./island.js").Session} Session */

const WARN_MS = 120_000;
const USED_MS = 60_000; // how often the server is told that a hand is at work
const AGAIN_MS = 20_000; // after the net was down
const LATER_MS = 200; // past the end, so that the server agrees

let timer = 0;
let ticking = 0;
let told = now();
/** @type {HTMLDialogElement | null} */
let box = null;
/** What was said last; "seen" once it was put away. @type {"" | "soon" | "over" | "seen"} */
let stands = "";

/** Watch this page's session; nothing to do on pages for everybody. */
export function watchSession() {
  if (!site.session) return;
  know(site.session);
  for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, used, { passive: true });
  window.addEventListener("focus", look);
  document.addEventListener("visibilitychange", () => document.hidden || look());
}

/** Typing counts as use, though it asks the server for nothing. */
function used() {
  if (box || now() - told < USED_MS) return;
  told = now();
  ask("POST", "/session/stay");
}

const look = () => (stands || now() - told > USED_MS ? ask("GET", "/session/left") : undefined);

/** @param {string} method @param {string} url */
async function ask(method, url) {
  try {
    const answer = await call(method, url);
    site.csrf = answer.csrf;
    for (const field of all("input[name=csrf_token]")) /** @type {HTMLInputElement} */ (field).value = answer.csrf;
    know(answer);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) over();
    else wait(AGAIN_MS);
  }
}

/** @param {Session} session as the server tells it */
function know({ who, idle_ms, last_ms }) {
  const left = Math.min(idle_ms, last_ms);
  if (who !== site.session?.who) return say("over", t("desk.session.over"), t("desk.session.other_say"));
  if (left > WARN_MS) {
    if (stands === "over") toast(t("desk.session.back"));
    leave();
    return wait(left - WARN_MS);
  }
  warn(left, last_ms <= idle_ms);
  wait(left + LATER_MS);
}

/** @param {number} ms */
function wait(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => ask("GET", "/session/left"), ms);
}

/** @param {number} left @param {boolean} last whether nothing can prolong it */
function warn(left, last) {
  const end = now() + left;
  if (stands === "seen") return;
  const stay = make(
    "button.btn.p.lg",
    { type: "button", click: () => ask("POST", "/session/stay") },
    t("desk.session.stay"),
  );
  const fine = make("button.btn.s.lg", { type: "button", click: dismiss }, t("desk.session.fine"));
  say("soon", "", t(last ? "desk.session.last_say" : "desk.session.idle_say"), last ? fine : stay);
  const tick = () => box && write(one("h2", box), t("desk.session.soon", { time: clockOf(end) }));
  tick();
  ticking = setInterval(tick, 1000);
}

/** Read and put away: it does not come back before the end. */
function dismiss() {
  leave();
  stands = "seen";
}

function over() {
  clearTimeout(timer);
  const open = make("a.btn.p.lg", { href: "/sign-in", target: "_blank" }, t("desk.session.open"));
  say("over", t("desk.session.over"), t("desk.session.over_say"), open);
}

/** `1:42` until an instant of this page. @param {number} end */
function clockOf(end) {
  const seconds = Math.max(0, Math.round((end - now()) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @param {"soon" | "over"} kind @param {string} title @param {string} words @param {...HTMLElement} buttons */
function say(kind, title, words, ...buttons) {
  leave();
  stands = kind;
  const heading = make("h2.ask", { id: "session-ask" }, title);
  const made = make("dialog.dlg", { "aria-labelledby": "session-ask", cancel: dismiss });
  made.append(make("div.bd.stack", {}, heading, make("p.mute", {}, words)), make("div.ft", {}, ...buttons));
  box = /** @type {HTMLDialogElement} */ (made);
  document.body.append(box);
  box.showModal();
}

function leave() {
  clearInterval(ticking);
  box?.remove();
  box = null;
  stands = "";
}
