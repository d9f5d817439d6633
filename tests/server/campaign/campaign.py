"""Faults upon a world at work, and whether every promise is kept.

``python -m tests.server.campaign.campaign --faults 120 --seed 7`` prints what it did and found, as JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.server.campaign import check, faults
from tests.server.campaign.work import Promises, Staff
from tests.server.campaign.world import World, opened

AT_ONCE = 6  # faults between two quiets
LONGEST_S = 5.0  # that a fault lasts
QUIET_S = 60.0  # in which every screen has to be right again; a beat and a retry are 36 s


@dataclass
class Report:
    """What a campaign came to."""

    seed: int
    players: int
    faults: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    promised: int = 0
    unstored: int = 0
    quiets_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def campaign(folder: Path, *, seed: int, count: int, players: int = 40, clocks: bool = False) -> Report:
    """Make ``count`` faults, some at a time, and look after each quiet; stop at the first that is wrong."""
    report = Report(seed, players)
    with opened(folder, players, seed, clocks=clocks) as world:
        random, promises = Random(seed), Promises()
        staff = [Staff(world, promises, seed * 10 + number) for number in range(2)]
        for one in staff:
            one.prepare()
        for one in staff:
            one.start()
        try:
            left = count
            while left > 0 and not report.wrong:
                some = min(AT_ONCE, left)
                _hurt(world, random, some, report)
                report.wrong += _look(world, staff, promises, report)
                left -= some
        finally:
            for one in staff:
                one.stop()
        report.acts, report.promised = promises.counts, len(promises.alerts)
        report.unstored = sum(not said.stored for said in promises.alerts.values())
    return report


def _hurt(world: World, random: Random, count: int, report: Report) -> None:
    """So many faults, one beginning before the last one is over now and then."""
    open_: list[tuple[str, faults.Undo]] = []
    kinds = faults.possible(world)
    for _ in range(count):
        kind = random.choice(kinds)
        while open_ and (len(open_) > 1 or random.random() < 0.6 or _same(open_[-1][0], kind.__name__)):
            open_.pop(0)[1]()
        report.faults[kind.__name__] += 1
        open_.append((kind.__name__, kind(world, random)))
        world.turn(round(1_000 * random.uniform(0.2, LONGEST_S)))
    for _, undo in open_:
        undo()


def _same(one: str, other: str) -> bool:
    """Whether two faults hurt the same part: one at a time, or undoing the first would undo the second."""
    return one.partition("_")[0] == other.partition("_")[0]


def _look(world: World, staff: list[Staff], promises: Promises, report: Report) -> list[str]:
    world.mend()
    for one in staff:
        one.rest(rests=True)
    began = time.monotonic()
    while check.differing(world) and time.monotonic() < began + QUIET_S:
        world.turn(250)
    report.quiets_s.append(round(time.monotonic() - began, 1))
    wrong = [*check.broken(world, promises), *check.differing(world), *check.faulty(promises)]
    for one in staff:
        one.rest(rests=False)
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--players", type=int, default=40)
    parser.add_argument("--clocks", action="store_true", help="step the nodes' clocks too (libfaketime)")
    parser.add_argument("--folder", type=Path, help="keeps the nodes' logs here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="campaign-", ignore_cleanup_errors=True) as folder:
        place = options.folder or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        told = {"seed": options.seed, "count": options.faults, "players": options.players, "clocks": options.clocks}
        report = campaign(place, **told)
    print(json.dumps(vars(report), ensure_ascii=False, indent=1))
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
