/** 屏上的样子: the panel, its time, what to know about it, and the same item on the other profiles. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../lib/island.js";
import { profileWords } from "../wall/states.js";
import { verdictOf } from "./findings.js";
import { html, Icon } from "./html.js";
import { keyOf, lengthOf, look, others, programme, progress, roundMs, trouble } from "./looks.js";
import { playOn } from "./stage.js";
import { chosen, focused, open, profile, profiles, whole } from "./state.js";

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const playing = signal(!still);
const MANY = 3;
const [ACROSS, DOWN] = [256, 112];

/** `0:11` @param {number} ms */
const clock = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;

/** @type {ReturnType<typeof playOn> | null} */
let stage = null;

/** Where an item that scrolls is worth looking at first: almost all of the panel filled. */
function entrance() {
  const showing = programme.value.loops[0].showings[0];
  if (whole.value || showing?.effect !== "scroll") return 0;
  return Math.min(lengthOf(showing) / 2, (profile.value.width * 900) / showing.speed);
}

export function Preview() {
  return html`<aside class="preview" aria-label=${t("playlists_page.on_screen")}>
    <div class="row between pvh wrap"><h2>${t("playlists_page.on_screen")}</h2><${Profiles} /></div>
    <div class="card">
      <${Panel} />
      <${Scrub} />
      <${Facts} />
    </div>
    <${Others} />
  </aside>`;
}

function Profiles() {
  const list = profiles.value;
  if (list.length < 2) return html`<span class="small faint">${profileWords(profile.value)}</span>`;
  const text = (/** @type {any} */ one) => (list.length > MANY ? profileWords(one) : `${one.width}×${one.height}`);
  const choose = (/** @type {number} */ n) => {
    chosen.value = n;
  };
  if (list.length > MANY)
    return html`<select class="pill" aria-label=${t("playlists_page.profile")} value=${chosen.value} onChange=${(/** @type {any} */ e) => choose(Number(e.target.value))}>
      ${list.map((one, n) => html`<option value=${n}>${text(one)}</option>`)}
    </select>`;
  return html`<span class="seg" role="group" aria-label=${t("playlists_page.profile")}>
    ${list.map((one, n) => html`<button type="button" class=${n === chosen.value ? "on" : ""} aria-pressed=${String(n === chosen.value)} onClick=${() => choose(n)}>${text(one)}</button>`)}
  </span>`;
}

function Panel() {
  const hang = useRef(null);
  const key = keyOf(profile.value);
  const version = programme.value.version;
  useEffect(() => {
    stage = playOn(/** @type {any} */ (hang.current), profile.value, tellScrub);
    stage.play(playing.value);
    const refit = () => stage?.refit();
    addEventListener("resize", refit);
    return () => {
      removeEventListener("resize", refit);
      stage?.leave();
    };
  }, [key]);
  useEffect(() => void stage?.show(programme.value), [version, key]);
  useEffect(
    () => void stage?.jump(entrance()),
    [open.value, whole.value, key, lengthOf(look(focused.value, profile.value)) > 0],
  );
  const nothing = !programme.value.loops[0].showings.length;
  return html`<div class="hang" ref=${hang}>
    ${nothing && !progress.value && html`<span class="tvl">${t("playlists_page.nothing_yet")}</span>`}
    ${progress.value && html`<p class="setting" role="status"><progress max=${progress.value.of} value=${progress.value.done}></progress><span>${t("playlists_page.typesetting", progress.value)}</span></p>`}
    ${trouble.value && html`<p class="setting" role="status">${trouble.value}</p>`}
  </div>`;
}

/** @type {{range: HTMLInputElement | null, words: HTMLElement | null}} */
const scrub = { range: null, words: null };

/** Patched in place: a few times a second is no reason to render. @param {number} at @param {number} length */
function tellScrub(at, length) {
  if (!scrub.range || !scrub.words) return;
  scrub.range.max = String(length);
  scrub.range.value = String(at);
  scrub.range.style.setProperty("--part", `${length ? (at / length) * 100 : 0}%`);
  scrub.range.setAttribute(
    "aria-valuetext",
    t("playlists_page.second_of", { n: Math.floor(at / 1000), of: Math.floor(length / 1000) }),
  );
  scrub.words.textContent = `${clock(at)} / ${clock(length)}`;
}

