"""Slots that get in each other's way are named, with where and when."""

from __future__ import annotations

import pytest

from playlists.conflicts import Clash, Conflict, conflicts
from playlists.model import Daypart, Slot
from tests.playlists.made import DAY_MS, HOUR_MS

WEEK = 7 * DAY_MS
MORNING = Daypart(480, 720)
NOON = Daypart(660, 780)


def slot(name: str, priority: int = 50, daypart: Daypart = MORNING, region: str = "main", created: int = 0) -> Slot:
    return Slot(name, f"p-{name}", region, daypart, priority, created=created)


def test_equal_priorities_that_overlap_take_turns() -> None:
    found = conflicts([slot("b", daypart=NOON), slot("a")], "UTC", 0, WEEK)
    last = 6 * DAY_MS + 12 * HOUR_MS
    assert found == (Clash(Conflict.TURNS, "main", ("a", "b"), 11 * HOUR_MS, last, 7 * HOUR_MS),)


def test_the_older_slot_is_named_first() -> None:
    (found,) = conflicts([slot("a", created=2), slot("b", created=1)], "UTC", 0, WEEK)
    assert found.slots == ("b", "a")


def test_a_slot_wholly_beneath_higher_ones_is_hidden() -> None:
    below, left, right = slot("x", 10), slot("l", 50, Daypart(420, 600)), slot("r", 60, Daypart(600, 800))
    (found,) = conflicts([below, left, right], "UTC", 0, WEEK)
    assert (found.conflict, found.slots) == (Conflict.HIDDEN, ("x", "r", "l"))
    assert (found.begins, found.total_ms) == (8 * HOUR_MS, 7 * 4 * HOUR_MS)


def test_a_slot_that_only_touches_a_hidden_one_does_not_cover_it() -> None:
    found = conflicts([slot("x", 10), slot("y", 50), slot("z", 90, Daypart(720, 780))], "UTC", 0, WEEK)
    assert [c.slots for c in found] == [("x", "y")]


@pytest.mark.parametrize(
    "slots",
    [
        [],
        [slot("a")],
        [slot("a"), slot("b", region="strip")],
        [slot("a"), slot("b", daypart=Daypart(720, 780))],  # they only touch
        [slot("a", 60), slot("b", daypart=NOON)],  # one hour of b still shows
        [slot("a", 60), Slot("b", "p", "main", begins=WEEK)],  # b is not yet
    ],
)
def test_what_does_not_clash_is_not_named(slots: list[Slot]) -> None:
    assert conflicts(slots, "UTC", 0, WEEK) == ()


def test_an_overlap_beneath_a_higher_slot_is_two_hidden_slots() -> None:
    found = conflicts([slot("a"), slot("b"), slot("top", 90)], "UTC", 0, WEEK)
    assert [(c.conflict, c.slots) for c in found] == [(Conflict.HIDDEN, ("a", "top")), (Conflict.HIDDEN, ("b", "top"))]
