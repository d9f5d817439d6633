/** One item, open: its words, how it comes and goes, and what was found about it. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { call } from "../lib/call.js";
import { t } from "../lib/island.js";
import { findingsOf } from "./findings.js";
import { Choice, html, Icon } from "./html.js";
import { later, parts } from "./later.js";
import { inTwo, slogansIn, width } from "./lines.js";
import { look, rooms } from "./looks.js";
import { insert, isBlank, locked, mint, open, patch, profile, profiles, setComposing } from "./state.js";

const EFFECTS = /** @type {Record<string, string[]>} */ ({
  slogan: ["", "scroll", "page", "static"],
  notice: ["", "scroll", "page", "fade"],
  story: ["", "page", "fade"],
  image: ["", "fade"],
});
const SPEEDS = ["slow", "", "fast"];
const COLOURS = ["", "red", "green", "yellow", "blue", "cyan", "magenta", "white", "orange"];
const ROWS = /** @type {Record<string, number>} */ ({ slogan: 2, notice: 3, story: 8 });

/** @typedef {import("./state.js").Item} Item */

const PictureField = later(async () => (await parts.picture()).PictureField);

/** @param {{item: Item}} props */
export function ItemForm({ item }) {
  return html`
    ${item.kind === "image" && html`<${PictureField} item=${item} field="asset" />`}
    ${item.kind === "story" && html`<div class="two"><${Line} item=${item} field="title" /><${Line} item=${item} field="person" /></div>`}
    ${item.kind === "notice" && html`<${Line} item=${item} field="title" />`}
    ${item.kind !== "image" && html`<${Text} item=${item} field=${item.kind === "story" ? "body" : "text"} />`}
    ${item.kind === "story" && html`<${PictureField} item=${item} field="portrait" />`}
    <${Wishes} item=${item} />
    ${findingsOf(item).map((finding) => html`<${Note} item=${item} finding=${finding} />`)}`;
}

/** What every field of text does: half-typed sounds of an input method stay its own affair. @param {Item} item @param {string} field */
const typing = (item, field) => ({
  value: item[field] || "",
  disabled: locked.value,
  onInput: (/** @type {any} */ event) => patch(item.id, { [field]: event.target.value }),
  onCompositionStart: () => setComposing(true),
  onCompositionEnd: (/** @type {any} */ event) => {
    setComposing(false);
    patch(item.id, { [field]: event.target.value });
  },
  onBlur: () => setComposing(false),
});

/** @param {{item: Item, field: string}} props */
function Line({ item, field }) {
  const id = `${item.id}-${field}`;
  return html`<div class="field"><label for=${id}>${t(`playlists_page.field.${field}`)}</label><input class="in" id=${id} maxlength="200" ...${typing(item, field)} /></div>`;
}

/** @param {{item: Item, field: string}} props */
function Text({ item, field }) {
  const id = `${item.id}-${field}`;
  const area = useRef(/** @type {any} */ (null));
  const slogan = item.kind === "slogan";
  useEffect(() => {
    if (!item[field] || document.activeElement === document.body) area.current?.focus({ preventScroll: true });
  }, [item.id]);
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (!slogan || event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!isBlank(item)) next(item);
  };
  const paste = (/** @type {ClipboardEvent} */ event) => {
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!slogan || slogansIn(text, []).lines.length < 2) return;
    event.preventDefault();
    parts.pasting().then(({ pasteLines }) => pasteLines(text, item));
  };
  return html`<div class="field">
    <label for=${id} class=${slogan ? "vh" : ""}>${t(`playlists_page.field.${field}`)}</label>
    <textarea class="in" id=${id} rows=${ROWS[item.kind]} ref=${area} placeholder=${t(`playlists_page.write.${item.kind}`)} aria-describedby=${`${id}-count`} onKeyDown=${key} onPaste=${paste} ...${typing(item, field)}></textarea>
    <div class="row between small wrap" id=${`${id}-count`}><span class="mute">${counted(item)}</span><${Glyphs} item=${item} /></div>
    ${item.kind === "story" && html`<${Markdown} text=${item[field] || ""} />`}
  </div>`;
}

/** Enter in a slogan begins the next one. @param {Item} item */
function next(item) {
  const added = { id: mint(), kind: "slogan" };
  insert([added], item.id);
  open.value = added.id;
}

/** How long the text is against the narrowest screen it goes to. @param {Item} item */
function counted(item) {
  const n = width(`${item.title || ""}${item.text || ""}${item.body || ""}`);
  const told = t("playlists_page.n_characters", { n });
  const narrow = rooms.value.reduce(
    (/** @type {number} */ least, room, at) =>
      room && (!rooms.value[least] || room < rooms.value[least]) ? at : least,
    0,
  );
  const [room, on] = [rooms.value[narrow], profiles.value[narrow]];
  if (!n || !room || !on) return told;
  const strip = on.width >= on.height * 6;
  const key = n <= room ? "fits" : strip ? "scrolls" : "pages";
  return told + t(`playlists_page.count.${key}`, { size: `${on.width}×${on.height}`, fits: room });
}

