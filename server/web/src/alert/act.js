/** Clear, correct, prolong, change, approve: the server's small question in a dialog, then done. */

import { call, Problem } from "../lib/call.js";
import { icon, make, one } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { openSheet, readPage } from "./sheet.js";

const WARN = "M12 3l9.500 17h-19zM12 10v4M12 17h.01";

/** Let every act of the page open in a dialog; the link behind it works alone too. @param {() => any} done */
export function bindAct(done) {
  document.addEventListener("click", async (event) => {
    const link = /** @type {HTMLAnchorElement | null} */ (
      /** @type {HTMLElement} */ (event.target).closest("a[data-act]")
    );
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const found = await readPage(link.pathname).catch(() => null);
    if (!found?.page.getElementById("ask")) return location.assign(link.href);
    const box = openSheet(found.page, () => link.focus());
    const form = /** @type {HTMLFormElement} */ (one("form", box));
    form.addEventListener("submit", (sent) => {
      sent.preventDefault();
      send(form, () => {
        box.close();
        done();
      });
    });
  });
}

/** @param {HTMLFormElement} form @param {() => void} done */
async function send(form, done) {
  const go = /** @type {HTMLButtonElement} */ (one("[data-go]", form));
  go.disabled = true;
  go.classList.add("busy");
  try {
    await call("POST", new URL(form.action).pathname, new FormData(form));
    done();
  } catch (error) {
    go.disabled = false;
    go.classList.remove("busy");
    refused(form, /** @type {Problem} */ (error));
  }
}

/** @param {HTMLFormElement} form @param {Problem} problem */
function refused(form, problem) {
  const more = problem.body.violations?.map((/** @type {any} */ one) => one.detail) || [];
  const text = problem.status === 0 ? t("alerts_page.act_unknown") : (more.length ? more : [problem.message]).join(" ");
  form.querySelector("#refused")?.remove();
  const told = make("div.note.bad", { id: "refused", role: "alert" }, icon(WARN, "s"), make("p", {}, text));
  one("#question", form).after(told);
  /** @type {HTMLElement | null} */ (form.querySelector("input[type=password]"))?.focus();
}
