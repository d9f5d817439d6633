"""An alert amid everything else: 200 MB of uploads, 20 typesetting jobs and 1 000 programme fetches at once.

``python -m tests.bench.underload [players]``. The fleet plays in this process, server and load are others. Rounds
without and with the load take turns, so that both see the same machine; a round counts only when the load was still
running as the last player held the message.

``python -m tests.bench.underload roads [players]`` compares the ways in instead, the interface and a panel's signed
call, in turns, with nothing else going on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import requests

from players.swarm.fleet import Fleet
from players.swarm.member import Member
from server.intake import signing
from tests.bench.fleet import fill
from tests.site import ROOT, Site, open_site

ROUNDS, ROUNDS_OF_ROADS = 5, 9
UPLOADS, MB = 20, 10
JOBS, FETCHES = 20, 1_000
LEAD_S = 0.7  # of the load before the alert
WIDTH = 1_900
WAIT_MS = 60_000
ORDER: dict[str, Any] = {
    "status": "exercise", "severity": "severe", "headline": "疏散演练", "instruction": "到东门广场集合",
    "targets": {"all": True},
    "presentation": "takeover", "expires_in_s": 60,
}  # fmt: skip


# the load, a process of its own ------------------------------------------------------------------------------------


def noise() -> bytes:
    """A PNG of some 10 MB that no compression makes smaller."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    height = MB * 1_000_000 // (3 * WIDTH)
    rows = b"".join(b"\0" + os.urandom(3 * WIDTH) for _ in range(height))
    head = WIDTH.to_bytes(4) + height.to_bytes(4) + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")


def load(url: str, token: str, screen: str, players: int) -> None:
    """All three at once, on threads of this process; says "begun" and "done"."""
    staff = {"Authorization": f"Bearer {token}"}
    pictures = [noise() for _ in range(UPLOADS)]

    def upload(number: int) -> None:
        name = f"{os.getpid()}-{number}.png"
        answer = requests.post(
            f"{url}/api/v1/assets", headers=staff, files={"file": (name, pictures[number])}, timeout=120
        )
        assert answer.status_code in (200, 201), answer.text

    def typeset(number: int) -> None:
        text = f"安全第一，预防为主，{os.getpid()} 号提示第 {number} 条：" + "戴好安全帽，系好安全带，" * 12
        item = {"id": "i1", "kind": "notice", "title": f"提示 {number}", "text": text}
        answer = requests.post(
            f"{url}/api/v1/previews", headers=staff, json={"item": item, "screen": screen}, timeout=120
        )
        assert answer.status_code in (200, 201), answer.text

    def fetch(part: int) -> None:
        caller = requests.Session()
        for number in range(part, FETCHES, 8):
            held = {"Authorization": f"Bearer pmp_{number % players}"}
            caller.get(f"{url}/player/programme", headers=held, timeout=120)

    print("begun", flush=True)
    with ThreadPoolExecutor(16) as pool:
        work = [pool.submit(upload, n) for n in range(UPLOADS)] + [pool.submit(typeset, n) for n in range(JOBS)]
        for done in work + [pool.submit(fetch, n) for n in range(8)]:
            done.result()
    print("done", flush=True)


# the measuring ------------------------------------------------------------------------------------------------------


class Wall:
    """The fleet, and when each player was told of a change."""

    def __init__(self, site: Site, count: int) -> None:
        self.site, self.count = site, count
        self.caller = site.token()
        self.heard: dict[int, float] = {}
        self.painted: dict[int, float] = {}
        self.seq = 0
        self.fleet = Fleet(site.url, [f"pmp_{n}" for n in range(count)])
        for member in self.fleet.members:
            member.watch = self._watch
        assert self.fleet.run(2 * WAIT_MS, lambda: self.fleet.welcome == count), "the fleet did not connect"

    def _watch(self, member: Member, event: str, told: dict[str, Any]) -> None:
        if event in ("alerts_changed", "hello") and told["seq"] > self.seq:  # who was thrown out hears by hello
            self.heard.setdefault(member.number, time.perf_counter())
        if event == "painted":
            self.painted.setdefault(member.number, time.perf_counter())

    def by_interface(self) -> requests.Response:
        """An alert over the interface."""
        return self.caller.post(f"{self.site.url}/api/v1/alerts", json=ORDER, timeout=120)

    def issue(self, road: Callable[[], requests.Response] | None = None) -> tuple[float, float]:
        """(ms to the last player, ms to the answer) of one alert, counted from the call."""
        self.heard.clear()
        self.painted.clear()
        self.seq = max(member.seq for member in self.fleet.members)
        answered = list[float]()

        def call() -> None:
            answer = (road or self.by_interface)()
            assert answer.status_code == 201, answer.text
            answered.append(time.perf_counter())

        begun = time.perf_counter()
        asking = threading.Thread(target=call)
        asking.start()
        assert self.fleet.run(WAIT_MS, lambda: len(self.heard) == self.count), (
            f"{len(self.heard)} of {self.count} heard"
        )
        asking.join()
        return (max(self.heard.values()) - begun) * 1_000, (answered[0] - begun) * 1_000

    def shown(self, road: Callable[[], requests.Response]) -> tuple[float, float, float]:
        """(ms to the answer, to the last player that heard, to the last that painted) of one alert by a road.

        It is cleared then: equal alerts would take turns on the glass.
        """
        told = list[dict[str, Any]]()

        def noted() -> requests.Response:
            answer = road()
            told.append(answer.json())
            return answer

        begun = time.perf_counter()
        last, answer = self.issue(noted)
        assert self.fleet.run(WAIT_MS, lambda: len(self.painted) == self.count)
        painted = max(self.painted.values())
        self.caller.post(f"{self.site.url}/api/v1/alerts/{told[0].get('alert') or told[0]['id']}/clear", json={})
        return answer, last, (painted - begun) * 1_000

    def loaded(self, screen: str) -> tuple[float, float, float]:
        """The same while the load runs, and how many seconds that ran."""
        secret = str(self.caller.headers["Authorization"]).partition(" ")[2]
        command = [
            sys.executable,
            "-m",
            "tests.bench.underload",
            "load",
            self.site.url,
            secret,
            screen,
            str(self.count),
        ]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            begun = time.perf_counter()
            self.fleet.run(int(LEAD_S * 1_000))
            last, answer = self.issue()
            assert process.poll() is None, "the load was over before the alert was"
            while process.poll() is None:
                self.fleet.run(200)
            assert process.stdout.read() == "done\n", "the load failed"
        return last, answer, time.perf_counter() - begun


