"""What peers ask, in queues worked by greenlets: a slow question holds up neither another kind nor the fan-out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import structlog

from server.realtime.peers import Ask

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 250  # asks answered together: one query, a few ms

Handle = Callable[[list[Ask]], None]
Spawn = Callable[[Callable[[], None]], object]


class Queue:
    """One kind of question. A thousand that come at once are answered by four queries instead of a thousand.

    ``handle`` gets what waits, in order, and answers every ask of it; it may read and write the database.
    """

    def __init__(self, handle: Handle, spawn: Spawn) -> None:
        self._handle, self._spawn = handle, spawn
        self._waiting: deque[Ask] = deque()
        self._working = False

    def add(self, ask: Ask) -> None:
        """Queue one; it is worked on as soon as whoever calls has given way."""
        self._waiting.append(ask)
        if not self._working:
            self._working = True
            self._spawn(self._work)

    def _work(self) -> None:
        try:
            while self._waiting:
                taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
                self._answer(taken)
        finally:
            self._working = False

    def _answer(self, taken: list[Ask]) -> None:
        try:
            self._handle(taken)
        except Exception:
            log.exception("asks_failed")
            for ask in taken:
                ask.peer.close("failed")
