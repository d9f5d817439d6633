"""What those above put on the screens of those below: reached by the tree, capped, read only, seen by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from server.accounts.model import Grant, Identity, system
from server.editorial import service as editorial
from server.editorial import views
from server.errors import Forbidden, Invalid, NotFound
from server.events import SlotChanged
from server.organisations import service as organisations
from server.organisations.model import OrganisationOrder
from server.parts import Parts
from server.programmes import service as programmes
from server.scheduling import mandatory, service
from server.scheduling.model import SlotOrder, SlotQuery, SlotRow, Targets
from server.scheduling.week import week
from server.scheduling.week_bodies import WeekQuery
from tests.server.scheduling.above import Above

OWN, MINE = "岗位责任", "安全月"


@pytest.fixture
def above(parts: Parts) -> Above:
    return Above(parts)


@pytest.fixture
def pushed(above: Above) -> SlotRow:
    """The group's playlist, mandatory in the company and all that lies in it, and the company's own one."""
    above.show(above.company, above.playlist(above.company, OWN))
    return above.push(above.playlist("o1", MINE))


# who is reached ------------------------------------------------------------------------------------------------------


def test_it_comes_among_what_the_company_shows_and_stays_under_the_share(above: Above, pushed: SlotRow) -> None:
    assert above.texts(above.company) == [OWN] * 9 + [MINE]


def test_the_plant_in_the_company_is_reached_and_the_other_company_is_not(above: Above, pushed: SlotRow) -> None:
    above.compiler.touch_all()
    assert above.texts(above.plant) == [MINE]  # it shows nothing of its own
    assert above.texts(above.other) == []


def test_an_organisation_and_a_screen_made_later_are_reached_too(parts: Parts, above: Above, pushed: SlotRow) -> None:
    workshop = organisations.add(parts, system(above.plant), OrganisationOrder("热轧", airtime=5))[0].id
    assert above.texts(workshop, above.screen(workshop)) == [MINE]
    assert above.texts(above.plant, above.screen(above.plant, "西门")) == [MINE]


def test_the_receivers_cap_counts_when_more_is_asked_for(parts: Parts, above: Above) -> None:
    above.show(above.company, above.playlist(above.company, OWN))
    above.push(above.playlist("o1", MINE), share=50)
    assert above.texts(above.company).count(OWN) == 7  # 3 of 10 at most, 30 percent
    held = organisations.revision(organisations.get(parts, system("o1"), above.company))
    organisations.change(parts, system("o1"), above.company, OrganisationOrder(airtime=0), held)
    assert above.texts(above.company) == [OWN]


def test_orders_of_two_above_take_part_and_the_higher_comes_first(above: Above) -> None:
    above.show(above.plant, above.playlist(above.plant, OWN))
    above.push(above.playlist(above.company, "公司"), above.plant, org=above.company)
    above.push(above.playlist("o1", MINE), above.company)
    texts = above.texts(above.plant)
    assert [text for text in texts if text != OWN] == [MINE, "公司"]
    assert texts.count(OWN) == 8


def test_one_that_is_for_own_screens_too_is_an_ordinary_slot_there(parts: Parts, above: Above) -> None:
    mine = above.screen("o1")
    targets = Targets(screens=(mine,), organisations=(above.other,))
    slot = service.add(parts, system("o1"), SlotOrder(above.playlist("o1", MINE), targets, share=20))
    assert (slot.targets, slot.share) == (targets, 20)
    assert above.texts("o1", mine) == [MINE]
    assert above.texts(above.other) == [MINE]
    assert service.add(parts, system("o1"), SlotOrder(slot.playlist, Targets(screens=(mine,)))).share is None


# what changes it -----------------------------------------------------------------------------------------------------


def test_withdrawing_takes_it_off_the_screens_below(parts: Parts, above: Above, pushed: SlotRow) -> None:
    assert MINE in above.texts(above.company)
    editorial.withdraw(parts, system("o1"), pushed.playlist, reason="错字")
    assert above.texts(above.company) == [OWN]


def test_a_new_revision_reaches_the_screens_below(parts: Parts, above: Above, pushed: SlotRow) -> None:
    assert MINE in above.texts(above.company)
    held = views.get(parts, system("o1"), pushed.playlist).view.revision
    order = editorial.Order(items=[{"kind": "slogan", "text": "安全季", "duration_ms": 10_000}])
    editorial.save(parts, system("o1"), pushed.playlist, held, order)
    editorial.submit(parts, system("o1"), pushed.playlist)
    assert above.texts(above.company) == [OWN] * 9 + ["安全季"]


def test_changing_removing_restoring_and_resting_reach_the_screens_below(
    parts: Parts, above: Above, pushed: SlotRow
) -> None:
    who = system("o1")
    service.remove(parts, who, pushed.id)
    assert above.texts(above.company) == [OWN]
    back = service.restore(parts, who, pushed.id)
    assert MINE in above.texts(above.company)
    moved = SlotOrder(pushed.playlist, Targets(organisations=(above.other,)), share=40)
    after = service.change(parts, who, pushed.id, str(back.changed), moved)
    assert (after.targets.organisations, after.share) == ((above.other,), 40)
    assert (above.texts(above.company), above.texts(above.other)) == ([OWN], [MINE])
    service.pause(parts, who, pushed.id, "2025-11-19")
    body = above.programme(above.other)
    shown = [bool(body["loops"][span["loop"]]["showings"]) for span in body["channels"][0]["spans"]]
    assert shown == [True, False, True]


def test_each_organisation_hears_of_its_own_screens_only(parts: Parts, above: Above) -> None:
    told: list[SlotChanged] = []
    parts.db.bus.subscribe(SlotChanged, told.append)
    slot = above.push(above.playlist("o1", MINE))
    assert {(fact.org, fact.slot, fact.screens) for fact in told} == {
        ("o1", slot.id, ()),
        (above.company, slot.id, (above.screens[above.company],)),
        (above.plant, slot.id, (above.screens[above.plant],)),
    }


# who may -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["o1", "nobody", "other"])
def test_only_what_lies_below_may_be_named(parts: Parts, above: Above, which: str) -> None:
    """Neither one's own organisation, nor one beside or above, nor none at all."""
    org = {"other": above.other}.get(which, which)
    playlist = above.playlist(above.company, MINE)
    order = SlotOrder(playlist, Targets(organisations=(above.plant, org)))
    with pytest.raises(Invalid) as refused:
        service.add(parts, system(above.company), order)
    assert [(one.field, one.rule) for one in refused.value.violations] == [
        ("targets.organisations.1", "scheduling.unknown_organisation")
    ]


