"""Runs the files of browser tests: some at a time, then by themselves those that must be and those that failed.

Each run of a file has a process, a Chromium and servers of its own; its words are kept until it ends and told whole.
A file that fails or gets stuck is run again by itself, and said: a Chromium without a head has been seen to stop
answering, and a busy machine is late. Read what is said: a second try once hid a button that did half its work.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.gate.tally import Tally, pytest

TRIES = 3  # of a file
STUCK_S = 180  # of one test; ten other things may run on the machine
LONG = (
    "test_desk_now", "test_desk_everywhere", "test_glass", "test_desk_playlists", "test_player_old_engines",
    "test_player_alerts", "test_desk_review", "test_player_life",
)  # fmt: skip
"""The longest first, so that no lane stands empty for long while the other one ends."""
ALONE = ("test_player_step",)
"""What a busy machine fails: two clocks and sixty frames of each are compared to within one frame."""

LANES = min(2, os.cpu_count() or 1)
"""A third took as long as two (590 s against 603) and made the machine late."""

Attempt = Callable[[str], Tally]


def run(files: Sequence[str], attempt: Attempt, lanes: int = LANES) -> list[Tally]:
    """What each file came to in the end: the first try of all in lanes, what failed there alone afterwards."""
    alone = [file for file in files if Path(file).stem in ALONE]
    waiting = by_length([file for file in files if file not in alone])
    with ThreadPoolExecutor(lanes) as pool:
        tallies = list(pool.map(attempt, waiting))
    tallies += map(attempt, alone)
    tried = zip([*waiting, *alone], tallies, strict=True)
    return [tally if tally.sound else again(file, attempt) for file, tally in tried]


def by_length(files: Sequence[str]) -> list[str]:
    """The files in the order they start."""
    rank = {name: place for place, name in enumerate(LONG)}
    return sorted(files, key=lambda file: (rank.get(Path(file).stem, len(LONG)), file))


def again(file: str, attempt: Attempt) -> Tally:
    """Try a file that failed once more, and once more; what the last try came to."""
    tally = Tally("browser")
    for _ in range(TRIES - 1):
        print(f"\nagain, by itself: {file}", flush=True)
        tally = attempt(file)
        if tally.sound:
            break
    return tally


def attempt(file: str) -> Tally:
    """Run a file once; a test stuck for three minutes ends its process."""
    limits = (f"--timeout={STUCK_S}", "--timeout-method=thread", "-p", "no:cacheprovider")
    start = time.perf_counter()
    with tempfile.TemporaryFile() as words:
        tally = pytest("browser", *limits, file, words=words)
        words.seek(0)
        said = words.read().decode(errors="replace").strip()
    sys.stdout.write(f"\n--- {file}, {time.perf_counter() - start:.0f} s\n{said}\n")
    sys.stdout.flush()
    return tally
