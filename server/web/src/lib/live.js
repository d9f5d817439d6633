/** The desk's socket: what changed elsewhere is told here, so that a page can look again. */

import { make } from "./dom.js";
import { t } from "./island.js";

/** @type {Promise<import("socket.io-client").Socket> | null} */
let wire = null;

/**
 * Listen to an event of the `/desk` namespace; `back` runs after every return of a lost connection, since
 * whatever was told meanwhile was missed.
 * @param {string} event
 * @param {(payload: any) => void} heard
 * @param {() => void} [back]
 */
export async function live(event, heard, back) {
  wire ||= import("./wire.js").then(({ connect }) => connect(strip));
  const told = await wire.catch(() => null);
  if (!told) return strip(true);
  told.on(event, heard);
  if (back) told.io.on("reconnect", back);
}

/**
 * Look again whenever the socket has joined, the first time too: what happened between the making of a page and that
 * moment was told to nobody here. @param {() => void} look
 */
export async function joined(look) {
  const told = await wire?.catch(() => null);
  if (!told) return;
  told.on("connect", look);
  if (told.connected) look();
}

/** @param {boolean} away */
function strip(away) {
  const shown = document.getElementById("away");
  if (!away) shown?.remove();
  else if (!shown)
    document.getElementById("main")?.prepend(make("p.note.warn", { id: "away", role: "status" }, t("desk.offline")));
}
