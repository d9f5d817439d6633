/** The items: one line each, one of them open in its place. */

import { useEffect, useRef } from "preact/hooks";
import { t } from "../lib/island.js";
import { toast } from "../lib/toast.js";
import { findingsOf } from "./findings.js";
import { html, Icon } from "./html.js";
import { ItemForm } from "./item.js";
import { parts } from "./later.js";
import { width } from "./lines.js";
import { lengthOf, look, roundMs } from "./looks.js";
import { draggable, moveBy, orderKey } from "./order.js";
import { blank, insert, items, lifted, locked, mint, open, profile, refused, whole } from "./state.js";

const KINDS = ["slogan", "notice", "story", "image"];

/** @param {string} id */
export function openItem(id) {
  open.value = id;
  whole.value = !id;
}

/** Add an item behind another one, and open it. @param {string} kind @param {string} [after] */
export async function add(kind, after) {
  const item = blank(kind);
  if (kind === "image") {
    const asset = await (await parts.picture()).choosePicture();
    if (!asset) return;
    Object.assign(item, { asset: asset.id });
  }
  insert([item], after);
  openItem(item.id);
}

/** @param {import("./state.js").Item} item */
function remove(item) {
  const at = items.value.indexOf(item);
  items.value = items.value.filter((one) => one !== item);
  if (open.value === item.id) openItem("");
  toast(t("playlists_page.deleted", { name: wordsOf(item) }), () => {
    items.value = [...items.value.slice(0, at), item, ...items.value.slice(at)];
  });
}

/** @param {import("./state.js").Item} item */
function duplicate(item) {
  insert([{ ...item, id: mint() }], item.id);
}

/** What an item says, in one line. @param {import("./state.js").Item} item */
export const wordsOf = (item) =>
  (item.title || item.text || item.body || "").trim().split("\n")[0].slice(0, 120) ||
  t(item.kind === "image" ? "playlists_page.kind.image" : "playlists_page.empty_item");

export function List() {
  const list = useRef(/** @type {any} */ (null));
  useEffect(() => {
    if (!locked.value && list.current) draggable(list.current);
  }, [items.value.length > 0]);
  const count = items.value.length;
  const round = roundMs.value ? t("playlists_page.round", { n: Math.round(roundMs.value / 1000) }) : "";
  return html`<section aria-label=${t("playlists_page.items")}>
    <div class="row between wrap">
      <h2>${t("playlists_page.items")} <span class="faint small">${[t(count === 1 ? "playlists_page.n_items_one" : "playlists_page.n_items", { n: count }), round].filter(Boolean).join(t("playlists_page.comma"))}</span></h2>
      ${!locked.value && html`<span class="row"><button type="button" class="btn q sm" onClick=${async () => (await parts.pasting()).pasteLines()}>${t("playlists_page.paste")}</button><${Add} /></span>`}
    </div>
    ${refused.value[""]?.map(({ detail }) => html`<p class="note bad" role="alert"><${Icon} name="warn" />${detail}</p>`)}
    ${count > 0 && html`<ol class="card list" id="items" ref=${list}>${items.value.map((item, n) => html`<${Row} key=${item.id} item=${item} n=${n} />`)}</ol>`}
    ${count === 0 && html`<div class="card empty"><p>${t("playlists_page.no_items")}</p>${!locked.value && html`<p class="row"><button type="button" class="btn s" onClick=${() => add("slogan")}>${t("playlists_page.first_line")}</button></p>`}</div>`}
    ${count > 1 && !locked.value && html`<p class="small faint only-desk keysay">${t("playlists_page.order_say")}</p>`}
  </section>`;
}

function Add() {
  return html`<details class="menu-of" id="add">
    <summary class="btn s sm"><${Icon} name="plus" />${t("playlists_page.add")}</summary>
    <div class="menu">${KINDS.map(
      (kind) =>
        html`<button type="button" onClick=${(/** @type {any} */ event) => {
          event.target.closest("details").open = false;
          add(kind, open.value || undefined);
        }}><b>${t(`playlists_page.kind.${kind}`)}</b><br /><span class="small faint">${t(`playlists_page.kind_say.${kind}`)}</span></button>`,
    )}</div>
  </details>`;
}

