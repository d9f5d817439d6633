"""``python -m tests.simulation --seeds 10000``: as many plants, each from its own seed; what broke is named by seed.

``--line "without pushes"`` loses whatever the server says by itself, ``--line shuffled`` carries all twice and in
any order. ``--bugs`` finds for every deliberate bug the first seed that catches it, and how many of those tried do.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulation.bugs import bugs
from tests.simulation.guarantees import Broken
from tests.simulation.lines import LINES
from tests.simulation.plant import Kinds, Plant

BATCH = 100
Outcome = tuple[int, tuple[tuple[int, str], ...]]


def tried(seeds: Iterable[int], bug: str = "", line: str = "usual") -> Outcome:
    """How much happened in some seeds, and which broke what."""
    kinds = bugs()[bug] if bug else Kinds(player=LINES[line])
    happened, broken = 0, []
    for seed in seeds:
        try:
            happened += Plant(seed, kinds).run()
        except Broken as error:
            broken.append((seed, str(error)))
    return happened, tuple(broken)


def main(arguments: list[str] | None = None) -> int:
    """Try as many seeds as asked for; return 1 when a promise broke, or when a bug was not caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1_500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--bugs", action="store_true")
    parser.add_argument("--line", choices=LINES, default="usual", help="what becomes of messages on their way")
    options = parser.parse_args(arguments)
    seeds = range(options.first, options.first + options.seeds)
    return hunt(seeds) if options.bugs else survey(seeds, options.line)


def survey(seeds: range, line: str) -> int:
    """Every seed on every processor."""
    begun, happened, broken = time.perf_counter(), 0, list[tuple[int, str]]()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        batches = [seeds[n : n + BATCH] for n in range(0, len(seeds), BATCH)]
        for some, found in pool.map(partial(tried, line=line), batches):
            happened += some
            broken += found
            for seed, what in found:
                print(f"seed {seed}: {what}", flush=True)
    spent = time.perf_counter() - begun
    print(f"{len(seeds)} seeds, {happened} happenings, {len(broken)} broken promises, {spent:.0f} s")
    return 1 if broken else 0


def hunt(seeds: range) -> int:
    """For every bug the first seed that catches it."""
    names = list(bugs())
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        caught = [found for _, found in pool.map(tried, [seeds] * len(names), names)]
    for name, found in zip(names, caught, strict=True):
        first = f"{found[0][0]:6}  {found[0][1][:60]}" if found else "     -  not caught"
        print(f"{name:28}{len(found):6} of {len(seeds)}{first}")
    return 0 if all(caught) else 1


if __name__ == "__main__":
    sys.exit(main())
