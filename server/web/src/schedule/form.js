/** The form of a slot: in a dialog over the week, or as a page; what it would meet is told before it is saved. */

import { call, Problem } from "../lib/call.js";
import { all, calm, icon, make, one } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { toast } from "../lib/toast.js";

const WARN = "M12 3l9.500 17h-19zM12 10v4M12 17h.01";

/**
 * Open the form of an address in a dialog; `saved` runs once it is stored.
 * @param {string} url @param {() => void} saved
 */
export async function openForm(url, saved) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return location.assign(url);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = /** @type {HTMLFormElement} */ (document.adoptNode(one("#slot-form", page)));
  form.classList.remove("card", "pad24");
  const question = one("h1", page).textContent || "";
  const box = /** @type {HTMLDialogElement} */ (
    make(
      "dialog.dlg.tallform",
      { "aria-label": question },
      make("div.bd.stack", {}, make("h2.ask", {}, question), form),
    )
  );
  const end = () => {
    box.close();
    box.remove();
  };
  document.body.append(box);
  bring(form, () => {
    end();
    saved();
  });
  one("#leave", form).addEventListener("click", (event) => {
    event.preventDefault();
    end();
  });
  box.addEventListener("cancel", end);
  box.addEventListener("close", () => box.remove());
  box.showModal();
}

/**
 * Bring a form to life.
 * @param {HTMLFormElement} form @param {() => void} saved
 */
export function bring(form, saved) {
  sift(form);
  const look = calm(350, () => foresee(form));
  const follow = () => {
    arrange(form);
    look();
  };
  form.addEventListener("input", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.name === "from" || field.name === "until") radio(form, "some");
    if (field.type === "checkbox") everything(form, field);
    follow();
  });
  for (const button of all("[data-days]", form)) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const box of boxes(form, "weekdays")) box.checked = (button.dataset.days || "").includes(box.value);
      follow();
    });
  }
  for (const button of all("[data-priority]", form))
    button.addEventListener("click", () => {
      field(form, "priority").value = button.dataset.priority || "50";
      follow();
    });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form, saved);
  });
  follow();
}

/** @param {HTMLFormElement} form @param {string} name */
const field = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/** @param {HTMLFormElement} form @param {string} name */
const boxes = (form, name) => /** @type {HTMLInputElement[]} */ (all(`input[name=${name}]`, form));

/** Of many organisations show those that are typed for, and what is chosen. @param {HTMLFormElement} form */
function sift(form) {
  const search = /** @type {HTMLInputElement | null} */ (form.querySelector("#find-below"));
  if (!search) return;
  search.hidden = false;
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    for (const box of boxes(form, "organisations")) {
      const row = /** @type {HTMLElement} */ (box.closest("label"));
      row.hidden = !box.checked && !row.textContent?.toLowerCase().includes(wanted);
    }
  });
}

/** @param {HTMLFormElement} form @param {string} value */
function radio(form, value) {
  for (const button of boxes(form, "hours")) button.checked = button.value === value;
}

/** Everything stands for each one. @param {HTMLFormElement} form @param {HTMLInputElement} touched */
function everything(form, touched) {
  const single = [...boxes(form, "groups"), ...boxes(form, "screens")];
  const [every] = boxes(form, "all");
  if (touched === every && every.checked) for (const box of single) box.checked = false;
  else if (single.includes(touched) && touched.checked) every.checked = false;
}

/** What the fields say about each other. @param {HTMLFormElement} form */
function arrange(form) {
  const whole = boxes(form, "hours").some((button) => button.checked && button.value === "all");
  const [from, until] = [field(form, "from").value, field(form, "until").value];
  one(".times", form).classList.toggle("off", whole);
  const share = form.querySelector("#share-field");
  if (share) /** @type {HTMLElement} */ (share).hidden = !boxes(form, "organisations").some((box) => box.checked);
  one("#overnight", form).hidden = whole || !from || !until || until === "00:00" || until > from;
  const priority = Number(field(form, "priority").value);
  for (const button of all("[data-priority]", form)) {
    const level = Math.sign(Number(button.dataset.priority) - 50);
    const on = level === Math.sign(priority - 50);
    button.classList.toggle("on", on);
    button.setAttribute("aria-pressed", String(on));
  }
}

