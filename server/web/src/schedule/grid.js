/** The week on its 28 px an hour: slots in their place, the line of now, what each slot looks like. */

import { call } from "../lib/call.js";
import { all, make } from "../lib/dom.js";
import { minuteOfDay, now } from "../lib/time.js";

export const HOUR_PX = 28;
const ROOM_PX = 82; // a slot at least so high has room for its picture, and so much more for its state
const STATE_PX = 18;
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
  const { begins, ends, left, width, above = "0" } = slot.dataset;
  const height = topOf(Number(ends)) - topOf(Number(begins));
  const style = slot.style;
  style.setProperty("--top", `${topOf(Number(begins)) + 1}px`);
  style.setProperty("--height", `${Math.max(13, height - 2)}px`);
  style.setProperty("--left", `calc(${left}% + ${Number(left) ? 1 : 4}px)`);
  style.setProperty("--width", `calc(${width}% - ${Number(width) < 100 ? 5 : 8}px)`);
  style.setProperty("--above", above);
  style.order = begins || "0";
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

/** Whether a slot is seen, and high enough for a picture it does not have yet. @param {HTMLElement} slot */
function hasRoom(slot) {
  if (!slot.offsetParent || slot.querySelector(".mini.on")) return false;
  const bunch = slot.closest(".bunch");
  if (bunch) return isPhone() || bunch.clientHeight >= bunch.children.length * ROOM_PX;
  return isPhone() || slot.clientHeight >= ROOM_PX + (slot.querySelector(".state") ? STATE_PX : 0);
}

/**
 * Give each slot with room the picture of what plays in it.
 * @param {HTMLElement} week @param {WeekData} data
 */
export async function pictures(week, data) {
  const slots = all("[data-playlist]", week).filter(hasRoom);
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
  const image = await load(item.pages[0].media).catch(() => null);
  if (!image) return;
  mini.classList.add("on");
  const canvas = /** @type {HTMLCanvasElement} */ (make("canvas"));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return;
  const room = Math.max(24, mini.clientWidth);
  const small = item.height > 40 ? Math.min(1, room / item.width, 48 / item.height) : 1;
  const [width, height] = [image.naturalWidth, image.naturalHeight].map((px) => Math.round(px * small));
  Object.assign(canvas, { width: small < 1 ? Math.min(room, width) : room, height });
  pen.drawImage(image, small < 1 ? 0 : Math.floor(room / 2) - inkOf(image, room), 0, width, height);
  mini.replaceChildren(canvas);
}

/**
 * What stands in the middle of a picture `room` px wide: the middle of the ink, or as far left as shows its beginning.
 * @param {HTMLImageElement} image @param {number} room
 */
function inkOf(image, room) {
  const { naturalWidth: width, naturalHeight: height } = image;
  const pen = /** @type {CanvasRenderingContext2D} */ (
    Object.assign(document.createElement("canvas"), { width, height }).getContext("2d")
  );
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  const lit = (/** @type {number} */ x) => {
    for (let y = 0; y < height; y++) {
      const at = (y * width + x) * 4;
      if (data[at + 3] && data[at] + data[at + 1] + data[at + 2] > 96) return true;
    }
    return false;
  };
  let [low, high] = [0, width - 1];
  while (low < high && !lit(low)) low++;
  while (high > low && !lit(high)) high--;
  const ink = high - low + 1;
  return ink + 4 <= room ? Math.round(low + ink / 2) : low - 4 + Math.floor(room / 2);
}
