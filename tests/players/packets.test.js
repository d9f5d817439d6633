/** Our own text packets are those of the socket library, both ways. */

import assert from "node:assert/strict";
import { test } from "node:test";
import * as theirEnvelopes from "engine.io-parser";
import * as theirs from "socket.io-parser";
import { parse } from "../../players/screen/address.js";
import * as envelopes from "../../players/screen/envelopes.js";
import { Decoder, Encoder, PacketType } from "../../players/screen/packets.js";

const PACKETS = [
  { type: 0, nsp: "/player", data: { token: "t" } },
  { type: 0, nsp: "/" },
  { type: 0, nsp: "/player", data: { sid: "x", pid: "y" } },
  { type: 1, nsp: "/player" },
  { type: 2, nsp: "/player", data: ["hello", { nonce: "é疏散", list: [1, null] }], id: 0 },
  { type: 2, nsp: "/", data: ["beat"], id: 123 },
  { type: 2, nsp: "/player", data: ["12,3[", "a,b"] },
  { type: 3, nsp: "/player", id: 7, data: [{ ok: true }] },
  { type: 3, nsp: "/", id: 7, data: [] },
  { type: 4, nsp: "/player", data: { message: "no" } },
];
const BROKEN = ["", "9", "2", '2{"a":1}', '2["connect"]', "3{}", '1/player,["x"]', "2[", "x", "51-[]"];

/** @param {any} decoder @param {string} text */
function read(decoder, text) {
  const found = [];
  decoder.on("decoded", (packet) => found.push({ ...packet }));
  decoder.add(text);
  return found[0];
}

test("every packet is written and read as the library does", () => {
  assert.deepEqual(
    Object.entries(PacketType).filter(([name, number]) => theirs.PacketType[name] !== number),
    [],
  );
  for (const packet of PACKETS) {
    const text = new Encoder().encode(packet);
    assert.deepEqual(text, new theirs.Encoder().encode({ ...packet }));
    assert.deepEqual(read(new Decoder(), text[0]), read(new theirs.Decoder(), text[0]), text[0]);
  }
});

test("what is no packet of ours is refused, bytes too", () => {
  for (const text of BROKEN) assert.throws(() => read(new Decoder(), text), undefined, text);
  assert.throws(() => read(new Decoder(), new ArrayBuffer(4)));
});

test("every envelope is written and read as the library does", () => {
  const packets = ["open", "close", "ping", "pong", "message", "upgrade", "noop"].flatMap((type) => [
    { type },
    { type, data: "疏散 42" },
  ]);
  let ours = "";
  let library = "";
  envelopes.encodePayload(packets, (text) => {
    ours = text;
  });
  theirEnvelopes.encodePayload(packets, (text) => {
    library = text;
  });
  assert.equal(ours, library);
  assert.deepEqual(envelopes.decodePayload(ours), theirEnvelopes.decodePayload(library, "arraybuffer"));
});

test("a broken envelope ends a payload with an error", () => {
  const payload = "4a\x1ex\x1e4b";
  assert.deepEqual(envelopes.decodePayload(payload), theirEnvelopes.decodePayload(payload, "arraybuffer"));
  assert.equal(envelopes.decodePacket(new ArrayBuffer(2)).type, "error");
});

test("addresses come apart as the library needs them", () => {
  const { protocol, host, port, path, query } = parse("https://[::1]:8443/socket.io/?a=b");
  assert.deepEqual([protocol, host, port, path, query], ["https", "::1", "8443", "/socket.io/", "a=b"]);
});
