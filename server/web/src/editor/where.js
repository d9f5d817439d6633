/** Where it plays: its slots, and a short way to put it on screens without leaving the page. */

import { call, Problem } from "../lib/call.js";
import { ask } from "../lib/dialog.js";
import { all, make, one } from "../lib/dom.js";
import { data, t } from "../lib/island.js";
import { same } from "../lib/same.js";
import { toast } from "../lib/toast.js";
import { chooseScreens } from "../wall/chooser.js";
import { mayWrite } from "./head.js";
import { html, Icon } from "./html.js";
import { readAgain, save } from "./keeping.js";
import { chosen, profiles, slots, told } from "./state.js";

const ALWAYS = "00:00-24:00";
const DAYS = [1, 2, 3, 4, 5, 6, 7];

export function Where() {
  return html`<section class="where">
    <div class="row between"><h2>${t("playlists_page.where")}</h2>${mayWrite() && html`<button type="button" class="btn s sm" onClick=${schedule}><${Icon} name="schedule" />${t("playlists_page.put_on")}</button>`}</div>
    ${slots.value.length > 0 ? html`<ul class="card list">${slots.value.map((slot) => html`<${Slot} key=${slot.id} slot=${slot} />`)}</ul>` : html`<p class="mute small">${t(told.value?.used ? "playlists_page.where_fallback" : "playlists_page.where_nowhere")}</p>`}
  </section>`;
}

/** @param {{slot: any}} props */
function Slot({ slot }) {
  return html`<li><span class="grow"><a class="strong link" href=${`/schedule?slot=${slot.id}`}>${screensOf(slot)}</a><br /><span class="small mute">${timesOf(slot)}</span></span></li>`;
}

/** @param {any} slot */
function screensOf(slot) {
  const below = slot.below.length
    ? t("playlists_page.below", { names: slot.below.join(t("playlists_page.and")), n: slot.share })
    : "";
  const own = slot.all || slot.screens.length || !below ? ownOf(slot) : "";
  return [own, below].filter(Boolean).join(t("playlists_page.and"));
}

/** @param {any} slot */
function ownOf(slot) {
  if (slot.all) return t("playlists_page.everywhere", { n: slot.screens.length });
  const groups = data.groups
    .filter((/** @type {any} */ group) => slot.groups.includes(group.id))
    .map((/** @type {any} */ group) => group.name);
  const names = groups.length ? groups : slot.screens.slice(0, 3);
  const more =
    slot.screens.length > (groups.length ? 0 : 3) ? t("playlists_page.and_more", { n: slot.screens.length }) : "";
  return names.join(t("playlists_page.and")) + more || t("playlists_page.no_screens");
}

/** `08:00–17:30，周一至周五` @param {any} slot */
function timesOf(slot) {
  const { clock = ALWAYS, weekdays = DAYS, first, last } = slot.daypart;
  const told = [clock === ALWAYS ? t("playlists_page.all_day") : clock.replace("-", "–")];
  if (weekdays.length < 7)
    told.push(
      same(weekdays, [1, 2, 3, 4, 5])
        ? t("playlists_page.workdays")
        : weekdays.map((/** @type {number} */ day) => t(`playlists_page.day.${day}`)).join(" "),
    );
  if (first || last) told.push(`${first || ""}–${last || ""}`);
  if (slot.region !== "main") told.push(t("playlists_page.region", { name: slot.region }));
  return told.join(t("playlists_page.comma"));
}

/** Read again where it plays. */
export async function readPlaces() {
  if (!told.value) return;
  const found = await call("GET", `/playlists/${told.value.id}/places`).catch(() => null);
  if (!found) return;
  slots.value = found.slots;
  if (same(profiles.value, found.profiles)) return;
  chosen.value = 0;
  profiles.value = found.profiles;
}

async function schedule() {
  if (!(await save()) && !told.value) return void toast(t("playlists_page.write_first"));
  const { screens, groups } = data;
  if (!screens.length) return void toast(t("playlists_page.no_screens_yet"));
  const targets = { all: false, groups: [], screens: [] };
  const picked = await chooseScreens({
    question: t("playlists_page.which_screens"),
    yes: t("playlists_page.next"),
    targets,
    screens,
    groups,
  });
  if (!picked || !(picked.all || picked.groups.length || picked.screens.length)) return;
  const daypart = await askTimes();
  if (!daypart) return;
  await put({ playlist: told.value.id, targets: picked, daypart });
}

/** When: always, or hours on some weekdays. @returns {Promise<any>} the daypart, null when it was left */
async function askTimes() {
  const time = (/** @type {string} */ id, /** @type {string} */ value, /** @type {string} */ word) =>
    make("label.row.small", {}, t(`playlists_page.${word}`), make("input.in.time", { type: "time", id, value }));
  const days = DAYS.map((day) =>
    make(
      "label.pill.tickpill",
      {},
      make("input", { type: "checkbox", value: day, checked: true }),
      t(`playlists_page.day.${day}`),
    ),
  );
  const hours = make(
    "div.stack",
    { hidden: true },
    make("div.row.wrap.g16", {}, time("from", "08:00", "from"), time("until", "17:30", "until")),
    make("div.row.wrap", {}, ...days),
  );
  const radio = (/** @type {string} */ value, /** @type {boolean} */ checked) =>
    make(
      "label.pickrow",
      {},
      make("input", { type: "radio", name: "when", value, checked }),
      make("span.grow", {}, t(`playlists_page.when.${value}`)),
    );
  const body = make("div.stack", {}, radio("always", true), radio("hours", false), hours);
  const isSet = () => /** @type {HTMLInputElement} */ (one("input[value=hours]", body)).checked;
  body.addEventListener("change", () => {
    hours.hidden = !isSet();
  });
  if (
    !(await ask({
      question: t("playlists_page.when_ask"),
      say: t("playlists_page.when_say"),
      yes: t("playlists_page.put_on_now"),
      body,
    }))
  )
    return null;
  if (!isSet()) return {};
  const value = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (one(`#${id}`, body)).value;
  const weekdays = all("input:checked[type=checkbox]", body).map((box) =>
    Number(/** @type {HTMLInputElement} */ (box).value),
  );
  return { clock: `${value("from")}-${value("until") === "00:00" ? "24:00" : value("until")}`, weekdays };
}

/** @param {any} order */
async function put(order) {
  try {
    await call("POST", "/api/v1/slots", order);
    toast(t(told.value.approved ? "playlists_page.is_on" : "playlists_page.is_on_later"));
  } catch (error) {
    await refusedBy(/** @type {any} */ (error), order);
  }
  await readPlaces();
}

/** Screens that ask for review take only playlists of their unit: offer to move it there. @param {any} error @param {any} order */
async function refusedBy(error, order) {
  const { group, name, violations } = error instanceof Problem ? error.body : /** @type {any} */ ({});
  if (!group)
    return void (await ask({
      question: t("playlists_page.not_on"),
      say: violations?.[0]?.detail || error.message,
      yes: t("playlists_page.understood"),
    }));
  if (
    !(await ask({
      question: t("playlists_page.move_ask", { name }),
      say: error.message,
      yes: t("playlists_page.move", { name }),
    }))
  )
    return;
  try {
    await call("PUT", `/api/v1/playlists/${told.value.id}`, { group }, { revision: told.value.revision });
    await readAgain();
    await put(order);
  } catch (other) {
    toast(/** @type {Error} */ (other).message);
  }
}
