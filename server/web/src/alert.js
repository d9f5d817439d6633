/** The alert page and the drill page: choose, see it on every class of screen, answer for it, let it out. */

import { askPassword } from "./alert/fresh.js";
import { askDigits } from "./alert/question.js";
import { openSheet, readPage } from "./alert/sheet.js";
import { hangShots, mannerOf } from "./alert/shots.js";
import { chooseSingle } from "./alert/single.js";
import { fillFrom } from "./alert/templates.js";
import { call } from "./lib/call.js";
import { all, icon, make, one, write } from "./lib/dom.js";
import { data, t } from "./lib/island.js";
import { paced } from "./lib/pace.js";
import { now } from "./lib/time.js";

const PREVIEW_MS = 180;
const WARN = "M12 3l9.500 17h-19zM12 10v4M12 17h.01";
const TICK = "M5 12.500l4.500 4.500L19 7.500";
const form = /** @type {HTMLFormElement} */ (one("#compose"));
const shots = hangShots(one("#shots"));
/** @type {any} */
let seen = null;
let asking = 0;
let until = data.until;

const fields = () => new FormData(form);
const ticket = () => /** @type {HTMLInputElement} */ (one("input[name=ticket]", form));

// what it comes to -----------------------------------------------------------------------------------------------------

const look = paced(PREVIEW_MS, async () => {
  const mine = ++asking;
  const body = fields();
  const found = await call("POST", `${data.base}/preview`, body).catch(() => null);
  if (!found || mine !== asking) return;
  seen = found;
  tell();
});

function tell() {
  shots.show(seen.shots, seen.others);
  write(one("#reach"), seen.reach);
  write(one("#goes"), seen.goes);
  write(one("#until"), t("alerts_page.until_in", { until: seen.until, span: chosenWords("expires_s") }));
  write(one("#manner"), chosenWords("presentation"));
  write(one("#filled"), seen.example || t("alerts_page.placeholders"));
  const manner = seen.shots.length ? mannerOf(seen.shots[0]) : null;
  one("#fits").classList.toggle("over", Boolean(manner && !manner.calm));
  write(one("#fits"), manner ? manner.words : seen.fits);
  for (const id of ["#next", "#next-phone"]) write(one(id), goWords());
}

const goWords = () =>
  t(`alerts_page.${data.kind}.next${seen.screens === 1 ? "_one" : seen.screens ? "_n" : ""}`, { n: seen.screens });

/** The words of the chosen one of several. @param {string} name */
function chosenWords(name) {
  const chosen = form.querySelector(`input[name=${name}]:checked`);
  return chosen?.closest("label")?.textContent?.trim() || "";
}

// hands ----------------------------------------------------------------------------------------------------------------

form.addEventListener("input", (event) => {
  const touched = /** @type {HTMLInputElement} */ (event.target);
  if (touched.name === "template") fillFrom(form, data.templates, touched.value);
  if (touched.name === "everywhere" || touched.name === "groups") everythingOrSome(touched);
  look();
});

/** Everything stands for each one; a single choice takes it back. @param {HTMLInputElement} touched */
function everythingOrSome(touched) {
  if (!touched.checked) return;
  const other = touched.name === "everywhere" ? "groups" : "everywhere";
  for (const box of all(`input[name=${other}]`, form)) /** @type {HTMLInputElement} */ (box).checked = false;
  if (touched.name === "everywhere") for (const one of all("input[data-single]", form)) one.remove();
  nameSingle();
}

const single = /** @type {HTMLButtonElement} */ (one("#single"));
single.hidden = data.screens.length === 0;
single.addEventListener("click", async () => {
  const before = all("input[data-single]", form).map((one) => /** @type {HTMLInputElement} */ (one).value);
  const chosen = await chooseSingle(t("alerts_page.single_ask"), data.screens, before);
  if (!chosen) return;
  for (const one of all("input[data-single]", form)) one.remove();
  for (const value of chosen)
    single.before(make("input", { type: "hidden", name: "screens", value, "data-single": true }));
  const every = /** @type {HTMLInputElement | null} */ (form.querySelector("input[name=everywhere]"));
  if (every && chosen.length) every.checked = false;
  nameSingle();
  look();
});

