/** A question that the server wrote, shown in a dialog: Esc, a click outside and the way back are no. */

import { all, one } from "../lib/dom.js";

/**
 * Show `#ask` of a page in a dialog and return it; `closed` runs when it was left.
 * @param {Document} page
 * @param {() => void} [closed]
 */
export function openSheet(page, closed = () => {}) {
  const section = one("#ask", page);
  const box = document.createElement("dialog");
  box.className = section.className.replace("page", "");
  box.setAttribute("aria-labelledby", "question");
  if (box.classList.contains("red")) box.setAttribute("role", "alertdialog");
  box.append(...section.childNodes);
  box.addEventListener("close", () => {
    box.remove();
    closed();
  });
  box.addEventListener("click", (event) => event.target === box && box.close());
  for (const back of all("[data-back]", box))
    back.addEventListener("click", (event) => {
      event.preventDefault();
      box.close();
    });
  document.body.append(box);
  box.showModal();
  (box.querySelector(".cell, input:not([type=hidden], .vh), [data-go]") || box).dispatchEvent(
    new CustomEvent("begin", { bubbles: true }),
  );
  /** @type {HTMLElement | null} */ (box.querySelector(".cell, [data-go]"))?.focus();
  return box;
}

/**
 * The page behind a form or a link, read as a person's browser would; throws when the network is down.
 * @param {string} url
 * @param {RequestInit} [init]
 */
export async function readPage(url, init = {}) {
  const answer = await fetch(url, { ...init, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { page, answer };
}

/** A form's fields as it would post them, with the button that was pressed. @param {HTMLFormElement} form */
export const fieldsOf = (form) => new URLSearchParams(/** @type {any} */ (new FormData(form)));
