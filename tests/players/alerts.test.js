/** Alerts are kept in order, through restarts and lost answers, and proved until the server has heard. */

import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { createAlerts } from "../../players/screen/alerts.js";
import { memoryCache, openCache } from "../../players/screen/cache.js";

const OK = { ok: true };
const alert = (changes) => ({
  id: "a",
  revision: 1,
  phase: "live",
  status: "actual",
  severity: "extreme",
  urgency: "immediate",
  presentation: "takeover",
  label: "Ⅰ级 红",
  headline: "撤离",
  text: "",
  issued: 0,
  effective: 0,
  expires: 60_000,
  code: "",
  qr: [],
  ...changes,
});
const live = (seq, ...alerts) => ({ epoch: "e1", seq, now: 0, alerts });

/** @type {{forget: () => Promise<void>}[]} what still tries to prove something keeps Node from ending */
const begun = [];
afterEach(async () => {
  for (const alerts of begun.splice(0)) await alerts.forget();
});

/** A player's alerts with everything around them in the test's hands. */
async function stand({ factory = new IDBFactory(), answer = () => OK, cache } = {}) {
  const around = { sent: [], hellos: 0, answer, met: true, wall: 0, factory };
  const clock = { met: () => around.met, wall: () => around.wall };
  const tell = {
    changed: () => {},
    hello: () => {
      around.hellos += 1;
    },
    prove: async (event, payload) => {
      around.sent.push([event, payload]);
      return around.answer(event, payload);
    },
  };
  const alerts = createAlerts(cache || (await openCache(factory)), clock, tell);
  begun.push(alerts);
  await alerts.boot();
  return Object.assign(around, { alerts, shown: (at) => alerts.turn(at)?.alert });
}

/** Long enough for the disk and the line, both of which are fast here. */
const settle = async () => {
  for (let n = 0; n < 40; n++) await new Promise((then) => setImmediate(then));
};
const events = (around) => around.sent.map(([event]) => event);

test("what the server tells is on the glass at once and, once on the disk, said to be there", async () => {
  const here = await stand();
  here.alerts.answered(live(1, alert()));
  assert.equal(here.shown(5).id, "a");
  assert.deepEqual(here.sent, []);
  await settle();
  assert.deepEqual(here.sent, [["alert_received", { epoch: "e1", id: "a", revision: 1 }]]);
});

test("a player that can keep nothing does not claim to", async () => {
  const here = await stand({ cache: memoryCache() });
  here.alerts.answered(live(1, alert()));
  here.alerts.painted(alert(), 7);
  await settle();
  assert.deepEqual(events(here), ["alert_shown"]);
});

test("what is painted while the server still hears of the receipt is proved with its own instant", async () => {
  /** @type {(() => void)[]} */
  const waiting = [];
  const later = () => new Promise((then) => waiting.push(() => then(OK)));
  const here = await stand({ answer: (event) => (event === "alert_shown" ? OK : later()) });
  here.alerts.answered(live(1, alert()));
  await settle();
  here.alerts.painted(alert(), 41);
  for (const answer of waiting) answer();
  await settle();
  assert.deepEqual(
    here.sent.map(([event, told]) => [event, told.shown_at]),
    [
      ["alert_received", undefined],
      ["alert_shown", 41],
    ],
  );
});

test("painting is proved once a revision, with its instant", async () => {
  const here = await stand();
  here.alerts.answered(live(1, alert()));
  for (const at of [41, 42]) here.alerts.painted(alert(), at);
  here.alerts.answered(live(2, alert({ revision: 2 })));
  here.alerts.painted(alert({ revision: 2 }), 50);
  await settle();
  const shown = here.sent
    .filter(([event]) => event === "alert_shown")
    .map(([, told]) => [told.revision, told.shown_at]);
  assert.deepEqual(shown, [
    [1, 41],
    [2, 50],
  ]);
});

test("an older set changes nothing, the same one again does no harm, a newer one replaces it whole", async () => {
  const here = await stand();
  here.alerts.answered(live(5, alert()));
  await settle();
  here.alerts.pushed(live(4));
  assert.equal(here.shown(5).id, "a");
  here.alerts.pushed(live(5, alert()));
  here.alerts.pushed(live(6, alert({ id: "b" })));
  assert.equal(here.shown(5).id, "b");
  await settle();
  assert.equal(here.sent.filter(([event, told]) => event === "alert_received" && told.id === "a").length, 1);
});

