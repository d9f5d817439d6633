/** The head of the editor: title, where it stands in one sentence, the chain, saving, and the acts. */

import { signal } from "@preact/signals";
import { call, Problem } from "../lib/call.js";
import { ask } from "../lib/dialog.js";
import { data, t } from "../lib/island.js";
import { clockTime } from "../lib/time.js";
import { html, Icon } from "./html.js";
import { noteRefusals, readAgain, save, saving } from "./keeping.js";
import { parts } from "./later.js";
import { openItem } from "./list.js";
import { strip } from "./looks.js";
import { items, locked, name, nameOrFirst, profiles, setComposing, slots, told, wire } from "./state.js";

const busy = signal(false);
/** What came of the last act: a sentence under the head. */
const said = signal(/** @type {{kind: string, text: string} | null} */ (null));

export function Head() {
  return html`<div class="head">
      <div class="grow"><h1><${Title} /></h1><div class="say">${standing()}</div></div>
      <div class="acts"><${Saved} />
        ${items.value.length > 0 && html`<button type="button" class="btn s" onClick=${async () => (await parts.preview()).playWhole()}><${Icon} name="play" />${t("playlists_page.play_round")}</button>`}
        <${Acts} /></div>
    </div>
    <${Chain} />
    <${Notes} />`;
}

function Title() {
  const typed = (/** @type {any} */ event) => {
    name.value = event.target.value.replaceAll("\n", " ");
  };
  const composed = (/** @type {any} */ event) => {
    setComposing(false);
    typed(event);
  };
  const key = (/** @type {KeyboardEvent} */ event) =>
    event.key === "Enter" && !event.isComposing && event.preventDefault();
  return html`<textarea class="title" rows="1" onKeyDown=${key} value=${name.value} placeholder=${nameOrFirst.value} maxlength="200" disabled=${locked.value} aria-label=${t("playlists_page.name")} onInput=${typed} onCompositionStart=${() => setComposing(true)} onCompositionEnd=${composed} ></textarea>`;
}

/** The number of a revision, 0 when it is too old to be told. @param {string | undefined} revision */
const numberOf = (revision) =>
  told.value.revisions.find((/** @type {any} */ one) => one.revision === revision)?.number || 0;

/** How many screens its slots reach. */
const reach = () => new Set(slots.value.flatMap((slot) => slot.screens)).size;

/** How far it plays, "" for nowhere. */
function plays() {
  const screens = reach();
  const below = new Set(slots.value.flatMap((slot) => slot.below)).size;
  const own = screens === 1 ? "playlists_page.standing.plays_one" : "playlists_page.standing.plays";
  const told = [screens && t(own, { n: screens }), below && t("playlists_page.standing.plays_below", { n: below })];
  return told.filter(Boolean).join(t("playlists_page.and"));
}

/** Where the playlist stands, in one sentence. */
function standing() {
  const list = told.value;
  if (!list) return t("playlists_page.standing.new");
  const playing = list.approved ? plays() : "";
  if (list.state === "approved")
    return t(playing ? "playlists_page.standing.approved" : "playlists_page.standing.nowhere", {
      n: list.number,
      playing,
    });
  const state = list.state.startsWith("step_") ? "waiting" : list.state;
  const draft = t(`playlists_page.standing.${state}`, { n: list.number });
  if (!list.approved || list.approved === list.revision) return draft;
  const old = t(playing ? "playlists_page.standing.old_plays" : "playlists_page.standing.old", {
    n: numberOf(list.approved) || "",
    playing,
  });
  return (
    draft +
    old +
    t(list.chain.steps ? "playlists_page.standing.after_review" : "playlists_page.standing.after_publishing")
  );
}

function Chain() {
  const list = told.value;
  const steps = Array.from({ length: list?.chain.steps || 0 }, (_, n) => `step_${n + 1}`);
  const order = ["draft", ...steps, "approved"];
  const at = Math.max(0, order.indexOf(list?.state || "draft"));
  const shape = (/** @type {number} */ n) =>
    n < at || (order[at] === "approved" && reach()) ? "done" : n === at ? "now" : "";
  return html`<ol class="chain" aria-label=${t("playlists_page.chain")}>${order.map(
    (word, n) =>
      html`<li class=${shape(n)} aria-current=${n === at ? "step" : undefined}><span class="d">${shape(n) === "done" && html`<${Icon} name="tick" size="" />`}</span>${t(`playlists_page.chain.${word}`)}</li>`,
  )}</ol>`;
}

function Saved() {
  const { state, at } = saving.value;
  if (locked.value) return html`<span class="small faint">${t("playlists_page.read_only")}</span>`;
  if (state === "kept" && at)
    return html`<span class="small faint nowrap">${t("playlists_page.saved_at", { time: clockTime(at) })}</span>`;
  if (state === "saving" || state === "typing")
    return html`<span class="small faint nowrap">${t("playlists_page.saving")}</span>`;
  return null;
}

