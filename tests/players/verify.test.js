/** What the player believes: programmes and files whose hashes are right. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { canonical, isNamed, isWhole } from "../../players/screen/verify.js";

const hash = (data) => createHash("sha256").update(data).digest("hex");

test("canonical JSON sorts keys, keeps Chinese and has no spaces", () => {
  assert.equal(
    canonical({ b: [1, null, true], a: { 文: "安全\n\u0001" } }),
    '{"a":{"文":"安全\\n\\u0001"},"b":[1,null,true]}',
  );
});

test("a programme is whole when its version is its hash", async () => {
  const body = { screen: "s1", loops: [], width: 192 };
  const version = hash('{"loops":[],"screen":"s1","width":192}').slice(0, 32);
  assert.equal(await isWhole({ version, ...body }), true);
  assert.equal(await isWhole({ version, ...body, width: 193 }), false);
});

test("a file is its name", async () => {
  const data = new TextEncoder().encode("pixels");
  assert.equal(await isNamed(`${hash(data)}.png`, data.buffer), true);
  assert.equal(await isNamed(`${hash("other")}.png`, data.buffer), false);
});

test("without the browser's digest our own says the same", async () => {
  const data = new TextEncoder().encode("pixels");
  const kept = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
  try {
    assert.equal(await isNamed(`${hash(data)}.png`, data.buffer), true);
  } finally {
    Object.defineProperty(globalThis, "crypto", kept);
  }
});
