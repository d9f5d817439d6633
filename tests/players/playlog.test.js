/** Plays are kept until the server has them, and never without bound. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryCache } from "../../players/screen/cache.js";
import { createPlaylog } from "../../players/screen/playlog.js";
import { PLAYS_KEPT } from "../../players/screen/protocol.js";

const scene = (item) => ({
  page: { media: `${item}.png` },
  showing: { item },
  playlist: "p1",
});
const black = { page: null, showing: null, playlist: "" };
const all = async (plays) => ({ accepted: plays.map((play) => play.id), refused: [] });

test("a play begins when a scene came on and ends when the next one did", async () => {
  const sent = [];
  const playlog = createPlaylog(memoryCache(), (plays) => all(sent.push(...plays) && plays));
  playlog.enter("main", scene("a"), 100);
  playlog.enter("main", scene("b"), 900);
  assert.equal(await playlog.flush(), 1);
  const { id, ...play } = sent[0];
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.deepEqual(play, { region: "main", item: "a", playlist: "p1", media: "a.png", begins: 100, ends: 900 });
});

test("black is not a play", async () => {
  const playlog = createPlaylog(memoryCache(), all);
  playlog.enter("main", black, 100);
  playlog.enter("main", scene("a"), 200);
  assert.equal(await playlog.flush(), 0);
});

test("regions do not end each other's plays", async () => {
  const playlog = createPlaylog(memoryCache(), all);
  playlog.enter("main", scene("a"), 100);
  playlog.enter("side", scene("b"), 200);
  assert.equal(await playlog.flush(), 0);
});

test("a clock that went back makes no play of negative length", async () => {
  const playlog = createPlaylog(memoryCache(), all);
  playlog.enter("main", scene("a"), 500);
  playlog.enter("main", scene("b"), 400);
  assert.equal(await playlog.flush(), 0);
});

test("a server that is away loses nothing, and each play keeps its id", async () => {
  const seen = [];
  let away = true;
  const playlog = createPlaylog(memoryCache(), async (plays) => {
    seen.push(plays[0].id);
    if (away) throw new Error("unreachable");
    return all(plays);
  });
  playlog.enter("main", scene("a"), 1);
  playlog.enter("main", scene("b"), 2);
  await assert.rejects(playlog.flush());
  away = false;
  assert.equal(await playlog.flush(), 1);
  assert.equal(seen[0], seen[1]);
});

test("a refused play is not sent again, one without a verdict is", async () => {
  const playlog = createPlaylog(memoryCache(), async (plays) => ({ accepted: [], refused: [{ id: plays[0].id }] }));
  for (const at of [1, 2, 3]) playlog.enter("main", scene(`i${at}`), at);
  assert.equal(await playlog.flush(), 1);
  assert.equal(playlog.waiting(), 1);
});

test("the oldest plays go when there are too many", async () => {
  const cache = memoryCache();
  const playlog = createPlaylog(cache, async () => ({ accepted: [], refused: [] }));
  for (let at = 0; at <= PLAYS_KEPT + 10; at++) playlog.enter("main", scene("a"), at);
  await playlog.flush();
  const kept = await cache.first("plays", 1);
  assert.deepEqual([playlog.waiting(), kept[0].begins], [PLAYS_KEPT, 10]);
});
