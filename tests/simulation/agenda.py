"""What is yet to happen, in order of its instant: the only true time of a simulated plant."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random
from typing import Any

START = 1_763_438_400_000  # 2025-11-18 12:00 in Shanghai


class Agenda:
    """A seeded world's time; ``at`` is UTC ms and moves only by ``run``."""

    def __init__(self, seed: int) -> None:
        self.at = START
        self.random = Random(seed)
        self.done = 0  # happenings so far
        self._heap: list[tuple[int, int, Callable[..., object], tuple[Any, ...]]] = []
        self._count = 0

    def after(self, ms: int, act: Callable[..., object], *args: Any) -> None:
        """Have ``act`` happen ``ms`` from now; equal instants happen in the order they were asked for."""
        self._count += 1
        heapq.heappush(self._heap, (self.at + ms, self._count, act, args))

    def run(self, ms: int) -> None:
        """Let ``ms`` pass with all that happens in it."""
        until = self.at + ms
        heap = self._heap
        while heap and heap[0][0] <= until:
            self.at, _, act, args = heapq.heappop(heap)
            act(*args)
            self.done += 1
        self.at = until
