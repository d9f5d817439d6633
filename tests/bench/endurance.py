"""What the player's memory does over a day: the real player in Chromium, its time and the server's sixty times as fast.

``python -m tests.bench.endurance [hours] [rate]`` prints a row for every hour of the player's day, once garbage is
collected: the heap, what the page holds, the process. The player beats, plays and reports as ever; every two minutes a
programme with two new pictures is nudged, every ten an alert comes, changes, and ends. Frames are not made faster, nor
is the socket's own heartbeat.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from tests.players.fake_server import strip
from tests.players.stand import HOUR, Stand, chromium, server, until

RATE = 60
EDIT_S, ALERT_EVERY = 120, 5  # an edit so often; an alert with every many edits
WARP = """(() => {
const RATE = %d, FIRST = %d, SOCKETS = 15000;
const real = { now: performance.now.bind(performance), date: Date.now, timeout: setTimeout, interval: setInterval,
  frame: requestAnimationFrame.bind(window) };
const ahead = FIRST - real.date();
performance.now = () => real.now() * RATE;
Date.now = () => FIRST + (real.date() + ahead - FIRST) * RATE;
const sooner = (ms) => (ms === SOCKETS ? ms : (ms || 0) / RATE);
window.setTimeout = (act, ms, ...rest) => real.timeout.call(window, act, sooner(ms), ...rest);
window.setInterval = (act, ms, ...rest) => real.interval.call(window, act, sooner(ms), ...rest);
window.requestAnimationFrame = (act) => real.frame((at) => act(at * RATE));
window.born = real.now() + Math.random();
})()"""
COLUMNS = ("hour", "heap kB", "nodes", "listeners", "process MB", "programmes", "alerts", "plays", "beats")


class Day:
    """A stand and a player whose days are short."""

    def __init__(self, stand: Stand, browser: Browser, rate: int) -> None:
        self.stand, self.rate, self.edits = stand, rate, 0
        self.told = {"programmes": 0, "alerts": 0, "plays": 0, "beats": 0}
        self.fixed = [stand.showing(strip(192 + 64 * n, 16, n), speed=60) for n in range(4)]
        first = stand.now()
        stand.set(rate=rate, first=first)
        self.edit()
        context = browser.new_context(viewport={"width": 400, "height": 200})
        context.add_init_script(WARP % (rate, first))
        self.page = play_in(context.new_page(), stand)
        self.born = self.page.evaluate("born")
        self.session = context.new_cdp_session(self.page)
        self.session.send("Performance.enable")

    def edit(self) -> None:
        """A programme of six items, two of them new; now and then an alert that comes, changes and ends."""
        self.edits += 1
        fresh = [self.stand.showing(strip(200 + n, 16, 1_000 + 2 * self.edits + n), speed=60) for n in range(2)]
        self.stand.publish(self.stand.programme(*self.fixed, *fresh))
        self.told["programmes"] += 1
        step = self.edits % ALERT_EVERY
        alert = {"id": f"a{self.edits // ALERT_EVERY}", "expires": self.stand.now() + HOUR}
        if step < 2:
            self.stand.alarm(self.stand.alert(**alert, revision=step + 1, headline="全员疏散 南门"[: 4 + 3 * step]))
            self.told["alerts"] += 1
        elif step == 2:
            self.stand.alarm()

    def hour(self) -> None:
        """Let one pass."""
        end = time.monotonic() + 3_600 / self.rate
        while (left := end - time.monotonic()) > 0:
            self.page.wait_for_timeout(min(left, EDIT_S / self.rate) * 1_000)
            self.edit()
        heard = self.stand.heard()
        self.told["plays"] += len(heard["plays"])
        self.told["beats"] += sum(1 for one in heard["heard"] if one["event"] == "beat")
        self.stand.set(heard=[], plays={}, fetched=[])
        assert self.page.evaluate("born") == self.born, "the page was loaded anew"

    def row(self, hour: int) -> tuple[Any, ...]:
        """What is held now."""
        held = settled(self.session)
        return (hour, held["heap"], held["nodes"], held["listeners"], resident(self.page), *self.told.values())


def play_in(page: Page, stand: Stand) -> Page:
    """The page once it plays."""
    page.goto(f"{stand.url}/screen?key=k1")
    assert until(lambda: page.evaluate("window.paomadeng && paomadeng.programme")), "no programme"
    return page


def settled(session: CDPSession) -> dict[str, int]:
    """Heap in kB, nodes and listeners after garbage is collected."""
    session.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    heap = round(found["JSHeapUsedSize"] / 1024)
    return {"heap": heap, "nodes": int(found["Nodes"]), "listeners": int(found["JSEventListeners"])}


def resident(page: Page) -> int:
    """MB of the largest process that draws pages."""
    largest = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"--type=renderer" in path.read_bytes():
                pages = int((path.parent / "statm").read_text().split()[1])
                largest = max(largest, pages * 4 // 1024)
        except OSError:
            continue
    return largest


def main(hours: int = 24, rate: int = RATE) -> None:
    """Print the table."""
    print("".join(f"{name:>12}" for name in COLUMNS))
    with server() as stand, chromium() as browser:
        day, first = Day(stand, browser, rate), 0
        for hour in range(1, hours + 1):
            day.hour()
            row = day.row(hour)
            first = first or row[1]
            print("".join(f"{cell:>12}" for cell in row), flush=True)
        print(f"heap of the last hour: {100 * row[1] / first - 100:+.1f} % of the first's")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
