/** Markup for the editor's parts: tagged templates, the desk's icons, a row of choices. */

import htm from "htm";
import { h } from "preact";

export const html = htm.bind(h);

const SHAPES = /** @type {Record<string, string>} */ ({
  plus: "M12 5v14M5 12h14",
  more: "M5 11.500v1M4.500 12h1M12 11.500v1M11.500 12h1M19 11.500v1M18.500 12h1",
  play: "M8 5.500v13l10-6.500z",
  pause: "M8 5v14M16 5v14",
  tick: "M5 12.500l4.500 4.500L19 7.500",
  warn: "M12 3l9.500 17h-19zM12 10v4M12 17h.01",
  clock: "M12 3.500a8.500 8.500 0 100 17 8.500 8.500 0 000-17zM12 8v4.500l3 2",
  schedule: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  up: "M6 14l6-6 6 6",
});

/** @param {{name: string, size?: string}} props */
export const Icon = ({ name, size = "s" }) =>
  html`<svg class=${`ic ${size}`} viewBox="0 0 24 24" aria-hidden="true"><path d=${SHAPES[name]} /></svg>`;

/**
 * One of a few: a segment whose arrow keys move the choice.
 * @param {{label: string, options: {value: string, text: string}[], value: string, choose: (value: string) => void, off?: boolean}} props
 */
export function Choice({ label, options, value, choose, off = false }) {
  const step = (/** @type {KeyboardEvent} */ event) => {
    const by = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 })[
      event.key
    ];
    if (!by) return;
    event.preventDefault();
    const at = options.findIndex((option) => option.value === value);
    const next = (at + by + options.length) % options.length;
    choose(options[next].value);
    /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (event.currentTarget).children[next]).focus();
  };
  return html`<span class="seg" role="radiogroup" aria-label=${label} onKeyDown=${step}>
    ${options.map(
      ({ value: word, text }) => html`<button type="button" role="radio" class=${word === value ? "on" : ""}
        aria-checked=${String(word === value)} tabindex=${word === value ? 0 : -1} disabled=${off} onClick=${() => choose(word)}>${text}</button>`,
    )}
  </span>`;
}
