"""A day of a busy plant: ``python -m tests.bench.soak [--hours 24] [--speed 60] [--players 1000] [--plays 10]``.

Each quarter of an hour of the plant's day its clock leaps to the next quarter (``plant.Hand``), and everybody does a
quarter's work at full speed: players beat, fetch, prove and report what they played; publicity edits, reviews,
uploads; pages are open; panels call; webhooks are told; shifts change; six times a day there is a drill. Then memory,
files, rows and times are noted. At the end everybody goes home and the clock runs on for ``--later`` days, so that
what is kept for a while only is seen to go. ``--kinds`` names what grew in memory. Players beat at their own pace, so
that such a day has a fortieth of a day's beats; ``--beat-ms`` has them beat more often.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from players.swarm import member
from tests.bench.soak.outside import Receiver
from tests.bench.soak.plant import STEADY_S, Hand, Server, Shifts, made
from tests.bench.soak.watch import Sample, Watch, table
from tests.bench.soak.work import Work
from tests.postgres import postgresql

QUARTER_S = 900
SHIFT = 32  # quarters
OFF, STUMBLES = 0.15, 10
USUAL = {"hours": 24, "speed": 60, "players": 1_000, "plays": 10, "seed": 1, "later": 402, "beat_ms": member.BEAT_MS}
SWEEPS = 6  # hours of which each lets the hourly jobs run once more


class Soak:
    """A plant at work, and what was noted of it."""

    def __init__(self, options: argparse.Namespace, folder: Path, database: str) -> None:
        self._options, self._folder, self.samples = options, folder, list[Sample]()
        quarters = options.hours * 4
        self.hand = Hand(folder / "clock", (quarters + 4) * QUARTER_S)
        member.BEAT_MS, member.JITTER_MS = options.beat_ms, options.beat_ms // 10
        self.server = made(folder, self.hand, options.players, database)
        self.fleet = Shifts(self.server.url, options.players, options.seed)
        assert self.fleet.run(120_000, lambda: self.fleet.welcome == options.players), "the fleet did not connect"
        self.work = Work(self.server, self.hand, self.fleet, options.seed, options.plays)
        self.watch = Watch(self.server, database)
        self.loads = list[float]()

    def day(self) -> None:
        """All its quarters."""
        with ThreadPoolExecutor(1) as pool:
            self._while(pool, self.work.prepare)
            for number in range(self._options.hours * 4):
                self._quarter(pool, number)

    def _quarter(self, pool: ThreadPoolExecutor, number: int) -> None:
        began = time.monotonic()
        self.hand.leap(QUARTER_S - round(QUARTER_S / self._options.speed))
        self.fleet.run(STEADY_S * 1_000)
        if number and number % SHIFT == 0:
            self.fleet.change(OFF)
        self.fleet.stumble(STUMBLES)
        self._while(pool, lambda: self.work.quarter(number))
        left = QUARTER_S / self._options.speed - (time.monotonic() - began)
        self.fleet.run(max(0, round(left * 1_000)))
        self._note(time.monotonic() - began)

    def _while(self, pool: ThreadPoolExecutor, act: Callable[[], None]) -> None:
        """Let the fleet live while something is done."""
        work = pool.submit(act)
        self.fleet.run(3_600_000, work.done)
        work.result()

    def _note(self, took: float) -> None:
        self.samples.append(self.watch.sample(self.work.answers) | {"a quarter took s": took})
        self.loads.append(os.getloadavg()[0])
        (self._folder / "samples.json").write_text(json.dumps(self.samples))
        last = self.samples[-1]
        print(
            f"# {len(self.samples) / 4:5.2f} h {took:5.1f} s, load {self.loads[-1]:4.1f}: {last['memory MB']:.0f} MB,"
            f" {last['objects']:.0f} objects, {self.fleet.welcome} of {self.fleet.on} players,"
            f" {self.work.wrong.total()} wrong",
            flush=True,
        )

    def later(self) -> Sample:
        """What is left once everybody went home and so many days passed."""
        self.fleet.close()
        for leap in (self._options.later * 24, *[1] * SWEEPS):
            self.hand.leap(leap * 3_600)
            time.sleep(2 * STEADY_S)
        return self.watch.sample({})


def main() -> None:
    """Let the day pass and print what it came to."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in USUAL.items():
        asked.add_argument(f"--{name.replace('_', '-')}", type=int, default=usual)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--folder", type=Path, help="keeps the server's files and log here")
    asked.add_argument("--kinds", action="store_true", help="say what kinds of objects grew in the second half")
    options = asked.parse_args()
    with ExitStack() as held:
        folder = options.folder or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        folder.mkdir(parents=True, exist_ok=True)
        url = held.enter_context(postgresql(durable=True)).bare() if options.database == "postgresql" else ""
        began = time.monotonic()
        soak = Soak(options, folder, url)
        try:
            soak.day()
            _tell(soak, options, time.monotonic() - began)
        finally:
            _end(soak.server)


def _tell(soak: Soak, options: argparse.Namespace, took: float) -> None:
    kinds = soak.watch.grown(len(soak.samples) // 2, len(soak.samples) - 1) if options.kinds else []
    loads = f"load {min(soak.loads):.1f} to {max(soak.loads):.1f}"
    print(f"\n{options.hours} h, {options.players} players, {took / 60:.0f} min, {loads}\n")
    print("\n".join(table(soak.samples, 0.25, soak.later())))
    asks = sum(one._asked for one in soak.fleet.members)
    print(f"\n{asks} asks of players, nearly all of them beats")
    print("done:", _counted(soak.work.done + Counter(told=Receiver.taken)), "| players:", _counted(soak.fleet.counts))
    print("not as it should be:", _counted(soak.work.wrong) or "nothing")
    for kind, before, after in kinds:
        print(f"{after - before:+8} {before:8} {after:8}  {kind}")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.most_common())


def _end(server: Server) -> None:
    try:
        server.end()
    finally:
        assert server.process is not None
        server.process.kill()


if __name__ == "__main__":
    main()
