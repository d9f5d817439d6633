"""Alerts on the sockets: who is pushed what, what hello carries, what proof is answered, what the desk hears."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_socketio import SocketIOTestClient
from pydantic import ValidationError

from playlists.alert import Severity, Status
from playlists.alertwire import alerts_from
from playlists.model import Colour
from server.accounts.model import Identity, nobody
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Targets
from server.clock import FixedClock
from server.db import PATIENCE_S, SOON_S, Database
from server.parts import Parts
from server.realtime import attach, routes
from server.realtime.alerts import ProofTold, RawProof
from server.screens import pairing, players, service
from server.screens.model import Credential, NewScreenOrder
from tests.server.hindered import locked, takes_no_write

Connect = Callable[..., Any]
EPOCH = "e" * 32


@pytest.fixture
def wall(parts: Parts, owner: Identity) -> list[Credential]:
    """Three screens: two in a hurry for the same words, one with an exit of its own."""
    exits = ("", "", "西门")
    made = (NewScreenOrder(f"屏{n}", 192, 16, Colour.SINGLE, exit=exit_) for n, exit_ in enumerate(exits))
    return [pairing.by_key(parts, nobody("o1", "zh"), service.add(parts, owner, one).key) for one in made]


@pytest.fixture
def app(parts: Parts, owner: Identity) -> Flask:
    made = Flask("site")
    session = Identity("o1", "person", "u1", "厂办", grants=owner.grants, session="session-1")
    attach.attach(made, parts, lambda environ: session if environ.get("HTTP_COOKIE") == "good" else None)
    return made


@pytest.fixture
def realtime(app: Flask) -> attach.Realtime:
    found: attach.Realtime = app.extensions[attach.EXTENSION]
    found.alerts.begin()
    return found


@pytest.fixture
def connect(app: Flask, realtime: attach.Realtime) -> Connect:
    def call(namespace: str, **more: Any) -> Any:
        return SocketIOTestClient(app, realtime.socketio, namespace=namespace, **more)

    return call


@pytest.fixture
def sockets(connect: Connect, wall: list[Credential]) -> list[Any]:
    return [connect("/player", auth={"token": one.token}) for one in wall]


@pytest.fixture
def desk(connect: Connect) -> Any:
    return connect("/desk", headers={"Cookie": "good"})


def heard(socket: Any, namespace: str, event: str) -> list[Any]:
    return [one["args"][0] for one in socket.get_received(namespace) if one["name"] == event]


def sets(socket: Any) -> list[Any]:
    return heard(socket, "/player", "alerts_changed")


def ask(socket: Any, event: str, told: dict[str, Any]) -> Any:
    return socket.emit(event, told, namespace="/player", callback=True)


def say(parts: Parts, who: Identity, *to: Credential, **more: Any) -> str:
    targets = Targets(tuple(one.screen.id for one in to)) if to else Targets(everywhere=True)
    values: dict[str, Any] = {"headline": "火灾", "instruction": "走{出口}", "expires_s": 3_600} | more
    return alerts.issue(parts, who, IssueAlert(Status.ACTUAL, Severity.EXTREME, targets=targets, **values)).alert_id


def beside(parts: Parts) -> Parts:
    """The same site in another process: the same tables, no facts in common."""
    return Parts(parts.config, parts.clock, Database(parts.config.url), parts.blobs)


def test_everybody_gets_the_whole_live_set_at_once(
    parts: Parts, owner: Identity, wall: list[Credential], sockets: list[Any]
) -> None:
    name = say(parts, owner, wall[0], wall[2])
    told = [sets(socket) for socket in sockets]
    assert [(len(one), one[0]["epoch"], one[0]["seq"], one[0]["now"]) for one in told] == [
        (1, EPOCH, 1, parts.clock.now())
    ] * 3
    found = [alerts_from(one[0]["alerts"]) for one in told]
    assert [[(alert.id, alert.text) for alert in one] for one in found] == [
        [(name, "走最近的出口")], [], [(name, "走西门")]
    ]  # fmt: skip


def test_a_failing_push_never_fails_the_issuer(
    parts: Parts, owner: Identity, sockets: list[Any], realtime: attach.Realtime
) -> None:
    def fail(groups: Any) -> None:
        raise OSError("no way out")

    realtime.push.live_sets, held = fail, realtime.push.live_sets  # type: ignore[method-assign]
    name = say(parts, owner)
    realtime.push.live_sets = held  # type: ignore[method-assign]
    assert alerts.get(parts, owner, name).revision == 1
    realtime.tick(1)
    assert [[alert["id"] for alert in one["alerts"]] for one in sets(sockets[0])] == [[name]]


def test_hello_carries_the_live_set_and_its_position(
    parts: Parts, owner: Identity, wall: list[Credential], sockets: list[Any]
) -> None:
    name = say(parts, owner, wall[0])
    answers = [ask(socket, "hello", {"nonce": "n", "protocol": 1, "seq": 0}) for socket in sockets[:2]]
    assert [(one["seq"], [alert["id"] for alert in one["alerts"]]) for one in answers] == [(1, [name]), (1, [])]


def test_a_beat_tells_that_something_changed(parts: Parts, owner: Identity, sockets: list[Any]) -> None:
    say(parts, owner)
    assert ask(sockets[0], "beat", {"seq": 0})["seq"] == 1


def test_an_expired_alert_is_in_no_set(parts: Parts, owner: Identity, clock: FixedClock, sockets: list[Any]) -> None:
    say(parts, owner, expires_s=10)
    clock.pass_(10_000)
    assert ask(sockets[0], "hello", {"nonce": "n", "protocol": 1})["alerts"] == []


def test_proof_is_answered_and_stored(
    parts: Parts, owner: Identity, wall: list[Credential], sockets: list[Any]
) -> None:
    name = say(parts, owner)
    told = {"epoch": EPOCH, "id": name, "revision": 1}
    assert ask(sockets[0], "alert_received", told) == {"ok": True}
    assert ask(sockets[0], "alert_shown", told | {"shown_at": parts.clock.now()}) == {"ok": True}
    found = {one.screen: one.state for one, _ in alerts.deliveries_of(parts, owner, name)}
    assert found[wall[0].screen.id] == "shown"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"epoch": "other"}, 409), ({"id": "a0"}, 409), ({"revision": 9}, 409), ({"revision": -1}, 422), ({"id": 5}, 422),
     ({"revision": 2**60}, 422), ({"shown_at": "now"}, 422)],
)  # fmt: skip
def test_strange_proof_is_answered_with_a_problem(
    parts: Parts, owner: Identity, sockets: list[Any], wrong: dict[str, Any], status: int
) -> None:
    told = {"epoch": EPOCH, "id": say(parts, owner), "revision": 1}
    assert ask(sockets[0], "alert_shown", {**told, **wrong})["status"] == status


ODD: dict[str, list[Any]] = {
    "epoch": ["", "e" * 80, "e" * 81, "阿" * 80, None, 5, b"e"],
    "id": ["", "a" * 81, True, 7, ["a"]],
    "revision": [0, -1, 2**31 - 1, 2**31, True, False, "7", " 7", 7.0, 7.5, None, "x", [1]],
    "shown_at": [0, None, -1, 2**53, 2**53 + 1, "", False, True, "9", 9.0, [], {}],
    "more": ["unread"],
}


def outcome(read: Callable[[], tuple[Any, ...]]) -> Any:
    """What is read, with the types, or what is wrong with it."""
    try:
        return [(type(one), one) for one in read()]
    except ValidationError as error:
        return error.errors()


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in ODD.items() for value in values])
@pytest.mark.parametrize("lacking", ["", *ODD])
def test_a_proof_is_read_quickly_as_it_would_be_slowly(field: str, value: Any, lacking: str) -> None:
    told = {"epoch": EPOCH, "id": "a1", "revision": 1, "shown_at": 2, field: value}
    told.pop(lacking, None)
    raw = RawProof(nobody("o1", "zh"), "alert_shown", told)
    assert outcome(lambda: raw.read()[2:]) == outcome(
        lambda: tuple(ProofTold.model_validate(told).model_dump().values())
    )


def test_what_went_out_is_written_with_the_next_tick(
    parts: Parts, owner: Identity, wall: list[Credential], connect: Connect, realtime: attach.Realtime
) -> None:
    first = connect("/player", auth={"token": wall[0].token})
    name = say(parts, owner)
    late = connect("/player", auth={"token": wall[1].token})
    for socket in (first, late):
        ask(socket, "hello", {"nonce": "n", "protocol": 1})
    realtime.tick(1)
    sent = {one.screen for one, _ in alerts.deliveries_of(parts, owner, name) if one.sent is not None}
    assert sent == {wall[0].screen.id, wall[1].screen.id}


def test_beside_other_nodes_only_the_sets_of_screens_that_are_here_are_read(
    parts: Parts, owner: Identity, wall: list[Credential]
) -> None:
    """A node of many would read the whole site's otherwise, at every alert, and more nodes would be no help."""
    shared = Parts(replace(parts.config, redis_url="redis://127.0.0.1:9"), parts.clock, parts.db, parts.blobs)
    node, asked = Flask("node"), list[str]()
    socketio = attach.attach(node, shared, lambda environ: None)
    node.extensions[attach.EXTENSION].alerts.begin()
    here = SocketIOTestClient(node, socketio, namespace="/player", auth={"token": wall[2].token})
    sa.event.listen(parts.db.engine, "before_cursor_execute", lambda *told: asked.append(str(told[2:4])))
    say(parts, owner)
    assert [[alert["text"] for alert in one["alerts"]] for one in sets(here)] == [["走西门"]]
    reads = [one for one in asked if "SELECT deliveries.alert, deliveries.screen" in one]
    assert [[one.screen.id in read for one in wall] for read in reads] == [[False, False, True]]


