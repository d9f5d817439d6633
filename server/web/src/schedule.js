/** Schedule: the week drawn, a slot opened beside its cell, changed, rested or taken off with a way back. */

import { call } from "./lib/call.js";
import { ask } from "./lib/dialog.js";
import { all, calm, make, one } from "./lib/dom.js";
import { data, t } from "./lib/island.js";
import { onKey } from "./lib/keys.js";
import { live } from "./lib/live.js";
import { dayName, now } from "./lib/time.js";
import { toast } from "./lib/toast.js";
import { edges } from "./schedule/drag.js";
import { bring, openForm } from "./schedule/form.js";
import { line, pictures, place, showDay } from "./schedule/grid.js";
import { close, openCell, openSlot, show } from "./schedule/pop.js";

let held = /** @type {import("./schedule/grid.js").WeekData} */ (data);

/** Draw what the page holds. */
function begin() {
  const week = document.getElementById("week");
  if (!week?.classList.contains("week")) return;
  showDay(week, week.dataset.shown || "");
  place(week);
  edges(week, held, drag);
  pictures(week, held);
}

/** Read the page again and put its parts in place; the address may be another one. @param {string} [url] */
async function again(url = location.pathname + location.search) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return url === location.pathname + location.search || location.assign(url);
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [was, shown] = [openSlot(), document.getElementById("week")?.dataset.shown];
  close(false);
  for (const part of ["say", "acts", "bar", "regions", "above", "week"]) {
    const fresh = next.getElementById(part);
    if (fresh) document.getElementById(part)?.replaceWith(fresh);
  }
  held = JSON.parse(one("#island", next).textContent || "{}").data;
  const week = one("#week");
  if (shown && week.querySelector(`.col[data-day="${shown}"]`)) week.dataset.shown = shown;
  begin();
  const cell = was && week.querySelector(`[data-slot="${was}"]`);
  if (cell && held.slots[was]) show(/** @type {HTMLElement} */ (cell), held, acts);
}

const acts = {
  edit: (/** @type {string} */ slot) => openForm(`/schedule/${slot}`, again),
  rest,
  remove,
};

/** @param {string} slot @param {string} day @param {boolean} rests */
async function rest(slot, day, rests) {
  const told = { name: held.slots[slot].slot.playlist_name, day: dayOf(day) };
  const act = (/** @type {boolean} */ paused) => call("POST", `/api/v1/slots/${slot}/pause`, { day, paused });
  await guarded(async () => {
    await act(rests);
    close();
    await again();
    toast(t(rests ? "schedule_page.rested" : "schedule_page.resumed", told), () =>
      guarded(() => act(!rests).then(() => again())),
    );
  });
}

/** @param {string} day */
const dayOf = (day) => dayName((held.days.find((one) => one.day === day)?.from ?? now()) + 1000);

/** @param {string} slot */
async function remove(slot) {
  const { slot: row, said } = held.slots[slot];
  const name = row.playlist_name;
  const asked = {
    question: t("schedule_page.remove_ask", { name }),
    say: t("schedule_page.remove_say", said),
    yes: t("schedule_page.remove"),
  };
  if (!(await ask(asked))) return;
  await guarded(async () => {
    await call("DELETE", `/api/v1/slots/${slot}`);
    close(false);
    await again();
    toast(t("schedule_page.removed", { name }), () =>
      guarded(() => call("POST", `/api/v1/slots/${slot}/restore`).then(() => again())),
    );
  });
}

/** An edge was dragged: save, say it, offer the way back. @param {string} slot @param {string} clock */
async function drag(slot, clock) {
  const { slot: row } = held.slots[slot];
  const save = async (/** @type {string} */ hours, /** @type {string} */ revision) => {
    const { playlist, targets, region, priority } = row;
    const body = { playlist, targets, region, priority, daypart: { ...row.daypart, clock: hours } };
    return call("PUT", `/api/v1/slots/${slot}`, body, { revision });
  };
  const done = await guarded(() => save(clock, row.revision));
  await again();
  if (!done) return;
  const told = t("schedule_page.dragged", { name: row.playlist_name, hours: clock.replace("-", "–") });
  toast(told, () => guarded(() => save(row.daypart.clock, done.revision).then(() => again())));
}

/** When the slot that is open begins, ms. */
function openInstant() {
  const { day, begins } = openCell()?.dataset ?? {};
  const from = held.days.find((one) => one.day === day)?.from;
  return from === undefined ? undefined : from + Number(begins) * 60_000;
}

/** Do something and say what stood against it. @param {() => Promise<any>} work */
async function guarded(work) {
  try {
    return (await work()) || true;
  } catch (error) {
    const stale = /** @type {any} */ (error).status === 412;
    const text = stale ? t("schedule_page.stale") : /** @type {Error} */ (error).message;
    document.getElementById("refused")?.remove();
    one("#week").before(make("p.note.bad.mb", { id: "refused", role: "alert" }, text));
    return null;
  }
}

// what a hand does ---------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  const form = /** @type {HTMLAnchorElement | null} */ (target.closest("a[data-form]"));
  const step = /** @type {HTMLAnchorElement | null} */ (target.closest("#bar a[href^='/schedule?at'],#regions a"));
  const cell = /** @type {HTMLElement | null} */ (target.closest("#week.week [data-slot]"));
  const day = /** @type {HTMLElement | null} */ (target.closest(".dh"));
  if (target.closest("#look")) {
    event.preventDefault();
    location.assign(`/?at=${openInstant() ?? now()}`);
  } else if (form) {
    event.preventDefault();
    openForm(form.href, again);
  } else if (step && !step.closest(".seg")) {
    event.preventDefault();
    history.pushState(null, "", step.href);
    again(step.pathname + step.search);
  } else if (cell) show(cell, held, acts);
  else if (day) {
    showDay(one("#week"), day.dataset.day || "");
    pictures(one("#week"), held);
  } else if (target.closest("[data-remove]"))
    remove(/** @type {HTMLElement} */ (target.closest("[data-slot]")).dataset.slot || "");
  else if (openSlot() && !target.closest(".pop,dialog,.toast")) close(false);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && openSlot() && !document.querySelector("dialog[open]")) close();
});
document.addEventListener("change", (event) => {
  const picked = /** @type {HTMLSelectElement} */ (event.target);
  if (picked.matches("#bar select") && (picked.value || picked.closest("form#bar"))) picked.form?.submit();
});

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("main > #slot-form"));
if (form)
  bring(form, () => location.assign(`/schedule?at=${encodeURIComponent(String(new FormData(form).get("at") || ""))}`));

onKey("j", () => all("#bar a[data-step='1']")[0]?.click());
onKey("k", () => all("#bar a[data-step='-1']")[0]?.click());
onKey("e", () => openSlot() && held.may && acts.edit(openSlot() || ""));
window.addEventListener("popstate", () => again());
window.addEventListener("resize", calm(150, begin));
setInterval(() => document.querySelector("#week.week") && line(one("#week")), 30_000);
const elsewhere = calm(
  400,
  () => document.querySelector("dialog[open],.drags") || document.getElementById("slot-form") || again(),
);
for (const event of ["slot_changed", "review_changed"]) live(event, elsewhere, elsewhere);
begin();
