/** What of the table is wanted, by its links and its small form: asked for without leaving the page. */

import { all, calm, one, write } from "../lib/dom.js";
import { patchRows } from "./rows.js";

const PAUSE_MS = 250; // after the last letter

/**
 * @typedef {{rows: import("./rows.js").Row[], counts: Record<string, number>, links: Record<string, string>,
 *   range: string, before: string, after: string, none: string}} Table
 */

/** The query the table stands for, as the address bar has it. */
export const query = () => location.search;

/** @param {Table} table */
export function patchTable(table) {
  patchRows(table.rows);
  for (const link of all("#filter [data-only]")) {
    const only = link.dataset.only || "";
    write(one("span", link), String(table.counts[only]));
    link.setAttribute("href", `${table.links[only]}#all`);
  }
  one("#none").hidden = !table.none;
  one("#pager").hidden = !table.range;
  write(one("#pager .small"), table.range);
  point("before", table.before);
  point("after", table.after);
}

/** @param {"before" | "after"} way @param {string} to */
function point(way, to) {
  const link = one(`[data-way=${way}]`);
  link.hidden = !to;
  link.setAttribute("href", `${to}#all`);
}

/** Let links and fields change what is asked for; `read` asks. @param {() => any} read */
export function bindTable(read) {
  const ask = (/** @type {string} */ search) => {
    history.replaceState(null, "", location.pathname + search);
    one("#rows").replaceChildren();
    mark(new URLSearchParams(search).get("only") || "all");
    read();
  };
  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest?.("a[data-way]");
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    ask(link.search);
    one("#all").scrollIntoView({ block: "nearest" });
  });
  const form = document.querySelector("#sift");
  if (!(form instanceof HTMLFormElement)) return;
  const sift = () => ask(wanted(form));
  form.addEventListener("input", calm(PAUSE_MS, sift));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sift();
  });
}

/** The address of what the form says, with the state chosen above it. @param {HTMLFormElement} form */
function wanted(form) {
  const search = new URLSearchParams(location.search);
  search.delete("page");
  for (const name of ["spot", "q"]) {
    const value = String(new FormData(form).get(name) || "").trim();
    if (value) search.set(name, value);
    else search.delete(name);
  }
  const told = search.toString();
  return told && `?${told}`;
}

/** @param {string} only */
function mark(only) {
  for (const link of all("#filter [data-only]")) {
    link.classList.toggle("on", link.dataset.only === only);
    if (link.dataset.only === only) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
