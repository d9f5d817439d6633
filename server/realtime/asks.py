"""What peers ask, in queues worked by greenlets: a slow question holds up neither another kind nor the fan-out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import structlog

from server.realtime.peers import Ask

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 120  # asks answered together: one query, some 5 ms
LONGEST_REST_S = 0.02

Handle = Callable[[list[Ask]], None]
Spawn = Callable[[Callable[[], None]], object]
Sleep = Callable[[float], None]


class Queue:
    """One kind of question. A thousand that come at once are answered by a few queries instead of a thousand.

    ``handle`` gets what waits, in order, and answers every ask of it; it may read and write the database. The first
    ask is answered at once; after a batch the queue rests for as long as that took, so that the next one is larger
    and half of the time is left to others.
    """

    def __init__(self, handle: Handle, spawn: Spawn, sleep: Sleep) -> None:
        self._handle, self._spawn, self._sleep = handle, spawn, sleep
        self._waiting: deque[Ask] = deque()
        self._working = False
        self._rests_until = 0.0

    def add(self, ask: Ask) -> None:
        """Queue one; it is worked on as soon as whoever calls has given way."""
        self._waiting.append(ask)
        if not self._working:
            self._working = True
            self._spawn(self._work)

    def _work(self) -> None:
        try:
            while self._waiting:
                rest = self._rests_until - time.perf_counter()
                if rest > 0:
                    self._sleep(rest)
                taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
                self._answer(taken)
        finally:
            self._working = False

    def _answer(self, taken: list[Ask]) -> None:
        began = time.perf_counter()
        try:
            self._handle(taken)
        except Exception:
            log.exception("asks_failed")
            for ask in taken:
                ask.peer.close("failed")
        ended = time.perf_counter()
        self._rests_until = ended + min(ended - began, LONGEST_REST_S)
