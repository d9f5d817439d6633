/** The watchdog starts a sick player afresh, and only when that is safe. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createWatchdog } from "../../players/screen/watchdog.js";

/** @param {object} changes @returns how many reloads five looks ask for */
function reloads(changes) {
  let count = 0;
  let drawn = 0;
  const look = createWatchdog({
    frames: () => drawn++,
    visible: () => true,
    heap: () => 0.1,
    safe: () => true,
    reload: () => {
      count += 1;
    },
    ...changes,
  });
  for (let round = 0; round < 5; round++) look();
  return count;
}

test("a healthy player is left alone", () => assert.equal(reloads({}), 0));
test("one that stopped drawing is not", () => assert.ok(reloads({ frames: () => 7 }) > 0));
test("nor one that is nearly out of memory", () => assert.ok(reloads({ heap: () => 0.9 }) > 0));
test("a hidden page draws nothing and is well", () =>
  assert.equal(reloads({ frames: () => 7, visible: () => false }), 0));
test("nothing is reloaded that could not come back", () =>
  assert.equal(reloads({ heap: () => 1, safe: () => false }), 0));
