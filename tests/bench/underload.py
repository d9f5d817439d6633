"""An alert amid everything else: 200 MB of uploads, 20 typesetting jobs and 1 000 programme fetches at once.

``python -m tests.bench.underload [players]``. The fleet plays in this process, server and load are others. Rounds
without and with the load take turns, so that both see the same machine; a round counts only when the load was still
running as the last player held the message.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import requests

from players.swarm.fleet import Fleet
from players.swarm.member import Member
from tests.bench.fleet import fill
from tests.site import ROOT, Site, open_site

ROUNDS = 5
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
        self.seq = 0
        self.fleet = Fleet(site.url, [f"pmp_{n}" for n in range(count)])
        for member in self.fleet.members:
            member.watch = self._watch
        assert self.fleet.run(2 * WAIT_MS, lambda: self.fleet.welcome == count), "the fleet did not connect"

    def _watch(self, member: Member, event: str, told: dict[str, Any]) -> None:
        if event in ("alerts_changed", "hello") and told["seq"] > self.seq:  # who was thrown out hears by hello
            self.heard.setdefault(member.number, time.perf_counter())

    def issue(self) -> tuple[float, float]:
        """(ms to the last player, ms to the answer) of one alert, counted from the call."""
        self.heard.clear()
        self.seq = max(member.seq for member in self.fleet.members)
        answered = list[float]()

        def call() -> None:
            answer = self.caller.post(f"{self.site.url}/api/v1/alerts", json=ORDER, timeout=120)
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


def _print(count: int, idle: list[float], busy: list[float], spans: list[float]) -> None:
    print(f"{count} players, one node, from the call to the last player, {ROUNDS} rounds each, in turns\n")
    for what, taken in (("nothing else going on", idle), ("200 MB uploads, 20 jobs, 1 000 fetches going on", busy)):
        print(f"{what:52}{median(taken):9.0f} ms{max(taken):9.0f} worst")
    print(f"{'ratio of the medians':52}{median(busy) / median(idle):9.1f}")
    print(f"{'the load alone takes':52}{median(spans):9.1f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["load"]:
        load(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
    else:
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
