"""A daypart's occurrences: overnight, by weekday and date, through changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.calendar import day_bounds, local, ordinal
from playlists.daypart import occurrences
from playlists.model import ALWAYS, Daypart
from tests.playlists import made
from tests.playlists.made import DAY_MS, HOUR_MS, ZONES

MONDAY = 1_780_243_200_000  # 2026-06-01 00:00 in Shanghai
instants = st.integers(0, 4_000_000_000_000)


def spans(daypart: Daypart, zone: str, begins: str, ends: str) -> list[str]:
    """Occurrences as UTC clock readings, ``begins ends`` or ``start<begins ends``."""
    found = occurrences(daypart, zone, at(begins), at(ends))
    return [f"{'' if o.start == o.begins else told(o.start) + '<'}{told(o.begins)} {told(o.ends)}" for o in found]


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000


def told(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant / 1_000, UTC):%dT%H:%M}"


def test_a_window_within_the_day() -> None:
    morning = Daypart(480, 720, weekdays=(1, 2))
    assert spans(morning, "Asia/Shanghai", "2026-05-31T16:00", "2026-06-07T16:00") == [
        "01T00:00 01T04:00",
        "02T00:00 02T04:00",
    ]


def test_a_night_belongs_to_the_day_it_starts_on() -> None:
    night = Daypart(1320, 360, weekdays=(5,), first="2026-06-05", last="2026-06-05")
    assert spans(night, "Asia/Shanghai", "2026-06-01", "2026-06-30") == ["05T14:00 05T22:00"]


def test_a_night_cut_by_the_window_keeps_its_true_start() -> None:
    night = Daypart(1320, 360)
    assert spans(night, "UTC", "2026-06-02T00:00", "2026-06-02T23:00") == [
        "01T22:00<02T00:00 02T06:00",
        "02T22:00 02T23:00",
    ]


@pytest.mark.parametrize(
    ("daypart", "zone", "day", "expected"),
    [
        (Daypart(60, 240), "Europe/Berlin", "2026-03-29", ["29T00:00 29T02:00"]),  # one hour less
        (Daypart(130, 170), "Europe/Berlin", "2026-03-29", []),  # wholly skipped
        (Daypart(130, 240), "Europe/Berlin", "2026-03-29", ["29T01:00 29T02:00"]),
        (Daypart(60, 240), "Europe/Berlin", "2026-10-25", ["24T23:00 25T03:00"]),  # one hour more
        (Daypart(60, 150), "Europe/Berlin", "2026-10-25", ["24T23:00 25T00:30"]),  # to the first 02:30
        (Daypart(150, 240), "Europe/Berlin", "2026-10-25", ["25T00:30 25T03:00"]),  # from the first 02:30
        (Daypart(1320, 360), "America/New_York", "2026-10-31", ["01T02:00 01T11:00"]),
    ],
)
def test_a_daypart_across_a_change_of_the_clock(daypart: Daypart, zone: str, day: str, expected: list[str]) -> None:
    only = Daypart(daypart.start, daypart.end, first=day, last=day)
    assert spans(only, zone, "2026-01-01", "2026-12-31") == expected


def test_whole_days_in_a_row_are_one_occurrence() -> None:
    weekend = Daypart(weekdays=(5, 6, 7))
    assert spans(weekend, "UTC", "2026-06-06T12:00", "2026-06-13T00:00") == [
        "05T00:00<06T12:00 08T00:00",
        "12T00:00 13T00:00",
    ]


def test_a_month_of_whole_days_starts_on_its_first_day() -> None:
    month = Daypart(first="2026-06-01", last="2026-06-30")
    assert spans(month, "Asia/Shanghai", "2026-06-20", "2026-07-20") == ["31T16:00<20T00:00 30T16:00"]
    assert spans(month, "Asia/Shanghai", "2026-07-20", "2026-08-20") == []
    assert spans(month, "Asia/Shanghai", "2026-04-20", "2026-05-20") == []


def test_always_has_no_beginning() -> None:
    (found,) = occurrences(ALWAYS, "Asia/Shanghai", MONDAY, MONDAY + DAY_MS)
    assert (found.begins, found.ends, found.start) == (MONDAY, MONDAY + DAY_MS, 0)


@given(made.dayparts, st.sampled_from(ZONES), instants)
def test_a_minute_is_in_an_occurrence_when_the_wall_clock_says_so(daypart: Daypart, zone: str, begins: int) -> None:
    for offset in range(0, 2 * DAY_MS, 5 * HOUR_MS):
        now = begins + offset
        if settled(zone, now):
            found = occurrences(daypart, zone, begins, begins + 2 * DAY_MS)
            assert any(o.begins <= now < o.ends for o in found) == is_on(daypart, zone, now)


def settled(zone: str, at: int) -> bool:
    """No change of the clock within two days, so that naive reckoning holds."""
    shifts = {(local(zone, at + n * HOUR_MS) - local(zone, at)).total_seconds() - n * 3_600 for n in range(-48, 49)}
    return shifts == {0}


def is_on(daypart: Daypart, zone: str, at: int) -> bool:
    now = local(zone, at)
    minute, weekday = now.hour * 60 + now.minute, now.isoweekday()
    if daypart.start < daypart.end:
        return daypart.start <= minute < daypart.end and weekday in daypart.weekdays
    yesterday = (weekday - 2) % 7 + 1
    late = minute >= daypart.start and weekday in daypart.weekdays
    return late or (minute < daypart.end and yesterday in daypart.weekdays)


@given(made.dayparts | made.whole_days, st.sampled_from(ZONES), instants, st.integers(1, 9 * DAY_MS))
def test_occurrences_are_in_order_within_the_window_and_start_no_later(
    daypart: Daypart, zone: str, begins: int, length: int
) -> None:
    found = occurrences(daypart, zone, begins, begins + length)
    edges = [edge for o in found for edge in (o.begins, o.ends)]
    assert edges == sorted(edges)
    assert all(begins <= o.begins < o.ends <= begins + length and o.start <= o.begins for o in found)


@given(made.dayparts | made.whole_days, st.sampled_from(ZONES), instants)
def test_the_true_start_does_not_depend_on_the_window(daypart: Daypart, zone: str, at: int) -> None:
    begins, ends = day_bounds(zone, at, 9)
    later = day_bounds(zone, ends - 1, 3)
    wide = {o.start for o in occurrences(daypart, zone, begins, later[1]) if o.ends > later[0]}
    assert wide == {o.start for o in occurrences(daypart, zone, *later)}


def test_a_window_of_no_time_holds_nothing() -> None:
    assert occurrences(ALWAYS, "UTC", 5, 5) == ()
    assert ordinal("1970-01-01") == 719_163