/** @param {{item: Item}} props */
function Glyphs({ item }) {
  const facts = look(item, profile.value)?.facts;
  if (!facts || isBlank(item)) return null;
  if (facts.missing.length)
    return html`<span class="badge warn">${t("playlists_page.verdict.missing", { text: facts.missing.join(" ") })}</span>`;
  return html`<span class="badge ok"><${Icon} name="tick" />${t("playlists_page.glyphs_ok")}</span>`;
}

const seen = signal({ text: "", html: "", why: "" });

/** The server's own rendering: a browser's Markdown breaks Chinese bold. @param {{text: string}} props */
function Markdown({ text }) {
  const ask = async () => {
    try {
      seen.value = { text, html: text ? (await call("POST", "/api/v1/markdown", { text })).html : "", why: "" };
    } catch (error) {
      seen.value = { text, html: "", why: /** @type {Error} */ (error).message };
    }
  };
  const box = useRef(/** @type {any} */ (null));
  useEffect(() => {
    if (!box.current?.open) return;
    const timer = setTimeout(ask, 400);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<details ref=${box} onToggle=${(/** @type {any} */ event) => event.target.open && seen.value.text !== text && ask()}>
    <summary class="link small">${t("playlists_page.markdown")}</summary>
    ${seen.value.why ? html`<p class="note bad" role="alert">${seen.value.why}</p>` : html`<div class="card pad prose" dangerouslySetInnerHTML=${{ __html: seen.value.html }}></div>`}
  </details>`;
}

/** @param {{item: Item}} props */
function Wishes({ item }) {
  const off = locked.value;
  const style = (/** @type {string} */ key) => (/** @type {string} */ word) =>
    patch(item.id, { style: { ...item.style, [key]: word } });
  const words = (/** @type {string} */ kind, /** @type {string[]} */ list) =>
    list.map((value) => ({ value, text: t(`playlists_page.${kind}.${value || "auto"}`) }));
  const scrolls = item.effect === "scroll" || (!item.effect && look(item, profile.value)?.effect === "scroll");
  const speed = SPEEDS.includes(item.style?.speed || "") ? item.style?.speed || "" : "";
  const colourful = item.kind !== "image" && profiles.value.some((one) => one.colour !== "single");
  return html`<div class="row g16 wrap wishes">
    <${Choice} label=${t("playlists_page.effect")} options=${words("effect", EFFECTS[item.kind])} value=${item.effect || ""} choose=${(/** @type {string} */ effect) => patch(item.id, { effect })} off=${off} />
    ${scrolls && html`<${Choice} label=${t("playlists_page.speed")} options=${words("speed", SPEEDS)} value=${speed} choose=${style("speed")} off=${off} />`}
    <${Duration} item=${item} />
    ${colourful && html`<label class="row small">${t("playlists_page.colour")}<select class="pill" value=${item.style?.colour || ""} disabled=${off} onChange=${(/** @type {any} */ event) => style("colour")(event.target.value)}>${COLOURS.map((word) => html`<option value=${word}>${t(`playlists_page.colour.${word || "auto"}`)}</option>`)}</select></label>`}
  </div>`;
}

/** @param {{item: Item}} props */
function Duration({ item }) {
  const set = Boolean(item.duration_ms);
  const choose = (/** @type {string} */ how) => patch(item.id, { duration_ms: how ? 8000 : undefined });
  const typed = (/** @type {any} */ event) => {
    const seconds = Math.min(3600, Math.max(1, Math.round(Number(event.target.value)) || 1));
    patch(item.id, { duration_ms: seconds * 1000 });
  };
  return html`<span class="row"><${Choice} label=${t("playlists_page.duration")} options=${[{ value: "", text: t("playlists_page.duration.auto") }, { value: "set", text: t("playlists_page.duration.set") }]} value=${set ? "set" : ""} choose=${choose} off=${locked.value} />
    ${set && html`<label class="row small"><input class="in seconds" type="number" min="1" max="3600" aria-label=${t("playlists_page.duration")} value=${(item.duration_ms || 0) / 1000} disabled=${locked.value} onChange=${typed} />${t("playlists_page.s")}</label>`}</span>`;
}

/** @param {{item: Item, finding: import("./findings.js").Finding}} props */
function Note({ item, finding }) {
  const split = () => {
    const [first, second] = inTwo(item.text);
    patch(item.id, { text: first });
    insert([{ ...item, id: mint(), text: second }], item.id);
  };
  return html`<div class=${`note ${finding.kind}`} role=${finding.kind === "bad" ? "alert" : "note"}><${Icon} name=${finding.kind === "bad" ? "warn" : "clock"} /><span class="grow">${finding.text}</span>
    ${finding.repair && !locked.value && html`<button type="button" class="link small nowrap" onClick=${split}>${t("playlists_page.split")}</button>`}</div>`;
}
