/** The panel that unfolds under a line while it is typed: its true pixels on one screen, and what to know about them. */

import { make } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { once, unwatch, watch } from "./motion.js";
import { hangPanel } from "./panel.js";
import { profileWords } from "./states.js";

/** @typedef {import("./states.js").Screen} Screen */

/**
 * The hands of a place where previews unfold.
 * @param {HTMLElement} fold
 */
export function foldOf(fold) {
  const told = make("p.told.row.wrap.small", { "aria-live": "polite" });
  const trouble = make("p.note.bad", { role: "alert", hidden: true });
  /** @type {{hang: HTMLElement, panel: any, size: string} | null} */
  let shown = null;
  fold.append(told, trouble);

  function clear() {
    if (shown) unwatch(shown.hang);
    shown?.hang.remove();
    shown = null;
    told.replaceChildren();
    trouble.hidden = true;
    fold.hidden = true;
  }

  /** @param {Screen} screen @param {any} answer @param {number} of how many screens the line is for */
  function show(screen, answer, of) {
    fold.hidden = false;
    trouble.hidden = true;
    const size = `${answer.width} ${answer.height} ${screen.colour}`;
    if (shown?.size !== size) hang(screen, answer, size);
    if (answer.pages.length) shown?.panel.show(asProgramme(screen, answer));
    shown?.panel.tell(answer.text || "");
    told.replaceChildren(...facts(screen, answer, of));
    once();
  }

  /** @param {Screen} screen @param {any} answer @param {string} size */
  function hang(screen, answer, size) {
    if (shown) unwatch(shown.hang);
    shown?.hang.remove();
    const place = make("div.hang");
    fold.prepend(place);
    const profile = { width: answer.width, height: answer.height, colour: screen.colour };
    shown = { hang: place, size, panel: hangPanel(place, profile, { tall: 216, most: 4 }) };
    watch(place, shown.panel);
  }

  /** @param {string} text */
  function say(text) {
    fold.hidden = false;
    trouble.hidden = false;
    trouble.textContent = text;
  }

  return { clear, show, say };
}

/**
 * A preview as a programme of one showing that goes round.
 * @param {Screen} screen @param {any} answer
 */
function asProgramme(screen, answer) {
  const { width, height, pages, effect, speed, text } = answer;
  const version = pages.map((/** @type {any} */ page) => page.media).join();
  const region = { name: "main", x: 0, y: 0, width, height };
  const showing = { item: "preview", kind: "slogan", effect, speed, text, pages };
  const loops = [{ playlists: [], showings: [showing] }];
  return {
    version,
    width,
    height,
    colour: screen.colour,
    blank: false,
    channels: [{ region, spans: [], fallback: 0 }],
    loops,
  };
}

/**
 * What an author should know, in words.
 * @param {Screen} screen @param {any} answer @param {number} of
 */
function facts(screen, answer, of) {
  const badge = (/** @type {string} */ kind, /** @type {string} */ text) => make(`span.badge${kind}`, {}, text);
  const found = [make("span.strong", {}, profileWords(screen))];
  if (of > 1) found.push(make("span.faint", {}, t("now.narrowest", { n: of })));
  for (const broken of answer.violations) found.push(badge(".bad", broken.detail));
  const told = answer.facts;
  if (!told) return found;
  if (told.scrolls) found.push(badge("", t("now.scrolls", { n: Math.round(told.needs_ms / 1000) })));
  else found.push(badge(".ok", t("now.fits")));
  found.push(badge("", t("now.readable", { n: told.readable_m })));
  if (told.missing.length) found.push(badge(".warn", t("now.missing", { text: told.missing.join(" ") })));
  return found;
}