def test_what_is_proved_before_the_tick_is_not_written_again(
    parts: Parts, owner: Identity, sockets: list[Any], realtime: attach.Realtime
) -> None:
    name, written = say(parts, owner), list[str]()
    for socket in sockets:
        ask(socket, "alert_received", {"epoch": EPOCH, "id": name, "revision": 1})
    rows = [one for one, _ in alerts.deliveries_of(parts, owner, name)]
    assert [one.sent for one in rows] == [one.received for one in rows] != [None] * len(rows)
    sa.event.listen(parts.db.engine, "before_cursor_execute", lambda *told: written.append(told[2]))
    realtime.tick(1)
    assert [one for one in written if one.startswith("UPDATE deliveries")] == []


def test_what_another_process_issued_is_pushed_within_a_tick(
    parts: Parts, owner: Identity, sockets: list[Any], desk: Any, realtime: attach.Realtime
) -> None:
    other = beside(parts)
    name = say(other, owner)
    assert sets(sockets[0]) == []
    realtime.tick(1)
    assert [[alert["id"] for alert in one["alerts"]] for one in sets(sockets[0])] == [[name]]
    assert heard(desk, "/desk", "alert_changed") == [{"id": name, "revision": 1}]
    alerts.clear(other, owner, name)
    realtime.tick(2)
    assert [[alert["phase"] for alert in one["alerts"]] for one in sets(sockets[0])] == [["cleared"]]
    realtime.tick(3)
    assert sets(sockets[0]) == []
    other.db.close()


