/** Review: look at each item on each profile, approve or return, and go on to the next piece. */

import { call, Problem } from "./lib/call.js";
import { ask } from "./lib/dialog.js";
import { icon, make, one } from "./lib/dom.js";
import { data, t } from "./lib/island.js";
import { onKey } from "./lib/keys.js";
import { live } from "./lib/live.js";
import { toast } from "./lib/toast.js";
import { hold, isHeld, settle } from "./review/holding.js";
import { look } from "./review/look.js";

const WARN = "M12 3l9.500 17h-19zM12 10v4M12 17h.01";

/** @typedef {{playlist: string, revision: string, count: number}} Held */

let held = /** @type {Held | null} */ (data);
let seen = begin();

/** Bring the piece on the page to life. */
function begin() {
  const piece = document.getElementById("piece");
  if (!piece || !held) return null;
  const back = document.getElementById("return");
  if (back) back.hidden = true;
  document.getElementById("approve")?.addEventListener("click", (event) => {
    event.preventDefault();
    approve();
  });
  document.getElementById("send-back")?.addEventListener("click", (event) => {
    event.preventDefault();
    sendBack();
  });
  return look(piece, held);
}

const nameOf = () => {
  const { name = "", number = "" } = one("#piece").dataset;
  return { name, number };
};

/** The reason of a return that was taken back, so that it need not be written again. */
let kept = { playlist: "", reason: "", words: "" };

function approve() {
  if (!held || !document.getElementById("approve")) return;
  decide("approve", { revision: held.revision }, (answer) =>
    answer.state === "approved" ? "review_page.done_plays" : "review_page.done_next",
  );
}

async function sendBack() {
  if (!held || !document.getElementById("send-back")) return;
  const reason = await askReason(held.playlist);
  if (reason && held) decide("return", { revision: held.revision, reason }, () => "review_page.done_returned");
}

/** Ask for one of the reasons or a sentence; "" when it was left. @param {string} playlist */
async function askReason(playlist) {
  const form = /** @type {HTMLFormElement} */ (one("#return form").cloneNode(true));
  form.querySelector("p:last-child")?.remove();
  form.addEventListener("submit", (event) => event.preventDefault());
  const words = /** @type {HTMLTextAreaElement} */ (one("textarea", form));
  words.id = "words-asked";
  one("label[for=words]", form).setAttribute("for", "words-asked");
  if (kept.playlist === playlist) refill(form, words);
  for (;;) {
    const question = t("review_page.return_ask", nameOf());
    if (!(await ask({ question, yes: t("review_page.return"), body: form }))) return "";
    const chosen = /** @type {HTMLInputElement | null} */ (form.querySelector("input[name=reason]:checked"));
    const told = [chosen ? t(`review_page.reason.${chosen.value}`) : "", words.value.trim()].filter(Boolean);
    kept = { playlist, reason: chosen?.value || "", words: words.value };
    if (told.length) return told.join(t("review_page.reason_join"));
    one(".hint.bad", form).hidden = false;
  }
}

/** @param {HTMLFormElement} form @param {HTMLTextAreaElement} words */
function refill(form, words) {
  words.value = kept.words;
  const chosen = form.querySelector(`input[value="${kept.reason}"]`);
  if (chosen) /** @type {HTMLInputElement} */ (chosen).checked = true;
}

/**
 * Decide on the piece looked at: the next one comes at once, the decision itself can be taken back for a while.
 * @param {"approve" | "return"} act
 * @param {any} body
 * @param {(answer: any) => string} done the word for what came of it
 */
function decide(act, body, done) {
  const playlist = held?.playlist || "";
  if (isHeld(playlist)) return;
  const told = nameOf();
  /** @type {Promise<void> | undefined} */
  let moved;
  hold({
    playlist,
    say: t(`review_page.soon.${act}`, told),
    send: (leaving) => send({ act, playlist, body, told, done, moved }, leaving),
    back: () => go(`/review/${playlist}`, false),
  });
  const next = nextOf(playlist);
  if (next !== "/review") moved = go(next, true);
  else one("#decide").replaceWith(make("p.note.info", { id: "rests" }, t(`review_page.soon.${act}`, told)));
  markHeld();
}

/**
 * Send a decision, and say what came of it once the next piece stands there: before, it would be wiped away.
 * @param {{act: string, playlist: string, body: any, told: any, done: (answer: any) => string,
 *   moved?: Promise<void>}} decision
 * @param {boolean} leaving
 */
async function send({ act, playlist, body, told, done, moved }, leaving) {
  const rested = document.getElementById("rests");
  try {
    const answer = await call("POST", `/api/v1/playlists/${playlist}/${act}`, body, { keepalive: leaving });
    toast(t(done(answer), told));
    await moved;
    if (rested) await go("/review", true);
    else await again();
  } catch (error) {
    await moved;
    if (rested) await go(`/review/${playlist}`, false);
    refused(playlist, told, /** @type {Problem} */ (error));
  }
}

