/** The week on its 28 px an hour: slots in their place, the line of now, what each slot looks like. */

import { call } from "../lib/call.js";
import { all, make } from "../lib/dom.js";
import { minuteOfDay, now } from "../lib/time.js";

export const HOUR_PX = 28;
const ROOM_PX = 74; // a slot at least so high has room for its picture
const phone = matchMedia("(max-width:640px)");

/** @typedef {{place: any, monday: string, today: string, may: boolean, days: any[], slots: Record<string, any>}} WeekData */

/** Whether one day is listed instead of seven columns drawn. */
export const isPhone = () => phone.matches;

/** @param {number} minute */
export const topOf = (minute) => Math.round((minute * HOUR_PX) / 60);

/**
 * Put every slot of the week in its place.
 * @param {HTMLElement} week
 */
export function place(week) {
  week.classList.toggle("placed", !isPhone());
  for (const mark of all(".hrs [data-hour]", week)) mark.style.top = `${Number(mark.dataset.hour) * HOUR_PX}px`;
  for (const slot of all(".slot", week)) put(slot);
  line(week);
}

/** @param {HTMLElement} slot */
export function put(slot) {
  const { begins, ends, left, width } = slot.dataset;
  const height = topOf(Number(ends)) - topOf(Number(begins));
  const style = slot.style;
  style.setProperty("--top", `${topOf(Number(begins)) + 1}px`);
  style.setProperty("--height", `${Math.max(12, height - 2)}px`);
  style.setProperty("--left", `calc(${left}% + ${Number(left) ? 1 : 4}px)`);
  style.setProperty("--width", `calc(${width}% - ${Number(width) < 100 ? 5 : 8}px)`);
  slot.classList.toggle("mid", height < 84);
  slot.classList.toggle("low", height < 34);
  slot.classList.toggle("flat", height < 18);
}

/** The line of now in today's column. @param {HTMLElement} week */
export function line(week) {
  week.querySelector(".nowline")?.remove();
  const today = week.querySelector(".col.today");
  if (!today || isPhone()) return;
  const mark = make("div.nowline", { "aria-hidden": "true" });
  mark.style.top = `${topOf(minuteOfDay(now()))}px`;
  today.append(mark);
}

/** Show one day of the seven, for phones. @param {HTMLElement} week @param {string} day */
export function showDay(week, day) {
  week.dataset.shown = day;
  for (const part of all("[data-day]", week))
    if (part.matches(".dh,.col")) part.classList.toggle("shown", part.dataset.day === day);
}

/**
 * Give each slot with room the picture of what plays in it.
 * @param {HTMLElement} week @param {WeekData} data
 */
export async function pictures(week, data) {
  const slots = all(".slot[data-playlist]", week).filter((slot) => isPhone() || slot.clientHeight >= ROOM_PX);
  /** @type {Map<string, Promise<any>>} */
  const asked = new Map();
  for (const slot of slots) {
    const { playlist = "", slot: id = "" } = slot.dataset;
    const revision = data.slots[id]?.approved;
    const mini = /** @type {HTMLElement | null} */ (slot.querySelector(".mini"));
    if (!revision || !mini) continue;
    const region = data.slots[id].slot.region;
    const key = `${playlist} ${region}`;
    if (!asked.has(key)) asked.set(key, firstPage(playlist, revision, region, data.place.example));
    asked.get(key)?.then((found) => found && draw(mini, found));
  }
}

/** @param {string} playlist @param {string} revision @param {string} region @param {string} screen */
async function firstPage(playlist, revision, region, screen) {
  const query = new URLSearchParams({ screen, region, count: "1" });
  const found = await call("GET", `/api/v1/playlists/${playlist}/revisions/${revision}/pages?${query}`).catch(
    () => null,
  );
  const [item] = found?.items || [];
  return item?.pages.length ? item : null;
}

/** @type {Map<string, Promise<HTMLImageElement>>} */
const loaded = new Map();

/** @param {string} media @returns {Promise<HTMLImageElement>} */
function load(media) {
  const held = loaded.get(media);
  if (held) return held;
  const image = new Image();
  image.src = `/media/${media}`;
  const whole = image.decode().then(() => image);
  loaded.set(media, whole);
  return whole;
}

/** @param {HTMLElement} mini @param {any} item */
async function draw(mini, item) {
  const [page] = item.pages;
  const image = await load(page.media).catch(() => null);
  if (!image) return;
  mini.classList.add("on");
  const canvas = make("canvas");
  const pen = /** @type {HTMLCanvasElement} */ (canvas).getContext("2d");
  const room = Math.max(24, mini.clientWidth);
  const small = item.height > 40 ? Math.min(1, room / item.width, 48 / item.height) : 1;
  Object.assign(canvas, {
    width: Math.min(room, Math.round(item.width * small)),
    height: Math.round(item.height * small),
  });
  pen?.drawImage(image, 0, 0, Math.round(page.width * small), Math.round(page.height * small));
  mini.replaceChildren(canvas);
}
