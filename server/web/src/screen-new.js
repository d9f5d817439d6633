/** Adding a screen by the code it shows. */

import { one } from "./lib/dom.js";
import { data, t } from "./lib/island.js";
import { codeCells } from "./wall/cells.js";
import { copyButtons } from "./wall/copy.js";
import { freeName, pairNew, reason } from "./wall/pairing.js";

codeCells(one("#code"), async (code) => {
  const hint = one("#codehint");
  hint.className = "hint";
  hint.textContent = t("now.first.looking");
  try {
    const screen = await pairNew(code, freeName(data.taken));
    location.assign(`/screens/${screen.id}`);
    return true;
  } catch (error) {
    hint.className = "hint bad";
    hint.textContent = reason(error);
    return false;
  }
});
copyButtons();
