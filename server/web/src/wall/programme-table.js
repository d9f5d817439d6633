/** A programme and a playlog as rows of tables. */

import { make } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { clockTime, now, shortTime } from "../lib/time.js";
import { listWords, midnight } from "./states.js";

const DAY = 86_400_000;
const SHOWN = 30;

/**
 * Today's spans of every region, the fallback where nothing is scheduled.
 * @param {any} programme @param {Record<string, string>} names
 */
export function spanRows(programme, names) {
  const begins = midnight();
  const ends = begins + DAY;
  return programme.channels.flatMap((/** @type {any} */ channel) => {
    const rows = [];
    let at = begins;
    for (const span of channel.spans.filter((/** @type {any} */ one) => one.ends > begins && one.begins < ends)) {
      if (span.begins > at) rows.push(row(at, span.begins, programme.loops[channel.fallback], channel, names, true));
      rows.push(row(Math.max(span.begins, begins), span.ends, programme.loops[span.loop], channel, names, false));
      at = span.ends;
    }
    if (at < ends) rows.push(row(at, ends, programme.loops[channel.fallback], channel, names, true));
    return rows;
  });
}

/** @param {number} begins @param {number} ends @param {any} loop @param {any} channel @param {Record<string, string>} names @param {boolean} fallback */
function row(begins, ends, loop, channel, names, fallback) {
  const last = midnight() + DAY;
  const name = listWords(loop.playlists, names);
  const words = !loop.showings.length ? t("now.black") : fallback ? t("now.fallback", { name }) : name;
  const until = ends >= last ? "24:00" : shortTime(ends);
  const all = begins <= midnight() && ends >= last;
  const on = begins <= now() && now() < ends;
  return make(
    `tr${on ? ".sel" : ""}`,
    {},
    make("td.nowrap", {}, all ? t("screens_page.all_day") : `${shortTime(begins)}—${until}`),
    make(on ? "td.strong" : "td", {}, words),
    make("td.small.faint", {}, regionWords(channel.region.name)),
  );
}

/** A region of a built-in layout in words, any other by its own name. @param {string} name */
const regionWords = (name) => (/^(main|strip|side)$/.test(name) ? t(`screens_page.region.${name}`) : name);

/**
 * The last plays, newest first, with the words of items still in the programme.
 * @param {any[]} plays @param {any} programme @param {Record<string, string>} names
 */
export function playRows(plays, programme, names) {
  const texts = new Map();
  for (const loop of programme?.loops || []) for (const showing of loop.showings) texts.set(showing.item, showing.text);
  return plays
    .slice(-SHOWN)
    .reverse()
    .map((play) => {
      const text = texts.get(play.item) || names[play.playlist] || t("screens_page.older_item");
      const lasted = t("screens_page.seconds", { n: Math.round((play.ends - play.begins) / 1000) });
      return make(
        "tr",
        {},
        make("td.nowrap", {}, clockTime(play.begins)),
        make(
          "td",
          {},
          text,
          play.ordered_by && make("span.small.faint", {}, t("now.from_above", { org: play.ordered_by })),
        ),
        make("td.r.nowrap", {}, lasted),
      );
    });
}
