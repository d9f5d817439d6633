/** Socket.IO packets as text, in place of the library's own codec, whose larger half carries bytes that we never send. */

import { Emitter } from "@socket.io/component-emitter";

/** @typedef {{type: number, nsp?: string, id?: number, data?: any}} Packet */

export const protocol = 5;
export const PacketType = { CONNECT: 0, DISCONNECT: 1, EVENT: 2, ACK: 3, CONNECT_ERROR: 4 };
const RESERVED = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];
const FORM = /^([0-4])(?:(\/[^,]*),?)?(\d*)([\s\S]*)$/;

export class Encoder {
  /** @param {Packet} packet @returns {string[]} */
  encode({ type, nsp, id, data }) {
    const place = nsp && nsp !== "/" ? `${nsp},` : "";
    return [type + place + (id === undefined ? "" : id) + (data === undefined ? "" : JSON.stringify(data))];
  }
}

/** @extends {Emitter<any, any>} */
export class Decoder extends Emitter {
  /** @param {unknown} text */
  add(text) {
    const found = FORM.exec(String(text));
    if (typeof text !== "string" || !found) throw new Error("not a packet");
    const [, type, nsp, id, json] = found;
    const packet = /** @type {Packet} */ ({ type: Number(type), nsp: nsp || "/" });
    if (id) packet.id = Number(id);
    if (json) packet.data = JSON.parse(json);
    if (!isWhole(packet)) throw new Error("a packet of another form");
    this.emitReserved("decoded", packet);
  }

  destroy() {}
}

/** @param {Packet} packet */
function isWhole({ type, data }) {
  if (type === PacketType.EVENT) return Array.isArray(data) && RESERVED.indexOf(data[0]) < 0;
  if (type === PacketType.ACK) return Array.isArray(data);
  return type !== PacketType.DISCONNECT || data === undefined;
}
