/** The player lays alerts out as the shared vectors say; playlists/notice.py is held to the same file. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { momentOf, noticeOf } from "../../players/screen/notice.js";

const { alerts, cases } = JSON.parse(readFileSync(new URL("../vectors/notice.json", import.meta.url), "utf8"));

test("the vectors are many enough to mean something", () => assert.ok(cases.length >= 150));

test("every notice is the one of the vectors", () => {
  for (const { screen, alert, notice } of cases) {
    assert.deepEqual(noticeOf(...screen, alerts[alert]), notice, JSON.stringify([screen, alert]));
  }
});

test("every moment is the one of the vectors", () => {
  for (const { notice, instants, moments } of cases) {
    instants.forEach((instant, n) => {
      const { page, x, lit } = momentOf(notice, ...instant);
      assert.deepEqual({ page, x, lit }, moments[n]);
    });
  }
});

test("until its rest is over a moment stays what it is", () => {
  for (const { notice } of cases.filter((one) => !one.notice.scroll)) {
    for (const length of [0, 9_000]) {
      const then = ({ page, lit }) => [page, lit];
      for (let at = 1_000; at < 9_000; ) {
        const now = momentOf(notice, at, length, at);
        const rest = Math.min(now.rest, 9_000 - at);
        assert.deepEqual(then(momentOf(notice, at + Math.ceil(rest) - 1, length, at + Math.ceil(rest) - 1)), then(now));
        at += Math.ceil(rest);
      }
    }
  }
});
