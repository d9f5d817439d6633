/** Which screens: everything, groups, or single ones, found by typing. */

import { ask } from "../lib/dialog.js";
import { all, make } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { nameOf, profileWords } from "./states.js";

/**
 * @typedef {{all: boolean, groups: string[], screens: string[]}} Targets
 * @typedef {{id: string, name: string, parent?: string, steps: number}} Group
 * @typedef {import("./states.js").Screen} Screen
 */

/** A group and every group in it. @param {Group[]} groups @param {string[]} wanted */
export function within(groups, wanted) {
  const found = new Set(wanted);
  for (let grown = true; grown; ) {
    grown = false;
    for (const group of groups)
      if (group.parent && found.has(group.parent) && !found.has(group.id)) grown = Boolean(found.add(group.id));
  }
  return found;
}

/** The screens that targets reach. @param {Targets} targets @param {Screen[]} screens @param {Group[]} groups */
export function reached(targets, screens, groups) {
  if (targets.all) return screens;
  const inside = within(groups, targets.groups);
  return screens.filter((one) => targets.screens.includes(one.id) || one.groups.some((group) => inside.has(group)));
}

/** `食堂·入口` and `等 2 块`, apart since only names may be cut. @param {Targets} targets @param {Screen[]} screens @param {Group[]} groups */
export function targetWords(targets, screens, groups) {
  const found = reached(targets, screens, groups);
  if (!found.length) return [t("now.choose_screens")];
  if (targets.all) return [t(found.length === 1 ? "now.all_one" : "now.all_n", { n: found.length })];
  if (found.length === 1) return [nameOf(found[0])];
  const group =
    targets.groups.length === 1 && !targets.screens.length && groups.find((g) => g.id === targets.groups[0]);
  return [group ? group.name : nameOf(found[0]), t("now.and_more", { name: "", n: found.length }).trim()];
}

/**
 * Ask for screens; null when it was left.
 * @param {{question: string, yes: string, targets: Targets, screens: Screen[], groups: Group[], kind?: "p" | "red", say?: string}} asked
 * @returns {Promise<Targets | null>}
 */
export async function chooseScreens({ question, yes, targets, screens, groups, kind, say }) {
  const list = make("div.pick", {}, ...rows(targets, screens, groups));
  const search = make("input.in", { type: "search", placeholder: t("now.search"), "aria-label": t("now.search") });
  search.addEventListener("input", () => filter(list, /** @type {HTMLInputElement} */ (search).value));
  list.addEventListener("change", (event) => follow(list, /** @type {HTMLInputElement} */ (event.target)));
  follow(list, null);
  const body = make("div.stack", {}, screens.length > 8 ? search : null, list);
  if (!(await ask({ question, say, yes, kind, body }))) return null;
  const picked = (/** @type {string} */ kindOf) =>
    all(`input[name=${kindOf}]:checked`, list).map((box) => /** @type {HTMLInputElement} */ (box).value);
  const everything = picked("all").length > 0;
  return { all: everything, groups: everything ? [] : picked("group"), screens: everything ? [] : picked("screen") };
}

/** @param {Targets} targets @param {Screen[]} screens @param {Group[]} groups */
function rows(targets, screens, groups) {
  const count = (/** @type {string} */ id) =>
    reached({ all: false, groups: [id], screens: [] }, screens, groups).length;
  const used = groups.filter((group) => count(group.id) > 0);
  return [
    row("all", "1", targets.all, t("now.everything"), t("now.n_screens", { n: screens.length })),
    ...used.map((g) =>
      row("group", g.id, targets.groups.includes(g.id), g.name, t("now.n_screens", { n: count(g.id) })),
    ),
    ...screens.map((s) => row("screen", s.id, targets.screens.includes(s.id), nameOf(s), profileWords(s))),
  ];
}

/** @param {string} name @param {string} value @param {boolean} checked @param {string} text @param {string} more */
const row = (name, value, checked, text, more) =>
  make(
    `label.pickrow.${name}`,
    {},
    make("input", { type: "checkbox", name, value, checked }),
    make("span.grow", {}, text),
    make("span.tiny.faint", {}, more),
  );

/** Everything stands for each one; a single choice takes it back. @param {HTMLElement} list @param {HTMLInputElement | null} touched */
function follow(list, touched) {
  const [every, ...rest] = /** @type {HTMLInputElement[]} */ (all("input", list));
  if (touched && touched !== every && touched.checked) every.checked = false;
  if (every.checked) for (const box of rest) box.checked = false;
}

/** @param {HTMLElement} list @param {string} text */
function filter(list, text) {
  const wanted = text.trim().toLowerCase();
  for (const line of all(".pickrow", list)) line.hidden = !line.textContent?.toLowerCase().includes(wanted);
}