/** The form as the interface takes it; `slot_form.py` agrees. @param {HTMLFormElement} form */
function bodyOf(form) {
  const sent = new FormData(form);
  const text = (/** @type {string} */ name) => String(sent.get(name) || "");
  const until = text("until") === "00:00" ? "24:00" : text("until");
  const instant = (/** @type {string} */ name) => (text(name) ? Number(text(name)) : undefined);
  return {
    playlist: text("playlist"),
    targets: {
      all: sent.has("all"),
      groups: sent.getAll("groups"),
      screens: sent.getAll("screens"),
      organisations: sent.getAll("organisations"),
    },
    share: Number(text("share")) || undefined,
    region: text("region") || "main",
    daypart: {
      clock: text("hours") === "some" ? `${text("from")}-${until}` : "00:00-24:00",
      weekdays: sent.getAll("weekdays").map(Number),
      first: text("first") || undefined,
      last: text("last") || undefined,
    },
    priority: Number(text("priority")) || 50,
    from: instant("begins"),
    until: instant("ends"),
  };
}

/** @param {HTMLFormElement} form */
const slotOf = (form) => /\/schedule\/(?!new$)(\w+)$/.exec(new URL(form.action).pathname)?.[1];

/** Tell what the slot would meet, as long as it says enough. @param {HTMLFormElement} form */
async function foresee(form) {
  const body = bodyOf(form);
  const place = one("#foreseen", form);
  const { all: every, ...some } = body.targets;
  const ready = body.playlist && (every || Object.values(some).some((chosen) => chosen.length));
  if (!ready) return place.replaceChildren();
  const told = JSON.stringify(body);
  const found = await call("POST", "/api/v1/slots/check", { ...body, slot: slotOf(form) }).catch(() => null);
  if (!found || told !== JSON.stringify(bodyOf(form))) return;
  place.replaceChildren(...(found.refused ? [refusal(form, found)] : notes(found)));
}

/** @param {any} found */
function notes(found) {
  if (!found.conflicts.length) return [make("p.hint", {}, t("schedule_page.conflicts_none", { n: found.screens }))];
  return found.conflicts.map((/** @type {any} */ clash) =>
    note(clash.kind === "hidden_by" ? "warn" : "info", t(`schedule_page.conflict.${clash.kind}`, { name: clash.name })),
  );
}

/** @param {string} kind @param {string} text @param {...Node} more */
const note = (kind, text, ...more) => make(`p.note.${kind}`, {}, icon(WARN, "s"), make("span.grow", {}, text), ...more);

/** Too little review, with the way to it. @param {HTMLFormElement} form @param {any} found */
function refusal(form, found) {
  const list = bodyOf(form).playlist;
  const name =
    form.querySelector(`input[name=groups][value="${found.group}"]`)?.closest("label")?.querySelector(".grow")
      ?.textContent || "";
  const click = async () => {
    try {
      const held = await call("GET", `/api/v1/playlists/${list}`);
      if (held.group !== found.group)
        await call("PUT", `/api/v1/playlists/${list}`, { group: found.group }, { revision: held.revision });
      await call("POST", `/api/v1/playlists/${list}/submit`, {});
      toast(t("schedule_page.submitted_there"));
      foresee(form);
    } catch (error) {
      complain(form, /** @type {Problem} */ (error));
    }
  };
  return note(
    "warn",
    found.refused,
    make("button.btn.s.sm", { type: "button", click }, t("schedule_page.submit_there", { name })),
  );
}

/** @param {HTMLFormElement} form @param {() => void} saved */
async function save(form, saved) {
  const [button, slot] = [one("#save", form), slotOf(form)];
  const before = button.textContent || "";
  button.textContent = t("schedule_page.saving");
  try {
    const revision = slot ? field(form, "revision").value : undefined;
    await call(slot ? "PUT" : "POST", slot ? `/api/v1/slots/${slot}` : "/api/v1/slots", bodyOf(form), { revision });
    toast(t(slot ? "desk.saved" : "schedule_page.scheduled"));
    saved();
  } catch (error) {
    complain(form, /** @type {Problem} */ (error));
  } finally {
    button.textContent = before;
  }
}

/** Every complaint beside its field, the rest on top. @param {HTMLFormElement} form @param {Problem} problem */
function complain(form, problem) {
  for (const old of all(".hint.bad,#refused > *", form)) old.remove();
  const rest = [];
  for (const broken of problem.body?.violations || []) {
    const place =
      all("[data-field]", form)
        .reverse()
        .find((part) => broken.field.startsWith(part.dataset.field || "-")) ||
      form.querySelector(`[data-field="${broken.field.startsWith("daypart") ? "daypart.first" : ""}"]`);
    const line = make("p.hint.bad", { role: "alert" }, icon(WARN, "s"), make("span", {}, broken.detail));
    if (place) place.append(line);
    else rest.push(broken.detail);
  }
  const whole = problem.status === 412 ? t("schedule_page.stale") : problem.message;
  if (rest.length || !problem.body?.violations?.length)
    one("#refused", form).append(note("bad", rest.join(" ") || whole));
  form.querySelector(".hint.bad,#refused > *")?.scrollIntoView({ block: "center" });
}
