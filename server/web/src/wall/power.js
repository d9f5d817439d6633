/** The kill switch: any screens to black in a second, after one question; and back. */

import { call, Problem } from "../lib/call.js";
import { t } from "../lib/island.js";
import { toast } from "../lib/toast.js";
import { chooseScreens, reached } from "./chooser.js";

/**
 * Ask which screens are to go black, and do it.
 * @param {import("./states.js").Screen[]} screens
 * @param {import("./chooser.js").Group[]} groups
 */
export async function blank(screens, groups) {
  const lit = screens.filter((one) => !one.blanked);
  const targets = await chooseScreens({
    question: t("now.blank_ask"),
    say: t("now.blank_say"),
    yes: t("now.blank_yes"),
    kind: "red",
    targets: { all: true, groups: [], screens: [] },
    screens: lit,
    groups,
  });
  if (targets) await power(targets, true, reached(targets, lit, groups).length);
}

/** Let every blanked screen play again. @param {import("./states.js").Screen[]} screens */
export const relight = (screens) => {
  const dark = screens.filter((one) => one.blanked).map((one) => one.id);
  return power({ all: false, groups: [], screens: dark }, false, dark.length);
};

/** @param {import("./chooser.js").Targets} targets @param {boolean} dark @param {number} n */
async function power(targets, dark, n) {
  if (!n) return toast(t("now.none_chosen"));
  try {
    const answer = await call("POST", "/now/power", { targets, blank: dark });
    toast(t(dark ? "now.blanked_n" : "now.relit_n", { n: answer.screens }));
  } catch (error) {
    toast(error instanceof Problem ? error.message : t("desk.failed"));
  }
}
