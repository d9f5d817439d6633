"""The plant: a server whose time of day is ours to move, a thousand screens in groups, and players that come and go."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from random import Random

import requests

from players.swarm.fleet import Fleet
from server import tables
from server.config import Config
from server.start import open_parts
from tests.server.campaign.world import FAKETIME
from tests.site import ROOT, Site, free_port

GROUP = 20  # screens
STRICT = 5  # groups that ask for review
STEADY_S = 3  # libfaketime looks at its file once a second


class Hand:
    """The hand of the plant's clock: how far it is from ours stands in a file that libfaketime reads.

    Only the time of day moves. What the machine counts by itself, and with it every time-out of a socket, a lock or a
    queue, goes at its own pace: at seventy times that, a thousand players would be cut off for a garbage collection.
    """

    def __init__(self, path: Path, behind_s: int) -> None:
        self._path, self._ahead_s = path, -behind_s
        self._write()

    def env(self) -> dict[str, str]:
        """What a process needs to live by this clock."""
        library = next((path for path in FAKETIME if Path(path).exists()), "")
        assert library, "libfaketime is missing: apt-get install faketime"
        return {
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(self._path), "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
        }  # fmt: skip

    def now(self) -> int:
        """The plant's time, UTC ms."""
        return int(time.time() * 1_000) + 1_000 * self._ahead_s

    def leap(self, seconds: int) -> None:
        """Move on by so much at once; the server knows within ``STEADY_S``."""
        self._ahead_s += seconds
        self._write()

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(f"{self._ahead_s:+d}")
        fresh.replace(self._path)


class Server(Site):
    """A server with a log file and a window into it, which lives by a hand."""

    def begin(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "tests.bench.soak.probe", "serve"]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        with self.log.open("a") as log, self.out.open("a") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=out, stderr=log, text=True)
        while True:
            try:
                requests.get(self.url + "/healthz", timeout=5)
                return
            except requests.RequestException:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)

    def end(self) -> None:
        """End it as an administrator would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    @property
    def log(self) -> Path:
        """Where its log lines go."""
        return self.data.parent / "server.log"

    @property
    def out(self) -> Path:
        """Where what it prints goes."""
        return self.data.parent / "server.out"


def made(folder: Path, hand: Hand, players: int, database: str = "") -> Server:
    """A server on a fresh plant with so many screens, each with a player whose token is ``pmp_<number>``; running."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
    data, loose = folder / "data", folder / "tmp"
    for one in (data, loose):
        one.mkdir()
    settings = {
        "PAOMADENG_DATA": str(data), "PAOMADENG_PASSWORD_MB": "8", "PAOMADENG_PROXIES": "1", "TMPDIR": str(loose),
        "SOAK_PROBE": str(folder / "probe.json"),
    } | ({"PAOMADENG_DATABASE_URL": database} if database else {})  # fmt: skip
    server = Server(data, free_port(), clean | settings | hand.env())
    server.begin()  # a first start brings the samples
    server.end()
    fill(Config(data=data, database_url=database), players, hand.now())
    server.begin()
    return server


def fill(config: Config, players: int, at: int) -> None:
    """Screens ``f0`` and on in groups ``k0`` and on; some groups ask for review."""
    parts = open_parts(config)
    with parts.db.transaction() as tx:
        org = tx.execute(tables.organisations.select()).one().id
        size = {"width": 192, "height": 16, "colour": "single", "created": at}
        rows = [
            {"id": f"f{n}", "org": org, "name": f"{n} 号屏", "key_hash": f"{n:064d}", **size} for n in range(players)
        ]
        tx.execute(tables.screens.insert(), rows)
        held = [
            {"id": f"q{n}", "org": org, "screen": f"f{n}", "token_hash": _hash(n), "paired": at} for n in range(players)
        ]
        tx.execute(tables.players.insert(), held)
        groups = [
            {"id": f"k{n}", "org": org, "name": f"{n} 车间", "steps": int(n < STRICT), "created": at}
            for n in range(-(-players // GROUP))
        ]
        tx.execute(tables.screen_groups.insert(), groups)
        within = [{"screen": f"f{n}", "screen_group": f"k{n // GROUP}", "org": org} for n in range(players)]
        tx.execute(tables.memberships.insert(), within)
    parts.db.close()


def _hash(n: int) -> str:
    return hashlib.sha256(f"pmp_{n}".encode()).hexdigest()


class Shifts(Fleet):
    """A fleet of which some are switched off for a shift."""

    def __init__(self, url: str, players: int, seed: int) -> None:
        super().__init__(url, [f"pmp_{n}" for n in range(players)], seed=seed)
        self._dice, self.off = Random(seed), set[int]()

    def change(self, share: float) -> None:
        """Another part of the players is switched off; those that were come back."""
        awake, self.off = self.off, set(self._dice.sample(range(len(self.members)), int(share * len(self.members))))
        for number in awake - self.off:
            self._connect(self.members[number])
        self._hang_up(self.off - awake)

    def stumble(self, count: int) -> None:
        """So many lose their line and come back by themselves."""
        self._hang_up(self._dice.sample(range(len(self.members)), count))

    def _hang_up(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            if line := self._lines.get(number):
                line.close()

    def _gone(self, member: object) -> None:
        number = member.number  # type: ignore[attr-defined]
        if number in self.off:
            self._lines.pop(number, None)
        else:
            super()._gone(member)  # type: ignore[arg-type]

    @property
    def on(self) -> int:
        """How many are meant to be there."""
        return len(self.members) - len(self.off)
