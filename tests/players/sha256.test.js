/** The player's own SHA-256 agrees with the standard's vectors and with Node's. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "../../players/screen/sha256.js";

const bytes = (text) => new TextEncoder().encode(text);

const VECTORS = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
];

for (const [text, digest] of VECTORS) {
  test(`the standard's vector of ${text.length} letters`, async () => assert.equal(await sha256(bytes(text)), digest));
}

test("every length around the padding's edges", async () => {
  for (let length = 0; length < 200; length++) {
    const data = new Uint8Array(length).map((_, place) => (place * 31 + length) & 255);
    assert.equal(await sha256(data), createHash("sha256").update(data).digest("hex"));
  }
});

test("a part of a larger buffer", async () => {
  const data = bytes("xxabcxx").subarray(2, 5);
  assert.equal(await sha256(data), VECTORS[1][1]);
});

test("large files give others a turn", async () => {
  let turns = 0;
  const data = new Uint8Array(1_000_000).fill(7);
  const digest = await sha256(data, async () => {
    turns += 1;
  });
  assert.equal(digest, createHash("sha256").update(data).digest("hex"));
  assert.equal(turns, 7);
});
