"""Slots: made, changed, rested, removed and brought back; refused with the field that is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from server import errors, tables
from server.accounts.model import Grant, Identity
from server.editorial import service as editorial
from server.events import SlotChanged
from server.parts import Parts
from server.scheduling import service
from server.scheduling.model import SlotOrder, SlotQuery, Targets
from server.tables import slots
from tests.server.scheduling.site import Site


@pytest.fixture
def site(parts: Parts) -> Site:
    return Site(parts)


@pytest.fixture
def facts(parts: Parts) -> list[Any]:
    heard: list[Any] = []
    parts.db.bus.subscribe(SlotChanged, heard.append)
    return heard


def test_a_slot_tells_which_screens_it_touches(parts: Parts, owner: Identity, site: Site, facts: list[Any]) -> None:
    slot = service.add(parts, owner, SlotOrder(site.playlist(), Targets(groups=("g-shop",))))
    assert facts == [SlotChanged("o1", slot.id, ("s-gate", "s-line"))]


def test_a_group_reaches_the_groups_below_it_but_not_those_above(parts: Parts, owner: Identity, site: Site) -> None:
    low = service.add(parts, owner, SlotOrder(site.playlist(), Targets(groups=("g-line",))))
    high = service.add(parts, owner, SlotOrder(site.playlist(), Targets(groups=("g-shop",))))
    with parts.db.read() as tx:
        found = service.slots_by_screen(tx, "o1", ["s-gate", "s-line", "s-office"])
    reached = {screen: {row.id for row in rows} for screen, rows in found.items()}
    assert reached == {"s-gate": {high.id}, "s-line": {low.id, high.id}, "s-office": set()}


def test_a_retired_screen_is_touched_no_more(parts: Parts, owner: Identity, site: Site, facts: list[Any]) -> None:
    site.retire("s-office")
    service.add(parts, owner, SlotOrder(site.playlist(), Targets(everywhere=True)))
    assert facts[-1].screens == ("s-gate", "s-line")


def test_an_unknown_screen_and_an_unknown_playlist_are_both_named(parts: Parts, owner: Identity, site: Site) -> None:
    with pytest.raises(errors.Invalid) as caught:
        service.add(parts, owner, SlotOrder("nope", Targets(screens=("nowhere",))))
    assert {v.rule for v in caught.value.violations} == {"scheduling.no_playlist", "scheduling.unknown_target"}


def test_a_slot_for_nobody_is_refused(parts: Parts, owner: Identity, site: Site) -> None:
    with pytest.raises(errors.Invalid) as caught:
        service.add(parts, owner, SlotOrder(site.playlist(), Targets()))
    assert caught.value.violations[0].rule == "scheduling.no_targets"


@pytest.mark.parametrize(
    ("daypart", "field"),
    [
        ({"clock": "08:00-08:00"}, "daypart.clock"),
        ({"clock": "25:00-26:00"}, "daypart.clock"),
        ({"weekdays": []}, "daypart.weekdays"),
        ({"weekdays": [1, 9]}, "daypart.weekdays.1"),
        ({"first": "2025-02-30"}, "daypart.first"),
        ({"first": "2025-02-03", "last": "2025-02-02"}, "daypart.last"),
        ({"first": "0001-01-01"}, "daypart.first"),
        ({"last": "9999-12-31"}, "daypart.last"),
        ({"hours": 3}, "daypart.hours"),
    ],
)
def test_a_daypart_that_makes_no_sense_is_refused_with_its_field(
    parts: Parts, owner: Identity, site: Site, daypart: dict[str, Any], field: str
) -> None:
    with pytest.raises(errors.Invalid) as caught:
        service.add(parts, owner, SlotOrder(site.playlist(), Targets(everywhere=True), daypart=daypart))
    assert [v.field for v in caught.value.violations] == [field]


def test_an_end_before_the_beginning_is_named_as_the_caller_named_it(parts: Parts, owner: Identity, site: Site) -> None:
    with pytest.raises(errors.Invalid) as caught:
        service.add(parts, owner, SlotOrder(site.playlist(), Targets(everywhere=True), begins=20, ends=10))
    assert caught.value.violations[0].field == "until"


def test_two_people_at_one_slot_do_not_overwrite_each_other(parts: Parts, owner: Identity, site: Site) -> None:
    order = SlotOrder(site.playlist(), Targets(everywhere=True))
    slot = service.add(parts, owner, order)
    service.change(parts, owner, slot.id, str(slot.changed), order)
    with pytest.raises(errors.Stale):
        service.change(parts, owner, slot.id, str(slot.changed), order)


def test_a_change_touches_the_screens_it_leaves_and_those_it_reaches(
    parts: Parts, owner: Identity, site: Site, facts: list[Any]
) -> None:
    slot = service.add(parts, owner, SlotOrder(site.playlist(), Targets(screens=("s-gate",))))
    service.change(parts, owner, slot.id, str(slot.changed), SlotOrder(slot.playlist, Targets(screens=("s-office",))))
    assert facts[-1].screens == ("s-gate", "s-office")


def test_a_removed_slot_comes_back_as_it_was(parts: Parts, owner: Identity, site: Site) -> None:
    slot = service.add(parts, owner, SlotOrder(site.playlist(), Targets(groups=("g-line",)), priority=70))
    service.remove(parts, owner, slot.id)
    with pytest.raises(errors.NotFound):
        service.get(parts, owner, slot.id)
    back = service.restore(parts, owner, slot.id)
    assert (back.targets, back.priority, back.deleted) == (slot.targets, 70, None)


def test_a_slot_rests_on_a_day_and_is_woken_again(parts: Parts, owner: Identity, site: Site) -> None:
    slot = service.add(parts, owner, SlotOrder(site.playlist(), Targets(everywhere=True)))
    rested = service.pause(parts, owner, slot.id, "2025-11-19")
    woken = service.pause(parts, owner, slot.id, "2025-11-19", paused=False)
    assert (rested.pauses, woken.pauses) == (("2025-11-19",), ())


@pytest.mark.parametrize("day", ["2025-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_holds_cannot_be_rested(parts: Parts, owner: Identity, site: Site, day: str) -> None:
    slot = service.add(parts, owner, SlotOrder(site.playlist(), Targets(everywhere=True)))
    with pytest.raises(errors.Invalid):
        service.pause(parts, owner, slot.id, day)


def _limited(group: str) -> Identity:
    return Identity("o1", "person", "u2", "车间", grants=(Grant("read"), Grant("content", group)))


def test_a_grant_for_a_group_covers_it_and_those_below(parts: Parts, site: Site) -> None:
    service.add(parts, _limited("g-shop"), SlotOrder(site.playlist(), Targets(groups=("g-line",))))
    service.add(parts, _limited("g-shop"), SlotOrder(site.playlist(), Targets(screens=("s-line", "s-gate"))))


@pytest.mark.parametrize(
    "targets",
    [
        Targets(everywhere=True),
        Targets(groups=("g-shop",)),
        Targets(screens=("s-gate",)),
        Targets(screens=("s-office",)),
    ],
)
def test_a_grant_for_a_group_reaches_nothing_above_or_beside_it(parts: Parts, site: Site, targets: Targets) -> None:
    with pytest.raises(errors.Forbidden):
        service.add(parts, _limited("g-line"), SlotOrder(site.playlist(), targets))


def test_another_units_slot_can_neither_be_moved_nor_removed(parts: Parts, owner: Identity, site: Site) -> None:
    order = SlotOrder(site.playlist(), Targets(groups=("g-shop",)))
    slot = service.add(parts, owner, order)
    mine = SlotOrder(order.playlist, Targets(groups=("g-line",)))
    with pytest.raises(errors.Forbidden):
        service.change(parts, _limited("g-line"), slot.id, str(slot.changed), mine)
    with pytest.raises(errors.Forbidden):
        service.remove(parts, _limited("g-line"), slot.id)


def test_screens_that_ask_for_review_take_no_playlist_without_it(parts: Parts, owner: Identity, site: Site) -> None:
    site.ask_review("g-shop", 1)
    with pytest.raises(errors.Conflict) as caught:
        service.add(parts, owner, SlotOrder(site.playlist(), Targets(screens=("s-line",))))
    assert (caught.value.detail, caught.value.params["name"]) == ("scheduling.needs_review", "g-line")
    service.add(parts, owner, SlotOrder(site.playlist(), Targets(screens=("s-office",))))
    to_be_reviewed = site.playlist(screen_group="g-line", approved=False)
    service.add(parts, owner, SlotOrder(to_be_reviewed, Targets(screens=("s-line",))))


def test_what_was_approved_without_review_is_reviewed_before_it_plays_where_review_is_asked_for(
    parts: Parts, owner: Identity, site: Site
) -> None:
    made = editorial.create(parts, owner, "门口", [{"kind": "slogan", "text": "安全第一"}], "g-line")
    editorial.submit(parts, owner, made.id)
    order = SlotOrder(made.id, Targets(screens=("s-line",)))
    site.ask_review("g-shop", 1)
    with pytest.raises(errors.Conflict) as caught:
        service.add(parts, owner, order)
    assert caught.value.detail == "scheduling.needs_new_review"
    waiting = editorial.submit(parts, owner, order.playlist)
    assert waiting.state == "step_1"
    editorial.approve(parts, replace(owner, id="u2"), order.playlist, waiting.revision)
    assert service.add(parts, owner, order).playlist == order.playlist


def test_the_list_pages_through_every_slot_once(parts: Parts, owner: Identity, site: Site) -> None:
    made = {service.add(parts, owner, SlotOrder(site.playlist(), Targets(everywhere=True))).id for _ in range(5)}
    seen, cursor = [], None
    for _ in range(3):
        rows, cursor = service.listed(parts, owner, SlotQuery(limit=2, cursor=cursor))
        seen += [row.id for row in rows]
    assert (set(seen), len(seen), cursor) == (made, 5, None)


def test_the_list_is_filtered_by_screen_by_group_and_by_playlist(parts: Parts, owner: Identity, site: Site) -> None:
    one, two = site.playlist(), site.playlist()
    line = service.add(parts, owner, SlotOrder(one, Targets(groups=("g-line",))))
    gate = service.add(parts, owner, SlotOrder(two, Targets(screens=("s-gate",))))
    found = [
        [row.id for row in service.listed(parts, owner, query)[0]]
        for query in (SlotQuery(screen="s-line"), SlotQuery(group="g-line"), SlotQuery(playlist=two))
    ]
    assert found == [[line.id], [line.id], [gate.id]]


def test_every_act_on_a_slot_leaves_a_row_in_the_audit_log(parts: Parts, owner: Identity, site: Site) -> None:
    slot = service.add(parts, owner, SlotOrder(site.playlist(), Targets(everywhere=True)))
    service.pause(parts, owner, slot.id, "2025-11-19")
    service.remove(parts, owner, slot.id)
    service.restore(parts, owner, slot.id)
    assert site.acts() == ["slot.add", "slot.pause", "slot.remove", "slot.restore"]


def test_a_slot_of_another_organisation_is_not_found(parts: Parts, owner: Identity, site: Site) -> None:
    slot = service.add(parts, owner, SlotOrder(site.playlist(), Targets(everywhere=True)))
    stranger = Identity("o2", "person", "u9", "外人", grants=(Grant("*"),))
    with pytest.raises(errors.NotFound):
        service.remove(parts, stranger, slot.id)
    with parts.db.read() as tx:
        assert tx.execute(slots.select()).one().deleted is None
    assert tables.slots.c.org.nullable is False
