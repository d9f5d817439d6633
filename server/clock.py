"""The only place in Python that knows what time it is."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the instant as integer milliseconds since the epoch, UTC."""

    def now(self) -> int: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000


class FixedClock:
    """A clock that stands still until told otherwise; for tests and simulations."""

    def __init__(self, at: int) -> None:
        self.at = at

    def now(self) -> int:
        return self.at

    def pass_(self, ms: int) -> int:
        """Move on by ``ms`` and return the new instant."""
        self.at += ms
        return self.at
