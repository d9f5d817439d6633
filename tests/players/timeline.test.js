/** The player's timeline says what the shared vectors say; playlists/timeline.py is held to the same file. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { cueAt, nextChange, resources } from "../../players/screen/timeline.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/timeline.json", import.meta.url), "utf8"));

test("the vectors are many enough to mean something", () => {
  assert.ok(vectors.cues.length > 300 && vectors.resources.length > 100);
});

test("every cue is the one of the vectors", () => {
  for (const one of vectors.cues) {
    const programme = vectors.programmes[one.programme];
    assert.deepEqual(cueAt(programme, one.region, one.at), one.cue, JSON.stringify(one));
  }
});

test("every next change is the one of the vectors", () => {
  for (const one of vectors.cues) {
    const programme = vectors.programmes[one.programme];
    assert.equal(nextChange(programme, one.region, one.at), one.next, JSON.stringify(one));
  }
});

test("the media of every stretch are those of the vectors, soonest first", () => {
  for (const one of vectors.resources) {
    const programme = vectors.programmes[one.programme];
    assert.deepEqual(resources(programme, one.begins, one.ends), one.media, JSON.stringify(one));
  }
});

test("a programme without its optional blank field plays", () => {
  const programme = Object.assign({}, vectors.programmes[1]);
  delete programme.blank;
  const known = vectors.cues.find((one) => one.programme === 1 && one.cue);
  assert.deepEqual(cueAt(programme, known.region, known.at), known.cue);
});
