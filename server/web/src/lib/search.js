/** The search box over every page: type a few letters, choose by ↑ ↓, go by Enter. */

import { call } from "./call.js";
import { calm, icon, make } from "./dom.js";
import { t } from "./island.js";

/**
 * @typedef {[string, boolean][]} Pieces a text, what was asked for marked
 * @typedef {{name: Pieces, second: Pieces, url: string}} Hit
 */

const PAUSE_MS = 120; // after the last letter
const GLASS = "M10.500 4a6.500 6.500 0 100 13 6.500 6.500 0 000-13zM15.500 15.500L20 20";

/** Open the box; Esc, a click outside and its button close it. */
export function openSearch() {
  if (document.querySelector("dialog.find")) return;
  const field = /** @type {HTMLInputElement} */ (
    make("input.in", {
      type: "text",
      enterkeyhint: "search",
      role: "combobox",
      maxlength: 80,
      autocomplete: "off",
      placeholder: t("search.ask"),
      "aria-label": t("search.ask"),
      "aria-controls": "found",
      "aria-expanded": "true",
      "aria-autocomplete": "list",
    })
  );
  const list = make("div.found", { id: "found", role: "listbox", "aria-label": t("desk.nav.search") });
  const said = make("p.vh", { role: "status" });
  const box = /** @type {HTMLDialogElement} */ (make("dialog.dlg.find", { "aria-label": t("desk.nav.search") }));
  const close = make("button.btn.q", { type: "button", click: () => box.close() }, t("desk.close"));
  box.append(make("div.findbar", {}, icon(GLASS), field, close), list, said);
  box.append(make("p.findkeys.tiny.faint.only-desk", {}, t("search.keys")));
  let asked = 0;

  /** Ask for what is typed; an answer that a later letter overtook is dropped. */
  async function look() {
    const mine = ++asked;
    const q = field.value.trim();
    const answer = await call("GET", `/search/found?q=${encodeURIComponent(q)}`).catch(() => null);
    if (mine !== asked) return;
    const hits = answer ? show(list, answer.found) : 0;
    if (answer?.more) list.append(rest(q, hits));
    if (!hits) list.replaceChildren(answer ? nothing(q) : make("p.pad.mute", {}, t("search.failed")));
    said.textContent = hits ? t(hits === 1 ? "search.count_one" : "search.count", { n: hits }) : list.textContent;
    choose(list, field, 0);
  }

  field.addEventListener("input", calm(PAUSE_MS, look));
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(list, field, chosenAt(list) + step);
    else if (event.key === "Enter") go(list, look);
    else return;
    event.preventDefault();
  });
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", (event) => event.target === box && box.close());
  document.body.append(box);
  box.showModal();
  field.focus();
  look();
}

/** @param {HTMLElement} list */
const options = (list) => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=option]")]);

/** @param {HTMLElement} list */
const chosenAt = (list) => options(list).findIndex((one) => one.getAttribute("aria-selected") === "true");

/**
 * Choose a hit, round the ends; the field keeps the focus.
 * @param {HTMLElement} list @param {HTMLElement} field @param {number} wanted
 */
function choose(list, field, wanted) {
  const found = options(list);
  const at = found.length ? (wanted + found.length) % found.length : -1;
  for (const [n, one] of found.entries()) one.setAttribute("aria-selected", String(n === at));
  found[at]?.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", found[at]?.id || "");
}

/** @param {HTMLElement} list @param {() => void} look */
function go(list, look) {
  const chosen = options(list)[chosenAt(list)];
  if (chosen) chosen.click();
  else look();
}

/**
 * @param {HTMLElement} list @param {{kind: string, hits: Hit[]}[]} found
 * @returns {number} how many
 */
function show(list, found) {
  let n = 0;
  const groups = found.map(({ kind, hits }) =>
    make(
      "div",
      { role: "group", "aria-label": t(`search.kind.${kind}`) },
      make("p.listhead", { "aria-hidden": "true" }, t(`search.kind.${kind}`)),
      ...hits.map((hit) => option(hit, n++)),
    ),
  );
  list.replaceChildren(...groups);
  list.scrollTop = 0;
  return n;
}

/** @param {Hit} hit @param {number} n */
function option({ name, second, url }, n) {
  const lines = [make("b", {}, ...marked(name)), second.length > 0 && make("span.small.faint", {}, ...marked(second))];
  return make("a.hit", { id: `hit-${n}`, role: "option", tabindex: -1, href: url }, ...lines);
}

/** @param {Pieces} line */
const marked = (line) => line.map(([text, asked]) => (asked ? make("mark", {}, text) : text));

/** The way to the page that shows more of each kind. @param {string} q @param {number} n */
const rest = (q, n) =>
  make(
    "a.hit",
    { id: `hit-${n}`, role: "option", tabindex: -1, href: `/search?q=${encodeURIComponent(q)}` },
    make("b", {}, t("search.more")),
  );

/** @param {string} q */
function nothing(q) {
  return make(
    "div.card.empty",
    {},
    make("p", {}, t("search.none", { q })),
    make("p.hint", {}, t("search.none_say")),
    make("a.btn.s", { href: "/playlists" }, t("search.none_go")),
  );
}
