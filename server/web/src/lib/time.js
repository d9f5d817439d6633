/** The server's time on this page, and how it is written in the site's zone. */

import { site } from "./island.js";

const started = performance.now();
let offset = site.now - started;

/** The server's instant, in ms. */
export function now() {
  return Math.floor(performance.now() + offset);
}

/**
 * Take a newer reading of the server's clock.
 * @param {number} at the server's instant
 * @param {number} roundTrip ms the answer took
 */
export function setNow(at, roundTrip) {
  if (roundTrip < 200) offset = at + roundTrip / 2 - performance.now();
}

const language = site.locale === "en" ? "en-GB" : "zh-CN";
const clock = new Intl.DateTimeFormat(language, {
  timeZone: site.zone,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat(language, {
  timeZone: site.zone,
  month: "short",
  day: "numeric",
  weekday: "short",
});

/** `14:08:51` @param {number} at */
export const clockTime = (at) => clock.format(at);

/** `14:08` @param {number} at */
export const shortTime = (at) => clock.format(at).slice(0, 5);

/** `11月18日 周二` @param {number} at */
export const dayName = (at) => day.format(at).replace(/日(?=周)/, "日 ");

/** Minutes since local midnight of an instant. @param {number} at */
export function minuteOfDay(at) {
  const [hours, minutes] = clock.format(at).split(":");
  return Number(hours) * 60 + Number(minutes);
}
