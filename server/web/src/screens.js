/** The table of screens: a small live panel in each row, its state told as it changes. */

import { call } from "./lib/call.js";
import { all, one } from "./lib/dom.js";
import { data, t } from "./lib/island.js";
import { live } from "./lib/live.js";
import { onView } from "./wall/motion.js";
import { forget } from "./wall/programmes.js";
import { sentence } from "./wall/states.js";
import { hangTile } from "./wall/tile.js";

const { screens, names } = data;
const byId = new Map(screens.map((/** @type {any} */ screen) => [screen.id, screen]));
const tiles = new Map();

for (const element of all(".tile")) {
  const screen = byId.get(element.dataset.screen);
  if (screen) tiles.set(screen.id, hangTile(element, screen, { names, small: true }));
}
onView((element) => tiles.get(/** @type {HTMLElement} */ (element).dataset.screen)?.meet());

function tell() {
  const [said, offline] = sentence(screens);
  one("#say").textContent = screens.length ? said + offline + t("now.stop") : "";
  for (const tile of tiles.values()) tile.tell();
}

/** @param {any} next */
function change(next) {
  const tile = tiles.get(next.id);
  if (!tile) return;
  tile.change({ ...tile.screen, ...next });
  tell();
}

live("presence", ({ id, ...presence }) => change({ id, presence }));
live("screen_changed", async ({ id }) => {
  const screen = await call("GET", `/api/v1/screens/${id}`).catch(() => null);
  if (screen) change(screen);
});
live("programme_published", ({ screen, version }) => {
  const tile = tiles.get(screen);
  if (tile?.asked && forget(screen, version)) tile.load();
});
tell();
setInterval(tell, 1000);
