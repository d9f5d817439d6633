/** The road of a newer programme: what a nudge names is fetched meanwhile, and nothing depends on it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createProgrammes } from "../../players/screen/programmes.js";

const NAME = `${"a".repeat(64)}.png`;

/** Programmes over a server that never answers, and what they asked for. */
function waiting(fetch = () => Promise.resolve()) {
  const asked = [];
  const media = {
    all: (names) => {
      asked.push(...names);
      return fetch();
    },
  };
  const http = { programme: () => new Promise(() => asked.push("programme")) };
  const programmes = createProgrammes(http, {}, media, {}, {}, { revoked() {}, trouble() {} });
  return { asked, programmes };
}

test("pictures a nudge names are fetched beside the programme", () => {
  const { asked, programmes } = waiting();
  programmes.refresh([NAME]);
  assert.deepEqual(asked, [NAME, "programme"]);
});

test("a nudge that names nothing, or nonsense, fetches the programme alone", () => {
  for (const told of [undefined, null, 7, "x", {}, [7, null, "../../api/v1/people", `${NAME}/x`, "b".repeat(64)]]) {
    const { asked, programmes } = waiting();
    programmes.refresh(told);
    assert.deepEqual(asked, ["programme"]);
  }
});

test("of many names only the first few are believed", () => {
  const { asked, programmes } = waiting();
  programmes.refresh(Array.from({ length: 9 }, (_, n) => `${String(n).repeat(64)}.png`));
  assert.equal(asked.length, 4 + 1);
});

test("a picture that cannot be had ahead keeps nothing from its way", async () => {
  const { asked, programmes } = waiting(() => Promise.reject(new Error("gone")));
  programmes.refresh([NAME]);
  await new Promise((then) => setImmediate(then));
  assert.deepEqual(asked, [NAME, "programme"]);
});
