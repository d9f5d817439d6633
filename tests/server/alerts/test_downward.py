"""Alerts for organisations below: one alert, one proof; whom it reaches sees its own part, nobody else sees any."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playlists.alert import Phase, Severity, Status
from playlists.model import Colour
from server.accounts.model import Grant, system
from server.alerts import drafts
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, ProofKind, State, Targets, UpdateAlert
from server.clock import FixedClock
from server.errors import Forbidden, Invalid, NotFound
from server.events import AlertProved, AlertsChanged, Fact
from server.organisations import service as organisations
from server.organisations.model import OrganisationOrder
from server.parts import Parts
from server.screens import pairing, players, service
from server.screens.model import NewScreenOrder, Report
from server.tables import organisations as table
from tests.server import hindered
from tests.server.alerts.tree import ACTS, EAST, GROUP, PLANT, WEST, Tree, grow, lists, order, reached, tally

SAMPLE = NewScreenOrder("样板屏", 192, 16, Colour.SINGLE, sample=True)


@pytest.fixture
def tree(parts: Parts) -> Tree:
    return grow(parts)


# whom it reaches ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "to", "wanted"), [
    (GROUP, [EAST], {EAST, PLANT}),
    (GROUP, [PLANT], {PLANT}),
    (GROUP, [GROUP], {GROUP, EAST, PLANT, WEST}),
    (GROUP, [PLANT, WEST], {PLANT, WEST}),
    (EAST, [EAST], {EAST, PLANT}),
])  # fmt: skip
def test_an_organisation_stands_for_all_that_lies_in_it(tree: Tree, by: str, to: list[str], wanted: set[str]) -> None:
    name = tree.say(by, *to)
    assert reached(tree) == wanted
    rows = alerts.deliveries_of(tree.parts, tree.officer(by), name)
    assert {row.screen for row, _ in rows} == {tree.screen(one) for one in wanted}


def test_own_screens_and_organisations_below_go_together(tree: Tree) -> None:
    targets = Targets((tree.screen(GROUP),), organisations=(tree.orgs[WEST],))
    tree.say(GROUP, targets=targets)
    assert reached(tree) == {GROUP, WEST}


@pytest.mark.parametrize(("by", "to"), [(EAST, WEST), (EAST, GROUP), (PLANT, EAST), (WEST, PLANT)])
def test_those_above_and_beside_are_unknown(tree: Tree, by: str, to: str) -> None:
    with pytest.raises(Invalid) as refused:
        tree.say(by, by, to)
    assert [(one.field, one.rule) for one in refused.value.violations] == [
        ("targets.organisations.1", "alerts.unknown_target")
    ]
    assert reached(tree) == set()


def test_an_unknown_organisation_is_refused_in_an_update_too(tree: Tree) -> None:
    name = tree.say(GROUP, EAST)
    with pytest.raises(Invalid):
        alerts.update(tree.parts, tree.officer(GROUP), name, UpdateAlert(targets=Targets(organisations=("o-none",))))


def test_it_takes_the_right_to_alarm_the_whole_site(tree: Tree) -> None:
    of_group = replace(tree.officer(GROUP), grants=(Grant("read"), Grant("alerts:issue", "g1")))
    order = IssueAlert(Status.ACTUAL, Severity.MINOR, "x", "", Targets(organisations=(tree.orgs[EAST],)), 600)
    with pytest.raises(Forbidden):
        alerts.issue(tree.parts, of_group, order)


def test_every_screen_says_it_in_its_own_language_with_its_own_exit(tree: Tree) -> None:
    with tree.parts.db.transaction() as tx:
        tx.execute(table.update().where(table.c.id == tree.orgs[PLANT]).values(locale="en"))
    service.change(tree.parts, system(tree.orgs[EAST]), tree.screen(EAST), {"exit": "东二门"})
    tree.say(GROUP, GROUP)
    said = {name: tree.shown(name)[0][1:] for name in tree.orgs}
    assert said == {
        GROUP: ("Ⅰ级 红", "走最近的出口"), EAST: ("Ⅰ级 红", "走东二门"),
        PLANT: ("LEVEL I RED", "走the nearest exit"), WEST: ("Ⅰ级 红", "走最近的出口"),
    }  # fmt: skip


def test_ones_own_alert_and_the_one_from_above_stand_together(tree: Tree) -> None:
    above = tree.say(GROUP, EAST)
    own = tree.say(PLANT, PLANT, severity=Severity.MINOR)
    assert {one[0] for one in tree.shown(PLANT)} == {above, own}
    assert [one[0] for one in tree.shown(EAST)] == [above]


def test_an_update_takes_it_from_those_it_no_longer_names(tree: Tree) -> None:
    name = tree.say(GROUP, EAST, WEST)
    changes = UpdateAlert(targets=Targets(organisations=(tree.orgs[WEST],)), headline="台风转向")
    alerts.update(tree.parts, tree.officer(GROUP), name, changes)
    assert reached(tree) == {WEST}
    with pytest.raises(NotFound):
        alerts.get(tree.parts, tree.officer(EAST), name)


def test_the_all_clear_goes_to_all_of_them(tree: Tree) -> None:
    name = tree.say(GROUP, GROUP)
    alerts.clear(tree.parts, tree.officer(GROUP), name)
    found = {one: alerts.get(tree.parts, tree.officer(one), name).phase for one in tree.orgs}
    assert found == dict.fromkeys(tree.orgs, Phase.CLEARED)
    assert reached(tree) == set(tree.orgs)


# late joiners ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["the screen's organisation", "the look every five seconds"])
def test_a_screen_that_comes_late_joins(tree: Tree, by: str) -> None:
    name = tree.say(GROUP, EAST)
    late = tree.add_screen(PLANT)
    assert tree.shown(PLANT, late.screen.id) == []
    org = tree.orgs[PLANT] if by == "the screen's organisation" else alerts.alarmed(tree.parts)[0]
    assert alerts.rejoin(tree.parts, org) == 1
    assert [one[0] for one in tree.shown(PLANT, late.screen.id)] == [name]
    assert alerts.rejoin(tree.parts, org) == 0


def test_an_organisation_that_is_made_below_joins_with_its_screens(tree: Tree) -> None:
    tree.say(GROUP, EAST)
    tree.orgs["新车间"] = organisations.add(tree.parts, system(tree.orgs[PLANT]), OrganisationOrder("新车间"))[0].id
    tree.players["新车间"] = tree.add_screen("新车间")
    assert alerts.rejoin(tree.parts, tree.orgs["新车间"]) == 1
    assert reached(tree) == {EAST, PLANT, "新车间"}


def test_a_neighbours_screen_joins_nothing(tree: Tree) -> None:
    tree.say(GROUP, EAST)
    tree.add_screen(WEST)
    assert alerts.rejoin(tree.parts, tree.orgs[WEST]) == 0


def test_an_exit_that_changes_below_moves_the_position(tree: Tree) -> None:
    tree.say(GROUP, EAST)
    before = alerts.position(tree.parts, None, 0).seq
    service.change(tree.parts, system(tree.orgs[WEST]), tree.screen(WEST), {"exit": "西门"})
    assert alerts.position(tree.parts, None, 0).seq == before
    service.change(tree.parts, system(tree.orgs[PLANT]), tree.screen(PLANT), {"exit": "南门"})
    assert alerts.position(tree.parts, None, 0).seq == before + 1


def test_a_sample_below_owes_no_proof_until_a_player_is_paired(tree: Tree) -> None:
    sample = service.add(tree.parts, system(tree.orgs[WEST]), SAMPLE)
    name = tree.say(GROUP, WEST)

    def count() -> int:
        return tally(tree, GROUP, name)["targets"]

    assert count() == 1
    assert drafts.draft(tree.parts, tree.officer(GROUP), order(tree, WEST)).screens[0].id == tree.screen(WEST)
    pairing.by_key(tree.parts, tree.officer(GROUP), sample.key)
    alerts.rejoin(tree.parts, tree.orgs[WEST])
    assert count() == 2


# proof ----------------------------------------------------------------------------------------------------------------


def test_only_players_it_reaches_prove_it(tree: Tree) -> None:
    name = tree.say(GROUP, EAST)
    assert tree.prove(name, EAST, PLANT, WEST, GROUP) == [True, True, False, False]
    assert (tally(tree, GROUP, name)["shown"], tally(tree, GROUP, name)["targets"]) == (2, 2)


def test_a_player_of_another_organisation_proves_for_no_screen_but_its_own(tree: Tree) -> None:
    name = tree.say(GROUP, EAST)
    mine = tree.proof(PLANT, name)
    stolen = mine._replace(player=replace(mine.player, org=tree.orgs[WEST]))
    assert alerts.prove(tree.parts, [stolen])[0] != {"ok": True}


def test_the_issuer_sees_every_screen_with_its_organisation_and_those_below_their_own(tree: Tree) -> None:
    players.report(tree.parts, [Report(one.player, 0, online=True) for one in tree.players.values()])
    name = tree.say(GROUP, GROUP)
    tree.prove(name, PLANT)
    found = {one: alerts.deliveries_of(tree.parts, tree.officer(one), name) for one in tree.orgs}
    seen = {one: {(row.organisation, row.place, row.state) for row, _ in rows} for one, rows in found.items()}
    pending = State.PENDING
    assert seen == {
        GROUP: {("", "集团东侧", pending), (EAST, "东区公司东侧", pending), (PLANT, "一厂东侧", State.SHOWN),
                (WEST, "西区公司东侧", pending)},
        EAST: {("", "东区公司东侧", pending)},
        PLANT: {("", "一厂东侧", State.SHOWN)},
        WEST: {("", "西区公司东侧", pending)},
    }  # fmt: skip
    assert {one: (tally(tree, one, name)["shown"], tally(tree, one, name)["targets"]) for one in tree.orgs} == {
        GROUP: (1, 4), EAST: (0, 1), PLANT: (1, 1), WEST: (0, 1),
    }  # fmt: skip


def test_desks_hear_of_their_own_screens(tree: Tree) -> None:
    name = tree.say(GROUP, EAST)
    heard: list[Fact] = []
    tree.parts.db.bus.subscribe(AlertProved, heard.append)
    tree.prove(name, PLANT, EAST)
    both = tree.screen(EAST), tree.screen(PLANT)
    assert {(one.org, frozenset(one.screens)) for one in heard if isinstance(one, AlertProved)} == {
        ("o1", frozenset(both)), (tree.orgs[EAST], frozenset(both[:1])), (tree.orgs[PLANT], frozenset(both[1:])),
    }  # fmt: skip


def test_the_fact_names_the_organisations(tree: Tree) -> None:
    heard: list[AlertsChanged] = []
    tree.parts.db.bus.subscribe(AlertsChanged, heard.append)
    name = tree.say(GROUP, EAST)
    alerts.clear(tree.parts, tree.officer(GROUP), name)
    assert [(one.org, one.named) for one in heard] == [("o1", (tree.orgs[EAST],))] * 2


def test_escalation_names_screens_below_and_tells_their_desks(tree: Tree, clock: FixedClock) -> None:
    name = tree.say(GROUP, EAST)
    alerts.prove(tree.parts, [tree.proof(PLANT, name, ProofKind.RECEIVED)])
    heard: list[AlertProved] = []
    tree.parts.db.bus.subscribe(AlertProved, heard.append)
    clock.pass_(15_000)
    due: list[alerts.Due] = []
    assert alerts.escalate(tree.parts, due.append) == 3
    assert {frozenset(one.screens) for one in due} == {frozenset({tree.screen(EAST), tree.screen(PLANT)})}
    assert {(one.org, one.screens) for one in heard} == {
        ("o1", tuple(sorted((tree.screen(EAST), tree.screen(PLANT))))),
        (tree.orgs[EAST], (tree.screen(EAST),)), (tree.orgs[PLANT], (tree.screen(PLANT),)),
    }  # fmt: skip


def test_a_screen_below_that_rightly_shows_a_graver_alert_is_not_unproven(tree: Tree, clock: FixedClock) -> None:
    name = tree.say(GROUP, PLANT, severity=Severity.MINOR)
    tree.say(PLANT, PLANT)
    alerts.prove(tree.parts, [tree.proof(PLANT, name, ProofKind.RECEIVED)])
    clock.pass_(15_000)
    due: list[alerts.Due] = []
    alerts.escalate(tree.parts, due.append)
    assert {one.screens for one in due if one.alert == name} == {()}


# not stored -----------------------------------------------------------------------------------------------------------


def test_what_cannot_be_stored_reaches_those_below_all_the_same(tree: Tree, clock: FixedClock) -> None:
    parts = tree.parts
    hindered.refuse(parts)
    try:
        name = tree.say(GROUP, EAST)
        assert reached(tree) == {EAST, PLANT}
        stored = {name: alerts.position(parts, org, 0).stored for name, org in tree.orgs.items()}
        assert stored == {GROUP: False, EAST: False, PLANT: False, WEST: True}
        assert tree.prove(name, PLANT) == [True]
        assert (tally(tree, GROUP, name)["shown"], tally(tree, GROUP, name)["targets"]) == (1, 2)
        assert (tally(tree, PLANT, name)["shown"], tally(tree, PLANT, name)["targets"]) == (1, 1)
        assert lists(tree, PLANT)[0] == {name}
        assert lists(tree, WEST)[0] == set()
        assert alerts.get(parts, tree.officer(PLANT), name).above == "样板一厂"
        with pytest.raises(NotFound):
            alerts.get(parts, tree.officer(WEST), name)
        for act in ACTS[:3]:
            with pytest.raises(Forbidden):
                act(parts, tree.officer(PLANT), name)
    finally:
        hindered.allow(parts)
    clock.pass_(20_000)
    assert alerts.retry(parts) == 0
    assert reached(tree) == {EAST, PLANT}
    assert tally(tree, GROUP, name)["shown"] == 1


def test_an_update_that_cannot_be_stored_takes_it_from_whom_it_no_longer_names(tree: Tree) -> None:
    name = tree.say(GROUP, EAST, WEST)
    hindered.refuse(tree.parts)
    try:
        targets = Targets((tree.screen(GROUP),))
        alerts.update(tree.parts, tree.officer(GROUP), name, UpdateAlert(targets=targets))
        assert reached(tree) == {GROUP}
    finally:
        hindered.allow(tree.parts)