def test_the_unproven_are_sent_the_set_again_and_then_lose_their_sockets(
    parts: Parts, owner: Identity, clock: FixedClock, sockets: list[Any], realtime: attach.Realtime
) -> None:
    name = say(parts, owner)
    ask(sockets[0], "alert_shown", {"epoch": EPOCH, "id": name, "revision": 1})
    for socket in sockets:
        sets(socket)
    clock.pass_(3_000)
    realtime.tick(1)
    assert [[len(one["alerts"]) for one in sets(socket)] for socket in sockets] == [[], [1], [1]]
    closed: list[str] = []
    realtime.guard.close_room = lambda namespace, room, reason="": closed.append(room)  # type: ignore[method-assign]
    clock.pass_(7_000)
    realtime.tick(2)
    assert len(closed) == 2


def test_a_tick_that_cannot_write_keeps_what_was_sent(
    parts: Parts, owner: Identity, wall: list[Credential], sockets: list[Any], realtime: attach.Realtime
) -> None:
    name = say(parts, owner)
    with takes_no_write(parts):
        realtime.alerts.tick(1)
    realtime.alerts.tick(2)
    assert all(one.sent is not None for one, _ in alerts.deliveries_of(parts, owner, name))


def test_a_locked_database_holds_up_neither_what_another_process_issued_nor_the_next_second(
    parts: Parts, owner: Identity, clock: FixedClock, sockets: list[Any], realtime: attach.Realtime
) -> None:
    say(parts, owner)
    other = beside(parts)
    name = say(other, owner)
    clock.pass_(3_000)
    acts = list[Any]()
    begin, push = parts.db.transaction, realtime.push.live_sets

    def begun(patience_s: float = PATIENCE_S) -> Any:
        acts.append(patience_s)
        return begin(patience_s)

    def pushed(groups: Any) -> None:
        acts.append("pushed")
        push(groups)

    with locked(parts):
        kept = say(parts, owner)
        clock.pass_(1_000)
        ask(sockets[0], "beat", {})
        parts.db.transaction, realtime.push.live_sets = begun, pushed  # type: ignore[method-assign]
        realtime.tick(5)
    parts.db.transaction, realtime.push.live_sets = begin, push  # type: ignore[method-assign]
    assert acts[0] == "pushed"
    assert [act for act in acts if act != "pushed"] == [SOON_S] * 6  # sent, kept, step, late joiners, presence, silent
    assert {one["id"] for one in sets(sockets[0])[-1]["alerts"]} >= {name, kept}
    realtime.tick(6)
    clock.pass_(2_000)
    realtime.tick(7)
    assert all(one.sent is not None for one, _ in alerts.deliveries_of(parts, owner, name))
    assert alerts.retry(parts) == 0
    other.db.close()