/** @param {string} playlist @param {any} told @param {Problem} problem */
function refused(playlist, told, problem) {
  const stale = problem.status === 412 || problem.status === 409;
  if (stale && held?.playlist === playlist) return superseded(t("review_page.changed_say"));
  document.getElementById("refused")?.remove();
  const why = stale ? t("review_page.changed_why") : problem.message;
  const see = make("a.link", { href: `/review/${playlist}` }, t("review_page.see"));
  const said = make("span.grow", {}, t("review_page.refused", { ...told, why }));
  one("#inbox").before(make("p.note.bad.mb", { id: "refused", role: "alert" }, icon(WARN, "s"), said, see));
}

/** Say in the list which piece is decided on and not sent yet. */
function markHeld() {
  for (const link of addresses(true))
    if (isHeld(link.pathname.split("/")[2])) {
      link.closest("li")?.classList.add("gone");
      one(".nowrap", link).textContent = t("review_page.soon");
    }
}

/**
 * What is looked at is no longer what waits: one button that leads to what does.
 * @param {string} why
 */
function superseded(why) {
  const bar = document.getElementById("decide");
  if (!bar || document.getElementById("newer")) return;
  document.getElementById("refused")?.remove();
  const see = () => go(held ? `/review/${held.playlist}` : "/review", false);
  bar.before(make("p.note.warn", { role: "alert" }, icon(WARN, "s"), make("span", {}, why)));
  bar.replaceChildren(
    make("button.btn.p.xl", { id: "newer", type: "button", click: see }, t("review_page.changed_meanwhile")),
  );
  bar.classList.add("one");
}

/** The pieces of the lists, without the one that is decided on unless asked for. @param {boolean} [every] */
const addresses = (every = false) =>
  /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("#list a[href^='/review/']")]).filter(
    (link) => every || !isHeld(link.pathname.split("/")[2]),
  );

/** The address of the piece after this one among those that wait; the inbox when there is none. @param {string} playlist */
function nextOf(playlist) {
  const waiting = /** @type {HTMLAnchorElement[]} */ ([
    ...document.querySelectorAll("#list > .list:first-child a[href^='/review/']"),
  ]);
  const mine = waiting.findIndex((link) => link.pathname.endsWith(`/${playlist}`));
  const rest = [...waiting.slice(mine + 1), ...waiting.slice(0, Math.max(0, mine))];
  return rest[0]?.pathname || "/review";
}

/**
 * Show another piece without leaving the page.
 * @param {string} url @param {boolean} onwards whether it slides in as the next
 */
async function go(url, onwards) {
  if (isHeld(url.split("/")[2])) await settle(); // who looks at it again sees what came of it
  const next = await fetchPage(url);
  if (!next) return location.assign(url);
  seen?.leave();
  for (const part of ["say", "inbox"]) document.getElementById(part)?.replaceWith(one(`#${part}`, next));
  one(".head").className = one(".head", next).className;
  held = JSON.parse(one("#island", next).textContent || "{}").data;
  markHeld();
  if (location.pathname !== url) history.pushState(null, "", url);
  seen = begin();
  const piece = document.getElementById("piece");
  if (onwards) piece?.classList.add("slides");
  window.scrollTo(0, 0);
  one("#main").focus({ preventScroll: true });
}

/**
 * A page's document; asked for as "text/html" it counts as use of the desk, as anything else it is nobody's act.
 * @param {string} url @param {string} [accept]
 * @returns {Promise<Document | null>}
 */
async function fetchPage(url, accept = "text/html") {
  try {
    const answer = await fetch(url, { headers: { Accept: accept } });
    if (!answer.ok || new URL(answer.url).pathname !== url) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}

/** Look again at the lists, and whether what is looked at still waits. */
async function again() {
  const next = await fetchPage(location.pathname, "*/*");
  if (!next) return;
  for (const part of ["say", "list"]) document.getElementById(part)?.replaceWith(one(`#${part}`, next));
  markHeld();
  const fresh = JSON.parse(one("#island", next).textContent || "{}").data;
  const still = fresh?.revision === held?.revision && fresh?.playlist === held?.playlist;
  if (!document.getElementById("piece") && next.getElementById("piece")) return go(location.pathname, true);
  if (!held || !document.getElementById("decide")) return;
  if (still && !next.getElementById("decide")) superseded(t("review_page.decided_say"));
  else if (!still && fresh?.playlist === held.playlist) superseded(t("review_page.changed_say"));
}

/** @param {number} way */
function stepPiece(way) {
  const links = addresses();
  const mine = links.findIndex((link) => link.pathname.endsWith(`/${held?.playlist}`));
  const next = links[mine + way];
  if (next) go(next.pathname, way > 0);
}

document.addEventListener("click", (event) => {
  const link = /** @type {HTMLElement} */ (event.target).closest?.("#list a[href^='/review/']");
  const plain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.button);
  if (!link || !plain) return;
  event.preventDefault();
  go(/** @type {HTMLAnchorElement} */ (link).pathname, false);
});
window.addEventListener("popstate", () => go(location.pathname, false));
onKey("j", () => stepPiece(1));
onKey("k", () => stepPiece(-1));
onKey("b", sendBack);
onKey("a", async () => {
  if (!document.getElementById("approve")) return;
  const told = nameOf();
  const asked = {
    question: t("review_page.approve_ask", told),
    say: t("review_page.approve_say"),
    yes: t("review_page.approve", told),
  };
  if (await ask(asked)) approve();
});
for (const event of ["review_changed", "playlist_changed"]) live(event, again, again);
