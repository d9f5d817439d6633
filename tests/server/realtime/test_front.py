"""How connections come in: websockets by themselves, over HTTP or from polling, whole or in pieces."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise

import pytest
import websocket

from tests.server.realtime.conftest import started
from tests.server.realtime.raw import WAIT_S, Tiny, Wire
from tests.server.realtime.test_frames import sent
from tests.server.realtime.test_guard import alive, polled

UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: paoma\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
HELLO = '42/player,7["hello",{"nonce":"n1","protocol":1}]'


@contextmanager
def opened(tiny: Tiny) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", tiny.port), timeout=WAIT_S) as made:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield made


def read_until(peer: socket.socket, wanted: bytes) -> bytes:
    """What comes, until ``wanted`` is in it or nothing comes any more."""
    held = b""
    while wanted not in held and (piece := peer.recv(65_536)):
        held += piece
    return held


def joining(tiny: Tiny) -> bytes:
    return sent(1, f'40/player,{{"token":"{tiny.token}"}}'.encode()) + sent(1, HELLO.encode())


def test_what_is_sent_behind_the_request_is_not_lost(tiny: Tiny) -> None:
    with opened(tiny) as peer:
        peer.sendall(UPGRADE.encode() + joining(tiny))
        held = read_until(peer, b"43/player,7[")
    assert held.startswith(b"HTTP/1.1 101 ")
    assert b'"ok":true' in held


@pytest.mark.parametrize("at", [1, 16, 40, len(UPGRADE) - 1])
def test_a_request_in_two_pieces_becomes_a_websocket_all_the_same(tiny: Tiny, at: int) -> None:
    with opened(tiny) as peer:
        peer.sendall(UPGRADE[:at].encode())
        assert polled(tiny)[0] == 200  # by now the first piece was looked at
        peer.sendall(UPGRADE[at:].encode() + joining(tiny))
        assert b'"ok":true' in read_until(peer, b"43/player,7[")


def test_a_connection_used_for_http_before_becomes_a_websocket(tiny: Tiny) -> None:
    with opened(tiny) as peer:
        peer.sendall(b"GET /nothing HTTP/1.1\r\nHost: paoma\r\n\r\n")
        assert b" 404 " in read_until(peer, b"</p>")
        peer.sendall(UPGRADE.encode() + joining(tiny))
        assert b'"ok":true' in read_until(peer, b"43/player,7[")


def test_a_whole_session_a_byte_at_a_time(tiny: Tiny) -> None:
    with opened(tiny) as peer:
        for begin, end in pairwise(range(len(UPGRADE) + 1)):
            peer.sendall(UPGRADE[begin:end].encode())
        for byte in joining(tiny):
            peer.sendall(bytes([byte]))
        assert b'"ok":true' in read_until(peer, b"43/player,7[")


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [("EIO=4", "EIO=3", 400), ("transport=websocket", "transport=polling", 400), ("Version: 13", "Version: 8", 426),
     ("Connection: Upgrade", "Connection: close", 400), ("dGhl", "....", 400), ("GET", "POST", 400),
     ("EIO=4", "EIO=4&sid=nobody", 400), ("Host: paoma", "Host: paoma\r\nOrigin: http://evil.example", 400),
     ("Host: paoma\r\n", "", 400)],
)  # fmt: skip
@pytest.mark.parametrize("pieces", [1, 2])
def test_a_request_with_a_fault_is_told_so(tiny: Tiny, old: str, new: str, status: int, pieces: int) -> None:
    request = UPGRADE.replace(old, new)
    with opened(tiny) as peer:
        peer.sendall(request[:30].encode() if pieces == 2 else request.encode())
        if pieces == 2:
            assert polled(tiny)[0] == 200
            peer.sendall(request[30:].encode())
        held = read_until(peer, b"\r\n\r\n")
    assert held.startswith(f"HTTP/1.1 {status} ".encode())
    assert (b"Sec-WebSocket-Version: 13" in held) == (status == 426)
    assert alive(tiny)


@pytest.mark.parametrize(
    "data", [b"", b"\r\n", b"nonsense\r\n\r\n", b"GET /socket.io/?" + b"x" * 20_000, b"\x16\x03\x01"]
)
def test_bytes_that_are_no_request_harm_nobody(tiny: Tiny, data: bytes) -> None:
    with opened(tiny) as peer, suppress(OSError):
        peer.sendall(data)
        peer.shutdown(socket.SHUT_WR)
        read_until(peer, b"never")
    assert alive(tiny)


# from polling to a websocket


@contextmanager
def dialled(tiny: Tiny, sid: str = "") -> Iterator[Wire]:
    wire = Wire(tiny, sid)
    yield wire
    wire.end()


@contextmanager
def changing(tiny: Tiny) -> Iterator[tuple[str, Wire]]:
    """A session that has joined by polling, and the websocket to which it is about to change over."""
    sid = json.loads(polled(tiny)[1][1:])["sid"]
    assert polled(tiny, f'40/player,{{"token":"{tiny.token}"}}'.encode(), sid)[0] == 200
    assert polled(tiny, sid=sid)[1].startswith('40/player,{"sid"')
    with dialled(tiny, sid) as wire:
        yield sid, wire


def test_what_is_told_while_a_peer_changes_over_arrives_once(tiny: Tiny) -> None:
    with changing(tiny) as (_, wire):
        assert wire.ask("2probe") == "3probe"
        tiny.tell(do="identify", screen=tiny.screen)
        wire.ws.send("5")
        assert '"identify"' in wire.heard()
        assert '"ok":true' in wire.ask(HELLO)


def test_a_session_that_changed_over_is_no_longer_polled(tiny: Tiny) -> None:
    with changing(tiny) as (sid, wire):
        assert wire.ask("2probe") == "3probe"
        wire.ws.send("5")
        assert '"ok":true' in wire.ask(HELLO)
        assert polled(tiny, sid=sid)[0] == 400
        assert polled(tiny, b"3", sid)[0] == 400
    assert alive(tiny)


def test_a_change_that_comes_to_nothing_leaves_the_peer_polling(tiny: Tiny) -> None:
    with changing(tiny) as (sid, wire):
        assert wire.ask("2probe") == "3probe"
    deadline = time.monotonic() + WAIT_S
    heard = ""
    while "43/player,7" not in heard and time.monotonic() < deadline:
        polled(tiny, HELLO.encode(), sid)
        heard = polled(tiny, sid=sid)[1]
    assert '"ok":true' in heard


@pytest.mark.parametrize("frame", ["5", "2", "3probe", HELLO, "", "40/player,"])
def test_whoever_does_not_change_over_by_the_book_is_closed(tiny: Tiny, frame: str) -> None:
    with changing(tiny) as (sid, wire):
        wire.ws.send(frame)
        wire.ws.settimeout(2)
        assert wire.closes()
        assert polled(tiny, HELLO.encode(), sid)[0] == 200


def test_a_session_changes_over_once(tiny: Tiny) -> None:
    with changing(tiny) as (sid, wire):
        assert wire.ask("2probe") == "3probe"
        with pytest.raises(websocket.WebSocketBadStatusException):
            Wire(tiny, sid)


# where there is no epoll


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    yield from started(tmp_path_factory.mktemp("bare"), "without-epoll")


def test_a_system_without_epoll_serves_websockets_too(bare: Tiny) -> None:
    with dialled(bare) as wire:
        assert wire.join(bare.token).startswith("40/player,")
        assert all('"ok":true' in wire.ask(HELLO) for _ in range(20))
        bare.tell(do="identify", screen=bare.screen)
        assert '"identify"' in wire.heard()
    assert alive(bare)


def test_a_system_without_epoll_reads_on_once_the_first_ask_is_answered(bare: Tiny) -> None:
    with dialled(bare) as wire:
        wire.join(bare.token)
        wire.ws.sock.sendall(b"".join(sent(1, f'42/player,{n}["beat",{{}}]'.encode()) for n in range(60)))
        answers = [wire.heard() for _ in range(60)]
    assert [one.split("[")[0] for one in answers] == [f"43/player,{n}" for n in range(60)]


def test_a_revoked_player_that_changed_over_is_cut_off_too(bare: Tiny) -> None:
    with changing(bare) as (_, wire):
        wire.ask("2probe")
        wire.ws.send("5")
        bare.tell(do="revoke", screen=bare.screen, player=bare.player)
        wire.ws.settimeout(2)
        assert wire.closes()