def test_nobody_is_sent_away_while_no_proof_can_be_stored(
    parts: Parts, owner: Identity, clock: FixedClock, sockets: list[Any], realtime: attach.Realtime
) -> None:
    say(parts, owner)
    closed: list[str] = []
    realtime.guard.close_room = lambda namespace, room, reason="": closed.append(room)  # type: ignore[method-assign]
    clock.pass_(10_000)
    with locked(parts):
        realtime.tick(1)
        assert closed == []
    realtime.tick(2)
    assert len(closed) == 3


def test_a_late_screen_gets_the_alert_and_everybody_the_new_position(
    parts: Parts, owner: Identity, sockets: list[Any]
) -> None:
    name = say(parts, owner)
    sets(sockets[0])
    keyed = service.add(parts, owner, NewScreenOrder("新屏", 192, 16, Colour.SINGLE))
    assert [one["seq"] for one in sets(sockets[0])] == [2]
    assert [one.screen for one, _ in alerts.deliveries_of(parts, owner, name) if one.screen == keyed.screen.id]


def test_a_screen_another_process_added_joins_within_seconds(
    parts: Parts, owner: Identity, wall: list[Credential], realtime: attach.Realtime
) -> None:
    name = say(parts, owner)
    other = beside(parts)
    service.add(other, owner, NewScreenOrder("新屏", 192, 16, Colour.SINGLE))
    realtime.tick(5)
    assert len(alerts.deliveries_of(parts, owner, name)) == 4
    other.db.close()


def test_the_desk_hears_of_changes_and_of_proof(
    parts: Parts, owner: Identity, wall: list[Credential], sockets: list[Any], desk: Any
) -> None:
    name = say(parts, owner)
    ask(sockets[1], "alert_shown", {"epoch": EPOCH, "id": name, "revision": 1})
    told = [(one["name"], one["args"][0]) for one in desk.get_received("/desk") if one["name"].startswith("alert")]
    assert told == [
        ("alert_changed", {"id": name, "revision": 1}),
        ("alert_proved", {"id": name, "screens": [wall[1].screen.id]}),
    ]


def test_proof_goes_by_http_where_sockets_fail(parts: Parts, owner: Identity, wall: list[Credential]) -> None:
    who = players.authenticate_player(parts, wall[0].token)
    assert who is not None
    name = say(parts, owner)
    told = {"epoch": EPOCH, "revision": 1, "kind": "shown"}
    body = routes.ProofsBody.model_validate({"proofs": [{**told, "id": name}, {**told, "id": "a0"}]})
    assert routes.prove(parts, who, body).refused == [1]
    assert alerts.tallies(parts, owner, [alerts.get(parts, owner, name)])[name]["shown"] == 1


def test_the_way_by_http_carries_the_same_set(parts: Parts, owner: Identity, wall: list[Credential]) -> None:
    who = players.authenticate_player(parts, wall[0].token)
    assert who is not None
    name = say(parts, owner)
    held = alerts.held_by(parts, who.org, [who.screen], parts.clock.now())
    assert (held.epoch, held.seq, [one.id for one in held.of(who.screen)]) == (EPOCH, 1, [name])
