/** The connection itself, in a file of its own: a page is there before it is fetched. */

import { io } from "socket.io-client";

/** @param {(away: boolean) => void} tell whether the server has been away for a moment */
export function connect(tell) {
  const wire = io("/desk", { transports: ["websocket", "polling"] });
  wire.on("connect", () => tell(false));
  wire.on("disconnect", () => setTimeout(() => tell(!wire.connected), 2000));
  return wire;
}
