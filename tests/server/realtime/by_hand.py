"""An engine worked by hand: real sockets, a hub that turns when told, a clock that ticks when told."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any

from engineio.socket import Socket as Session
from socketio import Server

from server.accounts.model import Identity
from server.realtime import frames, protocol, wirejson
from server.realtime.engine import Engine
from server.realtime.fanout import Fanout
from server.realtime.guard import Guard
from server.realtime.peers import Ask, Member
from server.realtime.polling import Polled, Polling
from server.realtime.rooms import Rooms
from tests.server.realtime.test_frames import quick

ENVIRON = {
    "REMOTE_ADDR": "192.0.2.1", "HTTP_HOST": "paoma", "QUERY_STRING": "EIO=4&transport=websocket",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip


class Hub:
    """Calls back when a test says so."""

    def __init__(self) -> None:
        self.loop, self._callback = self, list[Callable[[], None]]()

    def io(self, fd: int, events: int) -> Hub:
        return self

    def start(self, callback: Callable[[], None]) -> None:
        self._callback.append(callback)

    def turn(self) -> None:
        for callback in self._callback:
            callback()


class Far:
    """The peer's end of a connection."""

    def __init__(self, site: Site, near: Any, far: socket.socket, sid: str) -> None:
        self.site, self.far, self.held = site, far, b""
        query = ENVIRON["QUERY_STRING"] + (f"&sid={sid}" if sid else "")
        site.engine.take(near, {**ENVIRON, "QUERY_STRING": query})
        (self.websocket,) = (one for one in vars(site.engine)["_open"].values() if one.fd == near.fileno())
        assert self.read_head().startswith(b"HTTP/1.1 101 ")
        assert sid or self.heard()[0].startswith('0{"sid"')

    def read_head(self) -> bytes:
        self._fill()
        head, _, self.held = self.held.partition(b"\r\n\r\n")
        return head

    def _fill(self) -> None:
        try:
            while piece := self.far.recv(1 << 20):
                self.held += piece
        except BlockingIOError:
            pass

    def send(self, *texts: str) -> None:
        self.raw(b"".join(quick(frames.TEXT, text.encode()) for text in texts))

    def raw(self, data: bytes) -> None:
        self.far.sendall(data)
        self.site.hub.turn()

    def frames(self) -> list[tuple[int, bytes]]:
        """Every whole frame that has come, as (opcode, payload)."""
        found = []
        for _ in range(50):
            self._fill()
            self.site.hub.turn()
        while len(self.held) >= 2:
            size, at = self.held[1], 2
            if size > 125:
                form, at = ("!H", 4) if size == 126 else ("!Q", 10)
                (size,) = struct.unpack_from(form, self.held, 2)
            if len(self.held) < at + size:
                break
            found.append((self.held[0] & 15, self.held[at : at + size]))
            self.held = self.held[at + size :]
        return found

    def heard(self) -> list[str]:
        return [payload.decode() for kind, payload in self.frames() if kind == frames.TEXT]

    def is_over(self) -> bool:
        """Whether the server has closed its side."""
        self._fill()
        try:
            return self.far.recv(1) == b""
        except BlockingIOError:
            return False
        except ConnectionError:
            return True


def agree(asks: list[Ask]) -> None:
    for ask in asks:
        ask.answer({"ok": True})


class Site:
    """An engine with one namespace, in which everybody is let in and beats are answered when asked to."""

    def __init__(self) -> None:
        self.hub, self.rooms = Hub(), Rooms()
        server = Server(async_mode="threading", client_manager=self.rooms, json=wirejson)
        self.guard = Guard(self.rooms, lambda work: work(), lambda seconds: None, "en")
        self.polling = Polling(server, self.guard)
        self.engine = Engine(self.hub, self.guard, self.polling, lambda origin, environ: True)
        self.fanout, self.gone, self.waiting = Fanout(self.rooms), list[Member](), list[Ask]()
        self.guard.open_door("/player", self.join, self.gone.append)
        self.guard.on_ask("/player", protocol.BEAT, self.waiting.extend)
        self.guard.on_ask("/player", protocol.HELLO, agree)
        self.ends: list[socket.socket] = []

    def join(self, asks: list[Ask]) -> None:
        for ask in asks:
            screen = ask.told.get("screen", "s1")
            who = Identity("o1", "player", f"p-{screen}", "player", screen=screen)
            self.guard.admit(ask, who, (protocol.screen_room(screen),))

    def pair(self) -> tuple[Any, socket.socket]:
        """Both ends of a connection."""
        near, far = socket.socketpair()
        for end in (near, far):
            end.setblocking(False)
        self.ends += [near, far]
        return near, far

    def poll(self, screen: str) -> Polled:
        """A peer that polls and has joined."""
        eio = self.polling.library
        self.polling.opened("polled", ENVIRON)
        eio.sockets["polled"] = Session(eio, "polled")
        eio.sockets["polled"].connected = True
        self.polling.message("polled", f'0/player,{{"screen":"{screen}"}}')
        eio.sockets["polled"].queue.get(block=False)
        return self.polling.peers["polled"]

    def dial(self, screen: str = "", sid: str = "") -> Far:
        """Connect, and join when a screen is named, or be about to change over from a polling session."""
        made = Far(self, *self.pair(), sid)
        if screen:
            made.send(f'40/player,{{"screen":"{screen}"}}')
            assert made.heard()[0].startswith('40/player,{"sid"')
        return made

    def tick(self, seconds: int) -> None:
        for _ in range(seconds):
            self.engine.tick()
            self.hub.turn()
