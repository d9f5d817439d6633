/** Saving by itself: a moment after typing, one call at a time, nothing lost when the net is down or two people meet. */

import { effect, signal } from "@preact/signals";
import { call, Problem } from "../lib/call.js";
import { calm } from "../lib/dom.js";
import { data, t } from "../lib/island.js";
import { same } from "../lib/same.js";
import { now } from "../lib/time.js";
import { isBlank, isComposing, items, locked, name, nameOrFirst, refused, told, wire } from "./state.js";

const PAUSE_MS = 800;
const AGAIN_MS = 3000;

/** @typedef {{name: string, items: import("./merging.js").Item[]}} Text */

/** How saving stands: kept (at an instant), typing, saving, failed (goes on by itself), refused (needs a hand), conflict. */
export const saving = signal(
  /** @type {{state: string, at?: number, why?: string, session?: boolean}} */ ({ state: "" }),
);
/** The text someone else saved first: `{revision, name, items, by_name}`. */
export const conflict = signal(/** @type {any} */ (null));
/** What was found in this browser that never reached the server. */
export const found = signal(/** @type {Text | null} */ (null));

/** @type {Text} What the server holds, as sent or read last. */
let base = { name: name.value, items: items.value.map(wire) };
/** @type {Promise<boolean> | null} */
let running = null;

const key = () => `paomadeng.playlist.${told.value?.id || "new"}`;
const text = () => ({ name: name.value.trim(), items: items.value.map(wire) });
export const baseText = () => base;

/** Whether something typed is not on the server yet. */
export function isDirty() {
  if (!told.value && !name.value.trim() && items.value.every(isBlank)) return false;
  return !same(base, text());
}

const later = calm(PAUSE_MS, () => save());
const again = calm(AGAIN_MS, () => save());

/** Save what is typed; true once all of it is on the server. @returns {Promise<boolean>} */
export async function save() {
  if (running) return (await running) && save();
  if (conflict.value || locked.value) return false;
  if (!isDirty()) return settled();
  if (isComposing()) {
    later();
    return false;
  }
  running = send();
  const done = await running;
  running = null;
  if (done && isDirty()) later();
  return done;
}

function settled() {
  if (saving.value.state === "typing") saving.value = { state: told.value ? "kept" : "", at: now() };
  localStorage.removeItem(key());
  return true;
}

async function send() {
  const sent = { ...text(), name: nameOrFirst.value };
  saving.value = { state: "saving" };
  try {
    const made = !told.value;
    const answer = made
      ? await call("POST", "/api/v1/playlists", sent)
      : await call(
          "PUT",
          `/api/v1/playlists/${told.value.id}`,
          { ...sent, autosave: true },
          { revision: told.value.revision },
        );
    took(sent, answer, made);
    return true;
  } catch (error) {
    return failed(error);
  }
}

/** @param {Text} sent @param {any} answer @param {boolean} made */
function took(sent, answer, made) {
  localStorage.removeItem(key());
  const before = told.value;
  base = sent;
  if (!name.value.trim()) name.value = sent.name;
  const unknown = { approved_items: [], history: [], revisions: [], may: ["submit", "edit"] };
  told.value = { ...unknown, ...before, submitted: undefined, approved: undefined, ...answer };
  refused.value = {};
  saving.value = { state: "kept", at: now() };
  if (made) history.replaceState(null, "", `/playlists/${answer.id}`);
  if (made || before.state !== answer.state) readAgain();
}

/** @param {any} error */
function failed(error) {
  const problem = error instanceof Problem ? error : new Problem({ status: 0, title: "", detail: t("desk.failed") });
  if (problem.status === 412 && problem.body.current) meet(problem.body.current);
  else if (problem.status === 422) refuse(problem);
  else if ([0, 401, 429].includes(problem.status) || problem.status >= 500) {
    const session = problem.status === 401;
    saving.value = { state: "failed", session, why: t(session ? "desk.session_over" : "playlists_page.not_saved") };
    again();
  } else saving.value = { state: "refused", why: problem.message };
  return false;
}

/** @param {Problem} problem */
function refuse(problem) {
  noteRefusals(problem.body.violations || []);
  saving.value = { state: "refused", why: t("playlists_page.refused") };
}

/** Put violations with paths such as `items.3.text` beside the items they concern. @param {{field: string, detail: string}[]} violations */
export function noteRefusals(violations) {
  /** @type {Record<string, {field: string, detail: string}[]>} */
  const by = {};
  for (const { field, detail } of violations) {
    const [head, n, ...rest] = field.split(".");
    const item = head === "items" ? items.value[Number(n)] : undefined;
    const owner = item ? item.id : "";
    by[owner] = [...(by[owner] || []), { field: item ? rest.join(".") : field, detail }];
  }
  refused.value = by;
}

/** Someone else saved first: keep both texts and ask. @param {any} current */
async function meet(current) {
  saving.value = { state: "conflict" };
  const detail = await call("GET", `/api/v1/playlists/${told.value.id}`).catch(() => null);
  const by = detail?.revisions.find((/** @type {any} */ one) => one.revision === current.revision);
  conflict.value = { ...current, by_name: by?.by_name || "" };
}

/** Go on with a text that takes the place of the one someone else saved. @param {Text} next */
export function resolve(next) {
  const theirs = conflict.value;
  base = { name: theirs.name, items: theirs.items.map(wire) };
  told.value = { ...told.value, revision: theirs.revision };
  conflict.value = null;
  saving.value = { state: "typing" };
  name.value = next.name;
  items.value = next.items;
  save().then(readAgain);
}

/** Read how the playlist stands; its text too when nothing here is unsaved. @returns {Promise<any>} the detail, or null */
export async function readAgain() {
  if (!told.value) return null;
  const detail = await call("GET", `/api/v1/playlists/${told.value.id}`).catch(() => null);
  if (!detail || running) return null;
  const clean = !isDirty() && !conflict.value;
  const other = detail.revision !== told.value.revision;
  if (other && !clean) return null;
  told.value = detail;
  if (other) adopt(detail);
  return other ? detail : null;
}

/** @param {Text} next */
function adopt(next) {
  base = { name: next.name, items: next.items.map(wire) };
  name.value = next.name;
  items.value = next.items;
}

/** Text that an earlier visit could not save, if this browser holds some. */
function recover() {
  try {
    const held = JSON.parse(localStorage.getItem(key()) || "null");
    if (!held || same({ name: held.name, items: held.items }, base)) return;
    if (told.value && held.revision !== told.value.revision) base = held.base || base;
    found.value = held;
    if (!told.value || held.revision === told.value.revision || !held.base) return;
    told.value = { ...told.value, revision: held.revision };
  } catch {
    localStorage.removeItem(key());
  }
}

/** Start watching the text. */
export function startKeeping() {
  recover();
  if (found.value) {
    name.value = found.value.name;
    items.value = found.value.items;
  }
  effect(() => {
    const typed = text();
    if (locked.peek() || !isDirty()) return;
    localStorage.setItem(key(), JSON.stringify({ ...typed, revision: told.peek()?.revision, base }));
    if (!conflict.peek() && saving.peek().state !== "failed") saving.value = { state: "typing" };
    later();
  });
  addEventListener("online", () => save());
  addEventListener("beforeunload", (event) => {
    if (isDirty() && data.may) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => document.hidden && isDirty() && save());
}
