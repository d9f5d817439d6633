/** Many lines at once: each becomes a slogan; what is there already and what cannot be one is told before anything is added. */

import { ask } from "../lib/dialog.js";
import { make } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { toast } from "../lib/toast.js";
import { slogansIn } from "./lines.js";
import { blank, insert, isBlank, items, open } from "./state.js";

/**
 * Ask for lines and add them behind the open item.
 * @param {string} [pasted] what came from the clipboard already
 * @param {import("./state.js").Item} [into] an empty item that the first line may fill
 */
export async function pasteLines(pasted = "", into) {
  const area = /** @type {HTMLTextAreaElement} */ (
    make("textarea.in", {
      rows: 10,
      "aria-label": t("playlists_page.paste_here"),
      placeholder: t("playlists_page.paste_here"),
    })
  );
  const told = make("div.stack.small.pasted", { "aria-live": "polite" });
  area.value = pasted;
  const found = () =>
    slogansIn(
      area.value,
      items.value.map((item) => item.text || ""),
    );
  const tell = () => told.replaceChildren(...report(found()));
  area.addEventListener("input", tell);
  tell();
  const body = make("div.stack", {}, area, told);
  if (
    !(await ask({
      question: t("playlists_page.paste_title"),
      say: t("playlists_page.paste_say"),
      yes: t("playlists_page.paste_add"),
      body,
    }))
  )
    return;
  add(found().lines, into);
}

/** @param {string[]} lines @param {import("./state.js").Item} [into] */
function add(lines, into) {
  if (!lines.length) return;
  const before = items.value;
  const fills = into && isBlank(into);
  insert(
    lines.map((text) => blank("slogan", { text })),
    into?.id || open.value || undefined,
  );
  if (fills) items.value = items.value.filter((item) => item.id !== into.id);
  open.value = "";
  toast(t("playlists_page.pasted", { n: lines.length }), () => {
    items.value = before;
  });
}

/** @param {ReturnType<typeof slogansIn>} found */
function report({ lines, twice, refused }) {
  const told = [make("p.mute", {}, t("playlists_page.paste_count", { n: lines.length }))];
  if (twice.length) told.push(rows("warn", t("playlists_page.paste_twice", { n: twice.length }), twice));
  if (refused.length) {
    const why = refused.map((one) =>
      t("playlists_page.paste_row", { line: one.line, n: one.length, text: `${one.text.slice(0, 24)}…` }),
    );
    told.push(rows("bad", t("playlists_page.paste_refused", { n: refused.length }), why));
  }
  return told;
}

/** @param {string} kind @param {string} title @param {string[]} lines */
const rows = (kind, title, lines) =>
  make(
    `div.note.${kind}`,
    {},
    make("div.grow", {}, make("b", {}, title), ...lines.slice(0, 20).map((line) => make("div", {}, line))),
  );
