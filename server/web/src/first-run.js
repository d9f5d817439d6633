/** The first run: a code from the wall, a profile, the first line on the first screen. */

import { call } from "./lib/call.js";
import { all, icon, make, one } from "./lib/dom.js";
import { data, t } from "./lib/island.js";
import { live } from "./lib/live.js";
import { now } from "./lib/time.js";
import { codeCells } from "./wall/cells.js";
import { copyButtons } from "./wall/copy.js";
import { once, onView, watch } from "./wall/motion.js";
import { freeName, pairNew, reason, USUAL } from "./wall/pairing.js";
import { hangPanel } from "./wall/panel.js";
import { forget, programmeOf } from "./wall/programmes.js";
import { quickLine } from "./wall/quick.js";
import { sampleCode } from "./wall/sample-code.js";
import { playWords, profileWords, readNames } from "./wall/states.js";
import { hangTile } from "./wall/tile.js";

/** @type {import("./wall/states.js").Screen | null} */
let screen = null;
/** @type {ReturnType<typeof hangPanel> | null} */
let panel = null;
let waiting = false;
const TICK = "M5 12.500l4.500 4.500L19 7.500";
const { screens, groups, names, taken } = data;

const tiles = new Map();
for (const element of all(".tile")) {
  const found = screens.find((/** @type {any} */ one) => one.id === element.dataset.screen);
  if (found) tiles.set(found.id, hangTile(element, found, { names }));
}
onView((element) => tiles.get(/** @type {HTMLElement} */ (element).dataset.screen)?.meet());
const tv = one("#tv");
const example = sampleCode(tv);

if (matchMedia("(min-width: 641px)").matches) one("#code .cell").focus(); // a phone would scroll past the steps
codeCells(one("#code"), async (code) => {
  const hint = one("#codehint");
  hint.className = "hint";
  hint.textContent = t("now.first.looking");
  try {
    await take(await pairNew(code, freeName(taken)));
    return true;
  } catch (error) {
    hint.className = "hint bad";
    hint.textContent = reason(error);
    return false;
  }
});

/** The screen is there: show it in the same place, and ask for the first line. @param {any} made */
async function take(made) {
  screen = made;
  one("#pair").hidden = true;
  one("#paired").hidden = false;
  one("#write").hidden = false;
  one("#step3").className = "s3c done";
  one("#step3 .no").replaceChildren(icon(TICK, "s"));
  say("paired");
  example.remove();
  tellAttributes();
  hang();
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("quick"));
  if (form) quickLine(form, { screens: () => (screen ? [screen] : []), groups, only: made.id, sent });
  form?.querySelector("input")?.focus();
}

/** Proof, not hope: the line is on once the player says that it holds the programme. @param {any} answer */
async function sent(answer) {
  say(answer.state === "approved" ? "sent" : "in_review");
  if (answer.state === "approved") waiting = true;
}

function proved() {
  waiting = false;
  say("on");
}

/** @param {string} word */
function say(word) {
  one("#say").textContent = t(`now.first.${word}`);
  one("#saymore").textContent = t(`now.first.${word}_more`);
}

function hang() {
  if (!screen) return;
  panel?.frame.remove();
  panel = hangPanel(tv, screen, { most: 4, tall: 300, room: () => tv.clientWidth - 24 });
  watch(tv, { paint: (at) => panel?.paint(at) ?? at });
  show();
}

async function show() {
  if (!screen) return;
  panel?.show(await programmeOf(screen.id));
  tell();
  once();
}

/** What plays at this moment, under the panel. */
function tell() {
  if (screen && panel?.programme) one("#tvl").textContent = playWords(screen, panel.programme, now(), names);
  for (const tile of tiles.values()) if (tile.asked) tile.tell();
}

function tellAttributes() {
  if (!screen) return;
  one("#pairedsay").textContent = t("now.first.paired_as", { name: screen.name, profile: profileWords(screen) });
  field("name").value = screen.name;
  field("place").value = screen.place;
  field("width").value = String(screen.width);
  field("height").value = String(screen.height);
  field("colour").value = screen.colour;
  one("#sizes").replaceChildren(...sizes().map(pill));
}

/** @param {string} name */
const field = (name) => /** @type {HTMLInputElement} */ (one(`#${name}`));

/** The profile found, and those most often met. */
function sizes() {
  const own = screen ? [[screen.width, screen.height, screen.colour]] : [];
  const others = USUAL.filter(([w, h]) => !screen || w !== screen.width || h !== screen.height);
  return [...own, ...others];
}

/** @param {readonly any[]} size @param {number} n */
function pill([width, height, colour], n) {
  const words = profileWords({ width, height, colour });
  return make(
    `button.pill${n === 0 ? ".on" : ""}`,
    { type: "button", click: () => change({ width, height, colour }) },
    words,
  );
}

/** @param {Record<string, any>} values */
async function change(values) {
  if (!screen) return;
  const bad = one("#attributesbad");
  bad.hidden = true;
  try {
    screen = await call("PUT", `/api/v1/screens/${screen.id}`, values);
    tellAttributes();
    hang();
    document.querySelector("#quick input")?.dispatchEvent(new Event("input"));
  } catch (error) {
    bad.hidden = false;
    bad.textContent = reason(error);
  }
}

one("#attributes").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
  change(
    Object.fromEntries([...form].map(([name, value]) => [name, /^(width|height)$/.test(name) ? Number(value) : value])),
  );
});

live("programme_published", ({ screen: id, version }) => {
  if (id !== screen?.id) tiles.get(id)?.asked && forget(id, version) && tiles.get(id).load();
  else if (forget(id, version)) show();
});

live("presence", ({ id, online, programme }) => {
  if (waiting && id === screen?.id && online && programme && programme === panel?.programme?.version) proved();
});
live("playlist_changed", () => readNames(names));

setInterval(tell, 1000);
copyButtons();
