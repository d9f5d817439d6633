/** The alert pages' plain rules. */

import assert from "node:assert/strict";
import test from "node:test";
import { leftWords } from "../../../server/web/src/lib/left.js";
import { paced } from "../../../server/web/src/lib/pace.js";

test("time left is said as the server says it", () => {
  const said = [0, -5, 1_660_999, 7_384_000].map(leftWords);
  assert.deepEqual(said, ["00:00", "00:00", "27:40", "2:03:04"]);
});

test("work asked for too often runs at once, and once more when the pause is over", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let runs = 0;
  const work = paced(100, () => {
    runs += 1;
  });
  for (let n = 0; n < 5; n++) work();
  assert.equal(runs, 1);
  context.mock.timers.tick(100);
  assert.equal(runs, 2);
  context.mock.timers.tick(1000);
  assert.equal(runs, 2);
});
