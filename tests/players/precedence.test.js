/** The player's precedence says what the shared vectors say; playlists/precedence.py is held to the same file. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { alertAt, nextAlertChange } from "../../players/screen/precedence.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/precedence.json", import.meta.url), "utf8"));

test("the vectors are many enough to mean something", () => {
  assert.ok(vectors.cases.filter((one) => one.shown).length > 200);
});

test("the alert of every instant is the one of the vectors", () => {
  for (const one of vectors.cases) {
    const shown = alertAt(vectors.sets[one.set], one.at);
    assert.deepEqual(shown && [shown.id, shown.revision], one.shown, JSON.stringify(one));
  }
});

test("every next change is the one of the vectors", () => {
  for (const one of vectors.cases) {
    assert.equal(nextAlertChange(vectors.sets[one.set], one.at), one.next, JSON.stringify(one));
  }
});
