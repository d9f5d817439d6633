/** One line, now: typed, seen at its very pixels, sent to the screens chosen. */

import { call, Problem } from "../lib/call.js";
import { calm, make, one } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { chooseScreens, reached, targetWords } from "./chooser.js";
import { foldOf } from "./preview.js";

const KEPT = "paomadeng.quick";

/** @typedef {import("./chooser.js").Targets} Targets */

/**
 * Bring the quick line to life.
 * @param {HTMLFormElement} form
 * @param {{screens: () => import("./states.js").Screen[], groups: import("./chooser.js").Group[], only?: string,
 *   sent?: (answer: any, screens: import("./states.js").Screen[]) => void}} told
 */
export function quickLine(form, { screens, groups, only, sent }) {
  const text = /** @type {HTMLInputElement} */ (one("input[name=text]", form));
  const button = /** @type {HTMLButtonElement} */ (one("button[type=submit]", form));
  const fold = foldOf(one(".fold", form));
  let targets = only ? { all: false, groups: [], screens: [only] } : remembered(screens());
  let asking = new AbortController();

  const chosen = () => reached(targets, screens(), groups);

  function tell() {
    const found = chosen();
    const [names, rest = ""] = targetWords(targets, screens(), groups);
    const [pill, tail] = form.querySelectorAll(".screens span");
    if (pill) pill.textContent = names;
    if (tail) tail.textContent = rest;
    button.textContent = t(asksReview(found, groups) ? "now.submit" : "now.publish");
  }

  const look = calm(150, async () => {
    const screen = narrowest(chosen());
    if (!text.value.trim() || !screen) return fold.clear();
    asking.abort();
    asking = new AbortController();
    try {
      const item = { kind: "slogan", text: text.value };
      const answer = await call("POST", "/api/v1/previews", { item, screen: screen.id }, { signal: asking.signal });
      if (text.value.trim()) fold.show(screen, answer, chosen().length);
    } catch (error) {
      if (error instanceof Problem && error.status !== 429) fold.say(error.message);
    }
  });

  /** @param {SubmitEvent} event */
  async function send(event) {
    event.preventDefault();
    if (button.disabled) return;
    if (!text.value.trim()) return void text.focus();
    if (!chosen().length) return void choose();
    busy(button, true);
    try {
      const until = /** @type {HTMLSelectElement | null} */ (form.querySelector("[name=until]"))?.value || "today";
      const answer = await call("POST", "/api/v1/quick-lines", { text: text.value, targets, until });
      text.value = "";
      fold.clear();
      done(form, answer);
      sent?.(answer, chosen());
    } catch (error) {
      fold.say(error instanceof Problem ? error.body.violations?.[0]?.detail || error.message : t("desk.failed"));
    }
    busy(button, false);
    tell();
  }

  async function choose() {
    const picked = await chooseScreens({
      question: t("now.which_screens"),
      yes: t("now.take"),
      targets,
      screens: screens(),
      groups,
    });
    if (!picked) return;
    targets = picked;
    localStorage.setItem(KEPT, JSON.stringify(targets));
    tell();
    look();
    text.focus();
  }

  form.addEventListener("submit", send);
  form.querySelector(".screens")?.addEventListener("click", choose);
  text.addEventListener("input", look);
  text.addEventListener("keydown", (event) => event.key === "Enter" && event.isComposing && event.preventDefault());
  tell();
  return {
    tell,
    /** @param {Targets} next */
    aim(next) {
      targets = next;
      tell();
    },
  };
}

/** What was chosen last, else every screen of one's own, else every screen. @param {import("./states.js").Screen[]} screens @returns {Targets} */
function remembered(screens) {
  try {
    const held = JSON.parse(localStorage.getItem(KEPT) || "null");
    const ids = new Set(screens.map((one) => one.id));
    if (held?.all || held?.groups?.length || held?.screens?.some((/** @type {string} */ id) => ids.has(id)))
      return {
        all: Boolean(held.all),
        groups: held.groups,
        screens: held.screens.filter((/** @type {string} */ id) => ids.has(id)),
      };
  } catch {
    localStorage.removeItem(KEPT);
  }
  const own = screens.filter((one) => !one.sample).map((one) => one.id);
  return own.length && own.length < screens.length
    ? { all: false, groups: [], screens: own }
    : { all: true, groups: [], screens: [] };
}

/** @param {import("./states.js").Screen[]} screens @param {import("./chooser.js").Group[]} groups */
function asksReview(screens, groups) {
  const steps = new Map(groups.map((group) => [group.id, group]));
  const over = (/** @type {string | undefined} */ id) => {
    for (let group = id ? steps.get(id) : undefined; group; group = group.parent ? steps.get(group.parent) : undefined)
      if (group.steps > 0) return true;
    return false;
  };
  return screens.some((screen) => screen.groups.some(over));
}

/** The screen on which a line has least room. @param {import("./states.js").Screen[]} screens */
const narrowest = (screens) =>
  screens.reduce((/** @type {any} */ least, one) => (!least || one.width < least.width ? one : least), null);

/** @param {HTMLButtonElement} button @param {boolean} yes */
function busy(button, yes) {
  button.disabled = yes;
  button.classList.toggle("busy", yes);
  if (yes) button.textContent = t("now.sending");
}

/** What happens next, and how to take it back. @param {HTMLFormElement} form @param {any} answer */
function done(form, answer) {
  const line = one(".after", form);
  const published = answer.state === "approved";
  const back = make("button.link", { type: "button" }, t("now.withdraw"));
  back.addEventListener("click", async () => {
    try {
      await call("POST", `/api/v1/playlists/${answer.playlist}/withdraw`, {});
      line.replaceChildren(t("now.withdrawn"));
    } catch (error) {
      line.replaceChildren(/** @type {Error} */ (error).message, " ", back);
    }
  });
  const key = `now.${published ? "published" : "submitted"}${answer.screens === 1 ? "_one" : ""}`;
  line.replaceChildren(make("span", {}, t(key, { n: answer.screens })), back);
  line.hidden = false;
}
