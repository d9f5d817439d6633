/** The last question: digits for the real thing, then out; says whether it is out when the network fails meanwhile. */

import { call, Problem } from "../lib/call.js";
import { icon, make, one } from "../lib/dom.js";
import { t } from "../lib/island.js";
import { watchDigits } from "./digits.js";
import { hangShot } from "./shots.js";

const WARN = "M12 3l9.500 17h-19zM12 10v4M12 17h.01";
const AGAIN_MS = 1000;

/** @typedef {{shot: any, base: string, identifier: string, renew: () => Promise<string>}} Asked */

/**
 * Bring the question to life.
 * @param {HTMLDialogElement} box
 * @param {Asked} asked
 */
export function askDigits(box, asked) {
  const form = /** @type {HTMLFormElement} */ (one("form", box));
  const go = /** @type {HTMLButtonElement} */ (one("[data-go]", form));
  const hang = one("[data-shot]", form);
  if (asked.shot) hangShot(hang, asked.shot, { most: 3 });
  const digits = form.querySelector(".code") ? watchDigits(form, matched) : null;
  if (digits) go.disabled = true;
  else go.focus();
  const word = go.textContent || "";

  /** @param {boolean} right */
  function matched(right) {
    go.disabled = !right;
    if (right) go.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!go.disabled) issue();
  });

  async function issue() {
    const body = new FormData(form);
    working(true);
    say("");
    try {
      const told = await call("POST", `${asked.base}/issue`, body);
      location.assign(told.url);
    } catch (error) {
      await failed(/** @type {Problem} */ (error));
    }
  }

  /** @param {Problem} problem */
  async function failed(problem) {
    if (problem.status === 0) return lost();
    working(false);
    if (problem.body.type?.endsWith("/not-fresh")) return again();
    const more = problem.body.violations?.map((/** @type {any} */ one) => one.detail) || [];
    say([t("alerts_page.refused"), ...(more.length ? more : [problem.message])].join(t("alerts_page.stop")));
  }

  /** The password first, then the very same press. */
  async function again() {
    const renewed = await asked.renew();
    if (!renewed) return;
    /** @type {HTMLInputElement} */ (one("input[name=ticket]", form)).value = renewed;
    await issue();
  }

  /** Nobody knows whether it went out: ask until somebody does. */
  async function lost() {
    say(t("alerts_page.unknown"));
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      if (!box.open) return;
      const found = await call("GET", `/alert/issued/${asked.identifier}`).catch(() => null);
      if (found?.issued) return location.assign(found.url);
      if (!found) continue;
      working(false);
      say(t("alerts_page.not_issued"));
      return go.focus();
    }
  }

  /** @param {boolean} busy */
  function working(busy) {
    go.disabled = busy;
    go.classList.toggle("busy", busy);
    go.textContent = busy ? t("alerts_page.issuing") : word;
  }

  /** @param {string} text */
  function say(text) {
    form.querySelector("#refused")?.remove();
    if (!text) return;
    one(".bd", form).append(
      make("div.note.bad", { id: "refused", role: "alert" }, icon(WARN, "s"), make("p", {}, text)),
    );
    form.querySelector("#refused")?.scrollIntoView({ block: "nearest" });
  }
}