function Notes() {
  const { state, why, session } = saving.value;
  const back =
    told.value?.state === "returned" && told.value.history.find((/** @type {any} */ one) => one.act === "return");
  return html`
    ${(state === "failed" || state === "refused") && html`<p class=${`note mb ${state === "failed" ? "warn" : "bad"}`} role="alert"><${Icon} name="warn" /><span class="grow">${why}</span>${session && html`<a class="link nowrap" href="/sign-in" target="_blank" rel="noopener">${t("desk.sign_in_again")}</a>`}</p>`}
    ${back && html`<p class="note warn mb"><${Icon} name="warn" /><span class="grow"><b>${t("playlists_page.returned_by", { name: back.by_name })}</b>${back.reason}</span></p>`}
    ${said.value && html`<p class=${`note mb ${said.value.kind}`} role="status"><span class="grow">${said.value.text}</span></p>`}`;
}

function Acts() {
  if (locked.value && !told.value?.may.includes("withdraw")) return null;
  const may = told.value ? told.value.may : ["submit"];
  const state = saving.value.state;
  const fresh = may.includes("submit") || state === "typing" || state === "saving";
  const word = busy.value
    ? "playlists_page.submitting"
    : told.value?.chain.steps
      ? "playlists_page.submit"
      : "playlists_page.publish";
  return html`${may.includes("withdraw") && html`<button type="button" class="btn q" disabled=${busy.value} onClick=${withdraw}>${t(told.value.approved ? "playlists_page.withdraw" : "playlists_page.take_back")}</button>`}
    ${fresh && !locked.value && html`<button type="button" class="btn p submit" disabled=${busy.value} onClick=${submit}>${t(word)}</button>`}`;
}

/** @param {() => Promise<void>} work */
async function alone(work) {
  busy.value = true;
  said.value = null;
  try {
    await work();
  } catch (error) {
    if (error instanceof Problem && error.status === 422) noteRefusals(error.body.violations || []);
    const first = error instanceof Problem && error.body.violations?.[0]?.detail;
    said.value = { kind: "bad", text: first || /** @type {Error} */ (error).message };
  }
  busy.value = false;
}

/** Look once more at everything, then hand it in; what blocks it is opened. */
const submit = () =>
  alone(async () => {
    if (!(await save())) return;
    if (!(await sound())) return;
    const answer = await call("POST", `/api/v1/playlists/${told.value.id}/submit`, { revision: told.value.revision });
    told.value = { ...told.value, ...answer };
    await readAgain();
    const done = answer.state === "approved" ? (slots.value.length ? "published" : "published_nowhere") : "submitted";
    said.value = { kind: "ok", text: t(`playlists_page.${done}`) };
  });

/** Whether nothing blocks; else the first finding is opened. */
async function sound() {
  const asked = profiles.value.map(({ pitch_mm, ...one }) => ({
    ...strip(one),
    pitch_um: Math.round(pitch_mm * 1000),
  }));
  const answer = await call("POST", "/api/v1/playlists/check", { items: items.value.map(wire), profiles: asked });
  const found = [...answer.violations, ...answer.items.flatMap(blocking)];
  noteRefusals(found);
  if (!found.length) return true;
  const first = answer.items.findIndex((/** @type {any} */ one, /** @type {number} */ n) => blocking(one, n).length);
  if (first >= 0) lead(items.value[first].id);
  said.value = { kind: "bad", text: t("playlists_page.blocked", { n: found.length }) };
  return false;
}

/** @param {any} one @param {number} n @returns {{field: string, detail: string}[]} */
const blocking = (one, n) => [
  ...one.violations,
  ...one.facts
    .filter((/** @type {any} */ facts) => facts.problem)
    .slice(0, 1)
    .map((/** @type {any} */ facts) => ({ field: `items.${n}.`, detail: facts.problem })),
];

/** @param {string} id */
function lead(id) {
  openItem(id);
  requestAnimationFrame(() => {
    const row = document.querySelector(`[data-item="${id}"]`);
    row?.scrollIntoView({ block: "center" });
    /** @type {HTMLElement | null | undefined} */ (row?.querySelector("textarea, input, .btn.s"))?.focus();
  });
}

async function withdraw() {
  const plays = Boolean(told.value.approved);
  const reason = /** @type {HTMLInputElement} */ (document.createElement("input"));
  reason.className = "in";
  reason.maxLength = 500;
  reason.placeholder = t("playlists_page.why");
  reason.setAttribute("aria-label", t("playlists_page.why"));
  const yes = await ask({
    question: t(plays ? "playlists_page.withdraw_ask" : "playlists_page.take_back_ask"),
    say: t(plays ? "playlists_page.withdraw_say" : "playlists_page.take_back_say"),
    yes: t(plays ? "playlists_page.withdraw" : "playlists_page.take_back"),
    body: plays ? reason : undefined,
  });
  if (!yes) return;
  await alone(async () => {
    await call("POST", `/api/v1/playlists/${told.value.id}/withdraw`, { reason: reason.value });
    await readAgain();
    said.value = { kind: "ok", text: t(plays ? "playlists_page.withdrawn" : "playlists_page.taken_back") };
  });
}

export const mayWrite = () => data.may && !locked.value;
