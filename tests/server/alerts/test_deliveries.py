"""Proof: what a screen's row says after what its player said, who is missing, who joined late."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from playlists.alert import Severity, Status
from playlists.model import Colour
from server.accounts.model import Identity, nobody
from server.alerts import archive, delivery_store, drafts
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Proof, ProofKind, State, Targets, UpdateAlert
from server.clock import FixedClock
from server.errors import NotFound, Problem
from server.events import AlertProved, Fact
from server.parts import Parts
from server.screens import groups, pairing, players, service
from server.screens.model import Credential, NewScreenOrder, Report
from server.tables import position

EPOCH = "e" * 32


@pytest.fixture
def wall(parts: Parts, owner: Identity) -> list[Credential]:
    """Three screens with a player each, all of them there."""
    made = []
    for n in range(3):
        key = service.add(parts, owner, NewScreenOrder(f"屏{n}", 192, 16, Colour.SINGLE, place=f"{n}号门")).key
        made.append(pairing.by_key(parts, nobody("o1", "zh"), key))
    players.report(parts, [Report(one.player, parts.clock.now(), online=True) for one in made])
    return made


@pytest.fixture
def alert(parts: Parts, owner: Identity, wall: list[Credential]) -> str:
    order = IssueAlert(Status.ACTUAL, Severity.EXTREME, "火灾", "撤离", Targets(everywhere=True), 3_600)
    return alerts.issue(parts, owner, order).alert_id


def proof(parts: Parts, of: Credential, alert: str, kind: str = "shown", **more: Any) -> Proof:
    who = players.authenticate_player(parts, of.token)
    assert who is not None
    values: dict[str, Any] = {"epoch": EPOCH, "id": alert, "revision": 1, "shown_at": None} | more
    return Proof(who, ProofKind(kind), **values)


def rows(parts: Parts, owner: Identity, alert: str, **more: Any) -> list[Any]:
    return sorted((one for one, _ in alerts.deliveries_of(parts, owner, alert, **more)), key=lambda one: one.name)


def tally(parts: Parts, owner: Identity, alert: str) -> dict[str, int]:
    return alerts.tallies(parts, owner, [alerts.get(parts, owner, alert)])[alert]


def test_a_row_goes_from_pending_by_sent_and_received_to_shown(
    parts: Parts, owner: Identity, wall: list[Credential], alert: str
) -> None:
    def state() -> State:
        return State(rows(parts, owner, alert)[0].state)

    states = [state()]
    alerts.mark_sent(parts, [(alert, 1, wall[0].screen.id)])
    states.append(state())
    for kind in ("received", "shown"):
        assert alerts.prove(parts, [proof(parts, wall[0], alert, kind)]) == [{"ok": True}]
        states.append(state())
    assert states == [State.PENDING, State.SENT, State.RECEIVED, State.SHOWN]


def test_a_screen_without_a_player_is_unreachable_from_the_first_moment(
    parts: Parts, owner: Identity, wall: list[Credential], alert: str
) -> None:
    players.report(parts, [Report(wall[1].player, parts.clock.now(), online=False)])
    assert [one.state for one in rows(parts, owner, alert)] == [State.PENDING, State.UNREACHABLE, State.PENDING]
    alerts.mark_sent(parts, [(alert, 1, one.screen.id) for one in wall])
    alerts.prove(parts, [proof(parts, wall[2], alert)])
    assert tally(parts, owner, alert) == {
        "targets": 3, "pending": 0, "sent": 1, "received": 0, "shown": 1, "acknowledged": 0, "unreachable": 1,
    }  # fmt: skip


def test_a_sample_carries_the_alert_and_owes_proof_only_once_it_has_a_player(
    parts: Parts, owner: Identity, wall: list[Credential]
) -> None:
    keyed = service.add(parts, owner, NewScreenOrder("样板", 192, 16, Colour.SINGLE, sample=True))
    order = IssueAlert(Status.ACTUAL, Severity.EXTREME, "火灾", "撤离", Targets(everywhere=True), 3_600)
    alert = alerts.issue(parts, owner, order).alert_id
    assert [one.id for one in alerts.held_by(parts, "o1", [keyed.screen.id], 0).of(keyed.screen.id)] == [alert]
    assert tally(parts, owner, alert)["targets"] == len(rows(parts, owner, alert)) == 3
    assert archive.beginnings(parts, owner, [alerts.get(parts, owner, alert)])[alert].count == 3
    assert unproven(parts, alert) == {one.screen.id for one in wall}
    pairing.by_key(parts, nobody("o1", "zh"), keyed.key)
    assert alerts.rejoin(parts, "o1") == 0
    assert tally(parts, owner, alert)["targets"] == len(rows(parts, owner, alert)) == 4
    assert unproven(parts, alert) == {keyed.screen.id, *(one.screen.id for one in wall)}


def test_an_officer_is_told_of_samples_only_where_there_is_nothing_else(parts: Parts, owner: Identity) -> None:
    order = IssueAlert(Status.ACTUAL, Severity.EXTREME, "火灾", "撤离", Targets(everywhere=True), 3_600)
    service.add(parts, owner, NewScreenOrder("样板", 96, 16, Colour.SINGLE, sample=True))
    assert [one.name for one in drafts.draft(parts, owner, order).screens] == ["样板"]
    service.add(parts, owner, NewScreenOrder("东门", 192, 16, Colour.SINGLE))
    assert [one.name for one in drafts.draft(parts, owner, order).screens] == ["东门"]


def unproven(parts: Parts, alert: str) -> set[str]:
    with parts.db.read() as tx:
        return {screen for screen, _ in delivery_store.unproven(tx, "o1", alert, 1)}


def test_the_time_to_the_glass_counts_from_the_revision_by_the_players_clock(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential], alert: str
) -> None:
    began = clock.now()
    clock.pass_(5_000)
    alerts.prove(parts, [proof(parts, wall[0], alert, shown_at=began + 410), proof(parts, wall[1], alert, shown_at=7)])
    found = rows(parts, owner, alert)
    assert (found[0].took_ms, found[0].shown, found[1].took_ms) == (410, began + 5_000, 0)


def test_proof_twice_is_stored_once(parts: Parts, owner: Identity, clock: FixedClock, wall: Any, alert: str) -> None:
    heard: list[Fact] = []
    parts.db.bus.subscribe(AlertProved, heard.append)
    for _ in range(3):
        assert alerts.prove(parts, [proof(parts, wall[0], alert)] * 2) == [{"ok": True}] * 2
        clock.pass_(1_000)
    assert rows(parts, owner, alert)[0].shown == clock.now() - 3_000
    assert heard == [AlertProved("o1", alert, (wall[0].screen.id,))]


def test_shown_after_received_keeps_when_it_was_received(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential], alert: str
) -> None:
    alerts.prove(parts, [proof(parts, wall[0], alert, "received")])
    clock.pass_(900)
    alerts.prove(parts, [proof(parts, wall[0], alert, "shown"), proof(parts, wall[0], alert, "received")])
    found = rows(parts, owner, alert)[0]
    assert (found.received, found.shown) == (clock.now() - 900, clock.now())


def test_a_batch_costs_as_many_statements_as_one_proof(parts: Parts, owner: Identity, wall: Any, alert: str) -> None:
    """What it costs is rows sent to the database, so a statement that runs once for each row counts as many."""
    told: list[int] = []

    def note(_conn: Any, _cursor: Any, _sql: str, parameters: Any, _context: Any, executemany: bool) -> None:
        told.append(len(parameters) if executemany else 1)

    sa.event.listen(parts.db.engine, "before_cursor_execute", note)
    batches = [[wall[0]], wall]
    cost = []
    for batch, kind in ((batches[0], "received"), (batches[1], "shown")):
        proofs = [proof(parts, one, alert, kind) for one in batch]
        told.clear()
        assert alerts.prove(parts, proofs) == [{"ok": True}] * len(batch)
        cost.append(sum(told))
    told.clear()
    alerts.mark_sent(parts, [(alert, 1, one.screen.id) for one in wall])
    assert (cost[1], sum(told)) == (cost[0], 2)  # with its BEGIN
    assert [one.state for one in rows(parts, owner, alert)] == [State.SHOWN] * 3


def test_proofs_of_one_screen_in_one_batch_add_up_and_the_first_of_each_counts(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential], alert: str
) -> None:
    began = clock.now()
    clock.pass_(1_000)
    told = [
        proof(parts, wall[0], alert, "received"),
        *(proof(parts, wall[0], alert, shown_at=began + ms) for ms in (300, 700)),
        proof(parts, wall[1], alert, shown_at=began + 500),
    ]
    assert alerts.prove(parts, told) == [{"ok": True}] * 4
    found = rows(parts, owner, alert)
    assert [(one.sent, one.received, one.shown) for one in found[:2]] == [(clock.now(),) * 3] * 2
    assert [one.shown_at for one in found] == [began + 300, began + 500, None]


@pytest.mark.parametrize("wrong", [{"epoch": "f" * 32}, {"id": "a0"}, {"revision": 2}])
def test_strange_proof_is_a_problem_of_its_own_and_hinders_no_other(
    parts: Parts, owner: Identity, wall: list[Credential], alert: str, wrong: dict[str, Any]
) -> None:
    verdicts = alerts.prove(parts, [proof(parts, wall[0], alert, **wrong), proof(parts, wall[1], alert)])
    assert isinstance(verdicts[0], Problem)
    assert (verdicts[0].status, verdicts[1]) == (409, {"ok": True})
    assert [one.state for one in rows(parts, owner, alert)[:2]] == [State.PENDING, State.SHOWN]


def test_a_player_proves_nothing_for_another_screen(parts: Parts, owner: Identity, wall: list[Credential]) -> None:
    only = Targets((wall[0].screen.id,))
    alert = alerts.issue(parts, owner, IssueAlert(Status.ACTUAL, Severity.MINOR, "停电", "", only, 60)).alert_id
    (verdict,) = alerts.prove(parts, [proof(parts, wall[1], alert)])
    assert isinstance(verdict, Problem)
    assert tally(parts, owner, alert)["shown"] == 0


def test_a_neighbours_player_proves_nothing_here(
    parts: Parts, owner: Identity, wall: list[Credential], alert: str
) -> None:
    mine = proof(parts, wall[0], alert)
    theirs = mine._replace(player=replace(mine.player, org="o2"))
    assert isinstance(alerts.prove(parts, [theirs])[0], Problem)
    assert tally(parts, owner, alert)["shown"] == 0


def test_proof_of_an_older_revision_is_no_proof_of_the_newest(
    parts: Parts, owner: Identity, wall: list[Credential], alert: str
) -> None:
    alerts.update(parts, owner, alert, UpdateAlert(headline="火势变大"))
    assert alerts.prove(parts, [proof(parts, wall[0], alert)]) == [{"ok": True}]
    assert tally(parts, owner, alert)["shown"] == 0


def test_five_hundred_proofs_and_more_go_in_one_batch(parts: Parts, owner: Identity, wall: Any, alert: str) -> None:
    batch = [proof(parts, wall[n % 3], alert, revision=1 + n // 3) for n in range(1_200)]
    verdicts = alerts.prove(parts, batch)
    assert verdicts[:3] == [{"ok": True}] * 3
    assert sum(isinstance(one, Problem) for one in verdicts) == 1_197


def test_only_the_unproven_are_listed_when_asked(parts: Parts, owner: Identity, wall: Any, alert: str) -> None:
    alerts.prove(parts, [proof(parts, wall[1], alert)])
    assert [one.name for one in rows(parts, owner, alert, unproven=True)] == ["屏0", "屏2"]


def test_who_walked_to_a_screen_is_written_down(parts: Parts, owner: Identity, wall: Any, alert: str) -> None:
    alerts.visited(parts, owner, alert, wall[2].screen.id)
    assert [(one.visited, one.visited_by) for one in rows(parts, owner, alert)[1:]] == [
        (None, ""), (parts.clock.now(), "厂办")
    ]  # fmt: skip
    with pytest.raises(NotFound):
        alerts.visited(parts, owner, alert, "s0")


# late joiners -------------------------------------------------------------------------------------------------------


def test_a_screen_added_during_an_alert_is_for_it_too(parts: Parts, owner: Identity, alert: str) -> None:
    late = service.add(parts, owner, NewScreenOrder("新屏", 192, 16, Colour.SINGLE)).screen
    with parts.db.read() as tx:
        assert alerts.live_for(tx, "o1", late.id, parts.clock.now()) == ()
    assert (alerts.rejoin(parts, "o1"), alerts.rejoin(parts, "o1")) == (1, 0)
    with parts.db.read() as tx:
        assert [one.id for one in alerts.live_for(tx, "o1", late.id, parts.clock.now())] == [alert]
        assert tx.execute(position.select()).one().seq == 2


def test_a_screen_that_moves_into_the_group_joins_and_one_that_leaves_keeps_it(
    parts: Parts, owner: Identity, wall: list[Credential]
) -> None:
    group = groups.add_group(parts, owner, "窑").id
    service.change(parts, owner, wall[0].screen.id, {"groups": (group,)})
    order = IssueAlert(Status.EXERCISE, Severity.MINOR, "演练", "", Targets(groups=(group,)), 60)
    alert = alerts.issue(parts, owner, order).alert_id
    service.change(parts, owner, wall[1].screen.id, {"groups": (group,)})
    service.change(parts, owner, wall[0].screen.id, {"groups": ()})
    alerts.rejoin(parts, "o1")
    assert [one.name for one in rows(parts, owner, alert)] == ["屏0", "屏1"]


def test_nobody_joins_an_alert_that_was_ended(parts: Parts, owner: Identity, alert: str) -> None:
    alerts.clear(parts, owner, alert)
    service.add(parts, owner, NewScreenOrder("新屏", 192, 16, Colour.SINGLE))
    assert alerts.rejoin(parts, "o1") == 0
