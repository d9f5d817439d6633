"""How often somebody may call: counted within a minute, in memory, for a limit needs no memory beyond that."""

from __future__ import annotations

from collections import OrderedDict, deque

from server.errors import TooMany

WINDOW_MS = 60_000
MOST_KEYS = 10_000
"""Callers remembered at once; the one that was quiet for longest is forgotten first."""


class Rates:
    """Calls of the last minute by caller."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, deque[int]] = OrderedDict()

    def count(self, key: str, limit: int, at: int) -> None:
        """Count a call at ``at`` (UTC ms); raise TooMany for one above ``limit`` a minute, which is not counted."""
        calls = self._calls.setdefault(key, deque())
        self._calls.move_to_end(key)
        while calls and calls[0] <= at - WINDOW_MS:
            calls.popleft()
        if len(calls) >= limit:
            raise TooMany(retry_s=(calls[0] + WINDOW_MS - at + 999) // 1000)
        calls.append(at)
        if len(self._calls) > MOST_KEYS:
            self._calls.popitem(last=False)
