/** What a slot is, beside it: its words, its pixels, what it meets, and what can be done with it. */

import { call } from "../lib/call.js";
import { icon, make, one } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { now } from "../lib/time.js";
import { once, unwatch, watch } from "../wall/motion.js";
import { hangPanel } from "../wall/panel.js";
import { isPhone } from "./grid.js";

const CLOSE = "M6 6l12 12M18 6L6 18";
const WIDTH = 304;
const AIR = 8;

/** @type {{box: HTMLElement, from: HTMLElement, hang: HTMLElement} | null} */
let open = null;

/** Close what is open; the focus goes back to its slot. */
export function close(back = true) {
  if (!open) return;
  unwatch(open.hang);
  open.box.remove();
  open.from.classList.remove("sel");
  if (back) open.from.focus({ preventScroll: true });
  open = null;
}

/** The cell that is open, if any. */
export const openCell = () => open?.from;

/** The slot that is open, if any. */
export const openSlot = () => open?.from.dataset.slot;

/**
 * Open a slot beside its cell.
 * @param {HTMLElement} cell
 * @param {import("./grid.js").WeekData} data
 * @param {{edit: (slot: string) => void, rest: (slot: string, day: string, rests: boolean) => void, remove: (slot: string) => void}} acts
 */
export function show(cell, data, acts) {
  const same = open?.from === cell;
  close(false);
  if (same) return;
  const { slot: id = "", day = "" } = cell.dataset;
  const held = data.slots[id];
  const hang = make("div.popl");
  const meets = make("dd", {}, held.said.priority);
  const plays = make("dd", {}, "…");
  const box = make(
    "div.pop",
    { role: "dialog", "aria-label": t("schedule_page.details"), tabindex: "-1" },
    make("div.row.between.top", {}, make("h2.grow", {}, held.slot.playlist_name), closing()),
    hang,
    make(
      "dl.kv",
      {},
      ...words(held),
      make("dt", {}, t("schedule_page.priority")),
      meets,
      make("dt", {}, t("schedule_page.now")),
      plays,
    ),
    ...(data.may ? [buttons(id, day, cell.classList.contains("rests"), acts)] : []),
    make("p.small", {}, make("a.link", { href: `/playlists/${held.slot.playlist}` }, t("schedule_page.see_playlist"))),
  );
  one("#week").append(box);
  cell.classList.add("sel");
  open = { box, from: cell, hang };
  new ResizeObserver(() => stand(box, cell)).observe(box);
  box.focus({ preventScroll: true });
  if (isPhone()) box.scrollIntoView({ block: "nearest", behavior: "smooth" });
  tellMeets(id, meets);
  tellPlays(held, data.place.example, hang, plays);
}

const closing = () =>
  make("button.btn.q.sm", { type: "button", "aria-label": t("desk.close"), click: () => close() }, icon(CLOSE, "s"));

/** @param {any} held */
const words = ({ said }) =>
  [
    ["hours", `${said.days} ${said.hours}`],
    ["screens", said.where],
    ["dates", said.dates],
  ].flatMap(([key, text]) => [make("dt", {}, t(`schedule_page.${key}`)), make("dd", {}, text)]);

/** @param {string} id @param {string} day @param {boolean} rests @param {any} acts */
function buttons(id, day, rests, acts) {
  const button = (/** @type {string} */ word, /** @type {() => void} */ click, shape = "s") =>
    make(`button.btn.${shape}.sm`, { type: "button", click }, t(`schedule_page.${word}`));
  return make(
    "div.row.wrap.acts2",
    {},
    button("change_hours", () => acts.edit(id)),
    button(rests ? "resume" : "rest", () => acts.rest(id, day, !rests)),
    button("remove", () => acts.remove(id), "q"),
  );
}

/** Beside the cell, on the side that has room, never below the week's end. @param {HTMLElement} box @param {HTMLElement} cell */
function stand(box, cell) {
  if (isPhone()) return;
  const week = one("#week").getBoundingClientRect();
  const at = cell.getBoundingClientRect();
  const right = at.right + AIR + WIDTH <= week.right + 16;
  box.style.left = `${(right ? at.right + AIR : at.left - AIR - WIDTH) - week.left}px`;
  const seen = Math.max(at.top, 72);
  const most = week.bottom - box.offsetHeight - AIR;
  box.style.top = `${Math.max(64, Math.min(seen, most, innerHeight - box.offsetHeight - AIR) - week.top)}px`;
}

/** @param {string} id @param {HTMLElement} place */
async function tellMeets(id, place) {
  const found = await call("GET", `/api/v1/slots/${id}`).catch(() => null);
  /** @type {Record<string, string[]>} */
  const kinds = {};
  for (const { kind, name } of found?.conflicts || []) kinds[kind] = [...(kinds[kind] || []), name];
  for (const [kind, names] of Object.entries(kinds)) {
    const name = names.join(t("schedule_page.name_join"));
    place.append(make("span.meets.small.mute", {}, t(`schedule_page.conflict.${kind}`, { name })));
  }
}

/** @param {any} held @param {string} screen @param {HTMLElement} hang @param {HTMLElement} place */
async function tellPlays(held, screen, hang, place) {
  const { playlist, region } = held.slot;
  const found = await call("GET", `/api/v1/playlists/${playlist}`).catch(() => null);
  if (!found || open?.hang !== hang) return;
  const revision = found.approved || found.submitted || found.revision;
  const number = found.revisions.find((/** @type {any} */ r) => r.revision === revision)?.number ?? found.number;
  place.replaceChildren(t("schedule_page.revision", { number }), " ", standing(found));
  const query = new URLSearchParams({ screen, region });
  const look = await call("GET", `/api/v1/playlists/${playlist}/revisions/${revision}/pages?${query}`).catch(
    () => null,
  );
  const items = (look?.items || []).filter((/** @type {any} */ item) => item.pages.length);
  if (!items.length || open?.hang !== hang) return hang.remove();
  const colour = await colourOf(screen);
  if (open?.hang === hang) play(hang, items, colour);
}

/** @param {any} found */
function standing(found) {
  if (found.approved) return make("span.badge.ok", {}, t("schedule_page.approved"));
  return make("span.badge.warn", {}, t(found.submitted ? "schedule_page.waiting" : "schedule_page.draft"));
}

/** @param {string} screen */
const colourOf = async (screen) =>
  (await call("GET", `/api/v1/screens/${screen}`).catch(() => null))?.colour || "single";

/** @param {HTMLElement} hang @param {any[]} items @param {string} colour */
function play(hang, items, colour) {
  const { width, height } = items[0];
  const region = { name: "main", x: 0, y: 0, width, height };
  const showings = items.map((item) => ({
    item: item.id,
    kind: "slogan",
    effect: item.effect,
    speed: item.speed,
    text: item.text,
    pages: item.pages,
  }));
  const spans = [{ begins: 0, ends: Number.MAX_SAFE_INTEGER, loop: 0, anchor: now() }];
  const panel = hangPanel(hang, { width, height, colour }, { tall: 160, most: 2, room: () => hang.clientWidth - 28 });
  panel.show({
    version: "pop",
    width,
    height,
    colour,
    blank: false,
    channels: [{ region, spans, fallback: 0 }],
    loops: [{ playlists: [], showings }],
  });
  panel.tell(items.map((item) => item.text || "").join(" "));
  watch(hang, panel);
  once();
}
