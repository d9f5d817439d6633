"""Conflicts and the week: shown, never guessed."""

from __future__ import annotations

import pytest

from server import errors
from server.accounts.model import Identity
from server.parts import Parts
from server.scheduling import conflicts, service
from server.scheduling.model import SlotOrder, SlotQuery, SlotRow, Targets
from server.scheduling.week import week
from server.scheduling.week_bodies import WeekQuery
from tests.server.scheduling.site import Site

HOUR = 3_600_000
GATE = Targets(screens=("s-gate",))


@pytest.fixture
def site(parts: Parts) -> Site:
    return Site(parts)


def _slot(parts: Parts, who: Identity, site: Site, priority: int = 50, clock: str = "00:00-24:00") -> SlotRow:
    return service.add(parts, who, SlotOrder(site.playlist(), GATE, daypart={"clock": clock}, priority=priority))


def test_two_slots_of_one_priority_take_turns(parts: Parts, owner: Identity, site: Site) -> None:
    one, two = _slot(parts, owner, site), _slot(parts, owner, site)
    found = conflicts.of_slot(parts, owner, two.id)
    assert [(clash.other, clash.kind) for clash in found] == [(one.id, "takes_turns")]


def test_a_slot_that_never_shows_is_hidden_and_the_other_hides_it(parts: Parts, owner: Identity, site: Site) -> None:
    low, high = _slot(parts, owner, site, 40, "08:00-09:00"), _slot(parts, owner, site, 90)
    kinds = [[clash.kind for clash in conflicts.of_slot(parts, owner, slot.id)] for slot in (low, high)]
    assert kinds == [["hidden_by"], ["hides"]]


def test_slots_that_never_meet_do_not_clash(parts: Parts, owner: Identity, site: Site) -> None:
    _slot(parts, owner, site, clock="08:00-12:00"), _slot(parts, owner, site, clock="12:00-16:00")
    assert conflicts.on_screen(parts, owner, "s-gate") == []


def test_a_week_shows_each_day_its_occurrences_and_its_gaps(parts: Parts, owner: Identity, site: Site) -> None:
    order = SlotOrder(site.playlist(), GATE, daypart={"clock": "22:00-06:00", "weekdays": [1]})
    service.add(parts, owner, order)
    days = week(parts, owner, WeekQuery(screen="s-gate", monday="2025-11-17")).days
    spans = [[((o.begins - d.begins) // HOUR, (o.ends - d.begins) // HOUR) for o in d.occurrences] for d in days]
    assert spans == [[(22, 24)], [(0, 6)], [], [], [], [], []]
    assert [[(g.ends - g.begins) // HOUR for g in d.gaps] for d in days] == [[22], [18], [24], [24], [24], [24], [24]]


def test_a_week_without_a_date_is_this_one(parts: Parts, owner: Identity, site: Site) -> None:
    assert week(parts, owner, WeekQuery(screen="s-gate")).monday == "2025-11-17"


def test_a_covered_occurrence_is_marked_as_hidden(parts: Parts, owner: Identity, site: Site) -> None:
    low, high = _slot(parts, owner, site, 40, "08:00-09:00"), _slot(parts, owner, site, 90)
    day = week(parts, owner, WeekQuery(screen="s-gate")).days[0]
    assert {o.slot: o.hidden for o in day.occurrences} == {low.id: True, high.id: False}


def test_a_rested_day_is_a_gap(parts: Parts, owner: Identity, site: Site) -> None:
    slot = _slot(parts, owner, site)
    service.pause(parts, owner, slot.id, "2025-11-19")
    days = week(parts, owner, WeekQuery(screen="s-gate")).days
    assert [len(day.occurrences) for day in days] == [1, 1, 0, 1, 1, 1, 1]


def test_a_group_shows_the_slots_that_reach_all_of_it(parts: Parts, owner: Identity, site: Site) -> None:
    slot = service.add(parts, owner, SlotOrder(site.playlist(), Targets(groups=("g-shop",))))
    day = week(parts, owner, WeekQuery(group="g-line")).days[0]
    assert [o.slot for o in day.occurrences] == [slot.id]


@pytest.mark.parametrize(
    "query",
    [
        WeekQuery(),
        WeekQuery(screen="s-gate", group="g-line"),
        WeekQuery(screen="s-gate", monday="2025-11-18"),
        WeekQuery(screen="s-gate", monday="9999-12-27"),
    ],
)
def test_a_week_of_nothing_of_two_things_or_from_a_tuesday_is_refused(
    parts: Parts, owner: Identity, site: Site, query: WeekQuery
) -> None:
    with pytest.raises(errors.Invalid):
        week(parts, owner, query)


def test_an_occurrence_is_not_hidden_by_a_higher_one_later_in_the_day(
    parts: Parts, owner: Identity, site: Site
) -> None:
    for priority, clock in ((50, "00:00-06:00"), (90, "12:00-13:00")):
        _slot(parts, owner, site, priority, clock)
    found = week(parts, owner, WeekQuery(screen="s-gate", monday="2025-11-17")).days[1].occurrences
    assert [one.hidden for one in found] == [False, False]


def test_what_rests_on_a_day_is_told_on_that_day_alone(parts: Parts, owner: Identity, site: Site) -> None:
    slot = _slot(parts, owner, site, clock="22:00-06:00")
    service.pause(parts, owner, slot.id, "2025-11-19")
    days = week(parts, owner, WeekQuery(screen="s-gate", monday="2025-11-17")).days
    told = [[(one.slot, (one.ends - one.begins) // HOUR) for one in day.resting] for day in days]
    assert told == [[], [], [(slot.id, 2)], [], [], [], []]


def test_what_a_slot_would_meet_is_told_before_it_is_saved(parts: Parts, owner: Identity, site: Site) -> None:
    held = _slot(parts, owner, site, 50, "08:00-10:00")
    order = SlotOrder(site.playlist(), GATE, daypart={"clock": "09:00-11:00"})
    found = conflicts.foreseen(parts, owner, order, None)
    assert (found.screens, [(one.other, one.kind) for one in found.conflicts]) == (1, [(held.id, "takes_turns")])
    assert conflicts.foreseen(parts, owner, order, held.id).conflicts == []
    assert service.listed(parts, owner, SlotQuery())[0] == [held]


def test_too_little_review_is_foreseen_with_the_group_that_asks_for_it(
    parts: Parts, owner: Identity, site: Site
) -> None:
    site.ask_review("g-shop", 1)
    found = conflicts.foreseen(parts, owner, SlotOrder(site.playlist(), GATE), None)
    assert found.group == "g-shop"
    assert found.refused