def measure(count: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "var"
        open_site(data).stop()
        fill(data, count)
        site = open_site(data)
        try:
            wall = Wall(site, count)
            screen = wall.caller.get(f"{site.url}/api/v1/screens").json()["items"][0]["id"]
            idle, busy, spans = list[float](), list[float](), list[float]()
            wall.issue()
            for _ in range(ROUNDS):
                wall.fleet.run(3_000)
                idle.append(wall.issue()[0])
                wall.fleet.run(3_000)
                last, _, span = wall.loaded(screen)
                busy.append(last)
                spans.append(span)
            wall.fleet.close()
        finally:
            site.kill()
    _print(count, idle, busy, spans)


class Panel:
    """A hook that shows at once, and the panel that calls it, over a connection of its own as the interface has."""

    def __init__(self, wall: Wall) -> None:
        body = {"name": "panel", "kind": "hook", "targets": {"all": True}}
        made = wall.caller.post(f"{wall.site.url}/api/v1/alert-sources", json=body).json()
        self.url, self.secret, self.calls = wall.site.url + made["path"], made["secret"], 0
        self.caller = requests.Session()

    def call(self) -> requests.Response:
        """A new alarm, signed."""
        self.calls += 1
        told = {name: ORDER[name] for name in ("status", "severity", "headline", "instruction", "expires_in_s")}
        data = json.dumps({**told, "id": f"alarm-{self.calls}"}).encode()
        at = str(int(time.time()))
        headers = {signing.TIMESTAMP: at, signing.SIGNATURE: signing.sign(self.secret, at, data)}
        return self.caller.post(self.url, data=data, headers=headers, timeout=120)


def compare_roads(count: int) -> None:
    """Print how long an alert takes by each road."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "var"
        open_site(data).stop()
        fill(data, count)
        site = open_site(data)
        try:
            wall = Wall(site, count)
            roads = {"POST /api/v1/alerts": wall.by_interface, "POST /hooks/<source>, signed": Panel(wall).call}
            taken: dict[str, list[tuple[float, float, float]]] = {name: [] for name in roads}
            for number in range(ROUNDS_OF_ROADS + 1):
                for name, road in roads.items():
                    wall.fleet.run(2_000)
                    found = wall.shown(road)
                    if number:  # the first of each warms up
                        taken[name].append(found)
            wall.fleet.close()
        finally:
            site.kill()
    print(f"{count} players, {ROUNDS_OF_ROADS} rounds each, in turns; ms from the call, median (worst)\n")
    print(f"{'':32}{'answered':>16}{'last heard':>16}{'last painted':>16}")
    for name, rounds in taken.items():
        cells = (f"{median(column):.0f} ({max(column):.0f})" for column in zip(*rounds, strict=True))
        print(f"{name:32}" + "".join(f"{cell:>16}" for cell in cells))


def _print(count: int, idle: list[float], busy: list[float], spans: list[float]) -> None:
    print(f"{count} players, one node, from the call to the last player, {ROUNDS} rounds each, in turns\n")
    for what, taken in (("nothing else going on", idle), ("200 MB uploads, 20 jobs, 1 000 fetches going on", busy)):
        print(f"{what:52}{median(taken):9.0f} ms{max(taken):9.0f} worst")
    print(f"{'ratio of the medians':52}{median(busy) / median(idle):9.1f}")
    print(f"{'the load alone takes':52}{median(spans):9.1f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["load"]:
        load(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
    elif sys.argv[1:2] == ["roads"]:
        compare_roads(int(sys.argv[2]) if len(sys.argv) > 2 else 200)
    else:
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
