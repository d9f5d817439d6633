/** What an author should hear about an item before anybody else sees it, and how it may be put right. */

import { t } from "../lib/island.js";
import { look } from "./looks.js";
import { isBlank, profile, refused } from "./state.js";

const WALKS = 0.3;
const LEAST_S = 4;

/** @typedef {{kind: "bad" | "warn", text: string, field?: string, repair?: "split"}} Finding */

/**
 * Seconds a passer-by has: the wider half of the view at `distance` metres is some 0.4 of it, walked at 1.3 m/s.
 * @param {number} distance
 */
export const passing = (distance) => Math.max(LEAST_S, Math.round(distance * WALKS));

/**
 * Everything found about an item on the profile looked at, what blocks it first.
 * @param {import("./state.js").Item} item
 * @returns {Finding[]}
 */
export function findingsOf(item) {
  /** @type {Finding[]} */
  const found = (refused.value[item.id] || []).map(({ field, detail }) => ({ kind: "bad", text: detail, field }));
  const answer = isBlank(item) ? undefined : look(item, profile.value);
  if (!answer) return found;
  for (const { field, detail } of answer.violations)
    if (!found.some((one) => one.text === detail)) found.push({ kind: "bad", text: detail, field });
  if (answer.facts) found.push(...warnings(item, answer.facts));
  return found;
}

/** @param {import("./state.js").Item} item @param {any} facts @returns {Finding[]} */
function warnings(item, facts) {
  /** @type {Finding[]} */
  const found = [];
  const { width, height, distance_m } = profile.value;
  const size = `${width}×${height}`;
  if (facts.missing.length)
    found.push({
      kind: "warn",
      text: t("playlists_page.glyphs", { text: facts.missing.join(" "), height: Math.min(height, 16) }),
    });
  if (facts.left_out) found.push({ kind: "warn", text: t("playlists_page.left_out", { n: facts.left_out, size }) });
  const has = passing(distance_m);
  const needs = Math.round(facts.needs_ms / 1000);
  if (!facts.scrolls || needs <= has) return found;
  const params = { n: needs, m: distance_m, has, fits: facts.fits, size };
  const splits = item.kind === "slogan";
  const key = splits ? (item.effect === "scroll" ? "too_long_asked" : "too_long") : "too_long_pages";
  found.push({ kind: "warn", text: t(`playlists_page.${key}`, params), repair: splits ? "split" : undefined });
  return found;
}

/**
 * One badge for a profile nobody looks at just now: its shape in words, and whether the item suits it.
 * @param {any} answer
 * @param {import("./state.js").Profile} one
 * @returns {{shape: string, kind: string, text: string}}
 */
export function verdictOf(answer, one) {
  if (!answer) return { shape: "", kind: "", text: "" };
  if (answer.violations.length) return { shape: "", kind: "bad", text: answer.violations[0].detail };
  const facts = answer.facts;
  const needs = facts ? Math.round(facts.needs_ms / 1000) : 0;
  const pages = answer.pages.length;
  const shape = facts?.scrolls
    ? t("playlists_page.shape.scrolls", { n: needs })
    : t(pages > 1 ? "playlists_page.shape.pages" : "playlists_page.shape.still", { n: pages });
  if (facts?.missing.length)
    return { shape, kind: "warn", text: t("playlists_page.verdict.missing", { text: facts.missing.join(" ") }) };
  if (facts?.left_out)
    return { shape, kind: "warn", text: t("playlists_page.verdict.left_out", { n: facts.left_out }) };
  if (facts?.scrolls && needs > passing(one.distance_m))
    return { shape, kind: "warn", text: t("playlists_page.verdict.long") };
  return { shape, kind: "ok", text: t("playlists_page.verdict.ok") };
}
