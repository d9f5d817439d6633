"""One non-blocking socket of the fleet: a websocket that stays, or one fetch of a programme."""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from players.swarm import frames, packets
from players.swarm.member import After, Member

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: c3dhcm0gb2YgcGxheWVycw==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
FETCH = (
    "GET /player/programme HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n"
    'If-None-Match: "{held}"\r\n\r\n'
)
PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Ways:
    """How to reach the server."""

    family: int
    address: Any
    host: str
    secure: ssl.SSLContext | None
    selector: selectors.BaseSelector


class Peer:
    """A socket in the selector: what is to be written waits until it can be."""

    def __init__(self, ways: Ways) -> None:
        self._ways, self._out, self.open_ = ways, bytearray(), False
        self._reads, self._registered = True, False

    def open(self) -> None:
        """Begin to connect."""
        made = socket.socket(self._ways.family, socket.SOCK_STREAM)
        made.setblocking(False)
        self._socket: socket.socket = made
        made.connect_ex(self._ways.address)
        if self._ways.secure:
            host = self._ways.host.rpartition("@")[2].partition(":")[0]
            self._socket = self._ways.secure.wrap_socket(made, server_hostname=host, do_handshake_on_connect=False)
        self.open_ = True
        self._ways.selector.register(self._socket, READ | WRITE, self._ready)
        self._registered = True

    def write(self, data: bytes) -> None:
        """Send, now or when there is room."""
        self._out += data
        self._flush()

    def close(self) -> None:
        """Hang up."""
        if self.open_:
            self.open_ = False
            self._listen(0)
            self._socket.close()
            self.gone()

    def gone(self) -> None:
        """What follows the end."""

    def came(self, data: bytes) -> None:
        """What follows bytes that came."""

    def piece(self) -> int:
        """How much to read at once; 0 is nothing now."""
        return PIECE

    def _ready(self, mask: int) -> None:
        try:
            if mask & WRITE:
                self._flush()
            if mask & READ and self.open_ and (most := self.piece()):
                data = self._socket.recv(most)
                if data:
                    self.came(data)
                else:
                    self.close()
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except (OSError, ValueError, KeyError, frames.Broken):
            self.close()

    def _flush(self) -> None:
        if not self.open_:
            return
        try:
            while self._out:
                del self._out[: self._socket.send(self._out)]
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        except OSError:
            self.close()
            return
        self.attend(reads=self._reads)

    def attend(self, *, reads: bool) -> None:
        """Listen for what can happen next; a peer that does not read is not told that there is something."""
        self._reads = reads
        if self.open_:
            self._listen((READ if reads else 0) | (WRITE if self._out else 0))

    def _listen(self, mask: int) -> None:
        if mask and self._registered:
            self._ways.selector.modify(self._socket, mask, self._ready)
        elif mask:
            self._ways.selector.register(self._socket, mask, self._ready)
        elif self._registered:
            self._ways.selector.unregister(self._socket)
        self._registered = bool(mask)


class Line(Peer):
    """A member's websocket; ``sips`` (every so many ms so many bytes) makes it a slow reader."""

    def __init__(
        self, ways: Ways, member: Member, ended: Callable[[], None], after: After, sips: tuple[int, int] | None
    ) -> None:
        super().__init__(ways)
        self._member, self._ended, self._after, self._sips = member, ended, after, sips
        self._head: bytearray | None = bytearray()
        self._reader = frames.Reader()
        member.send = self.say
        self._out += UPGRADE.format(host=ways.host).encode()

    def say(self, text: str) -> None:
        """Send a text."""
        self.write(frames.sent(text.encode()))

    def gone(self) -> None:
        self._member.closed()
        self._ended()

    def piece(self) -> int:
        if self._sips is None:
            return PIECE
        self.attend(reads=False)
        self._after(self._sips[0], lambda: self.attend(reads=True))
        return self._sips[1]

    def came(self, data: bytes) -> None:
        if self._head is not None:
            self._head += data
            head, end, data = bytes(self._head).partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise frames.Broken("no websocket")
            self._head = None
        for opcode, payload in self._reader.feed(data):
            if opcode == frames.PING:
                self.write(frames.sent(payload, frames.PONG))
            elif opcode == frames.CLOSE:
                self.close()
                return
            elif opcode == frames.TEXT:
                self._text(payload.decode())

    def _text(self, text: str) -> None:
        if packets.opened(text):
            self._member.opened()
        elif packets.refused(text):
            self.close()
        else:
            self._member.hear(text)


class Fetch(Peer):
    """One fetch of a member's programme; ``ended`` hears its version, "" when there is none."""

    def __init__(self, ways: Ways, member: Member, ended: Callable[[Member, str], None]) -> None:
        super().__init__(ways)
        self._member, self._ended, self._head = member, ended, bytearray()
        self._out += FETCH.format(host=ways.host, token=member.token, held=member.programme).encode()

    def came(self, data: bytes) -> None:
        if len(self._head) < PIECE:
            self._head += data

    def gone(self) -> None:
        lines = bytes(self._head).partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        status = lines[0].split(" ")[1:2]
        tags = [line.partition(":")[2].strip().strip('"') for line in lines if line.lower().startswith("etag:")]
        good = status in (["200"], ["304"])
        self._ended(self._member, (tags or [self._member.programme])[0] if good else "")