function nameSingle() {
  const n = all("input[data-single]", form).length;
  write(single, n ? t(`alerts_page.single${n === 1 ? "_one" : "_n"}`, { n }) : t("alerts_page.single"));
}

const below = /** @type {HTMLButtonElement} */ (one("#below"));
const boxes = () => /** @type {HTMLInputElement[]} */ (all("input[name=organisations]", form));
below.hidden = data.organisations.length <= boxes().length - 1; // the first is one's own with all below
below.addEventListener("click", async () => {
  const before = boxes().filter((box) => box.checked);
  const chosen = await chooseSingle(
    t("alerts_page.below_ask"),
    data.organisations,
    before.map((box) => box.value),
  );
  if (!chosen) return;
  for (const box of boxes().slice(1)) box.checked = chosen.includes(box.value);
  const offered = boxes().map((box) => box.value);
  for (const { id, name } of data.organisations)
    if (chosen.includes(id) && !offered.includes(id)) boxes().at(-1)?.closest("label")?.after(pill(id, name));
  look();
});

/** @param {string} value @param {string} name */
function pill(value, name) {
  const box = make("input", { type: "checkbox", name: "organisations", value, checked: true });
  return make("label.pick1", {}, box, icon(TICK, "s"), make("span", {}, name));
}

// the question ---------------------------------------------------------------------------------------------------------

let busy = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});

async function check() {
  if (busy) return;
  busy = true;
  document.getElementById("refused")?.remove();
  try {
    const body = new URLSearchParams(/** @type {any} */ (fields()));
    const { page } = await readPage(`${data.base}/check`, { method: "POST", body });
    await answer(page);
  } catch {
    refuse(t("alerts_page.net_down"));
  } finally {
    busy = false;
  }
}

/** The server's answer: the question, the password first, or what is to be changed. @param {Document} page */
async function answer(page) {
  if (page.getElementById("ask")) return question(page);
  if (page.getElementById("fresh")) {
    if (await renew()) {
      busy = false;
      return check();
    }
    return;
  }
  const told = page.getElementById("refused");
  if (told) return show(document.adoptNode(told));
  refuse(page.querySelector("h1")?.textContent || t("desk.failed"));
}

/** @param {Document} page */
function question(page) {
  const island = JSON.parse(page.getElementById("island")?.textContent || "{}").data;
  const box = openSheet(page, () => one("#next").focus());
  askDigits(box, { shot: island.shots[0], base: data.base, identifier: data.identifier, renew });
}

/** Ask for the password and take the new ticket; false when it was left. */
async function renew() {
  const given = await askPassword({ name: data.who, onward: data.base, ticket: ticket().value });
  if (!given) return "";
  until = given.until;
  ticket().value = given.ticket;
  return given.ticket;
}

/** @param {string} text */
const refuse = (text) =>
  show(make("div.note.bad", { id: "refused", role: "alert" }, icon(WARN, "s"), make("p", {}, text)));

/** @param {HTMLElement} told */
function show(told) {
  document.getElementById("refused")?.remove();
  one(".head", form).after(told);
  told.scrollIntoView({ block: "nearest" });
  const field = /** @type {HTMLElement | null} */ (told.querySelector("[data-field]"))?.dataset.field || "";
  const named = form.querySelector(`#${CSS.escape(field.split(".")[0] || "-")}`);
  if (named instanceof HTMLElement) named.focus();
}

/** The password runs out while nobody touches the page: asked for then, never between press and alert. */
setInterval(() => {
  if (now() < until || busy || document.hidden || document.querySelector("dialog[open]")) return;
  until = now() + 60_000;
  renew();
}, 1000);

/** @type {HTMLElement | null} */ (form.querySelector("input[name=template]"))?.focus({ preventScroll: true });
nameSingle();
look();
