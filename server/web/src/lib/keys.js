/** Single keys for a person who knows the desk; off inside fields. No key issues an alert. */

/** @type {Map<string, () => void>} */
const bound = new Map();
let pressedG = -Infinity; // not 0: a page's first second is no second after a G

const PAGES = /** @type {Record<string, string>} */ ({ n: "/", p: "/playlists", r: "/review", s: "/schedule" });

/**
 * Run `work` when `key` is pressed outside fields and dialogs.
 * @param {string} key
 * @param {() => void} work
 */
export function onKey(key, work) {
  bound.set(key, work);
}

/**
 * Let J and K move the focus through what `selector` finds.
 * @param {string} selector
 */
export function stepThrough(selector) {
  const step = (/** @type {number} */ by) => () => {
    const found = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(selector)]);
    const at = found.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    found[at < 0 ? 0 : Math.max(0, Math.min(found.length - 1, at + by))]?.focus();
  };
  onKey("j", step(1));
  onKey("k", step(-1));
}

/** @param {EventTarget | null} target */
const inField = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || inField(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const page = event.timeStamp - pressedG < 1000 ? PAGES[event.key] : undefined;
  pressedG = event.key === "g" ? event.timeStamp : -Infinity;
  if (page) location.assign(page);
  const work = bound.get(event.key);
  if (page || !work) return;
  event.preventDefault();
  work();
});
