/** One screen at the right of the wall: larger, with its own day, what comes, and who approved what runs. */

import { call } from "../lib/call.js";
import { icon, make, one, write } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { dayName, now, shortTime } from "../lib/time.js";
import { alertsOf } from "./alerts.js";
import { instant, once, unwatch, watch } from "./motion.js";
import { hangPanel } from "./panel.js";
import { programmeOf } from "./programmes.js";
import { slide } from "./slider.js";
import { byWords, listWords, nameOf, playWords, profileWords, proofWords } from "./states.js";

const CLOSE = "M6 6l12 12M18 6L6 18";
const DAY = 86_400_000;
const LISTED = 12;

/** @typedef {import("./states.js").Screen} Screen */

/**
 * Open the drawer on a screen; `names` are those of playlists, `closed` runs when it is left.
 * @param {Screen} screen @param {Record<string, string>} names @param {() => void} closed
 */
export function openDrawer(screen, names, closed) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const box = /** @type {HTMLDialogElement} */ (make("dialog.drawer", { "aria-label": nameOf(screen) }));
  const hang = make("div.hang.h-mid");
  const plays = make("p.strong", { "aria-live": "polite" });
  const proof = make("p.small.faint");
  const approved = make("p.small.mute");
  const rail = railOf();
  const ahead = make("ol.list.ahead");
  let away = 0;

  function close() {
    unwatch(hang);
    clearInterval(ticking);
    box.close();
    box.remove();
    before?.focus();
    closed();
  }

  box.append(
    make(
      "div.row.top.between",
      {},
      make("div", {}, make("h2", {}, nameOf(screen)), make("p.small.faint", {}, profileWords(screen))),
      make("button.btn.q", { type: "button", click: close, "aria-label": t("desk.close") }, icon(CLOSE)),
    ),
    hang,
    make("div.stack.now", {}, plays, proof, approved),
    rail,
    make("h3", {}, t("now.ahead")),
    ahead,
    make("a.btn.s.full", { href: `/screens/${screen.id}` }, t("now.to_screen")),
  );
  document.body.append(box);
  box.show();
  const panel = hangPanel(hang, screen, { most: 4 });
  const here = {
    /** @param {number} at */
    paint(at) {
      const off = away - (instant() - now());
      return panel.paint(at + off) - off;
    },
  };
  watch(hang, here);

  async function tell() {
    const programme = await programmeOf(screen.id);
    panel.show(programme);
    panel.alarm(alertsOf(screen.id)).then(once);
    const at = now() + away;
    write(plays, playWords(screen, programme, at, names));
    write(proof, away ? t("now.looking", { time: shortTime(at) }) : proofWords(screen, programme, 0));
    ahead.replaceChildren(...(programme ? coming(programme, at, names) : []));
    once();
  }

  async function who() {
    const at = Math.floor(now() + away);
    const told = await call("GET", `/api/v1/screens/${screen.id}/cues?at=${at}`).catch(() => null);
    const cue = told?.items?.find((/** @type {any} */ one) => one.approved_by);
    approved.textContent = cue
      ? t("now.approved", {
          by: byWords(cue.approved_by),
          time: `${dayName(cue.approved_at)} ${shortTime(cue.approved_at)}`,
        })
      : "";
  }

  slide(rail, (ms) => {
    away = ms;
    tell();
    who();
  });
  box.addEventListener("keydown", (event) => event.key === "Escape" && close());
  const ticking = setInterval(tell, 1000);
  tell();
  who();
  one("button", box).focus();
  return { close, tell, screen };
}

/** A rail like the wall's own. */
function railOf() {
  const label = (/** @type {string} */ shape, /** @type {string} */ text, /** @type {number} */ at) =>
    make(`span.lb.${shape}`, { "data-at": at }, text);
  return make(
    "div.rail",
    { role: "slider", tabindex: 0, "aria-label": t("now.rail"), "aria-valuemin": 0, "aria-valuemax": 1439 },
    make("div.tr", {}, make("i"), make("i"), make("i"), make("i")),
    make("div.past"),
    make("div.th"),
    label("l0", "00:00", 0),
    label("q2", "12:00", 720),
    label("l3", "24:00", 1440),
    make("span.lb.ln"),
  );
}

/**
 * What comes in the next day on the first region: spans by their begin, gaps as fallback.
 * @param {any} programme @param {number} at @param {Record<string, string>} names
 */
function coming(programme, at, names) {
  const channel = programme.channels[0];
  const spans = channel.spans
    .filter((/** @type {any} */ one) => one.ends > at && one.begins < at + DAY)
    .slice(0, LISTED);
  const lines = [];
  let until = at;
  for (const span of spans) {
    if (span.begins > until) lines.push(stretch(until, programme.loops[channel.fallback], names, true));
    lines.push(stretch(span.begins, programme.loops[span.loop], names, false));
    until = span.ends;
  }
  if (until < at + DAY) lines.push(stretch(until, programme.loops[channel.fallback], names, true));
  return lines;
}

/** @param {number} begins @param {any} loop @param {Record<string, string>} names @param {boolean} fallback */
function stretch(begins, loop, names, fallback) {
  const name = listWords(loop.playlists, names);
  const text = !loop.showings.length ? t("now.black") : fallback ? t("now.fallback", { name }) : name;
  const day = dayName(begins) === dayName(now()) ? "" : `${dayName(begins)} `;
  const when = begins <= now() ? t("now.since") : day + shortTime(begins);
  return make("li", {}, make("span.when.small.faint", {}, when), make("span.grow", {}, text, items(loop)));
}

/** @param {any} loop */
const items = (loop) =>
  loop.showings.length > 0 &&
  make(
    "span.tiny.faint.cut.gist",
    {},
    [...new Set(loop.showings.map((/** @type {any} */ one) => one.text))].filter(Boolean).slice(0, 3).join(" / "),
  );
