/** What happened to the playlist: who did what when, and its earlier texts to go back to. */

import { call } from "../lib/call.js";
import { t } from "../lib/island.js";
import { dayName, shortTime } from "../lib/time.js";
import { toast } from "../lib/toast.js";
import { html } from "./html.js";
import { items, locked, name, told } from "./state.js";

const SHOWN = 20;
const SITTING_MS = 600_000;

/** @param {number} at */
const when = (at) => `${dayName(at)} ${shortTime(at)}`;

export function Past() {
  const list = told.value;
  if (!list?.revisions.length) return null;
  const acts = list.history.map((/** @type {any} */ entry) => ({ ...entry, number: numberOf(list, entry.revision) }));
  const texts = list.revisions.map((/** @type {any} */ one) => ({ ...one, act: "save", at: one.created }));
  const every = [...acts, ...texts].sort((a, b) => b.at - a.at);
  const rows = every.filter((row, n) => !isFollowed(row, every[n - 1])).slice(0, SHOWN);
  return html`<details class="past"><summary class="link">${t("playlists_page.past")}</summary>
    <ol class="card list mt">${rows.map((row) => html`<${Entry} row=${row} />`)}</ol></details>`;
}

/** Whether a saved text is one step of somebody's writing, soon followed by the next. @param {any} row @param {any} newer */
const isFollowed = (row, newer) =>
  row.act === "save" && newer?.act === "save" && newer.by === row.by && newer.at - row.at < SITTING_MS;

/** @param {any} list @param {string} revision */
const numberOf = (list, revision) =>
  list.revisions.find((/** @type {any} */ one) => one.revision === revision)?.number || 0;

/** @param {{row: any}} props */
function Entry({ row }) {
  const again = !locked.value && row.act === "save" && row.revision !== told.value.revision;
  return html`<li><span class="grow"><span class=${row.act === "save" ? "" : "strong"}>${t(`playlists_page.act.${row.act}`, { n: row.number || "" })}</span>${row.reason && html`<br /><span class="small mute">${row.reason}</span>`}</span>
    <span class="small faint">${row.by_name}</span><span class="small faint nowrap">${when(row.at)}</span>
    ${again && html`<button type="button" class="btn q sm" onClick=${() => goBack(row)}>${t("playlists_page.use_again")}</button>`}</li>`;
}

/** @param {any} row */
async function goBack(row) {
  const before = { name: name.value, items: items.value };
  const found = await call("GET", `/api/v1/playlists/${told.value.id}/revisions/${row.revision}`).catch(() => null);
  if (!found) return;
  name.value = found.name;
  items.value = found.items;
  toast(t("playlists_page.went_back", { n: row.number }), () => {
    name.value = before.name;
    items.value = before.items;
  });
}
