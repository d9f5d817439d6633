"""Alerts from above as those they reach see them: their own part, marked, and nothing to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from playlists.alert import Status
from server.accounts.model import Identity, system
from server.alerts import archive, course, drafts, reports, sightings
from server.alerts import service as alerts
from server.alerts import settings as alert_settings
from server.alerts.model import StoredAlert, Targets
from server.alerts.settings import SettingsOrder
from server.clock import FixedClock
from server.errors import Forbidden, NotFound
from server.events import AlertSeen
from server.organisations import service as organisations
from server.organisations.model import OrganisationOrder
from server.paging import PageQuery
from server.parts import Parts
from tests.server.alerts.tree import ACTS, EAST, GROUP, PLANT, WEST, Tree, grow, lists, order, reached


@pytest.fixture
def tree(parts: Parts) -> Tree:
    return grow(parts)


# who may what ---------------------------------------------------------------------------------------------------------

LOOKS: tuple[Callable[[Parts, Identity, str], object], ...] = (
    lambda parts, who, name: alerts.get(parts, who, name),
    lambda parts, who, name: alerts.history(parts, who, name),
    lambda parts, who, name: alerts.deliveries_of(parts, who, name),
    lambda parts, who, name: sightings.list_sightings(parts, who, name),
    lambda parts, who, name: course.entries(parts, who, name),
    lambda parts, who, name: reports.report(parts, who, name),
)


@pytest.mark.parametrize("act", [*ACTS, lambda parts, who, name: alerts.visited(parts, who, name, "s1")])
def test_those_it_reaches_change_nothing_and_others_do_not_even_find_it(
    tree: Tree, act: Callable[[Parts, Identity, str], object]
) -> None:
    name = tree.say(GROUP, EAST)
    for below in (EAST, PLANT):
        with pytest.raises(Forbidden) as refused:
            act(tree.parts, tree.officer(below), name)
        assert (refused.value.detail, refused.value.params["name"]) == ("alerts.of_above", "样板一厂")
    with pytest.raises(NotFound):
        act(tree.parts, tree.officer(WEST), name)
    own = tree.say(PLANT, PLANT)
    for above in (GROUP, EAST, WEST):
        with pytest.raises(NotFound):
            act(tree.parts, tree.officer(above), own)


@pytest.mark.parametrize("look", LOOKS)
def test_whom_it_does_not_reach_finds_nothing(tree: Tree, look: Callable[[Parts, Identity, str], object]) -> None:
    name, own = tree.say(GROUP, EAST), tree.say(PLANT, PLANT)
    for who in (GROUP, EAST, PLANT):
        look(tree.parts, tree.officer(who), name)
    for who, what in ((WEST, name), (GROUP, own), (EAST, own), (WEST, own)):
        with pytest.raises(NotFound):
            look(tree.parts, tree.officer(who), what)


def test_lists_hold_ones_own_and_what_reaches_one(tree: Tree) -> None:
    mine = {name: tree.say(name, name) for name in tree.orgs}
    both = tree.say(GROUP, EAST)
    wanted = {
        GROUP: {mine[GROUP], both}, EAST: {mine[GROUP], mine[EAST], both},
        PLANT: {mine[GROUP], mine[EAST], mine[PLANT], both}, WEST: {mine[GROUP], mine[WEST]},
    }  # fmt: skip
    assert {name: lists(tree, name) for name in tree.orgs} == {name: [wanted[name]] * 4 for name in tree.orgs}


def test_a_list_of_both_is_paged_in_order(tree: Tree, clock: FixedClock) -> None:
    wanted = []
    for number in range(7):
        clock.pass_(5_000)
        wanted.append(tree.say(GROUP if number % 2 else PLANT, PLANT))
    found: list[StoredAlert] = []
    query = PageQuery(limit=2)
    for _ in range(4):
        page = alerts.list_alerts(tree.parts, tree.officer(PLANT), query)
        found += page.items
        query = PageQuery(limit=2, cursor=page.next)
    assert page.next is None
    assert [one.id for one in found] == wanted[::-1]
    began = archive.beginnings(tree.parts, tree.officer(PLANT), found)
    assert {one.count for one in began.values()} == {1}
    assert {one.headline for one in began.values()} == {"台风"}


def test_what_is_seen_from_below_names_the_organisation_and_nobody_else(tree: Tree) -> None:
    name = tree.say(GROUP, EAST, WEST, identifier="内部编号", source="hook:瓦斯", incident="事件")
    alerts.note(tree.parts, tree.officer(GROUP), name, "只给自己看")
    for seen in (alerts.get(tree.parts, tree.officer(PLANT), name), *alerts.running(tree.parts, tree.officer(PLANT))):
        assert (seen.above, seen.issuer_name, seen.issuer, seen.note) == ("样板一厂", "样板一厂", "", "")
        assert (seen.source, seen.identifier, seen.targets) == (
            "above", name, Targets(organisations=(tree.orgs[PLANT],)),
        )  # fmt: skip
    (first,) = alerts.history(tree.parts, tree.officer(PLANT), name)
    assert (first.by, first.by_name) == ("", "样板一厂")
    assert not first.body.keys() & {"screens", "groups", "organisations", "everywhere"}
    assert alerts.get(tree.parts, tree.officer(GROUP), name).issuer_name == f"{GROUP}安全员"


def test_what_waits_for_a_second_person_is_seen_by_nobody_below_until_it_is_out(tree: Tree) -> None:
    alert_settings.change(tree.parts, system("o1"), SettingsOrder(second_person=True))
    name = tree.say(GROUP, EAST, source="desk")
    assert reached(tree) == set()
    with pytest.raises(NotFound):
        alerts.get(tree.parts, tree.officer(EAST), name)
    assert lists(tree, EAST) == [set()] * 4
    second = replace(tree.officer(GROUP), id="u-second")
    assert alerts.approve(tree.parts, second, name).targets == 2
    assert reached(tree) == {EAST, PLANT}
    assert [one.act.value for one in alerts.history(tree.parts, tree.officer(EAST), name)] == ["approve"]


def test_the_rule_of_those_below_is_no_obstacle(tree: Tree) -> None:
    alert_settings.change(tree.parts, system(tree.orgs[EAST]), SettingsOrder(second_person=True))
    tree.say(GROUP, EAST, source="desk")
    assert reached(tree) == {EAST, PLANT}


def test_a_test_is_seen_by_nobody_below(tree: Tree) -> None:
    name = tree.say(GROUP, EAST, status=Status.TEST, expires_s=60)
    assert reached(tree) == set()
    with pytest.raises(NotFound):
        alerts.get(tree.parts, tree.officer(EAST), name)


def test_what_was_over_before_an_organisation_was_made_is_none_of_its_business(tree: Tree, clock: FixedClock) -> None:
    name = tree.say(GROUP, EAST, expires_s=60)
    clock.pass_(61_000)
    tree.orgs["新厂"] = organisations.add(tree.parts, system(tree.orgs[EAST]), OrganisationOrder("新厂"))[0].id
    assert alerts.get(tree.parts, tree.officer(EAST), name).id == name
    with pytest.raises(NotFound):
        alerts.get(tree.parts, tree.officer("新厂"), name)
    assert lists(tree, "新厂") == [set()] * 4


def test_people_say_where_they_saw_it_without_reading_others_places(tree: Tree) -> None:
    name = tree.say(GROUP, GROUP, code=True)
    code = alerts.get(tree.parts, tree.officer(GROUP), name).code
    assert code == alerts.get(tree.parts, tree.officer(PLANT), name).code
    heard: list[AlertSeen] = []
    tree.parts.db.bus.subscribe(AlertSeen, heard.append)
    notice = sightings.look(tree.parts, code, "192.0.2.5")
    assert ([word for _, word in notice.places], notice.more) == (["集团东侧"], True)
    assert [word for _, word in sightings.look(tree.parts, code, "192.0.2.5", "厂东").places] == []
    ((screen, word),) = sightings.look(tree.parts, code, "192.0.2.5", "一厂东侧").places
    assert (screen, word) == (tree.screen(PLANT), "一厂东侧")
    assert sightings.acknowledge(tree.parts, code, screen, "老王", "192.0.2.5") == "一厂东侧"
    assert {one.org for one in heard} == {"o1", tree.orgs[PLANT]}
    said = {one: [x.name for x in sightings.list_sightings(tree.parts, tree.officer(one), name)] for one in tree.orgs}
    assert said == {GROUP: ["老王"], EAST: [], PLANT: ["老王"], WEST: []}
    assert {one: [x.name for x in course.entries(tree.parts, tree.officer(one), name)] for one in tree.orgs} == said


def test_steps_of_the_escalation_are_not_told_below(tree: Tree, clock: FixedClock) -> None:
    name = tree.say(GROUP, EAST)
    clock.pass_(3_000)
    alerts.escalate(tree.parts, lambda due: None)
    assert [one.step for one in course.entries(tree.parts, tree.officer(GROUP), name)] == ["again"]
    assert course.entries(tree.parts, tree.officer(EAST), name) == ()


def test_a_draft_counts_the_screens_below(tree: Tree) -> None:
    found = drafts.draft(tree.parts, tree.officer(GROUP), order(tree, EAST))
    assert {one.id for one in found.screens} == {tree.screen(EAST), tree.screen(PLANT)}
    assert len(found.offline) == 2
