"""Alerts for organisations below on the sockets: whose players and desks hear of them, and whose never do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from playlists.alert import Severity
from playlists.alertwire import alerts_from
from server.accounts.model import Grant, Identity, system
from server.alerts import service as alerts
from server.alerts.model import Targets, UpdateAlert
from server.clock import FixedClock
from server.db import Database
from server.parts import Parts
from server.realtime import attach, protocol
from server.screens import players, service
from tests.server import hindered
from tests.server.alerts.tree import EAST, GROUP, PLANT, WEST, Tree, grow

EPOCH = "e" * 32
Connect = Callable[..., Any]


@pytest.fixture
def tree(parts: Parts) -> Tree:
    return grow(parts)


@pytest.fixture
def app(parts: Parts, tree: Tree) -> Flask:
    made = Flask("site")

    def identify(environ: dict[str, Any]) -> Identity | None:
        org = environ.get("HTTP_COOKIE", "")
        return Identity(org, "person", f"u-{org}", "人", (Grant("read"),), session=f"session-{org}") if org else None

    attach.attach(made, parts, identify)
    return made


@pytest.fixture
def realtime(app: Flask) -> attach.Realtime:
    found: attach.Realtime = app.extensions[attach.EXTENSION]
    found.alerts.begin()
    return found


@pytest.fixture
def sockets(app: Flask, realtime: attach.Realtime, tree: Tree) -> dict[str, Any]:
    """The player of each organisation."""
    return {
        name: SocketIOTestClient(app, realtime.socketio, namespace="/player", auth={"token": one.token})
        for name, one in tree.players.items()
    }


@pytest.fixture
def desks(app: Flask, realtime: attach.Realtime, tree: Tree) -> dict[str, Any]:
    """A desk of each organisation."""
    return {
        name: SocketIOTestClient(app, realtime.socketio, namespace="/desk", headers={"Cookie": org})
        for name, org in tree.orgs.items()
    }


def heard(sockets: dict[str, Any], namespace: str, event: str) -> dict[str, list[Any]]:
    """What each heard of an event since the last look."""
    told = {name: socket.get_received(namespace) for name, socket in sockets.items()}
    return {name: [one["args"][0] for one in some if one["name"] == event] for name, some in told.items()}


def live(sockets: dict[str, Any]) -> dict[str, list[list[str]]]:
    """The ids of each live set that was pushed."""
    told = heard(sockets, "/player", "alerts_changed")
    return {name: [[one.id for one in alerts_from(a["alerts"])] for a in some] for name, some in told.items()}


def hello(socket: Any) -> list[str]:
    told = {"nonce": "n", "protocol": 1, "epoch": "", "programme": "", "seq": 0}
    answer = socket.emit("hello", told, namespace="/player", callback=True)
    return [one.id for one in alerts_from(answer["alerts"])]


def beside(parts: Parts) -> Parts:
    """The same server in another process: the same tables, no facts in common."""
    return Parts(parts.config, parts.clock, Database(parts.config.url), parts.blobs)


def test_players_of_every_organisation_it_reaches_get_it_at_once_and_no_others(
    tree: Tree, sockets: dict[str, Any]
) -> None:
    name = tree.say(GROUP, EAST)
    assert live(sockets) == {GROUP: [[]], EAST: [[name]], PLANT: [[name]], WEST: []}
    alerts.clear(tree.parts, tree.officer(GROUP), name)
    assert live(sockets) == {GROUP: [[]], EAST: [[name]], PLANT: [[name]], WEST: []}


def test_an_alert_of_ones_own_goes_to_nobody_else(tree: Tree, sockets: dict[str, Any]) -> None:
    name = tree.say(EAST, targets=Targets(everywhere=True))
    assert live(sockets) == {GROUP: [], EAST: [[name]], PLANT: [], WEST: []}


def test_who_starts_in_the_meantime_is_answered_with_its_own_and_what_reaches_it(
    tree: Tree, sockets: dict[str, Any], realtime: attach.Realtime
) -> None:
    above, own = tree.say(GROUP, EAST), tree.say(PLANT, PLANT, severity=Severity.MINOR)
    wanted = {GROUP: set[str](), EAST: {above}, PLANT: {above, own}, WEST: set[str]()}
    assert {name: set(hello(socket)) for name, socket in sockets.items()} == wanted
    peers = [players.authenticate_player(tree.parts, one.token) for one in tree.players.values()]
    together = realtime.alerts.held([one for one in peers if one])
    told = {name: together[one.player][1] for name, one in tree.players.items()}
    assert {name: {one for one in (above, own) if one in said} for name, said in told.items()} == wanted


def test_what_another_process_issues_and_takes_back_reaches_them_by_the_next_look(
    tree: Tree, sockets: dict[str, Any], realtime: attach.Realtime
) -> None:
    other = Tree(beside(tree.parts), tree.orgs, tree.players)
    name = other.say(GROUP, EAST, WEST)
    assert not any(live(sockets).values())
    realtime.alerts.notice()
    assert live(sockets) == {GROUP: [[]], EAST: [[name]], PLANT: [[name]], WEST: [[name]]}
    changes = UpdateAlert(targets=Targets(organisations=(tree.orgs[WEST],)))
    alerts.update(other.parts, tree.officer(GROUP), name, changes)
    realtime.alerts.notice()
    assert live(sockets) == {GROUP: [[]], EAST: [[]], PLANT: [[]], WEST: [[name]]}
    other.parts.db.close()


def test_an_exit_that_changes_below_is_told_within_the_second(
    tree: Tree, sockets: dict[str, Any], realtime: attach.Realtime
) -> None:
    tree.say(GROUP, EAST)
    live(sockets)
    service.change(tree.parts, system(tree.orgs[PLANT]), tree.screen(PLANT), {"exit": "南门"})
    realtime.alerts.notice()
    told = heard(sockets, "/player", "alerts_changed")[PLANT]
    assert [one.text for one in alerts_from(told[-1]["alerts"])] == ["走南门"]


def test_a_screen_below_that_comes_late_has_it_by_its_first_hello(
    tree: Tree, sockets: dict[str, Any], realtime: attach.Realtime, app: Flask
) -> None:
    name = tree.say(GROUP, EAST)
    late = tree.add_screen(PLANT)
    socket = SocketIOTestClient(app, realtime.socketio, namespace="/player", auth={"token": late.token})
    assert hello(socket) == [name]
    live(sockets)
    realtime.alerts.tick(5)
    assert not any(live(sockets).values())  # it joined once


def test_the_unproven_below_are_sent_it_again_and_lose_their_sockets(
    tree: Tree, sockets: dict[str, Any], realtime: attach.Realtime, clock: FixedClock
) -> None:
    name = tree.say(GROUP, EAST)
    tree.prove(name, EAST)
    live(sockets)
    clock.pass_(3_000)
    realtime.alerts.tick(1)
    assert live(sockets) == {GROUP: [], EAST: [], PLANT: [[name]], WEST: []}
    closed: list[str] = []
    realtime.guard.close_room = lambda namespace, room, reason="": closed.append(room)  # type: ignore[method-assign]
    clock.pass_(7_000)
    realtime.alerts.tick(2)
    assert closed == [protocol.screen_room(tree.screen(PLANT))]


def test_what_was_pushed_below_counts_as_sent(tree: Tree, sockets: dict[str, Any], realtime: attach.Realtime) -> None:
    name = tree.say(GROUP, EAST)
    realtime.alerts.tick(1)
    rows = alerts.deliveries_of(tree.parts, tree.officer(GROUP), name)
    assert [row.sent for row, _ in rows] == [tree.parts.clock.now()] * 2


def test_desks_hear_of_what_is_theirs(tree: Tree, sockets: dict[str, Any], desks: dict[str, Any]) -> None:
    heard(desks, "/desk", "")
    name = tree.say(GROUP, EAST)
    told = heard(desks, "/desk", "alert_changed")
    one = [{"id": name, "revision": 1}]
    assert told == {GROUP: one, EAST: one, PLANT: one, WEST: []}
    for who in (EAST, PLANT, WEST):
        body = {"epoch": EPOCH, "id": name, "revision": 1, "shown_at": tree.parts.clock.now()}
        sockets[who].emit("alert_shown", body, namespace="/player", callback=True)
    proved = heard(desks, "/desk", "alert_proved")
    screens = {who: {screen for one in some for screen in one["screens"]} for who, some in proved.items()}
    assert screens == {
        GROUP: {tree.screen(EAST), tree.screen(PLANT)}, EAST: {tree.screen(EAST)}, PLANT: {tree.screen(PLANT)},
        WEST: set(),
    }  # fmt: skip
    alerts.note(tree.parts, tree.officer(GROUP), name, "后记")
    assert {who for who, some in heard(desks, "/desk", "alert_changed").items() if some} == {GROUP, EAST, PLANT}


@pytest.mark.parametrize("who", [GROUP, WEST])
def test_proof_of_what_does_not_reach_a_player_is_a_problem(tree: Tree, sockets: dict[str, Any], who: str) -> None:
    name = tree.say(GROUP, EAST)
    body = {"epoch": EPOCH, "id": name, "revision": 1}
    answer = sockets[who].emit("alert_received", body, namespace="/player", callback=True)
    assert answer["status"] == 409


def test_what_is_not_stored_is_pushed_below_marked_so(tree: Tree, sockets: dict[str, Any]) -> None:
    hindered.refuse(tree.parts)
    try:
        name = tree.say(GROUP, EAST)
        told = heard(sockets, "/player", "alerts_changed")
        ids = {who: [[alert["id"] for alert in one["alerts"]] for one in some] for who, some in told.items()}
        marked = {who: [one.get("stored") for one in some] for who, some in told.items()}
        assert ids == {GROUP: [[]], EAST: [[name]], PLANT: [[name]], WEST: []}
        assert marked == {GROUP: [False], EAST: [False], PLANT: [False], WEST: []}
        assert {who: hello(socket) for who, socket in sockets.items()} == {
            GROUP: [], EAST: [name], PLANT: [name], WEST: [],
        }  # fmt: skip
    finally:
        hindered.allow(tree.parts)


def test_a_restart_of_the_server_loses_nothing_for_those_below(parts: Parts, tree: Tree, app: Flask) -> None:
    name = tree.say(GROUP, EAST)
    again = Flask("again")
    attach.attach(again, beside(parts), lambda environ: None)
    realtime: attach.Realtime = again.extensions[attach.EXTENSION]
    realtime.alerts.begin()
    token = {"token": tree.players[PLANT].token}
    socket = SocketIOTestClient(again, realtime.socketio, namespace="/player", auth=token)
    assert hello(socket) == [name]
    alerts.clear(parts, tree.officer(GROUP), name)
    realtime.alerts.notice()
    (told,) = heard({PLANT: socket}, "/player", "alerts_changed")[PLANT]
    assert [(one.id, one.revision) for one in alerts_from(told["alerts"])] == [(name, 2)]
