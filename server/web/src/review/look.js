/** The pixels of the piece on one profile, item by item, and what was found while setting them. */

import { call } from "../lib/call.js";
import { make, one } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { now } from "../lib/time.js";
import { once, unwatch, watch } from "../wall/motion.js";
import { hangPanel } from "../wall/panel.js";

const LONG_MS = 12_000;
const FOREVER = Number.MAX_SAFE_INTEGER;

/**
 * Bring the panel of a piece to life.
 * @param {HTMLElement} piece
 * @param {{playlist: string, revision: string, count: number}} data
 */
export function look(piece, data) {
  const shot = one("#shot", piece);
  const pills = /** @type {HTMLElement[]} */ ([...piece.querySelectorAll("#profiles [data-screen]")]);
  /** @type {Map<string, Promise<any>>} */
  const answers = new Map();
  let at = 0;
  let chosen = pills[0];
  /** @type {ReturnType<typeof hangPanel> | null} */
  let panel = null;

  /** @param {string} screen */
  function answer(screen) {
    const held = answers.get(screen) || fetchAll(data, screen);
    answers.set(screen, held);
    held.catch(() => answers.delete(screen));
    return held;
  }

  async function show() {
    if (!chosen) return told(t("review_page.no_screens"));
    const [pill, item] = [chosen, at];
    const late = setTimeout(() => told(t("review_page.setting")), 400);
    try {
      const items = await answer(pill.dataset.screen || "");
      if (pill === chosen && item === at) paint(items);
    } catch (error) {
      told(/** @type {Error} */ (error).message);
      one("#checks", piece).replaceChildren(badge("warn", t("review_page.not_checked")));
    } finally {
      clearTimeout(late);
    }
  }

  /** @param {any[]} items */
  function paint(items) {
    const found = items[at];
    told("");
    one("#item-facts", piece).textContent = profileOf(chosen);
    one("#checks", piece).replaceChildren(...checks(items));
    if (panel) unwatch(shot);
    shot.replaceChildren();
    panel = null;
    if (!found.pages.length)
      return shot.append(make("p.notset", {}, found.violations.map((/** @type {any} */ v) => v.detail).join(" ")));
    panel = hangPanel(
      shot,
      { width: found.width, height: found.height, colour: chosen.dataset.colour || "single" },
      { tall: 288, most: 4 },
    );
    panel.show(asProgramme(found, chosen.dataset.colour || "single"));
    panel.tell(found.text || t("review_page.picture"));
    watch(shot, panel);
    once();
  }

  /** @param {string} text */
  function told(text) {
    one("#item-place", piece).textContent = t("review_page.item", { n: at + 1, of: data.count });
    if (text) one("#item-facts", piece).textContent = text;
  }

  /** @param {number} next */
  function step(next) {
    at = Math.max(0, Math.min(data.count - 1, next));
    one("#prev", piece).hidden = at === 0;
    one("#next", piece).hidden = at >= data.count - 1;
    told("");
    show();
  }

  for (const pill of pills)
    pill.addEventListener("click", () => {
      for (const other of pills) {
        other.classList.toggle("on", other === pill);
        other.setAttribute("aria-pressed", String(other === pill));
      }
      chosen = pill;
      show();
    });
  one("#prev", piece).addEventListener("click", () => step(at - 1));
  one("#next", piece).addEventListener("click", () => step(at + 1));
  for (const jump of piece.querySelectorAll(".jump"))
    jump.addEventListener("click", () => {
      step(Number(/** @type {HTMLElement} */ (jump).dataset.item));
      shot.scrollIntoView({ block: "center", behavior: "smooth" });
    });
  show();
  return { leave: () => panel && unwatch(shot) };
}

/** @param {{playlist: string, revision: string, count: number}} data @param {string} screen */
async function fetchAll({ playlist, revision, count }, screen) {
  const items = [];
  while (items.length < count) {
    const url = `/api/v1/playlists/${playlist}/revisions/${revision}/pages?screen=${screen}&first=${items.length}`;
    const found = await call("GET", url);
    if (!found.items.length) break;
    items.push(...found.items);
  }
  return items;
}

/** @param {any} found @param {string} colour */
function asProgramme(found, colour) {
  const { width, height, pages, effect, speed, text, id } = found;
  const region = { name: "main", x: 0, y: 0, width, height };
  const loops = [{ playlists: [], showings: [{ item: id, kind: "slogan", effect, speed, text, pages }] }];
  const spans = [{ begins: 0, ends: FOREVER, loop: 0, anchor: now() - lead(found) }];
  return { version: id, width, height, colour, blank: false, channels: [{ region, spans, fallback: 0 }], loops };
}

/** A line that runs in starts where its first letters are on the panel. @param {any} found */
const lead = ({ effect, width, speed }) => (effect === "scroll" ? Math.floor((width * 1000) / speed) - 400 : 0);

/** @param {HTMLElement} pill */
function profileOf(pill) {
  const { width, height, colour, n } = /** @type {Record<string, string>} */ (pill.dataset);
  const profile = `${width}×${height} ${t(`desk.colour.${colour}`)}`;
  return t("review_page.same_pixels", { profile, n });
}

/** @param {string} kind @param {string} text */
const badge = (kind, text) => make(`span.badge.${kind}`, {}, text);

/** What was found on this profile over all items. @param {any[]} items */
function checks(items) {
  const facts = items.map((item) => item.facts).filter(Boolean);
  const missing = [...new Set(facts.flatMap((fact) => fact.missing))];
  const long = facts.filter((fact) => fact.scrolls && fact.needs_ms > LONG_MS);
  const cut = facts.filter((fact) => fact.left_out > 0).length;
  const found = items.flatMap((item, n) =>
    item.pages.length ? [] : [badge("bad", t("review_page.cannot", { n: n + 1 }))],
  );
  if (facts.length)
    found.push(
      missing.length
        ? badge("bad", t("review_page.glyphs_missing", { text: missing.join(" ") }))
        : badge("ok", t("review_page.glyphs_ok")),
    );
  if (cut) found.push(badge("bad", t("review_page.left_out", { n: cut })));
  const seconds = Math.round(Math.max(0, ...long.map((fact) => fact.needs_ms)) / 1000);
  if (long.length) found.push(badge("warn", t("review_page.too_long", { n: long.length, s: seconds })));
  else if (!cut && facts.length) found.push(badge("ok", t("review_page.length_ok")));
  const near = Math.min(...facts.map((fact) => fact.readable_m).filter(Boolean));
  if (Number.isFinite(near)) found.push(badge("plain", t("review_page.readable", { n: near })));
  return found;
}
