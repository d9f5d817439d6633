/** The password once more, over a form that keeps everything typed in it. */

import { call } from "../lib/call.js";
import { make } from "../lib/dom.js";
import { t } from "../lib/island.js";

/**
 * Ask for the password until it is right; null when it was left.
 * @param {{name: string, onward: string, ticket: string}} asked
 * @returns {Promise<{ticket: string, until: number} | null>}
 */
export function askPassword({ name, onward, ticket }) {
  return new Promise((resolve) => {
    const field = /** @type {HTMLInputElement} */ (
      make("input.in", { type: "password", id: "again", autocomplete: "current-password", required: true })
    );
    const told = make("p.hint.bad", { role: "alert", hidden: true });
    const go = make("button.btn.p.lg", {}, t("alerts_page.fresh.go"));
    const box = /** @type {HTMLDialogElement} */ (make("dialog.dlg", { "aria-labelledby": "again-title" }));
    const form = make(
      "form.frame",
      { method: "dialog", submit: (/** @type {Event} */ event) => send(event) },
      make(
        "div.bd.stack",
        {},
        make("h2.ask", { id: "again-title" }, t("alerts_page.fresh.title")),
        make("p.mute", {}, t("alerts_page.fresh.kept")),
        make("div.field", {}, make("label", { for: "again" }, t("alerts_page.fresh.password", { name })), field, told),
      ),
      make("div.ft", {}, go),
    );
    let answer = /** @type {any} */ (null);

    /** @param {Event} event */
    async function send(event) {
      event.preventDefault();
      const body = new FormData();
      for (const [key, value] of Object.entries({ password: field.value, onward, ticket })) body.set(key, value);
      try {
        answer = await call("POST", "/alert/fresh", body);
        box.close();
      } catch (error) {
        const problem = /** @type {import("../lib/call.js").Problem} */ (error);
        told.textContent = problem.body.violations?.[0]?.detail || problem.message;
        told.hidden = false;
        field.select();
      }
    }

    box.append(form);
    box.addEventListener("close", () => {
      box.remove();
      resolve(answer);
    });
    document.body.append(box);
    box.showModal();
    field.focus();
  });
}
