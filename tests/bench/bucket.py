"""What a bucket costs beside the folder: fetching a blob into a node's cache, and how long the hub stands still for it.

``python -m tests.bench.bucket [--rounds 3]``. A real S3 server (rclone) on this machine, so that no network is in it;
the folder's row is the same bytes read and written here, which is the limit. Blobs are put by press processes, never by
the node itself; their time is how long the press is kept.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402
import os  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from statistics import median  # noqa: E402

import gevent  # noqa: E402

from media.blobs import Blobs  # noqa: E402
from media.shared import Shared  # noqa: E402
from server.pool import off_hub  # noqa: E402
from tests.rclone import store_in  # noqa: E402

SIZES = {"20 kB": (20_000, 40), "1 MB": (1_000_000, 12), "5 MB": (5_000_000, 4), "20 MB": (20_000_000, 2)}
TICK_S = 0.001


class Watch:
    """A greenlet that wants its turn every millisecond, and how long it waited for it at most."""

    def __init__(self) -> None:
        self.longest = 0.0
        gevent.spawn(self._tick)

    def _tick(self) -> None:
        last = time.perf_counter()
        while True:
            gevent.sleep(TICK_S)
            now = time.perf_counter()
            self.longest, last = max(self.longest, now - last - TICK_S), now

    def over(self, work: Callable[[], object]) -> tuple[float, float]:
        """Seconds that work takes, and the longest wait meanwhile."""
        gevent.sleep(5 * TICK_S)
        self.longest, began = 0.0, time.perf_counter()
        work()
        took = time.perf_counter() - began
        gevent.sleep(5 * TICK_S)
        return took, self.longest


def measure(rounds: int) -> None:
    """Print a row for every size: ms each, of the folder and the bucket, and the hub's longest wait while fetching."""
    print("| blob | folder: put ms | bucket: put ms | × | bucket: fetch ms | hub's longest wait ms |")
    print("|---" * 6 + "|")
    with tempfile.TemporaryDirectory() as folder, store_in(Path(folder)) as store:
        watch = Watch()
        for name, (size, count) in SIZES.items():
            rows = [_round(watch, store.url, size, count) for _ in range(rounds)]
            local, put, fetch, wait = (median(column) * 1e3 for column in zip(*rows, strict=True))
            print(f"| {name} | {local:.1f} | {put:.1f} | {put / local:.1f} | {fetch:.1f} | {wait:.1f} |", flush=True)


def _round(watch: Watch, url: str, size: int, count: int) -> tuple[float, float, float, float]:
    with tempfile.TemporaryDirectory() as place:
        alone, here, there = Blobs(Path(place, "a")), *(Shared(Path(place, one), url, off_hub) for one in "bc")
        blobs, names = [os.urandom(size) for _ in range(count)], list[str]()
        local, _ = watch.over(lambda: [alone.put(blob, "png") for blob in blobs])
        put, _ = watch.over(lambda: names.extend(here.put(blob, "png") for blob in blobs))
        fetch, wait = watch.over(lambda: [there.path(name) for name in names])
        return local / count, put / count, fetch / count, wait


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=3)
    measure(asked.parse_args().rounds)
