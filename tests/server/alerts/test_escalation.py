"""What follows when proof stays away, and that every step of it is taken once, in time, by somebody."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from playlists.alert import Severity, Status
from playlists.model import Colour
from server.accounts.model import Identity, nobody
from server.alerts import escalation, rehearsal, step_store
from server.alerts import service as alerts
from server.alerts.escalation import Due, Step
from server.alerts.model import IssueAlert, Proof, ProofKind, Targets
from server.clock import FixedClock
from server.events import AlertProved, AlertUnproven, Fact
from server.parts import Parts
from server.screens import pairing, players, service
from server.screens.model import Credential, NewScreenOrder
from server.tables import metadata

EPOCH = "e" * 32


@pytest.fixture
def wall(parts: Parts, owner: Identity) -> list[Credential]:
    keys = (service.add(parts, owner, NewScreenOrder(f"屏{n}", 192, 16, Colour.SINGLE)).key for n in range(2))
    return [pairing.by_key(parts, nobody("o1", "zh"), key) for key in keys]


def say(parts: Parts, owner: Identity, severity: Severity = Severity.EXTREME, **more: Any) -> str:
    values: dict[str, Any] = {"status": Status.ACTUAL, "expires_s": 3_600} | more
    order = IssueAlert(severity=severity, headline="火灾", instruction="", targets=Targets(everywhere=True), **values)
    return alerts.issue(parts, owner, order).alert_id


def prove(parts: Parts, alert: str, *of: Credential, kind: str = "shown") -> None:
    found = [players.authenticate_player(parts, one.token) for one in of]
    alerts.prove(parts, [Proof(who, ProofKind(kind), EPOCH, alert, 1) for who in found if who is not None])


def work(parts: Parts) -> list[tuple[Step, set[str]]]:
    done: list[Due] = []
    alerts.escalate(parts, done.append)
    return [(one.step, set(one.screens)) for one in done]


def overdue(parts: Parts) -> int:
    with parts.db.read() as tx:
        return escalation.overdue(tx, parts.clock.now())


def test_the_unproven_are_followed_up_step_by_step(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential]
) -> None:
    alert, began = say(parts, owner), clock.now()
    prove(parts, alert, wall[0])
    seen = {}
    for second in range(62):
        for step, screens in work(parts):
            seen[step] = (second, screens)
        clock.pass_(1_000)
    missing = {wall[1].screen.id}
    assert seen == {Step.AGAIN: (3, missing), Step.RECONNECT: (10, missing), Step.NAME: (15, missing),
                    Step.WEBHOOKS: (60, missing)}  # fmt: skip
    assert clock.now() == began + 62_000
    assert overdue(parts) == 0


def test_the_page_and_the_outside_are_told_who_is_missing(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential]
) -> None:
    heard: list[Fact] = []
    for kind in (AlertProved, AlertUnproven):
        parts.db.bus.subscribe(kind, heard.append)
    alert = say(parts, owner)
    clock.pass_(60_000)
    work(parts)
    missing = tuple(sorted(one.screen.id for one in wall))
    assert heard == [AlertProved("o1", alert, missing), AlertUnproven("o1", alert, 1, missing)]


def test_who_proved_is_left_alone(parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential]) -> None:
    alert = say(parts, owner)
    prove(parts, alert, *wall)
    clock.pass_(60_000)
    assert work(parts) == [(step, set()) for step in Step]


def test_a_screen_that_rightly_shows_a_higher_alert_is_not_missing(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential]
) -> None:
    say(parts, owner, Severity.EXTREME)
    clock.pass_(1)
    lower = say(parts, owner, Severity.MINOR)
    prove(parts, lower, *wall, kind="received")
    clock.pass_(20_000)
    with parts.db.read() as tx:
        assert escalation.unproven(tx, "o1", lower, 1, clock.now()) == ()


def test_a_screen_that_has_it_and_does_not_paint_it_is_missing(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential]
) -> None:
    alert = say(parts, owner)
    prove(parts, alert, wall[0], kind="received")
    clock.pass_(2_999)
    with parts.db.read() as tx:
        assert escalation.unproven(tx, "o1", alert, 1, clock.now()) == (wall[1].screen.id,)
        assert len(escalation.unproven(tx, "o1", alert, 1, clock.now() + 1)) == 2


def test_nothing_follows_an_older_revision_or_an_expired_alert(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential]
) -> None:
    alert = say(parts, owner)
    say(parts, owner, expires_s=2)
    alerts.clear(parts, owner, alert)
    clock.pass_(3_000)
    assert sorted(len(screens) for _, screens in work(parts)) == [0, 0, 2]


def test_an_ending_is_followed_up_and_calls_nobody_outside(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential]
) -> None:
    alert = say(parts, owner)
    alerts.clear(parts, owner, alert)
    with parts.db.read() as tx:
        steps = [row[1] for row in step_store.outcomes(tx, "o1", alert) if row[0] == 2]
    assert steps == ["again", "reconnect", "name"]


def test_steps_count_from_when_an_alert_takes_effect(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential]
) -> None:
    say(parts, owner, effective=clock.now() + 60_000)
    clock.pass_(62_999)
    assert work(parts) == []
    clock.pass_(1)
    assert [step for step, _ in work(parts)] == [Step.AGAIN]


def test_of_two_nodes_one_takes_a_step(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential]
) -> None:
    say(parts, owner)
    clock.pass_(3_000)
    with parts.db.read() as tx:
        (row,) = step_store.due(tx, clock.now(), 0)
    with parts.db.transaction() as tx:
        claims = [step_store.claim(tx, row, clock.now(), clock.now() - 10_000) for _ in range(2)]
    assert claims == [True, False]
    assert work(parts) == []


def test_a_step_whose_node_died_is_taken_by_another_and_said_to_be_late_until_then(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential]
) -> None:
    say(parts, owner)
    clock.pass_(3_000)

    def die(due: Due) -> None:
        raise OSError("gone")

    assert alerts.escalate(parts, die) == 0
    clock.pass_(6_000)
    assert (overdue(parts), work(parts)) == (1, [])
    clock.pass_(4_001)
    assert {step for step, _ in work(parts)} == {Step.AGAIN, Step.RECONNECT}
    assert overdue(parts) == 0


def test_a_step_nobody_takes_is_late_after_five_seconds(
    parts: Parts, owner: Identity, clock: FixedClock, wall: list[Credential]
) -> None:
    say(parts, owner)
    clock.pass_(8_000)
    assert overdue(parts) == 0
    clock.pass_(1)
    assert overdue(parts) == 1


def test_a_rehearsal_walks_the_road_and_leaves_nothing(parts: Parts, owner: Identity, wall: list[Credential]) -> None:
    def rows() -> dict[str, int]:
        with parts.db.read() as tx:
            return {one.name: len(tx.execute(one.select()).all()) for one in metadata.sorted_tables}

    before = rows()
    rehearsal.walk(parts, "o1")
    assert rows() == before


def test_a_rehearsal_notices_a_road_that_is_broken(parts: Parts, owner: Identity, wall: Any) -> None:
    with parts.db.transaction() as tx:
        tx.execute(sa.text("DROP TABLE deliveries"))
    with pytest.raises(sa.exc.DBAPIError, match="deliveries"):
        rehearsal.walk(parts, "o1")
