/** Single screens, or organisations below, found by typing. */

import { ask } from "../lib/dialog.js";
import { make } from "../lib/dom.js";
import { t } from "../lib/island.js";

const MOST = 200; // rows at once; typing finds the rest

/**
 * Ask for some of them; null when it was left.
 * @param {string} question
 * @param {{id: string, name: string, online: boolean}[]} screens
 * @param {string[]} before
 * @returns {Promise<string[] | null>}
 */
export async function chooseSingle(question, screens, before) {
  const chosen = new Set(before);
  const list = make("div.pick");
  const search = /** @type {HTMLInputElement} */ (
    make("input.in", { type: "search", placeholder: t("now.search"), "aria-label": t("now.search") })
  );
  const fill = () => {
    const wanted = search.value.trim().toLowerCase();
    const found = screens.filter((one) => one.name.toLowerCase().includes(wanted)).slice(0, MOST);
    list.replaceChildren(...found.map((one) => row(one, chosen)));
  };
  search.addEventListener("input", fill);
  fill();
  const body = make("div.stack", {}, search, list);
  if (!(await ask({ question, yes: t("alerts_page.single_yes"), body }))) return null;
  return screens.map((one) => one.id).filter((id) => chosen.has(id));
}

/** @param {{id: string, name: string, online: boolean}} screen @param {Set<string>} chosen */
function row(screen, chosen) {
  const box = /** @type {HTMLInputElement} */ (
    make("input", { type: "checkbox", value: screen.id, checked: chosen.has(screen.id) })
  );
  box.addEventListener("change", () => (box.checked ? chosen.add(screen.id) : chosen.delete(screen.id)));
  const state = make("span.tiny.faint", {}, screen.online ? "" : t("now.state.offline"));
  return make("label.pickrow", {}, box, make("span.grow", {}, screen.name), state);
}
