/** The library: upload with progress, rename in place, delete with undo. */

import { call, Problem, upload } from "./lib/call.js";
import { ask } from "./lib/dialog.js";
import { make, one } from "./lib/dom.js";
import { data, t } from "./lib/island.js";
import { toast } from "./lib/toast.js";

const shelf = one("#shelf");
const uploads = one("#uploads");
const empty = one("#empty");

/** @param {FileList | File[]} files */
async function take(files) {
  for (const file of files) await send(file);
}

/** @param {File} file */
async function send(file) {
  const bar = /** @type {HTMLProgressElement} */ (make("progress", { max: 1, value: 0 }));
  const said = make("span.grow", {}, t("library_page.sending", { name: file.name }));
  const line = make("li.card.row.pad.g16", {}, said, bar);
  uploads.append(line);
  try {
    if (file.size > data.limit_mb * 1024 * 1024) throw tooLarge();
    const asset = await upload("/api/v1/assets", form(file), (part) => progress(bar, said, file, part));
    line.remove();
    show(asset, file);
  } catch (error) {
    fail(line, file, /** @type {Error} */ (error));
  }
}

const tooLarge = () =>
  new Problem({ status: 413, title: "", detail: t("library_page.too_large", { mb: data.limit_mb }) });

/** @param {File} file */
function form(file) {
  const body = new FormData();
  body.append("file", file);
  body.append("name", file.name.replace(/\.[^.]+$/, ""));
  return body;
}

/** @param {HTMLProgressElement} bar @param {HTMLElement} said @param {File} file @param {number} part */
function progress(bar, said, file, part) {
  bar.value = part;
  if (part >= 1) said.textContent = t("library_page.setting", { name: file.name });
}

/** @param {HTMLElement} line @param {File} file @param {Error} error */
function fail(line, file, error) {
  const leave = make("button.btn.q.sm", { type: "button", click: () => line.remove() }, t("library_page.dismiss"));
  const why = t("library_page.failed", { name: file.name, why: error.message });
  line.replaceChildren(make("span.grow", { role: "alert" }, why), leave);
  line.className = "note bad row";
}

/** @param {any} asset @param {File} file */
function show(asset, file) {
  if (shelf.querySelector(`[data-asset="${asset.id}"]`)) {
    toast(t("library_page.there", { name: file.name }));
    return;
  }
  empty.hidden = true;
  shelf.prepend(tile(asset));
}

/** @param {any} asset */
function tile(asset) {
  const act = (/** @type {string} */ name) =>
    make("button.btn.q.sm", { type: "button", "data-act": name }, t(`library_page.${name}`));
  return make(
    "li.tile",
    { "data-asset": asset.id, "data-name": asset.name },
    make("div.hang.h-mid", {}, make("img", { src: asset.thumbnail, alt: asset.name })),
    make(
      "div.cap",
      {},
      make("span.nm", {}, make("span.cut", {}, asset.name)),
      make("span.pf", {}, `${asset.width}×${asset.height}`),
      make("span.pl.flush", {}, t("library_page.unused")),
      make("span.row", {}, act("rename"), act("delete")),
    ),
  );
}

/** @param {HTMLElement} item */
async function rename(item) {
  const field = /** @type {HTMLInputElement} */ (
    make("input.in", { value: item.dataset.name, maxlength: 200, "aria-label": t("library_page.new_name") })
  );
  if (!(await ask({ question: t("library_page.new_name"), yes: t("library_page.rename"), body: field }))) return;
  const asset = await call("PUT", `/api/v1/assets/${item.dataset.asset}`, { name: field.value });
  item.dataset.name = asset.name;
  one(".nm .cut", item).textContent = asset.name;
}

/** @param {HTMLElement} item */
async function remove(item) {
  const { asset, name = "" } = item.dataset;
  await call("DELETE", `/api/v1/assets/${asset}`);
  const before = item.nextElementSibling;
  item.remove();
  empty.hidden = shelf.children.length > 0;
  toast(t("library_page.deleted", { name }), async () => {
    await call("POST", `/api/v1/assets/${asset}/restore`);
    shelf.insertBefore(item, before);
    empty.hidden = true;
  });
}

/** @param {HTMLElement} item @param {string} text */
function complain(item, text) {
  item.querySelector(".note")?.remove();
  item.append(make("p.note.bad", { role: "alert" }, text));
}

shelf.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("button[data-act]");
  const item = /** @type {HTMLElement | null} */ (button?.closest("[data-asset]"));
  if (!button || !item) return;
  try {
    await (button.getAttribute("data-act") === "rename" ? rename(item) : remove(item));
  } catch (error) {
    complain(item, /** @type {Error} */ (error).message);
  }
});

if (data.may) {
  const field = /** @type {HTMLInputElement} */ (one("#files"));
  field.addEventListener("change", async () => {
    await take(field.files || []);
    field.value = "";
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer?.files || []);
  });
}
