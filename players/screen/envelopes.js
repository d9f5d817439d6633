/** Engine.IO packets as text, in place of the library's own codec, whose larger half carries bytes that we never send. */

/** @typedef {{type: string, data?: string}} Packet */

export const protocol = 4;
const TYPES = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
const SEPARATOR = "\x1e";

/** @param {Packet} packet */
const encoded = ({ type, data }) => TYPES.indexOf(type) + (data || "");

/** @param {Packet} packet @param {boolean} _bytes @param {(text: string) => void} then */
export const encodePacket = (packet, _bytes, then) => then(encoded(packet));

/** @param {Packet[]} packets @param {(text: string) => void} then */
export const encodePayload = (packets, then) => then(packets.map(encoded).join(SEPARATOR));

/** @param {unknown} text @returns {Packet} */
export function decodePacket(text) {
  const type = typeof text === "string" ? TYPES[Number(text.charAt(0))] : undefined;
  if (!type) return { type: "error", data: "parser error" };
  const data = String(text).slice(1);
  return data ? { type, data } : { type };
}

/** @param {string} payload */
export function decodePayload(payload) {
  const packets = payload.split(SEPARATOR).map(decodePacket);
  const broken = packets.findIndex((one) => one.type === "error");
  return broken < 0 ? packets : packets.slice(0, broken + 1);
}
