"""Hostile and broken peers against a real server: refused or closed, counted, never a traceback."""

from __future__ import annotations

import json
import random
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress

import pytest
import websocket

from tests.server.realtime.raw import Tiny, Wire

Dial = Callable[..., Wire]
BEFORE_PING_S = 8  # a peer that answers no ping is closed too, but later
HELLO = '42/player,7["hello",{"nonce":"n1","protocol":1}]'

MALFORMED = [
    "", "x", "9", "0", "b4Mg==", "4", "4x", "48", "42", "42/player,", "42/player,{", '42/player,"hello"',
    "42/player,{}", "42/player,[]", "42/player,[1]", '42/player,[["hello"]]', '42/player,["hello",NaN]',
    '42/player,["hello",{"nonce":"\\ud800"}]', "42/player," + "[" * 100_000, '42/player,["hello",{}]x',
    '452-/player,["hello",{"_placeholder":true,"num":0}]', '45', '46/player,1[{}]', "44/player,{}", "40/player,[1]",
    "42/player," + "1" * 200 + "[]", '42' + "9" * 20 + '-/player,["hello",{}]', '4["hello"]', '4{"a":1}', "4null",
]  # fmt: skip


def alive(tiny: Tiny) -> bool:
    wire = Wire(tiny)
    wire.join(tiny.token)
    answered = json.loads(wire.ask(HELLO).removeprefix("43/player,7"))[0]
    wire.end()
    return bool(answered["ok"]) and "Traceback" not in tiny.errors.read_text()


@pytest.mark.parametrize("frame", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_frame_closes_at_once_and_only_its_sender(tiny: Tiny, joined: Wire, frame: str) -> None:
    joined.ws.send(frame)
    joined.ws.settimeout(2)
    assert joined.closes()
    assert alive(tiny)


def test_a_binary_frame_closes(tiny: Tiny, joined: Wire) -> None:
    joined.ws.send_binary(b"\x04hello")
    joined.ws.settimeout(2)
    assert joined.closes()
    assert alive(tiny)


@pytest.mark.parametrize("name", ["connect", "disconnect", "connect_error", "message", "*", "hullo", "", "on_hello"])
def test_reserved_and_unknown_events_are_refused_with_a_problem(tiny: Tiny, joined: Wire, name: str) -> None:
    answer = joined.ask(f'42/player,3["{name}",{{"role":"admin"}}]')
    assert json.loads(answer.removeprefix("43/player,3"))[0]["status"] == 404
    assert '"ok":true' in joined.ask(HELLO)


def test_a_forged_connect_without_an_id_runs_nothing(joined: Wire) -> None:
    joined.ws.send('42/player,["connect",{},{"token":"pmp_other"}]')
    joined.ws.send('42/player,["disconnect"]')
    assert '"ok":true' in joined.ask(HELLO)


@pytest.mark.parametrize("rest", ["", ",1", ",[]", ",{},{}", ',"x"', ",null"])
def test_an_event_carries_exactly_one_object(joined: Wire, rest: str) -> None:
    answer = joined.ask(f'42/player,3["hello"{rest}]')
    assert json.loads(answer.removeprefix("43/player,3"))[0]["status"] == 400


def test_wrong_fields_are_named(joined: Wire) -> None:
    answer = json.loads(
        joined.ask('42/player,3["hello",{"nonce":5,"seq":-1,"protocol":1}]').removeprefix("43/player,3")
    )[0]
    assert {one["field"] for one in answer["violations"]} == {"nonce", "seq"}


def test_whoever_goes_on_sending_nonsense_is_closed(tiny: Tiny, joined: Wire) -> None:
    for n in range(20):
        joined.ws.send(f'42/player,{n}["nonsense",{{}}]')
    joined.ws.settimeout(2)
    assert joined.closes()
    assert alive(tiny)


def test_a_flood_is_closed(tiny: Tiny, joined: Wire) -> None:
    frame = '42/player,["beat",{}]'
    with suppress(OSError, websocket.WebSocketException):
        for _ in range(5_000):
            joined.ws.send(frame)
    assert joined.closes()
    assert alive(tiny)


def test_a_message_too_large_closes(tiny: Tiny, joined: Wire) -> None:
    try:
        joined.ws.send('42/player,["hello",{"nonce":"' + "x" * 1_000_001 + '"}]')
        closed = joined.closes()
    except OSError:
        closed = True
    assert closed
    assert alive(tiny)


def test_a_socket_that_never_joins_is_closed_after_five_seconds(tiny: Tiny, wire: Wire) -> None:
    wire.ws.settimeout(BEFORE_PING_S)
    assert wire.closes()
    assert alive(tiny)


def test_a_socket_whose_join_was_refused_is_closed_too(tiny: Tiny, wire: Wire) -> None:
    assert wire.join("pmp_wrong").startswith("44/player,")
    wire.ws.settimeout(BEFORE_PING_S)
    assert wire.closes()


def test_joining_twice_closes(tiny: Tiny, joined: Wire) -> None:
    joined.ws.send('40/player,{"token":"' + tiny.token + '"}')
    joined.ws.settimeout(2)
    assert joined.closes()


@pytest.mark.parametrize("namespace", ["/", "/admin", "/desk?x=1"])
def test_no_other_namespace_is_joined(tiny: Tiny, wire: Wire, namespace: str) -> None:
    assert wire.join(tiny.token, namespace).startswith("44")


def test_a_player_token_opens_no_desk_and_a_session_no_player(tiny: Tiny, dial: Dial) -> None:
    assert "401" in dial().join(tiny.token, "/desk")
    assert "401" in dial(cookie="session=good").join("")


def test_a_page_of_another_site_is_not_connected(tiny: Tiny, dial: Dial) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException):
        dial(origin="http://evil.example", cookie="session=good")
    assert dial(origin=f"http://127.0.0.1:{tiny.port}", cookie="session=good").join("", "/desk").startswith("40")