def test_ones_own_organisation_may_not_be_named_at_the_top_either(parts: Parts, above: Above) -> None:
    with pytest.raises(Invalid):
        above.push(above.playlist("o1", MINE), "o1")


@pytest.mark.parametrize("share", [0, 51])
def test_a_share_beyond_the_limits_is_refused(above: Above, share: int) -> None:
    with pytest.raises(Invalid) as refused:
        above.push(above.playlist("o1", MINE), share=share)
    assert [one.field for one in refused.value.violations] == ["share"]


def test_the_right_over_one_group_does_not_do(parts: Parts, above: Above, pushed: SlotRow) -> None:
    local = Identity("o1", "person", "p", "p", (Grant("content", "g1"), Grant("read")))
    with pytest.raises(Forbidden):
        service.add(parts, local, SlotOrder(pushed.playlist, Targets(organisations=(above.company,))))
    with pytest.raises(Forbidden):
        service.remove(parts, local, pushed.id)


def test_the_receiver_can_neither_see_nor_change_the_slot(parts: Parts, above: Above, pushed: SlotRow) -> None:
    order = SlotOrder(above.playlist(above.company, "x"), Targets(everywhere=True))
    for org in (above.company, above.plant, above.other):
        who = system(org)
        for act in (service.get, service.remove, service.restore):
            with pytest.raises(NotFound):
                act(parts, who, pushed.id)
        with pytest.raises(NotFound):
            service.pause(parts, who, pushed.id, "2025-11-19")
        with pytest.raises(NotFound):
            service.change(parts, who, pushed.id, str(pushed.changed), order)
        assert pushed.id not in {row.id for row in service.listed(parts, who, SlotQuery())[0]}
    assert service.get(parts, system("o1"), pushed.id) == pushed


def test_a_receiver_cannot_schedule_the_playlist_itself(parts: Parts, above: Above, pushed: SlotRow) -> None:
    with pytest.raises(Invalid):
        above.show(above.company, pushed.playlist)
    with pytest.raises(NotFound):
        views.get(parts, system(above.company), pushed.playlist)


