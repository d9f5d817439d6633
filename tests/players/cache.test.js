/** The cache keeps its promises on a disk and without one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { memoryCache, openCache } from "../../players/screen/cache.js";

const KINDS = { disk: () => openCache(new IDBFactory()), memory: async () => memoryCache() };

for (const [kind, open] of Object.entries(KINDS)) {
  test(`${kind}: what was put is found, what was dropped is not`, async () => {
    const cache = await open();
    await cache.put("media", [
      ["a", 1],
      ["b", 2],
    ]);
    await cache.drop("media", ["a"]);
    assert.deepEqual([await cache.get("media", "a"), await cache.get("media", "b")], [undefined, 2]);
    assert.deepEqual(await cache.keys("media"), ["b"]);
  });

  test(`${kind}: the first plays are the oldest`, async () => {
    const cache = await open();
    for (const key of ["3", "1", "2"]) await cache.put("plays", [[key, Number(key)]]);
    assert.deepEqual(await cache.first("plays", 2), [1, 2]);
  });
}

test("what was put survives a restart", async () => {
  const disk = new IDBFactory();
  await (await openCache(disk)).put("kept", [["programme", { version: "v1" }]]);
  assert.deepEqual(await (await openCache(disk)).get("kept", "programme"), { version: "v1" });
});

test("a browser that refuses a disk gets memory", async () => {
  const refusing = {
    open() {
      throw new Error("SecurityError");
    },
  };
  assert.equal((await openCache(refusing)).durable, false);
  assert.equal((await openCache(undefined)).durable, false);
});

test("entries are put together or not at all", async () => {
  const cache = await openCache(new IDBFactory());
  const uncloneable = [
    ["a", 1],
    ["b", () => {}],
  ];
  await assert.rejects(async () => cache.put("kept", uncloneable));
  assert.equal(await cache.get("kept", "a"), undefined);
});