def test_compression_is_never_agreed_to(dial: Dial) -> None:
    wire = dial(header=["Sec-WebSocket-Extensions: permessage-deflate"])
    assert "sec-websocket-extensions" not in wire.ws.getheaders()


def test_chinese_crosses_the_wire_without_escapes(joined: Wire) -> None:
    assert "东门条屏" in joined.ask(HELLO)


def polled(tiny: Tiny, body: bytes | None = None, sid: str = "") -> tuple[int, str]:
    address = f"http://127.0.0.1:{tiny.port}/socket.io/?EIO=4&transport=polling" + (f"&sid={sid}" if sid else "")
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data=body), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


@pytest.mark.parametrize("body", [b"x", b"", b"\xff\xfe", b"b4Mg==", b"40/player\x1e", b"4" * 1_000_001])
def test_a_malformed_poll_ends_its_session(tiny: Tiny, body: bytes) -> None:
    sid = json.loads(polled(tiny)[1][1:])["sid"]
    assert polled(tiny, body, sid)[0] == 400
    assert polled(tiny, b"40/player,{}", sid)[0] == 400
    assert alive(tiny)


def test_a_token_is_never_logged(tiny: Tiny, wire: Wire) -> None:
    wire.join("pmp_secret_of_a_guesser")
    wire.ws.send('42/player,["hello"')
    assert alive(tiny)
    assert "pmp_" not in tiny.errors.read_text()


def test_random_frames_leave_no_traceback(tiny: Tiny) -> None:
    chance = random.Random(20251118)
    pieces = ["4", "2", "0", "1", "/player,", "/desk,", "[", "]", "{", "}", '"hello"', '"beat"', ",", "5-", "9",
              '"nonce":"a"', "null", "-1", "1e999", "\\u0000", "你", "3"]  # fmt: skip
    for _ in range(60):
        wire = Wire(tiny)
        wire.join(tiny.token)
        with suppress(OSError, websocket.WebSocketException):
            for _ in range(10):
                tail = "".join(chance.choices(pieces, k=chance.randint(0, 9)))
                wire.ws.send("42/player," * chance.randint(0, 1) + tail)
        wire.end()
    assert alive(tiny)


def test_a_revoked_player_is_cut_off_at_once(tiny: Tiny, joined: Wire, dial: Dial) -> None:
    joined.ws.settimeout(2)
    tiny.tell(do="revoke", screen=tiny.screen, player=tiny.player)
    assert joined.closes()
    assert "401" in dial().join(tiny.token)