# what is told --------------------------------------------------------------------------------------------------------


def test_the_list_can_be_asked_for_an_organisation(parts: Parts, above: Above, pushed: SlotRow) -> None:
    other = above.push(above.playlist("o1", "别处"), above.other)

    def found(org: str, who: str = "o1") -> list[str]:
        return [row.id for row in service.listed(parts, system(who), SlotQuery(organisation=org))[0]]

    assert (found(above.company), found(above.plant), found(above.other)) == ([pushed.id], [pushed.id], [other.id])
    assert found(above.company, above.company) == []


def test_what_plays_is_named_with_who_ordered_it(parts: Parts, above: Above, pushed: SlotRow) -> None:
    def cue(org: str) -> Any:
        above.compiler.run_pending()
        _, (found,) = programmes.cues(parts, system(org), above.screens[org])
        return found

    found = cue(above.plant)
    assert (found.text, found.playlist_name, found.ordered_by) == (MINE, MINE, "样板一厂")
    assert (found.fallback, found.approved_by) == (False, None)  # who looked at it there is their own affair


def test_names_from_above_are_those_that_reach_an_organisation(parts: Parts, above: Above, pushed: SlotRow) -> None:
    secret = above.playlist("o1", "人事任免")
    elsewhere = above.push(above.playlist("o1", "邯郸的"), above.other)
    rival = above.push(above.playlist("o1", MINE), share=7)
    service.remove(parts, system("o1"), rival.id)

    def ordered(org: str, *wanted: str) -> Mapping[str, mandatory.Ordered]:
        with parts.db.read() as tx:
            return mandatory.ordered(tx, org, wanted or None)

    asked = (pushed.playlist, secret, elsewhere.playlist)
    assert ordered(above.plant, *asked) == {pushed.playlist: (MINE, "样板一厂", 10)}
    assert ordered(above.plant) == {pushed.playlist: (MINE, "样板一厂", 10), rival.playlist: (MINE, "样板一厂", None)}
    assert ordered("o1") == {}


def test_the_receivers_week_shows_what_is_mandatory_in_it(parts: Parts, above: Above, pushed: SlotRow) -> None:
    above.push(above.playlist("o1", "过去的"), begins=1, ends=2)
    above.push(above.playlist("o1", "夜班"), daypart={"clock": "22:00-06:00"}, share=5)

    def told(org: str) -> list[tuple[str, str, int]]:
        found = week(parts, system(org), WeekQuery(screen=above.screens[org]))
        assert found.airtime == 30
        return [(one.playlist_name, one.ordered_by, one.share) for one in found.mandatory]

    assert sorted(told(above.plant)) == [("夜班", "样板一厂", 5), (MINE, "样板一厂", 10)]
    assert told(above.other) == []


def test_what_finds_no_time_is_told(parts: Parts, above: Above) -> None:
    above.show(above.company, above.playlist(above.company, OWN))
    long = [{"kind": "slogan", "text": "长", "duration_ms": 600_000}] * 12
    made = editorial.create(parts, system("o1"), "长", long, None)
    editorial.submit(parts, system("o1"), made.id)
    above.push(made.id, share=1)
    assert above.texts(above.company).count(OWN) < 600
    found = programmes.findings(parts, system(above.company), above.screens[above.company])
    assert {one.rule for one in found} == {"programmes.no_airtime"}
    assert {one.playlist for one in found} == {made.id}


def test_a_region_that_a_screen_lacks_is_told(parts: Parts, above: Above) -> None:
    above.push(above.playlist("o1", MINE), region="strip")
    above.compiler.run_pending()
    found = programmes.findings(parts, system(above.company), above.screens[above.company])
    assert [one.rule for one in found] == ["programmes.no_region"]


def test_without_anything_from_above_nothing_is_asked_twice(parts: Parts, above: Above, pushed: SlotRow) -> None:
    """What is mandatory is read for an organisation below; its own slots are as they were."""
    with parts.db.read() as tx:
        (one,) = mandatory.mandatory_for(tx, above.plant)
        assert (one.row, one.org, one.name, one.depth, one.share) == (pushed, "o1", "样板一厂", 0, 10)
        assert mandatory.mandatory_for(tx, "o1") == mandatory.mandatory_for(tx, above.other) == ()
