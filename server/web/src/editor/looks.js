/** What items look like: typeset by the server while they are typed, a few at a time, remembered by what they say. */

import { computed, effect, signal } from "@preact/signals";
import { call, Problem } from "../lib/call.js";
import { calm } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { focused, isBlank, isComposing, items, locked, open, profile, profiles, told, whole, wire } from "./state.js";

const BATCH = 8;
const QUIET_MS = 250;
const CALM_MS = 900;
const AGAIN_MS = 3000;
const HELD = 3000;
const OTHERS = 5;

/** @typedef {import("./state.js").Item} Item @typedef {import("./state.js").Profile} Profile */

/** @type {Map<string, any>} answers by profile and text */
const held = new Map();
/** @type {Map<string, any>} the last answer of an item on a profile, shown until there is a newer one */
const last = new Map();
const version = signal(0);
/** How far a slow piece of typesetting has come. */
export const progress = signal(/** @type {{done: number, of: number} | null} */ (null));
export const trouble = signal("");
/** How many characters stand still on each profile. */
export const rooms = signal(/** @type {number[]} */ ([]));

/** @param {Profile} one */
export const keyOf = (one) => `${one.width} ${one.height} ${one.colour} ${one.pitch_mm} ${one.distance_m}`;
/** @param {Item} item @param {Profile} on */
const full = (item, on) => `${keyOf(on)} ${JSON.stringify(wire(item))}`;

/** How an item looks on a profile; undefined until it is known. @param {Item | undefined} item @param {Profile} on */
export function look(item, on) {
  version.value;
  if (!item || isBlank(item)) return undefined;
  return held.get(full(item, on)) || last.get(`${keyOf(on)} ${item.id}`);
}

/** The items that turn round in the preview: all of them, or the open one alone. */
export const shown = computed(() => {
  const some = whole.value || !open.value ? items.value : items.value.filter((item) => item.id === open.value);
  return some.map((item) => ({ item, answer: look(item, profile.value) })).filter(({ answer }) => answer?.pages.length);
});

/** A round of all items, in ms; 0 while nothing is typeset. */
export const roundMs = computed(() => items.value.reduce((sum, item) => sum + lengthOf(look(item, profile.value)), 0));

/** @param {any} answer */
export const lengthOf = (answer) =>
  answer ? answer.pages.reduce((/** @type {number} */ sum, /** @type {any} */ page) => sum + page.duration_ms, 0) : 0;

/** The preview as a programme that the player's own cue understands. */
export const programme = computed(() => {
  const { width, height, colour } = profile.value;
  const showings = shown.value.map(({ item, answer }) => ({
    item: item.id,
    kind: item.kind,
    effect: answer.effect,
    speed: answer.speed,
    text: answer.text,
    pages: answer.pages,
  }));
  const region = { name: "main", x: 0, y: 0, width, height };
  const media = showings.map((one) => one.pages.map((/** @type {any} */ page) => `${page.media}${page.duration_ms}`));
  const version = `${keyOf(profile.value)} ${media}`;
  const loops = [{ playlists: [], showings }];
  return { version, width, height, colour, blank: false, channels: [{ region, spans: [], fallback: 0 }], loops };
});

/** The profiles looked at beside the chosen one. */
export const others = computed(() => profiles.value.filter((one) => one !== profile.value).slice(0, OTHERS));

let running = false;
let again = false;

/** Typeset what is missing: everything on the chosen profile, then the item in hand on the others. */
async function run() {
  again = true;
  if (running || isComposing()) return;
  running = true;
  while (again) {
    again = false;
    await catchUp();
  }
  running = false;
  progress.value = null;
}

async function catchUp() {
  const slow = setTimeout(() => report(), 400);
  try {
    await set(profile.value, items.value);
    trouble.value = "";
  } catch (error) {
    wait(error);
  }
  clearTimeout(slow);
}

async function besides() {
  if (running) return void later();
  try {
    for (const one of others.value) if (focused.value) await set(one, [focused.value]);
  } catch (error) {
    if (error instanceof Problem && error.status === 429) later();
  }
}

/** @param {any} error */
function wait(error) {
  trouble.value = error instanceof Problem && error.status !== 429 ? t("playlists_page.no_preview") : "";
  setTimeout(run, (error.body?.retry_s || 0) * 1000 || AGAIN_MS);
}

/** @param {Profile} on @param {Item[]} some */
const missing = (on, some) => some.filter((item) => !isBlank(item) && !held.has(full(item, on)));

function report() {
  const of = items.value.filter((item) => !isBlank(item)).length;
  const left = missing(profile.value, items.value).length;
  progress.value = left ? { done: of - left, of } : null;
}

/** @param {Profile} on @param {Item[]} some */
async function set(on, some) {
  for (let left = missing(on, some); left.length && !again; left = missing(on, some)) {
    const batch = left.slice(0, BATCH);
    const answers = await (locked.value ? stored(on, batch) : typeset(on, batch));
    batch.forEach((item, n) => {
      held.set(full(item, on), answers[n]);
      last.set(`${keyOf(on)} ${item.id}`, answers[n]);
    });
    if (held.size > HELD) held.clear();
    if (progress.value) report();
    version.value++;
  }
}

/** @param {Profile} on @param {Item[]} batch @returns {Promise<any[]>} */
async function typeset({ width, height, colour, pitch_mm, distance_m }, batch) {
  const asked = { items: batch.map(wire), profile: { width, height, colour, pitch_mm, distance_m } };
  return (await call("POST", "/api/v1/previews", asked)).items;
}

/** Who may only read sees what is stored, on a screen that has the profile. @param {Profile} on @param {Item[]} batch */
async function stored({ screen, region }, batch) {
  const { id, revision } = told.value;
  const first = items.value.indexOf(batch[0]);
  const asked = `screen=${screen}&region=${encodeURIComponent(region)}&first=${first}&count=50`;
  const page = screen
    ? await call("GET", `/api/v1/playlists/${id}/revisions/${revision}/pages?${asked}`)
    : { items: [] };
  const by = new Map(page.items.map((/** @type {any} */ one) => [one.id, one]));
  return batch.map((item) => by.get(item.id) || { pages: [], violations: [] });
}

const soon = calm(QUIET_MS, run);
const later = calm(CALM_MS, besides);

/** How many characters each profile holds: asked once for a line of one character. */
async function measure() {
  const asked = profiles.value.map(({ pitch_mm, ...one }) => ({
    ...strip(one),
    pitch_um: Math.round(pitch_mm * 1000),
  }));
  const answer = await call("POST", "/api/v1/playlists/check", {
    items: [{ kind: "slogan", text: "国" }],
    profiles: asked,
  });
  rooms.value = answer.items[0].facts.map((/** @type {any} */ one) => one.fits || 0);
}

/** @param {any} one */
export const strip = ({ width, height, colour, distance_m }) => ({ width, height, colour, distance_m });

/** Start typesetting whatever changes. */
export function startLooking() {
  effect(() => {
    items.value;
    profile.value;
    soon();
  });
  effect(() => {
    focused.value;
    others.value;
    later();
  });
  effect(() => {
    if (profiles.value.length && !locked.value) measure().catch(() => {});
  });
  run();
}
