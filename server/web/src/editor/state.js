/** What the editor holds: the text as it is typed, and where the playlist stands as the server last told it. */

import { computed, signal } from "@preact/signals";
import { data, t } from "../lib/island.js";

/**
 * @typedef {import("./merging.js").Item} Item
 * @typedef {{width: number, height: number, colour: string, pitch_mm: number, distance_m: number, screens: string[],
 *   screen: string, region: string}} Profile
 */

/** The playlist as told by the server; null until it is made. */
export const told = signal(/** @type {any} */ (data.playlist));
export const name = signal(/** @type {string} */ (data.playlist?.name || ""));
export const items = signal(/** @type {Item[]} */ (data.playlist?.items || []));
/** The id of the item that is open, "" for none. */
export const open = signal("");
/** The item a key has lifted: its id, and the order to go back to. */
export const lifted = signal(/** @type {{id: string, order: Item[]} | null} */ (null));
export const profiles = signal(/** @type {Profile[]} */ (data.profiles));
export const slots = signal(/** @type {any[]} */ (data.slots));
/** The number of the profile looked at. */
export const chosen = signal(0);
/** Whether the preview shows the whole round, and not the open item alone. */
export const whole = signal(true);
/** What the server refused when it was asked to save or to submit, by item id; "" for the playlist itself. */
export const refused = signal(/** @type {Record<string, {field: string, detail: string}[]>} */ ({}));

export const profile = computed(() => profiles.value[chosen.value] || profiles.value[0]);
export const focused = computed(() => items.value.find((item) => item.id === open.value) || items.value[0]);
export const locked = computed(() => (told.value ? !told.value.may.includes("edit") : !data.may));

/** The words of the playlist, or of the first line while it has none. */
export const nameOrFirst = computed(() => {
  const first = items.value.find((item) => item.title || item.text || item.body);
  const line = (first?.title || first?.text || first?.body || "").trim().split("\n")[0];
  return name.value.trim() || [...line].slice(0, 30).join("") || t("playlists_page.new_title");
});

let composing = false;
/** Whether an input method is at work: half-typed sounds are neither saved nor typeset. */
export const isComposing = () => composing;
/** @param {boolean} yes */
export const setComposing = (yes) => {
  composing = yes;
};

/** An id for a new item. */
export const mint = () =>
  `i${crypto.getRandomValues(new Uint32Array(2)).reduce((text, n) => text + n.toString(16).padStart(8, "0"), "")}`;

/** @param {Item} item */
export const isBlank = (item) => !["text", "title", "body", "asset"].some((field) => String(item[field] || "").trim());

/** An item as it is sent: without what is empty. @param {Item} item @returns {Item} */
export function wire(item) {
  const style = Object.fromEntries(Object.entries(item.style || {}).filter(([, word]) => word));
  const filled = Object.entries({ ...item, style: Object.keys(style).length ? style : "" }).filter(
    ([, value]) => value,
  );
  return /** @type {Item} */ (Object.fromEntries(filled));
}

/** @param {string} id @param {Record<string, any>} changes */
export function patch(id, changes) {
  items.value = items.value.map((item) => (item.id === id ? { ...item, ...changes } : item));
}

/** @param {string} kind @param {Record<string, any>} [fields] */
export const blank = (kind, fields = {}) => ({ id: mint(), kind, ...fields });

/** Put items behind another one, at the end without it. @param {Item[]} added @param {string} [after] */
export function insert(added, after) {
  const at = after ? items.value.findIndex((item) => item.id === after) + 1 : items.value.length;
  items.value = [...items.value.slice(0, at), ...added, ...items.value.slice(at)];
}

/** @param {number} from @param {number} to */
export function move(from, to) {
  const order = [...items.value];
  const [item] = order.splice(from, 1);
  order.splice(Math.max(0, Math.min(order.length, to)), 0, item);
  items.value = order;
}
