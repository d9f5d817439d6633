/** Review: look at each item on each profile, approve or return, and go on to the next piece. */

import { call, Problem } from "./lib/call.js";
import { ask } from "./lib/dialog.js";
import { icon, make, one } from "./lib/dom.js";
import { data, t } from "./lib/island.js";
import { onKey } from "./lib/keys.js";
import { live } from "./lib/live.js";
import { toast } from "./lib/toast.js";
import { look } from "./review/look.js";

const WARN = "M12 3l9.500 17h-19zM12 10v4M12 17h.01";

/** @typedef {{playlist: string, revision: string, count: number}} Held */

let held = /** @type {Held | null} */ (data);
let seen = begin();
let busy = false;

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

async function approve() {
  if (!held || busy || !document.getElementById("approve")) return;
  const told = nameOf();
  await act("approve", { revision: held.revision }, one("#approve"), "review_page.approving", (answer) =>
    t(answer.state === "approved" ? "review_page.done_plays" : "review_page.done_next", told),
  );
}

async function sendBack() {
  if (!held || busy || !document.getElementById("decide")) return;
  const reason = await askReason();
  if (!reason) return;
  const told = nameOf();
  await act("return", { revision: held.revision, reason }, one("#send-back"), "review_page.returning", () =>
    t("review_page.done_returned", told),
  );
}

/** Ask for one of the reasons or a sentence; "" when it was left. */
async function askReason() {
  const form = /** @type {HTMLFormElement} */ (one("#return form").cloneNode(true));
  form.querySelector("p:last-child")?.remove();
  form.addEventListener("submit", (event) => event.preventDefault());
  const words = /** @type {HTMLTextAreaElement} */ (one("textarea", form));
  words.id = "words-asked";
  one("label[for=words]", form).setAttribute("for", "words-asked");
  for (;;) {
    const question = t("review_page.return_ask", nameOf());
    if (!(await ask({ question, yes: t("review_page.return"), body: form }))) return "";
    const chosen = /** @type {HTMLInputElement | null} */ (form.querySelector("input[name=reason]:checked"));
    const told = [chosen ? t(`review_page.reason.${chosen.value}`) : "", words.value.trim()].filter(Boolean);
    if (told.length) return told.join(t("review_page.reason_join"));
    one(".hint.bad", form).hidden = false;
  }
}

/**
 * @param {"approve" | "return"} act
 * @param {any} body
 * @param {HTMLElement} button
 * @param {string} word
 * @param {(answer: any) => string} told
 */
async function act(act, body, button, word, told) {
  const [playlist, before] = [held?.playlist, [...button.childNodes]];
  busy = true;
  button.replaceChildren(t(word));
  button.classList.add("busy");
  try {
    const answer = await call("POST", `/api/v1/playlists/${playlist}/${act}`, body);
    toast(told(answer));
    await go(nextOf(playlist || ""), true);
  } catch (error) {
    button.replaceChildren(...before);
    button.classList.remove("busy");
    refused(/** @type {Problem} */ (error));
  } finally {
    busy = false;
  }
}

/** @param {Problem} problem */
function refused(problem) {
  if (problem.status === 412 || problem.status === 409) return superseded(t("review_page.changed_say"));
  document.getElementById("refused")?.remove();
  one("#decide").before(
    make("p.note.bad", { id: "refused", role: "alert" }, icon(WARN, "s"), make("span", {}, problem.message)),
  );
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

const addresses = () =>
  /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("#list a[href^='/review/']")]);

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
  const next = await fetchPage(url);
  if (!next) return location.assign(url);
  seen?.leave();
  for (const part of ["say", "inbox"]) document.getElementById(part)?.replaceWith(one(`#${part}`, next));
  one(".head").className = one(".head", next).className;
  held = JSON.parse(one("#island", next).textContent || "{}").data;
  if (location.pathname !== url) history.pushState(null, "", url);
  seen = begin();
  const piece = document.getElementById("piece");
  if (onwards) piece?.classList.add("slides");
  window.scrollTo(0, 0);
  one("#main").focus({ preventScroll: true });
}

/** @param {string} url @returns {Promise<Document | null>} */
async function fetchPage(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok || new URL(answer.url).pathname !== url) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}

/** Look again at the lists, and whether what is looked at still waits. */
async function again() {
  if (busy) return;
  const next = await fetchPage(location.pathname);
  if (!next || busy) return;
  for (const part of ["say", "list"]) document.getElementById(part)?.replaceWith(one(`#${part}`, next));
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
