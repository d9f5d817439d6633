"""When jobs are due, whatever becomes of the machine's clock: it may leap by years, and it may be set back."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.triggers.base import BaseTrigger

from server.clock import Clock

LOOK_S = 1.0
SLACK_MS = 1_000  # a clock that is put right little by little was not set back


class Every(BaseTrigger):  # type: ignore[misc]
    """So many seconds from now, a little more at random.

    Nothing is owed for the time before: the library's own interval makes a list of every turn that was missed, which
    for a device that wakes in 1970 and learns the date is 1.7 thousand million of them.
    """

    def __init__(self, seconds: int, jitter: int) -> None:
        self._seconds, self._jitter = seconds, jitter

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The turn after the one that begins now."""
        return now + timedelta(seconds=self._seconds + random.uniform(0, self._jitter))  # nosec B311


class Hand:
    """Tells when a clock was set back, by one that never is; both in ms."""

    def __init__(self, clock: int, steady: int) -> None:
        self._ahead = clock - steady

    def went_back(self, clock: int, steady: int) -> bool:
        """Whether it was, since the last look."""
        before, self._ahead = self._ahead, clock - steady
        return self._ahead < before - SLACK_MS


def all_due(scheduler: Any, at: int) -> None:
    """Have every job run at an instant (UTC ms) instead of when it was to."""
    for job in scheduler.get_jobs():
        job.modify(next_run_time=datetime.fromtimestamp(at / 1_000, UTC))


def follow(scheduler: Any, clock: Clock, sleep: Callable[[float], None], steady: Callable[[], int]) -> None:
    """For as long as it runs: when the clock is set back, no job waits until it is where it was."""
    hand = Hand(clock.now(), steady())
    while scheduler.running:
        sleep(LOOK_S)
        if hand.went_back(at := clock.now(), steady()):
            all_due(scheduler, at)


def steady_ms() -> int:
    """Ms of the clock that only ever goes on."""
    return time.monotonic_ns() // 1_000_000
