"""While nothing can be stored an alert goes out all the same, is said to be unstored, and is stored later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from playlists.alert import Phase, Severity, Status
from playlists.model import Colour
from server.accounts.model import Identity, nobody
from server.alerts import service as alerts
from server.alerts import unstored
from server.alerts.model import IssueAlert, NotLive, Proof, ProofKind, State, Targets, UpdateAlert
from server.clock import FixedClock
from server.db import UNREADY, Database
from server.errors import Forbidden, Invalid
from server.events import AlertProved, AlertsChanged, Fact
from server.parts import Parts
from server.screens import pairing, players, service
from server.screens.model import Credential, NewScreenOrder
from server.tables import alert_revisions, alert_steps
from server.tables import alerts as table
from tests.server import hindered

EPOCH = "e" * 32


@pytest.fixture
def wall(parts: Parts, owner: Identity) -> list[Credential]:
    keys = (service.add(parts, owner, NewScreenOrder(f"屏{n}", 192, 16, Colour.SINGLE)).key for n in range(2))
    return [pairing.by_key(parts, nobody("o1", "zh"), key) for key in keys]


@pytest.fixture
def full(parts: Parts) -> Iterator[Callable[[bool], None]]:
    """A database that takes no write while ``full(True)`` holds."""

    held = [False]

    def switch(on: bool) -> None:
        (hindered.refuse if on else hindered.allow)(parts)
        held[0] = on

    yield switch
    if held[0]:
        switch(False)


def order(**more: Any) -> IssueAlert:
    values: dict[str, Any] = {
        "status": Status.ACTUAL,
        "headline": "火灾",
        "instruction": "撤离",
        "expires_s": 600,
    } | more
    return IssueAlert(severity=Severity.EXTREME, targets=Targets(everywhere=True), **values)


def shown(parts: Parts, screen: str) -> list[tuple[int, Phase]]:
    found = alerts.held_by(parts, "o1", [screen], parts.clock.now())
    whole = alerts.position(parts, "o1", parts.clock.now())
    assert whole.of(screen) == found.of(screen)
    return [(one.revision, one.phase) for one in found.of(screen)]


def proof(parts: Parts, of: Credential, alert: str, kind: str = "shown", revision: int = 1) -> Proof:
    who = players.authenticate_player(parts, of.token)
    assert who is not None
    return Proof(who, ProofKind(kind), EPOCH, alert, revision, parts.clock.now())


def test_an_alert_that_cannot_be_stored_is_on_every_screen_and_says_so(
    parts: Parts, owner: Identity, wall: list[Credential], full: Callable[[bool], None]
) -> None:
    heard: list[Fact] = []
    parts.db.bus.subscribe(AlertsChanged, heard.append)
    full(True)
    issued = alerts.issue(parts, owner, order())
    assert (issued.stored, issued.targets, issued.seq) == (False, 2, 0)
    assert [shown(parts, one.screen.id) for one in wall] == [[(1, Phase.LIVE)]] * 2
    assert heard == [AlertsChanged("o1", issued.alert_id, 1, 0)]
    assert alerts.is_kept(parts, issued.alert_id, 1)
    assert alerts.get(parts, owner, issued.alert_id).headline == "火灾"
    assert [one.id for one in alerts.running(parts, owner)] == [issued.alert_id]


def test_it_is_stored_as_it_was_once_there_is_room(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential], full: Callable[[bool], None]
) -> None:
    full(True)
    began = clock.now()
    name = alerts.issue(parts, owner, order(code=True)).alert_id
    code = alerts.get(parts, owner, name).code
    clock.pass_(1_000)
    assert alerts.retry(parts) == 1
    full(False)
    clock.pass_(1_999)
    assert alerts.retry(parts) == 1
    clock.pass_(1)
    assert alerts.retry(parts) == 0
    with parts.db.read() as tx:
        row = tx.execute(table.select()).one()
        assert (row.id, row.issued, row.revision, row.code) == (name, began, 1, code)
        assert len(tx.execute(alert_steps.select()).all()) == 4
        assert tx.execute(alert_revisions.select()).one().body["qr"]
    assert [shown(parts, one.screen.id) for one in wall] == [[(1, Phase.LIVE)]] * 2


def test_proof_is_taken_and_kept_until_it_can_be_written(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential], full: Callable[[bool], None]
) -> None:
    heard: list[Fact] = []
    parts.db.bus.subscribe(AlertProved, heard.append)
    full(True)
    name = alerts.issue(parts, owner, order()).alert_id
    for kind in ("received", "shown", "shown"):
        assert alerts.prove(parts, [proof(parts, wall[0], name, kind)]) == [{"ok": True}]
        clock.pass_(100)
    assert alerts.tallies(parts, owner, [alerts.get(parts, owner, name)])[name]["shown"] == 1
    rows = {one.screen: one for one, _ in alerts.deliveries_of(parts, owner, name)}
    assert [rows[one.screen.id].state for one in wall] == [State.SHOWN, State.UNREACHABLE]
    first = rows[wall[0].screen.id]
    assert (first.received, first.shown) == (clock.now() - 300, clock.now() - 200)
    assert len(alerts.deliveries_of(parts, owner, name, unproven=True)) == 1
    full(False)
    clock.pass_(5_000)
    assert alerts.retry(parts) == 0
    stored = {one.screen: one for one, _ in alerts.deliveries_of(parts, owner, name)}
    assert stored[wall[0].screen.id] == rows[wall[0].screen.id]
    assert {one.screens for one in heard} == {(wall[0].screen.id,)}  # type: ignore[attr-defined]


def test_what_is_kept_can_be_changed_and_ended_and_is_stored_in_order(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential], full: Callable[[bool], None]
) -> None:
    full(True)
    name = alerts.issue(parts, owner, order()).alert_id
    assert alerts.update(parts, owner, name, UpdateAlert(headline="火势变大")).stored is False
    assert alerts.clear(parts, owner, name).revision == 3
    assert shown(parts, wall[0].screen.id) == [(3, Phase.CLEARED)]
    with pytest.raises(NotLive):
        alerts.clear(parts, owner, name)
    full(False)
    clock.pass_(10_000)
    assert alerts.retry(parts) == 0
    assert [one.act.value for one in alerts.history(parts, owner, name)] == ["issue", "update", "clear"]


def test_the_all_clear_of_a_stored_alert_goes_out_too(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential], full: Callable[[bool], None]
) -> None:
    name = alerts.issue(parts, owner, order()).alert_id
    full(True)
    assert alerts.clear(parts, owner, name).stored is False
    assert shown(parts, wall[0].screen.id) == [(2, Phase.CLEARED)]
    assert [one.phase for one in alerts.running(parts, owner)] == [Phase.CLEARED]
    full(False)
    clock.pass_(10_000)
    assert alerts.retry(parts) == 0
    assert alerts.get(parts, owner, name).phase is Phase.CLEARED


def test_the_next_alert_that_can_be_stored_brings_the_kept_ones_along(
    parts: Parts, owner: Identity, wall: list[Credential], full: Callable[[bool], None]
) -> None:
    full(True)
    first = alerts.issue(parts, owner, order())
    full(False)
    second = alerts.issue(parts, owner, order())
    assert (first.stored, second.stored, unstored.pending(parts)) == (False, True, ())
    assert len(shown(parts, wall[0].screen.id)) == 2


def test_tests_and_what_waits_are_not_kept_in_memory(
    parts: Parts, owner: Identity, wall: list[Credential], full: Callable[[bool], None]
) -> None:
    full(True)
    with pytest.raises(UNREADY):
        alerts.issue(parts, owner, order(status=Status.TEST))
    assert unstored.pending(parts) == ()


def test_a_refusal_is_a_refusal_also_while_nothing_can_be_stored(
    parts: Parts, owner: Identity, wall: list[Credential], full: Callable[[bool], None]
) -> None:
    full(True)
    looker = Identity("o1", "person", "u8", "看", grants=())
    with pytest.raises(Forbidden):
        alerts.issue(parts, looker, order())
    with pytest.raises(Invalid):
        alerts.issue(parts, owner, order(headline=""))
    assert unstored.pending(parts) == ()


def test_what_another_process_stored_first_counts_and_holds_nothing_up(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential], full: Callable[[bool], None]
) -> None:
    name = alerts.issue(parts, owner, order()).alert_id
    full(True)
    alerts.update(parts, owner, name, UpdateAlert(headline="火势变大"))
    beside = replace(parts, db=Database(parts.config.url))
    alerts.clear(beside, owner, name)
    beside.db.close()
    full(False)
    clock.pass_(10_000)
    assert alerts.retry(parts) == 0
    assert shown(parts, wall[0].screen.id) == [(2, Phase.CLEARED)]
    assert alerts.issue(parts, owner, order()).stored


def test_within_a_larger_act_an_alert_fails_with_it(
    parts: Parts, owner: Identity, wall: list[Credential], full: Callable[[bool], None]
) -> None:
    def fail() -> None:
        with parts.db.transaction():
            alerts.issue(parts, owner, order())
            raise RuntimeError("the rest failed")

    with pytest.raises(RuntimeError, match="the rest failed"):
        fail()
    assert (shown(parts, wall[0].screen.id), unstored.pending(parts)) == ([], ())