test("another epoch is believed only as an answer; pushed, it makes the player ask", async () => {
  const here = await stand();
  here.alerts.answered(live(5, alert()));
  here.alerts.pushed({ epoch: "e2", seq: 9, now: 0, alerts: [] });
  assert.deepEqual([here.hellos, here.shown(5).id, here.alerts.epoch()], [1, "a", "e1"]);
  here.alerts.answered({ epoch: "e2", seq: 1, now: 0, alerts: [alert({ id: "b" })] });
  assert.deepEqual([here.shown(5).id, here.alerts.epoch(), here.alerts.seq()], ["b", "e2", 1]);
});

test("in a new epoch the same revision is proved anew", async () => {
  const here = await stand();
  here.alerts.answered(live(5, alert()));
  here.alerts.painted(alert(), 7);
  await settle();
  here.alerts.answered({ ...live(1, alert()), epoch: "e2" });
  here.alerts.painted(alert(), 8);
  await settle();
  assert.deepEqual(
    here.sent.filter(([, told]) => told.epoch === "e2").map(([event]) => event),
    ["alert_shown", "alert_received"],
  );
});

test("what was not answered is said again, more and more slowly, and not once it was", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const here = await stand({ answer: () => null });
  here.alerts.answered(live(1, alert()));
  await settle();
  for (const ms of [1_000, 2_000, 5_000]) {
    mock.timers.tick(ms - 1);
    await settle();
    const before = here.sent.length;
    mock.timers.tick(1);
    await settle();
    assert.equal(here.sent.length, before + 1);
  }
  here.answer = () => OK;
  mock.timers.tick(10_000);
  await settle();
  const told = here.sent.length;
  mock.timers.tick(600_000);
  await settle();
  assert.equal(here.sent.length, told);
  mock.timers.reset();
});

test("proofs survive a restart: what is owed is said, what was told is not", async () => {
  const first = await stand({ answer: (event) => (event === "alert_received" ? OK : null) });
  first.alerts.answered(live(1, alert()));
  first.alerts.painted(alert(), 77);
  await settle();
  const second = await stand({ factory: first.factory });
  assert.equal(second.shown(5).id, "a");
  second.alerts.painted(alert(), 99);
  second.alerts.kick();
  await settle();
  assert.deepEqual(second.sent, [["alert_shown", { epoch: "e1", id: "a", revision: 1, shown_at: 77 }]]);
});

test("a proof of an alert that is over is still owed", async () => {
  const here = await stand({ answer: () => null });
  here.alerts.answered(live(1, alert()));
  await settle();
  here.alerts.pushed(live(2));
  here.answer = () => OK;
  here.alerts.kick();
  await settle();
  assert.deepEqual(here.sent[here.sent.length - 1], ["alert_received", { epoch: "e1", id: "a", revision: 1 }]);
});

test("a refused proof makes the player ask, and is given up in the end", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const here = await stand({ answer: () => ({ ok: false, status: 404 }) });
  here.alerts.answered(live(1, alert()));
  await settle();
  assert.equal(here.hellos, 1);
  for (let n = 0; n < 20; n++) {
    mock.timers.tick(30_000);
    await settle();
  }
  assert.equal(here.sent.length, 6);
  mock.timers.reset();
});

test("an expired alert is not painted after a restart, by whichever clock it has expired", async () => {
  const first = await stand();
  first.alerts.answered(live(1, alert()));
  await settle();
  const second = await stand({ factory: first.factory });
  second.met = false;
  assert.equal(second.shown(59_999).id, "a");
  second.wall = 60_000;
  assert.equal(second.shown(5), undefined);
  second.met = true;
  assert.equal(second.shown(5).id, "a");
  assert.equal(second.shown(60_000), undefined);
});

test("the glass is woken for the next change", async () => {
  const here = await stand();
  here.alerts.answered(live(1, alert({ effective: 500, expires: 900 })));
  assert.deepEqual([here.alerts.rest(100), here.alerts.rest(500), here.alerts.rest(900)], [400, 400, Infinity]);
});

test("whoever is not this screen's player any more forgets its alerts", async () => {
  const here = await stand();
  here.alerts.answered(live(1, alert()));
  await settle();
  await here.alerts.forget();
  const again = await stand({ factory: here.factory });
  assert.deepEqual([here.shown(5), again.shown(5), again.alerts.epoch()], [undefined, undefined, ""]);
});

test("a set that came before the disk was read is not replaced by what lay there", async () => {
  const first = await stand();
  first.alerts.answered(live(1, alert()));
  await settle();
  const cache = await openCache(first.factory);
  const slow = { ...cache, get: (...asked) => settle().then(() => cache.get(...asked)) };
  const tell = { changed: () => {}, hello: () => {}, prove: async () => OK };
  const alerts = createAlerts(slow, { met: () => true, wall: () => 0 }, tell);
  const booted = alerts.boot();
  alerts.answered(live(2));
  await booted;
  assert.equal(alerts.turn(5), null);
});
