"""CAP's times: read in every notation that is met, written in one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cap.times import LATEST_MS, Moment, parse, stamp
from tests.server.cap import made, rules
from tests.server.cap.setting import TEN


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25T10:00:00+08:00",
        "2026-11-25T02:00:00+00:00",
        "2026-11-25T02:00:00-00:00",
        "2026-11-24T22:30:00-03:30",
    ],
)
def test_a_time_as_cap_writes_it_is_read_without_a_word(text: str) -> None:
    assert parse(text, 0) == Moment(TEN, True)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25T02:00:00Z",
        "2026-11-25t02:00:00z",
        "2026-11-25T10:00:00.000+08:00",
        "2026-11-25T10:00:00,9999999+08:00",
        "2026-11-25T10:00:00+0800",
        "2026-11-25 10:00:00 +08:00",
        "2026-11-25T10:00+08:00",
        "2026-11-25T10:00:00",
        "2026-11-25T09:59:60+08:00",
    ],
)
def test_a_time_in_another_notation_is_read_and_marked(text: str) -> None:
    assert parse(text, 480) == Moment(TEN, False)


def test_an_hour_twenty_four_is_the_next_midnight() -> None:
    assert parse("2026-11-24T24:00:00+08:00", 0) == Moment(TEN - 10 * 3_600_000, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-11-25",
        "2026-02-30T10:00:00+08:00",
        "2026-13-01T10:00:00+08:00",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2026-11-25T25:00:00+08:00",
        "2026-11-25T24:00:01+08:00",
        "2026-11-25T10:60:00+08:00",
        "2026-11-25T10:00:61+08:00",
        "2026-11-25T10:00:00+15:00",
        "2026-11-25T10:00:00+08:60",
        "2026-11-25T10:00:00+8",
        "２０２６-11-25T10:00:00+08:00",
        "2026-11-25T10:00:00+08:00 2026-11-25T10:00:00+08:00",
    ],
)
def test_what_leaves_a_doubt_is_no_time(text: str) -> None:
    assert parse(text, 480) is None


def test_never_is_read_as_the_last_day_that_can_be_written_everywhere() -> None:
    assert parse("9999-12-31T23:59:59Z", 0) == Moment(LATEST_MS, False)
    assert stamp(LATEST_MS, 840) == "9999-12-30T14:00:00+14:00"


@pytest.mark.parametrize(
    ("offset_min", "text"),
    [
        (480, "2026-11-25T10:00:00+08:00"),
        (0, "2026-11-25T02:00:00-00:00"),
        (-210, "2026-11-24T22:30:00-03:30"),
        (345, "2026-11-25T07:45:00+05:45"),
    ],
)
def test_a_time_is_written_for_its_place_and_utc_as_the_standard_wants(offset_min: int, text: str) -> None:
    assert stamp(TEN + 999, offset_min) == text


@made.patient
@given(made.seconds, made.offsets)
def test_every_time_survives_and_is_written_by_the_rules(ms: int, offset_min: int) -> None:
    text = stamp(ms, offset_min)
    assert rules.TIME.fullmatch(text)
    assert parse(text, 0) == Moment(ms, True)


@made.patient
@given(made.seconds)
def test_the_calendar_is_the_one_of_everybody_else(ms: int) -> None:
    assert stamp(ms, 0)[:19] == datetime.fromtimestamp(ms / 1000, UTC).isoformat()[:19]


@made.patient
@given(st.tuples(st.integers(0, 9999), *[st.integers(0, 99)] * 6))
def test_any_numbers_are_a_time_of_the_range_or_none(numbers: tuple[int, ...]) -> None:
    moment = parse("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+{:02}:00".format(*numbers), 480)
    assert moment is None or 0 <= moment.ms <= LATEST_MS


@made.patient
@given(st.text(st.sampled_from("0123456789-+:TZ. "), max_size=30))
def test_any_text_is_a_time_of_the_range_or_none(text: str) -> None:
    moment = parse(text, 480)
    assert moment is None or 0 <= moment.ms <= LATEST_MS
