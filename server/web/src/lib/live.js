/** The desk's socket: what changed elsewhere is told here, so that a page can look again. */

import { io } from "socket.io-client";
import { make } from "./dom.js";
import { t } from "./island.js";

/** @type {import("socket.io-client").Socket | null} */
let socket = null;

/**
 * Listen to an event of the `/desk` namespace; `back` runs after every return of a lost connection, since
 * whatever was told meanwhile was missed.
 * @param {string} event
 * @param {(payload: any) => void} heard
 * @param {() => void} [back]
 */
export function live(event, heard, back) {
  const wire = connection();
  wire.on(event, heard);
  if (back) wire.io.on("reconnect", back);
}

function connection() {
  if (!socket) {
    socket = io("/desk", { transports: ["websocket", "polling"] });
    socket.on("connect", () => strip(false));
    socket.on("disconnect", () => setTimeout(() => strip(!socket?.connected), 2000));
  }
  return socket;
}

/** @param {boolean} away */
function strip(away) {
  const shown = document.getElementById("away");
  if (!away) shown?.remove();
  else if (!shown)
    document.getElementById("main")?.prepend(make("p.note.warn", { id: "away", role: "status" }, t("desk.offline")));
}
