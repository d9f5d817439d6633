"""One websocket and what it speaks: frames below, Engine.IO above, in little memory."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from socket import SHUT_WR
from typing import TYPE_CHECKING, Any, NamedTuple

from server.realtime import frames, packets, protocol
from server.realtime.frames import Frame, Reader
from server.realtime.guard import REFUSED
from server.realtime.peers import Handshake, Message, Peer
from server.realtime.poller import READ, WRITE

if TYPE_CHECKING:
    from server.realtime.engine import Engine
    from server.realtime.polling import Polled

READ_SIZE = 16_384
LINGER_S = 2
MOST_WAITING = 8  # messages read and not yet worked through; then the peer's bytes stay where they are

PING, CLOSE = frames.text("2"), "1"  # of Engine.IO
PROBE, PROBED, UPGRADE = "2probe", frames.text("3probe"), "5"
HARD = frozenset({"backlog", "flood", "ping_timeout"})  # reasons for which nobody waits for the peer to read a goodbye
CODES = {"left": frames.NORMAL, "failed": frames.SERVER_FAULT}  # others are closed for breaking our rules


class Unsent(NamedTuple):
    """A frame, or the rest of one, that waits for room; ``newest`` as in Message, "" once part of it is sent."""

    data: bytes
    newest: str


class Websocket(Peer):
    """A connection that is one websocket from its first byte on, or took over from polling.

    ``polled`` is the peer it speaks for after an upgrade; before it, while ``probing``, it carries nothing.
    """

    __slots__ = ("_counted", "_engine", "_reader", "_sock", "_unsent", "fd", "lingers", "pinged", "polled", "probing")

    def __init__(self, engine: Engine, sock: Any, sid: str, handshake: Handshake, polled: Polled | None) -> None:
        super().__init__(sid, handshake)
        self._engine, self._sock, self.fd = engine, sock, sock.fileno()
        self._reader = Reader()
        self._unsent: deque[Unsent] | None = None
        self._counted = 0  # frames before the last sweep
        self.pinged = False  # and has not answered
        self.lingers = False  # we are done; the peer may still read our goodbye
        self.polled, self.probing = polled, polled is not None

    # out

    def send(self, message: Message) -> None:
        """Write it, or as much of it as there is room for; the rest waits, up to a limit."""
        self.write(message.frame or message.framed(), message.newest)

    def write(self, data: bytes, newest: str = "") -> None:
        """Write a frame without blocking."""
        if self._unsent is not None:
            self._keep(Unsent(data, newest))
            return
        try:
            sent = self._sock.send(data)
            if sent == len(data):
                return
        except BlockingIOError:
            sent = 0
        except OSError:
            self.lost()
            return
        self._unsent = deque()
        self._keep(Unsent(data[sent:], "" if sent else newest))
        self._wait()

    def _keep(self, unsent: Unsent) -> None:
        assert self._unsent is not None
        if unsent.newest:
            self._unsent = deque(one for one in self._unsent if one.newest != unsent.newest)
        self._unsent.append(unsent)
        if self.unsent > protocol.LARGEST_BACKLOG:
            self.close("backlog")

    @property
    def unsent(self) -> int:
        """Bytes that wait for room."""
        return sum(len(one.data) for one in self._unsent or ())

    def _flush(self) -> None:
        while self._unsent:
            data = self._unsent[0].data
            try:
                sent = self._sock.send(data)
            except BlockingIOError:
                return
            except OSError:
                self.lost()
                return
            if sent == len(data):
                self._unsent.popleft()
            else:
                self._unsent[0] = Unsent(data[sent:], "")
        self._unsent = None
        self._wait()

    def _wait(self) -> None:
        """Wait for what matters now: bytes, unless too many messages of this peer wait; room, when something does."""
        waiting = (self.polled or self).inbox
        reads = 0 if waiting and len(waiting) > MOST_WAITING else READ
        if self.fd >= 0:
            self._engine.poller.wait_for(self.fd, reads | (WRITE if self._unsent else 0))

    def caught_up(self) -> None:
        """Read on."""
        peer = self.polled or self
        if peer.inbox is not None:
            peer.inbox = peer.inbox or None
            self._wait()

    # in

    def ready(self, events: int) -> None:
        """There is room to write, or something to read, be it the end."""
        if events & WRITE:
            self._flush()
        if events & ~WRITE and self.fd >= 0:
            self._read()

    def _read(self) -> None:
        try:
            data = self._sock.recv(READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self.lost()
        elif not self.lingers:
            self.feed(data)

    def feed(self, data: bytes) -> None:
        """Take bytes that came."""
        found = self._reader.feed(data)
        if self._reader.frames - self._counted > protocol.MOST_MESSAGES:
            self.close("flood")
        for frame in found:
            if self.closed or self.lingers:
                return
            if frame.kind == frames.TEXT:
                self._text(frame.text)
            else:
                self._other(frame)
        if (self.polled or self).inbox is not None:
            self._wait()

    def _text(self, text: str) -> None:
        kind = text[:1]
        if self.probing:
            self._probe(text)
        elif kind == packets.MESSAGE:
            self._engine.guard.message(self.polled or self, text[1:])
        elif kind == "3":
            self.pinged = False
        elif text == CLOSE:
            self.finish(frames.NORMAL)
        elif kind not in ("2", UPGRADE, "6"):
            self.close("malformed")

    def _probe(self, text: str) -> None:
        """The two steps by which a polling peer changes over."""
        assert self.polled is not None
        if text == PROBE and self.polled.probe():
            self.write(PROBED)
        elif text == UPGRADE and self.polled.upgrade(self):
            self.probing = False
        else:
            self.close("malformed")

    def _other(self, frame: Frame) -> None:
        if frame.kind == frames.PING:
            self.write(frames.frame(frames.PONG, frame.data))
        elif frame.kind == frames.CLOSE:
            self.finish(frame.code)
        elif frame.kind == frames.BROKEN:
            REFUSED.labels("malformed").inc()
            self.finish(frame.code)
        elif frame.kind == frames.BINARY:
            REFUSED.labels("malformed").inc()
            self.finish(frames.UNSUPPORTED)

    # the end

    def late(self) -> None:
        """By now it must have joined a namespace, or changed over."""
        if self.probing or not (self.polled or self).members:
            self.close("never_joined")

    def close(self, reason: str) -> None:
        """End it for a reason of ours."""
        if self.closed or self.lingers:
            return
        REFUSED.labels(reason).inc()
        if reason in HARD:
            self.lost()
        else:
            self.finish(CODES.get(reason, frames.POLICY))

    def finish(self, code: int) -> None:
        """Say goodbye and leave the peer two seconds to read it: closing over unread bytes would cut it off (RST)."""
        if self._unsent is not None:
            self.lost()
            return
        self._over()
        try:
            self._sock.send(frames.close(code))
            self._sock.shutdown(SHUT_WR)
        except OSError:
            self.lost()
        else:
            self.lingers = True
            self._engine.later(LINGER_S, self.lost)

    def lost(self) -> None:
        """Nothing more can be said or heard."""
        self._over()
        if self.fd >= 0:
            self._engine.forget(self)
            self.fd = -1
            with suppress(OSError):
                self._sock.close()
        self._unsent = None

    def _over(self) -> None:
        self.closed = True
        if self.polled is None:
            self._engine.guard.closed(self)
        elif self.probing:
            self.polled.unprobe()
        else:
            self.polled.over()

    def ping(self) -> None:
        """Ask for a sign of life; count frames anew."""
        self._counted = self._reader.frames
        if not self.probing and not self.lingers:
            self.pinged = True
            self.write(PING)
