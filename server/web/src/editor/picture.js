/** Pictures for items: chosen from the library, or uploaded on the spot. */

import { signal } from "@preact/signals";
import { call, upload } from "../lib/call.js";
import { make } from "../lib/dom.js";
import { data, t } from "../lib/island.js";
import { html } from "./html.js";
import { locked, patch } from "./state.js";

/** @type {import("@preact/signals").Signal<Record<string, any>>} assets by id, as far as known; null for one that is gone */
const known = signal({});

/** @param {string} id */
async function learn(id) {
  if (!id || id in known.value) return;
  known.value = { ...known.value, [id]: undefined };
  const asset = await call("GET", `/api/v1/assets/${id}`).catch(() => null);
  known.value = { ...known.value, [id]: asset };
}

/** @param {{item: import("./state.js").Item, field: string}} props */
export function PictureField({ item, field }) {
  const id = item[field] || "";
  learn(id);
  const asset = known.value[id];
  const choose = async () => {
    const found = await choosePicture();
    if (found) patch(item.id, { [field]: found.id });
  };
  return html`<div class="field"><span class="lab">${t(`playlists_page.field.${field}`)}</span>
    <div class="row g12">
      ${id && html`<img class="picked" src=${`/api/v1/assets/${id}/thumbnail`} alt=${asset?.name || ""} />`}
      <span class="grow small mute">${asset ? `${asset.name}${t("playlists_page.join")}${asset.width}×${asset.height}` : id ? "" : t(`playlists_page.no_${field}`)}</span>
      ${!locked.value && html`<button type="button" class="btn s sm" onClick=${choose}>${t(id ? "playlists_page.other_picture" : "playlists_page.choose_picture")}</button>`}
      ${!locked.value && id && field === "portrait" && html`<button type="button" class="btn q sm" onClick=${() => patch(item.id, { portrait: "" })}>${t("playlists_page.no_picture")}</button>`}
    </div></div>`;
}

/** Ask for a picture; resolves to its asset, null when it was left. @returns {Promise<any>} */
export function choosePicture() {
  return new Promise((resolve) => {
    const box = /** @type {HTMLDialogElement} */ (
      make("dialog.dlg.pictures", { "aria-label": t("playlists_page.which_picture") })
    );
    const end = (/** @type {any} */ asset) => {
      if (asset) known.value = { ...known.value, [asset.id]: asset };
      box.close();
      box.remove();
      resolve(asset);
    };
    box.append(...contents(end));
    box.addEventListener("cancel", () => end(null));
    box.addEventListener("click", (event) => event.target === box && end(null));
    document.body.append(box);
    box.showModal();
  });
}

/** @param {(asset: any) => void} end */
function contents(end) {
  const shelf = make("div.shelf.few");
  const search = /** @type {HTMLInputElement} */ (
    make("input.in", { type: "search", placeholder: t("library_page.search"), "aria-label": t("library_page.search") })
  );
  const field = /** @type {HTMLInputElement} */ (
    make("input.vh", { type: "file", id: "picture-file", accept: "image/png,image/jpeg,image/webp,image/gif" })
  );
  const told = make("div", { "aria-live": "polite" });
  const show = async () => shelf.replaceChildren(...(await found(search.value, end)));
  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 250);
  });
  field.addEventListener("change", () => field.files?.[0] && send(field.files[0], told, end));
  show();
  const head = make(
    "div.row.wrap",
    {},
    search,
    make("label.btn.s", { for: "picture-file" }, t("playlists_page.upload")),
    field,
  );
  return [
    make("div.bd.stack", {}, make("h2.ask", {}, t("playlists_page.which_picture")), head, told, shelf),
    make("div.ft", {}, make("button.btn.lg.s", { type: "button", click: () => end(null) }, t("desk.cancel"))),
  ];
}

/** @param {string} text @param {(asset: any) => void} end */
async function found(text, end) {
  const page = await call("GET", `/api/v1/assets?limit=60&q=${encodeURIComponent(text)}`).catch((error) => ({
    why: error.message,
    items: [],
  }));
  if (page.why) return [make("p.note.bad", { role: "alert" }, page.why)];
  if (!page.items.length)
    return [make("p.mute", {}, text ? t("library_page.none_found", { q: text }) : t("playlists_page.no_pictures"))];
  return page.items.map((/** @type {any} */ asset) =>
    make(
      "button.tile",
      { type: "button", click: () => end(asset) },
      make("span.hang", {}, make("img", { src: asset.thumbnail, alt: "", loading: "lazy" })),
      make("span.cut.small", {}, asset.name),
    ),
  );
}

/** @param {File} file @param {HTMLElement} told @param {(asset: any) => void} end */
async function send(file, told, end) {
  const bar = /** @type {HTMLProgressElement} */ (make("progress", { max: 1, value: 0 }));
  const said = make("span.grow", {}, t("library_page.sending", { name: file.name }));
  told.replaceChildren(make("p.row.g12", {}, said, bar));
  const form = new FormData();
  form.append("file", file);
  form.append("name", file.name.replace(/\.[^.]+$/, ""));
  try {
    if (file.size > data.limit_mb * 1024 * 1024) throw new Error(t("library_page.too_large", { mb: data.limit_mb }));
    const progress = (/** @type {number} */ part) => {
      bar.value = part;
      if (part >= 1) said.textContent = t("library_page.setting", { name: file.name });
    };
    end(await upload("/api/v1/assets", form, progress));
  } catch (error) {
    told.replaceChildren(
      make(
        "p.note.bad",
        { role: "alert" },
        t("library_page.failed", { name: file.name, why: /** @type {Error} */ (error).message }),
      ),
    );
  }
}
