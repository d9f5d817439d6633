/** One screen: what it shows, its programme and playlog, commands, its layout drawn. */

import { call } from "./lib/call.js";
import { ask } from "./lib/dialog.js";
import { all, make, one } from "./lib/dom.js";
import { data, t } from "./lib/island.js";
import { live } from "./lib/live.js";
import { dayName, now, shortTime } from "./lib/time.js";
import { commands } from "./wall/commands.js";
import { drawLayout } from "./wall/layout.js";
import { instant, lookAway, once, watch } from "./wall/motion.js";
import { hangPanel } from "./wall/panel.js";
import { playRows, spanRows } from "./wall/programme-table.js";
import { forget, programmeOf } from "./wall/programmes.js";
import { slide } from "./wall/slider.js";
import { byWords, playWords, proofWords, stateOf } from "./wall/states.js";

const HOUR = 3_600_000;
const { screen, names } = data;
const hang = one("#panel");
const panel = hangPanel(hang, screen);
let away = 0;
watch(hang, panel);

async function load() {
  const programme = await programmeOf(screen.id);
  panel.show(programme);
  if (programme) one("#spans").replaceChildren(...spanRows(programme, names));
  tell();
  once();
  plays();
  findings();
}

function tell() {
  one(".pl").textContent = playWords(screen, panel.programme, instant(), names);
  one(".seen").textContent = proofWords(screen, panel.programme, away);
  one("#state").textContent = t(`now.state.${stateOf(screen)}`);
}

async function plays() {
  const from = Math.floor(now() - HOUR);
  const found = await call("GET", `/api/v1/plays?screen=${screen.id}&from=${from}&limit=500`).catch(() => null);
  if (found?.items?.length) one("#plays").replaceChildren(...playRows(found.items, panel.programme, names));
}

async function findings() {
  const found = await call("GET", `/api/v1/screens/${screen.id}/findings`).catch(() => null);
  one("#findings").replaceChildren(
    ...(found?.items || []).map((/** @type {any} */ one) => make("li.note.warn", {}, one.detail)),
  );
}

async function who() {
  const found = await call("GET", `/api/v1/screens/${screen.id}/cues?at=${Math.floor(instant())}`).catch(() => null);
  const cue = found?.items?.find((/** @type {any} */ one) => one.approved_by);
  const time = cue && `${dayName(cue.approved_at)} ${shortTime(cue.approved_at)}`;
  one("#approved").textContent = cue ? t("now.approved", { by: byWords(cue.approved_by), time }) : "";
}

slide(one("#rail"), (ms) => {
  away = ms;
  lookAway(ms);
  tell();
  who();
});

/** @param {any} next */
function change(next) {
  Object.assign(screen, next);
  const power = document.getElementById("power");
  if (power) power.dataset.command = screen.blanked ? "unblank" : "blank";
  if (power) one("span", power).textContent = t(screen.blanked ? "screens_page.unblank" : "now.blank_yes");
  tell();
}

const tellDone = commands(screen.id);
live("programme_published", ({ screen: id, version }) => id === screen.id && forget(id, version) && load());
live("presence", ({ id, ...presence }) => {
  if (id !== screen.id) return;
  change({ presence });
  tellDone();
});
live("screen_changed", async ({ id }) => {
  if (id === screen.id) change(await call("GET", `/api/v1/screens/${id}`).catch(() => ({})));
});

for (const button of all("[data-ask]"))
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (button.closest("form"));
    const { ask: question = "", say } = button.dataset;
    if (await ask({ question, say, yes: button.textContent?.trim() || "" })) form.submit();
  });

const layout = /** @type {HTMLFormElement | null} */ (document.getElementById("layout"));
if (layout) drawLayout(layout);
addEventListener("resize", () => panel.refit());
load();
who();
setInterval(() => {
  tell();
  if (!away && Math.floor(now() / 1000) % 10 === 0) plays();
}, 1000);
