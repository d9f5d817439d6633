"""Local days and minutes as instants, through every change of the clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.calendar import UnknownZone, day_bounds, instant, is_zone, local, local_day, offset_min, ordinal
from tests.playlists.made import DAY_MS, HOUR_MS, ZONES


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000


@pytest.mark.parametrize(
    ("zone", "day", "minute", "expected"),
    [
        ("Asia/Shanghai", "2026-06-01", 480, "2026-06-01T00:00"),
        ("Asia/Kolkata", "2026-06-01", 480, "2026-06-01T02:30"),
        ("Asia/Shanghai", "2026-06-01", 1440, "2026-06-01T16:00"),
        ("Europe/Berlin", "2026-03-29", 119, "2026-03-29T00:59"),
        ("Europe/Berlin", "2026-03-29", 120, "2026-03-29T01:00"),  # skipped: the jump itself
        ("Europe/Berlin", "2026-03-29", 179, "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29", 180, "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29", 181, "2026-03-29T01:01"),
        ("Europe/Berlin", "2026-10-25", 150, "2026-10-25T00:30"),  # repeated: the first pass
        ("Europe/Berlin", "2026-10-25", 180, "2026-10-25T02:00"),
        ("America/New_York", "2026-03-08", 150, "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01", 90, "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "2026-10-04", 135, "2026-10-03T15:30"),  # a jump of half an hour
        ("Africa/Cairo", "2026-04-24", 0, "2026-04-23T22:00"),  # midnight itself is skipped
        ("Pacific/Apia", "2011-12-30", 720, "2011-12-30T10:00"),  # a whole day is skipped
    ],
)
def test_a_minute_of_a_local_day_is_an_instant(zone: str, day: str, minute: int, expected: str) -> None:
    assert instant(zone, ordinal(day), minute) == utc(expected)


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Asia/Shanghai", "2026-06-01T00:00", 480),
        ("Asia/Kolkata", "2026-06-01T00:00", 330),
        ("America/New_York", "2026-01-01T00:00", -300),
        ("Europe/Berlin", "2026-03-29T00:59", 60),
        ("Europe/Berlin", "2026-03-29T01:00", 120),
    ],
)
def test_a_zone_is_so_many_minutes_before_utc(zone: str, at: str, expected: int) -> None:
    assert offset_min(zone, utc(at) + 999) == expected


@given(st.sampled_from(ZONES), st.integers(ordinal("1970-01-02"), ordinal("2100-01-01")))
def test_a_later_minute_is_never_an_earlier_instant(zone: str, day: int) -> None:
    found = [instant(zone, day, minute) for minute in range(0, 1441, 15)]
    assert found == sorted(found)
    assert found[-1] == instant(zone, day + 1, 0)


@given(st.sampled_from(ZONES), st.integers(0, utc("2100-01-01")))
def test_today_holds_the_instant_asked_about(zone: str, at: int) -> None:
    begins, ends = day_bounds(zone, at, 1)
    assert begins <= at < ends
    assert local_day(zone, begins) == local_day(zone, ends - 1) == local_day(zone, at)
    assert 22 * HOUR_MS <= ends - begins <= 26 * HOUR_MS


def test_today_and_eight_more_days_are_nine() -> None:
    begins, ends = day_bounds("Asia/Shanghai", utc("2026-06-01T15:59:59"), 9)
    assert (begins, ends - begins) == (utc("2026-05-31T16:00"), 9 * DAY_MS)


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "/etc/passwd", "Asia/\x00", "Asia"])
def test_a_zone_nobody_knows_is_refused(zone: str) -> None:
    assert not is_zone(zone)
    with pytest.raises(UnknownZone):
        local(zone, 0)


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_of_the_world_is_known(zone: str) -> None:
    assert is_zone(zone)
