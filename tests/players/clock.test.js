/** The player's clock follows the server without ever stepping back under a scrolling line. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../players/screen/clock.js";

const SERVER = 1_700_000_000_000;

/** Clocks that a test turns by hand. */
function hands(wall = SERVER, kept = null) {
  const at = { performance: 1_000, wall, kept };
  const source = {
    performance: () => at.performance,
    wall: () => at.wall + at.performance - 1_000,
    load: () => at.kept,
    save: (text) => {
      at.kept = text;
    },
  };
  return { at, source, clock: createClock(source) };
}

test("before first contact the device's own clock counts", () => {
  assert.equal(hands(SERVER + 5).clock.now(), SERVER + 5);
});

test("first contact steps, however wrong the device is", () => {
  const { clock } = hands(12_345);
  clock.sample(1_000, 1_000, SERVER);
  assert.equal(clock.now(), SERVER);
});

test("the round trip with the smallest delay decides", () => {
  const { clock } = hands();
  clock.sample(900, 1_000, SERVER + 40);
  clock.sample(996, 1_000, SERVER);
  clock.sample(800, 1_000, SERVER - 90);
  assert.equal(clock.report().rtt, 4);
  assert.ok(Math.abs(clock.report().offset + clock.report().error - (SERVER - 998)) <= 1);
});

test("a small correction is slewed, and time never runs backwards", () => {
  const { at, clock } = hands();
  clock.sample(900, 1_000, SERVER);
  clock.sample(1_000, 1_000, SERVER - 200);
  let last = clock.now();
  for (let step = 0; step < 600; step++) {
    at.performance += 16;
    assert.ok(clock.now() >= last + 14 && clock.now() <= last + 17);
    last = clock.now();
  }
  assert.equal(clock.slewing(), false);
  assert.ok(Math.abs(clock.now() - (SERVER - 200 + 9_600)) <= 1);
});

test("a large correction backwards waits for leave", () => {
  const { clock } = hands();
  clock.sample(1_000, 1_000, SERVER);
  clock.sample(1_000, 1_000, SERVER - 60_000);
  assert.equal(clock.now(), SERVER);
  assert.equal(clock.settle(), true);
  assert.equal(clock.now(), SERVER - 60_000);
});

test("a large correction forwards is taken at once", () => {
  const { clock } = hands();
  clock.sample(1_000, 1_000, SERVER);
  clock.sample(1_000, 1_000, SERVER + 60_000);
  assert.equal(clock.now(), SERVER + 60_000);
});

test("an earlier frame's instant does not disturb the clock", () => {
  const { at, clock } = hands();
  clock.sample(1_000, 1_000, SERVER);
  at.performance = 1_100;
  clock.now();
  assert.equal(clock.at(1_090), SERVER + 90);
});

test("the difference to the device's clock survives a reboot", () => {
  const first = hands(SERVER - 777_000);
  first.clock.sample(1_000, 1_000, SERVER);
  const second = hands(SERVER - 777_000 + 5_000, first.at.kept);
  assert.equal(second.clock.now(), SERVER + 5_000);
});

test("a device that wakes in 1970 starts from the newest server time it ever saw", () => {
  const first = hands();
  first.clock.sample(1_000, 1_000, SERVER);
  assert.equal(hands(0, first.at.kept).clock.now(), SERVER);
});

test("damaged storage does no harm", () => {
  assert.equal(hands(SERVER, "{no").clock.now(), SERVER);
});