/** @param {{item: import("./state.js").Item, n: number}} props */
function Row({ item, n }) {
  const isOpen = open.value === item.id;
  const up = lifted.value?.id === item.id;
  const classes = [isOpen ? "open" : "", up ? "up" : ""].join(" ");
  if (isOpen)
    return html`<li class=${classes} data-item=${item.id}>
      <div class="row g12"><${Handle} item=${item} n=${n} /><button type="button" class="strong grow bare" aria-expanded="true" onClick=${() => openItem("")}>${t(`playlists_page.kind.${item.kind}`)}</button><${Worst} item=${item} /><${Menu} item=${item} n=${n} /></div>
      <${ItemForm} item=${item} />
    </li>`;
  return html`<li class=${classes} data-item=${item.id}>
    <${Handle} item=${item} n=${n} /><${Thumb} item=${item} />
    <button type="button" class="grow bare" aria-expanded="false" onClick=${() => openItem(item.id)}><span class="cut strong">${wordsOf(item)}</span><span class="small faint row wrap about">${about(item)}<${Worst} item=${item} /></span></button><${Menu} item=${item} n=${n} />
  </li>`;
}

/** @param {{item: import("./state.js").Item, n: number}} props */
const Handle = ({ item, n }) =>
  html`${!locked.value && html`<span class="drag" role="button" tabindex="0" aria-pressed=${String(lifted.value?.id === item.id)} aria-label=${t("playlists_page.handle", { n: n + 1 })} onKeyDown=${(/** @type {any} */ event) => orderKey(event, item.id)} onBlur=${() => setTimeout(() => letGo(item.id), 200)}><i></i><i></i><i></i><i></i><i></i><i></i></span>`}<span class="num">${n + 1}</span>`;

/** A lifted item that lost the focus for good is dropped where it is. @param {string} id */
function letGo(id) {
  const handle = document.querySelector(`[data-item="${id}"] .drag`);
  if (lifted.value?.id === id && document.activeElement !== handle) lifted.value = null;
}

/** @param {{item: import("./state.js").Item}} props */
function Thumb({ item }) {
  const answer = look(item, profile.value);
  const first = answer?.pages[0];
  if (!first) return html`<span class="thumb"></span>`;
  const { colour, width: across, height } = profile.value;
  const shrinks = colour === "full" && (across > 208 || height > 64);
  const scale = shrinks ? Math.min(208 / first.width, 64 / first.height) : 1;
  const size = { width: Math.round(first.width * scale), height: Math.round(first.height * scale) };
  return html`<span class=${`thumb${shrinks ? " smooth" : ""}`}><img src=${`/media/${first.media}`} alt="" width=${size.width} height=${size.height} /></span>`;
}

/** `标语·静止 5 秒·9 字` @param {import("./state.js").Item} item */
function about(item) {
  const answer = look(item, profile.value);
  const text = `${item.title || ""}${item.text || ""}${item.body || ""}`;
  const seconds = answer?.pages.length ? Math.round(lengthOf(answer) / 1000) : 0;
  const many = answer?.pages.length > 1 ? t("playlists_page.shape.pages", { n: answer.pages.length }) : "";
  const shape = seconds ? t(`playlists_page.effect_for.${answer.effect}`, { n: seconds }) : "";
  const length = item.kind === "image" ? "" : t("playlists_page.n_characters", { n: width(text) });
  return [t(`playlists_page.kind.${item.kind}`), many, shape, length].filter(Boolean).join(t("playlists_page.join"));
}

/** @param {{item: import("./state.js").Item}} props */
function Worst({ item }) {
  const [first] = findingsOf(item);
  if (!first) return null;
  const word =
    first.kind === "bad"
      ? "playlists_page.badge.bad"
      : first.repair
        ? "playlists_page.badge.long"
        : "playlists_page.badge.look";
  return html`<span class=${`badge ${first.kind}`}>${t(word)}</span>`;
}

/** @param {{item: import("./state.js").Item, n: number}} props */
function Menu({ item, n }) {
  if (locked.value) return null;
  const act = (/** @type {string} */ word, /** @type {() => void} */ work, off = false) =>
    html`<button type="button" disabled=${off} onClick=${(/** @type {any} */ event) => {
      event.target.closest("details").open = false;
      work();
    }}>${t(`playlists_page.${word}`)}</button>`;
  return html`<details class="menu-of">
    <summary class="btn q sm" aria-label=${t("playlists_page.more_for", { name: wordsOf(item) })}><${Icon} name="more" /></summary>
    <div class="menu">
      ${act("up", () => moveBy(item.id, -1), n === 0)}${act("down", () => moveBy(item.id, 1), n === items.value.length - 1)}
      ${act("duplicate", () => duplicate(item))}${act("delete", () => remove(item))}
    </div>
  </details>`;
}
