"""What a player asks over the socket and what the tables hold afterwards."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from playlists.model import Colour
from server.accounts.model import Identity, nobody
from server.clock import FixedClock
from server.events import ProgrammePublished, SessionEnded
from server.parts import Parts
from server.realtime import attach
from server.screens import commands, pairing, players, service
from server.screens.model import CommandKind, Credential, NewScreenOrder
from server.tables import position, programmes
from tests.server.hindered import locked

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
Connect = Callable[..., Any]


@pytest.fixture
def strip(parts: Parts, owner: Identity) -> Credential:
    keyed = service.add(parts, owner, NewScreenOrder("东门条屏", 192, 16, Colour.SINGLE))
    return pairing.by_key(parts, nobody("o1", "zh", "192.0.2.50"), keyed.key)


@pytest.fixture
def app(parts: Parts, owner: Identity) -> Flask:
    made = Flask("site")
    session = Identity("o1", "person", "u1", "厂办", grants=owner.grants, session="session-1")
    attach.attach(made, parts, lambda environ: session if environ.get("HTTP_COOKIE") == "good" else None)
    return made


@pytest.fixture
def realtime(app: Flask) -> attach.Realtime:
    found: attach.Realtime = app.extensions[attach.EXTENSION]
    return found


@pytest.fixture
def connect(app: Flask, realtime: attach.Realtime) -> Connect:
    def call(namespace: str, **more: Any) -> Any:
        return SocketIOTestClient(app, realtime.socketio, namespace=namespace, **more)

    return call


@pytest.fixture
def player(connect: Connect, strip: Credential) -> Any:
    return connect("/player", auth={"token": strip.token})


@pytest.fixture
def desk(connect: Connect) -> Any:
    return connect("/desk", headers={"Cookie": "good"})


def ask(socket: Any, event: str, told: dict[str, Any]) -> Any:
    return socket.emit(event, told, namespace="/player", callback=True)


def heard(socket: Any, namespace: str) -> list[tuple[str, Any]]:
    return [(one["name"], one["args"][0]) for one in socket.get_received(namespace)]


def publish(parts: Parts, screen: str, version: str) -> None:
    with parts.db.transaction() as tx:
        values = {"version": version, "body": "{}", "findings": [], "begins": 0, "ends": 1, "compiled": 0}
        tx.execute(programmes.insert().values(screen=screen, org="o1", **values))
        tx.announce(ProgrammePublished("o1", screen, version))


def test_hello_answers_the_whole_position_with_the_nonce(parts: Parts, player: Any, strip: Credential) -> None:
    publish(parts, strip.screen.id, "v1")
    answer = ask(player, "hello", {"nonce": "n1", "protocol": 1, "epoch": "another", "programme": "v0", "seq": 9})
    assert (answer["ok"], answer["nonce"], answer["epoch"]) == (True, "n1", "e" * 32)
    assert (answer["programme"], answer["seq"], answer["alerts"]) == ("v1", 0, [])
    assert answer["now"] == parts.clock.now()
    assert answer["screen"] == {
        "id": strip.screen.id,
        "name": "东门条屏",
        "width": 192,
        "height": 16,
        "colour": "single",
    }


@pytest.mark.parametrize(
    ("told", "status", "kind"),
    [({"protocol": 2}, 409, "protocol"), ({}, 422, "invalid"), ({"protocol": "one"}, 422, "invalid")],
)
def test_a_player_of_another_protocol_is_told_so_and_counts_for_nothing(
    parts: Parts, owner: Identity, player: Any, strip: Credential, realtime: attach.Realtime, told: dict[str, Any],
    status: int, kind: str,
) -> None:  # fmt: skip
    answer = ask(player, "hello", {"nonce": "n1", "programme": "v1", **told})
    assert (answer["status"], answer["type"], "ok" in answer) == (status, f"/problems/{kind}", False)
    assert answer.get("protocol") == (1 if status == 409 else None)
    assert [found["field"] for found in answer.get("violations", ())] == ([] if status == 409 else ["protocol"])
    realtime.presence.flush()
    assert not service.get(parts, owner, strip.screen.id).presence.online


def test_a_beat_answers_the_committed_position_whatever_was_pushed(parts: Parts, player: Any) -> None:
    with parts.db.transaction() as tx:
        tx.execute(position.update().values(epoch="f" * 32, seq=7))
    answer = ask(player, "beat", {"epoch": "e" * 32, "programme": "", "seq": 0})
    assert (answer["epoch"], answer["seq"]) == ("f" * 32, 7)


def test_presence_is_what_the_players_rows_say(
    parts: Parts, owner: Identity, player: Any, strip: Credential, realtime: attach.Realtime, clock: FixedClock
) -> None:
    ask(player, "hello", {"nonce": "n", "protocol": 1, "player": "1.2", "programme": "v1"})
    ask(player, "beat", {"programme": "v1", "cues": {"main": {"item": "i1", "page": 0}}})
    assert not service.get(parts, owner, strip.screen.id).presence.online
    realtime.presence.flush()
    found = service.get(parts, owner, strip.screen.id).presence
    assert (found.online, found.last_seen, found.programme) == (True, clock.now(), "v1")
    assert found.cue == {"main": {"item": "i1", "page": 0}}
    assert players.list_players(parts, owner, strip.screen.id)[0].version == "1.2"


def test_a_player_silent_for_25_seconds_is_offline(
    parts: Parts, owner: Identity, player: Any, strip: Credential, realtime: attach.Realtime, clock: FixedClock
) -> None:
    ask(player, "beat", {})
    realtime.tick(5)
    clock.pass_(25_000)
    realtime.tick(5)
    assert service.get(parts, owner, strip.screen.id).presence.online
    clock.pass_(1)
    realtime.tick(5)
    assert not service.get(parts, owner, strip.screen.id).presence.online


def test_a_screen_is_offline_only_when_its_last_socket_left(
    parts: Parts, owner: Identity, connect: Connect, strip: Credential, realtime: attach.Realtime
) -> None:
    first, second = (connect("/player", auth={"token": strip.token}) for _ in range(2))
    ask(first, "hello", {"nonce": "n", "protocol": 1})
    first.disconnect("/player")
    realtime.presence.flush()
    assert service.get(parts, owner, strip.screen.id).presence.online
    second.disconnect("/player")
    realtime.presence.flush()
    assert not service.get(parts, owner, strip.screen.id).presence.online


def test_everybody_is_offline_when_the_server_starts(
    parts: Parts, owner: Identity, player: Any, strip: Credential, realtime: attach.Realtime
) -> None:
    ask(player, "beat", {})
    realtime.presence.flush()
    realtime.presence.nobody()
    assert not service.get(parts, owner, strip.screen.id).presence.online


def test_two_players_on_one_screen_are_told_and_listed(
    parts: Parts, owner: Identity, connect: Connect, strip: Credential
) -> None:
    key = service.renew_key(parts, owner, strip.screen.id)
    other = pairing.by_key(parts, nobody("o1", "zh"), key)
    sockets = [connect("/player", auth={"token": one.token}) for one in (strip, other)]
    publish(parts, strip.screen.id, "v2")
    for socket in sockets:
        assert heard(socket, "/player") == [("programme_published", {"version": "v2"})]
    assert service.get(parts, owner, strip.screen.id).players == 2


def test_a_nudge_names_the_pictures_that_are_new(parts: Parts, player: Any, strip: Credential) -> None:
    with parts.db.transaction() as tx:
        tx.announce(ProgrammePublished("o1", strip.screen.id, "v2", ("a.png", "b.png")))
    assert heard(player, "/player") == [("programme_published", {"version": "v2", "media": ["a.png", "b.png"]})]


def test_a_programme_reaches_only_its_own_screens_players(
    parts: Parts, owner: Identity, player: Any, desk: Any
) -> None:
    other = service.add(parts, owner, NewScreenOrder("食堂", 256, 64, Colour.DUAL)).screen
    publish(parts, other.id, "v1")
    assert heard(player, "/player") == []
    assert ("programme_published", {"screen": other.id, "version": "v1"}) in heard(desk, "/desk")


def test_a_command_reaches_the_player_and_its_outcome_the_row(
    parts: Parts, owner: Identity, player: Any, strip: Credential
) -> None:
    made = commands.order(parts, owner, strip.screen.id, CommandKind.IDENTIFY)
    assert heard(player, "/player") == [("command", {"id": made.id, "kind": "identify"})]
    assert ask(player, "command_done", {"id": made.id, "ok": True, "result": {}}) == {"ok": True}
    assert ask(player, "command_done", {"id": made.id, "ok": False, "result": {}}) == {"ok": True}
    assert commands.get_command(parts, owner, strip.screen.id, made.id).ok is True


def test_a_screenshots_picture_goes_to_the_blobs(parts: Parts, owner: Identity, player: Any, strip: Credential) -> None:
    made = commands.order(parts, owner, strip.screen.id, CommandKind.SCREENSHOT)
    result = {"png": base64.b64encode(PNG).decode(), "width": 1, "height": 1}
    ask(player, "command_done", {"id": made.id, "ok": True, "result": result})
    kept = commands.get_command(parts, owner, strip.screen.id, made.id).result
    assert parts.blobs.path(kept["media"]).read_bytes() == PNG
    assert kept["media"] in commands.kept_media(parts)
    assert "png" not in kept


@pytest.mark.parametrize("png", ["", "!!!", base64.b64encode(b"<svg>").decode(), 5])
def test_a_screenshot_that_is_no_picture_is_refused(
    parts: Parts, owner: Identity, player: Any, strip: Credential, png: object
) -> None:
    made = commands.order(parts, owner, strip.screen.id, CommandKind.SCREENSHOT)
    answer = ask(player, "command_done", {"id": made.id, "ok": True, "result": {"png": png}})
    assert answer["violations"][0]["field"] == "result.png"


def test_another_screens_command_is_not_found(parts: Parts, owner: Identity, player: Any) -> None:
    other = service.add(parts, owner, NewScreenOrder("食堂", 256, 64, Colour.DUAL)).screen
    made = commands.order(parts, owner, other.id, CommandKind.RELOAD)
    assert ask(player, "command_done", {"id": made.id, "ok": True})["status"] == 404


def test_blanking_changes_the_screen_itself_and_not_only_its_players(
    parts: Parts, owner: Identity, player: Any, strip: Credential
) -> None:
    commands.order(parts, owner, strip.screen.id, CommandKind.BLANK)
    assert service.get(parts, owner, strip.screen.id).blanked
    assert [event for event, _ in heard(player, "/player")] == ["command"]
    commands.order(parts, owner, strip.screen.id, CommandKind.UNBLANK)
    assert not service.get(parts, owner, strip.screen.id).blanked


def test_the_desk_hears_of_a_changed_presence_once(
    player: Any, desk: Any, strip: Credential, realtime: attach.Realtime
) -> None:
    heard(desk, "/desk")
    for _ in range(3):
        ask(player, "beat", {"cues": {"main": {"item": "i1"}}})
        realtime.tick(1)
    told = [told for event, told in heard(desk, "/desk") if event == "presence"]
    assert [(one["id"], one["online"], one["cue"]) for one in told] == [
        (strip.screen.id, True, {"main": {"item": "i1"}})
    ]


def test_a_desk_without_a_session_is_refused(connect: Connect) -> None:
    assert not connect("/desk").is_connected("/desk")


def test_a_session_that_ends_takes_its_sockets_along(parts: Parts, desk: Any, realtime: attach.Realtime) -> None:
    (member,) = realtime.guard.rooms.of("/desk", "session:session-1")
    with parts.db.transaction() as tx:
        tx.announce(SessionEnded("o1", "another"))
    assert realtime.guard.rooms.everybody("/desk") == (member,)
    with parts.db.transaction() as tx:
        tx.announce(SessionEnded("o1", "session-1"))
    assert member.peer.closed
    assert realtime.guard.rooms.everybody("/desk") == ()


def test_proof_of_an_alert_nobody_issued_is_answered_with_a_problem(player: Any) -> None:
    assert ask(player, "alert_shown", {"epoch": "e" * 32, "id": "a1", "revision": 1})["status"] == 409


def test_a_beat_that_tells_too_much_is_refused(player: Any) -> None:
    assert ask(player, "beat", {"health": {"log": "x" * 9_000}})["status"] == 422


def test_a_busy_database_keeps_what_players_told(
    parts: Parts, owner: Identity, player: Any, strip: Credential, realtime: attach.Realtime
) -> None:
    ask(player, "beat", {"programme": "v1"})
    with locked(parts):
        realtime.presence.flush()
    realtime.presence.flush()
    assert service.get(parts, owner, strip.screen.id).presence.programme == "v1"
