/** Moving items by key: Space lifts, arrows move, Space drops, Esc puts back; every step is spoken. */

import { t } from "../lib/island.js";
import { items, lifted, move } from "./state.js";

/** @param {string} text */
export function speak(text) {
  const place = document.getElementById("spoken");
  if (place) place.textContent = text;
}

/** @param {string} id */
const placeOf = (id) => items.value.findIndex((item) => item.id === id);

/** @param {string} key @param {string} id */
const say = (key, id) => speak(t(`playlists_page.${key}`, { n: placeOf(id) + 1, of: items.value.length }));

/** The handle keeps the focus while its row moves. @param {string} id */
function hold(id) {
  requestAnimationFrame(() =>
    /** @type {HTMLElement | null} */ (document.querySelector(`[data-item="${id}"] .drag`))?.focus(),
  );
}

/** @param {string} id @param {number} by */
export function moveBy(id, by) {
  const from = placeOf(id);
  move(from, from + by);
  say("moved", id);
  hold(id);
}

function drop() {
  lifted.value = null;
}

/** @param {KeyboardEvent} event @param {string} id */
export function orderKey(event, id) {
  const held = lifted.value?.id === id;
  if (event.key === " " || event.key === "Enter") {
    if (held) drop();
    else lifted.value = { id, order: items.value };
    say(held ? "dropped" : "lifted", id);
  } else if (held && event.key === "Escape") {
    items.value = lifted.value?.order || items.value;
    drop();
    say("put_back", id);
    hold(id);
  } else if (held && (event.key === "ArrowUp" || event.key === "ArrowDown"))
    moveBy(id, event.key === "ArrowUp" ? -1 : 1);
  else return;
  event.preventDefault();
}

/** Let rows be dragged by their handle; the order is the state's, so the list itself is put back. @param {HTMLElement} list */
export async function draggable(list) {
  const { default: Sortable } = await import("sortablejs");
  return new Sortable(list, {
    handle: ".drag",
    animation: 150,
    onEnd({ item, oldIndex = 0, newIndex = 0 }) {
      item.remove();
      list.insertBefore(item, list.children[oldIndex] || null);
      if (oldIndex !== newIndex) move(oldIndex, newIndex);
    },
  });
}
