/** Two people saved: both texts side by side, to choose one or put them together. */

import { t } from "../lib/island.js";
import { same } from "../lib/same.js";
import { html, Icon } from "./html.js";
import { baseText, conflict, found, resolve } from "./keeping.js";
import { wordsOf } from "./list.js";
import { merged } from "./merging.js";
import { items, mint, name, told, wire } from "./state.js";

export function Meeting() {
  const theirs = conflict.value;
  if (!theirs) return null;
  const mine = { name: name.value, items: items.value.map(wire) };
  const both = () => {
    const own = mine.name !== baseText().name;
    resolve({ name: own ? mine.name : theirs.name, items: merged(baseText().items, mine.items, theirs.items, mint) });
  };
  return html`<section class="card pad24 meeting" role="alertdialog" aria-labelledby="meeting-title">
    <h2 id="meeting-title">${t("playlists_page.conflict")}</h2>
    <p class="mute">${theirs.by_name ? t("playlists_page.conflict_by", { name: theirs.by_name }) : t("playlists_page.conflict_say")}</p>
    <div class="two">
      <${Side} title=${t("playlists_page.mine")} text=${mine} other=${theirs} use=${t("playlists_page.use_mine")} take=${() => resolve(mine)} />
      <${Side} title=${t("playlists_page.theirs")} text=${theirs} other=${mine} use=${t("playlists_page.use_theirs")} take=${() => resolve({ name: theirs.name, items: theirs.items })} />
    </div>
    <div class="row mt"><button type="button" class="btn p" onClick=${both}>${t("playlists_page.combine")}</button><span class="small mute">${t("playlists_page.combine_say")}</span></div>
  </section>`;
}

/** @param {{title: string, text: any, other: any, use: string, take: () => void}} props */
function Side({ title, text, other, use, take }) {
  const differs = (/** @type {any} */ item) =>
    !same(
      item,
      other.items.find((/** @type {any} */ one) => one.id === item.id),
    );
  return html`<div class="side2"><h3>${title}</h3>
    <p class=${text.name === other.name ? "small" : "small strong"}>${text.name}</p>
    <ol class="list card">${text.items.map((/** @type {any} */ item, /** @type {number} */ n) => html`<li class=${differs(item) ? "differs" : "faint"}><span class="num">${n + 1}</span><span class="grow">${wordsOf(item)}${item.body && item.title ? html`<br /><span class="small">${item.body}</span>` : ""}</span></li>`)}</ol>
    <button type="button" class="btn s" onClick=${take}>${use}</button></div>`;
}

/** Text of an earlier visit that never reached the server was put back. */
export function Recovered() {
  if (!found.value) return null;
  const drop = () => {
    const list = told.value;
    name.value = list?.name || "";
    items.value = list?.items || [];
    found.value = null;
  };
  const keep = () => {
    found.value = null;
  };
  return html`<p class="note warn mb" role="status"><${Icon} name="clock" /><span class="grow">${t("playlists_page.recovered")}</span>
    <button type="button" class="link nowrap" onClick=${keep}>${t("playlists_page.keep_it")}</button><button type="button" class="link nowrap" onClick=${drop}>${t("playlists_page.drop_it")}</button></p>`;
}