function Scrub() {
  const toggle = () => {
    playing.value = !playing.value;
    stage?.play(playing.value);
  };
  const drag = (/** @type {any} */ event) => {
    if (playing.value) toggle();
    stage?.jump(Number(event.target.value));
  };
  return html`<div class="scrub">
    <button type="button" class="btn q sm" aria-label=${t(playing.value ? "playlists_page.pause" : "playlists_page.play")} onClick=${toggle}><${Icon} name=${playing.value ? "pause" : "play"} /></button>
    <input class="range" type="range" min="0" step="100" aria-label=${t("playlists_page.time")} onInput=${drag} ref=${(
      /** @type {any} */ e,
    ) => {
      scrub.range = e;
    }} />
    <span class="small faint nowrap" ref=${(/** @type {any} */ e) => {
      scrub.words = e;
    }}>0:00</span>
  </div>`;
}

/** Play the whole round from its beginning. */
export function playWhole() {
  whole.value = true;
  playing.value = true;
  stage?.play(true);
  stage?.jump(0);
}

function Facts() {
  const answer = look(focused.value, profile.value);
  const facts = answer?.facts;
  const seconds = (/** @type {number} */ ms) => t("playlists_page.seconds", { n: Math.round(ms / 1000) });
  const told = [
    facts && [t("playlists_page.fact.readable"), t("playlists_page.fact.metres", { n: facts.readable_m })],
    whole.value || !open.value
      ? roundMs.value && [t("playlists_page.fact.round"), seconds(roundMs.value)]
      : answer && [
          t(facts?.scrolls ? "playlists_page.fact.one_pass" : "playlists_page.fact.stays"),
          seconds(lengthOf(answer)),
        ],
    roundMs.value && [
      t("playlists_page.fact.an_hour"),
      t("playlists_page.fact.times", { n: Math.floor(3_600_000 / roundMs.value) }),
    ],
  ].filter(Boolean);
  if (!told.length) return null;
  return html`<dl class="facts">${told.map((/** @type {any} */ [word, value]) => html`<div><dt>${word}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function Others() {
  if (!others.value.length || !focused.value) return null;
  const count = profiles.value.reduce((sum, one) => sum + one.screens.length, 0);
  return html`<div class="row between others">
      <h3>${t("playlists_page.on_others")}</h3>
      <span class="small faint">${t("playlists_page.profiles_in_all", { n: profiles.value.length, screens: count })}</span>
    </div>
    <ul class="stack">${others.value.map((one) => html`<${Other} key=${keyOf(one)} one=${one} />`)}</ul>`;
}

/** How large the first page hangs in the list: true pixels, a full-colour one smaller where it does not fit. @param {any} page @param {string} colour */
function hung({ width, height }, colour) {
  const scale = colour === "full" ? Math.min(1, ACROSS / width, DOWN / height) : 1;
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** @param {{one: import("./state.js").Profile}} props */
function Other({ one }) {
  const answer = look(focused.value, one);
  const verdict = verdictOf(answer, one);
  const first = answer?.pages[0];
  const size = first && hung(first, one.colour);
  const look_at = () => {
    chosen.value = profiles.value.indexOf(one);
  };
  return html`<li class="card row pad g16 other">
    <span class=${`led bare ${one.colour === "full" ? "pic" : one.colour}`}><span class="px">
      ${first ? html`<img src=${`/media/${first.media}`} alt=${answer.text || ""} width=${size.width} height=${size.height} />` : html`<i class="unlit"></i>`}
    </span></span>
    <span class="grow"><button type="button" class="link strong" onClick=${look_at}>${profileWords(one)}</button><br />
      <span class="small faint">${[verdict.shape, one.screens.length && t(`now.n_screens${one.screens.length === 1 ? "_one" : ""}`, { n: one.screens.length })].filter(Boolean).join(t("playlists_page.join"))}</span><br />
      ${verdict.text && html`<span class=${`badge ${verdict.kind}`}>${verdict.text}</span>`}</span>
  </li>`;
}
