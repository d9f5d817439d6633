"""Jobs by a clock that leaps by years or is set back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from server.clock import FixedClock
from server.turning import Every, Hand, all_due, follow

BORN = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@pytest.fixture
def scheduler() -> Iterator[Any]:
    made = BackgroundScheduler(timezone=UTC)
    made.start(paused=True)
    yield made
    if made.running:
        made.shutdown(wait=False)


def test_a_clock_that_leaps_by_decades_owes_one_turn(scheduler: Any) -> None:
    job = scheduler.add_job(print, Every(1, 0), next_run_time=BORN)
    assert job._get_run_times(NOW) == [BORN]
    assert job.trigger.get_next_fire_time(BORN, NOW) == NOW + timedelta(seconds=1)


def test_turns_are_a_little_apart_from_others(scheduler: Any) -> None:
    found = {Every(60, 6).get_next_fire_time(None, NOW) for _ in range(20)}
    assert len(found) > 1
    assert all(timedelta(seconds=60) <= one - NOW <= timedelta(seconds=66) for one in found)


@pytest.mark.parametrize(
    ("clock", "steady", "back"),
    [(2_000, 6_000, False), (3_600_000, 6_000, False), (1_500, 6_000, False), (0, 6_000, True), (-9_000, 6_000, True)],
)
def test_a_clock_was_set_back_when_it_fell_behind_one_that_goes_on(clock: int, steady: int, back: bool) -> None:
    assert Hand(1_000, 5_000).went_back(clock, steady) is back


def test_it_was_set_back_once() -> None:
    hand = Hand(90_000, 5_000)
    assert [hand.went_back(0, 6_000), hand.went_back(1_000, 7_000)] == [True, False]


def test_no_job_waits_until_a_clock_that_was_set_back_is_where_it_was(scheduler: Any) -> None:
    clock, steps = FixedClock(round(NOW.timestamp() * 1_000)), iter([1_000, -3_600_000])
    for name in ("one", "other"):
        scheduler.add_job(print, Every(1, 0), id=name, next_run_time=NOW + timedelta(seconds=1))
    seen = []

    def sleep(_: float) -> None:
        seen.append({job.next_run_time for job in scheduler.get_jobs()})
        if (step := next(steps, None)) is None:
            scheduler.shutdown(wait=False)
        else:
            clock.pass_(step)

    steady = iter(range(0, 99_000, 1_000))
    follow(scheduler, clock, sleep, lambda: next(steady))
    assert seen == [{NOW + timedelta(seconds=1)}, {NOW + timedelta(seconds=1)}, {NOW - timedelta(seconds=3_599)}]


def test_all_are_due(scheduler: Any) -> None:
    job = scheduler.add_job(print, Every(3_600, 0))
    all_due(scheduler, 1_000)
    assert job.next_run_time == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
