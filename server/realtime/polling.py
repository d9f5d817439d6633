"""Peers on long polling, which the socket library serves; only well-formed frames of theirs come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engineio.packet import MESSAGE, NOOP
from engineio.packet import Packet as Parcel

from server.realtime import protocol
from server.realtime.guard import REFUSED, Guard
from server.realtime.peers import Handshake, Message, Peer

if TYPE_CHECKING:
    from server.realtime.websocket import Websocket

FRAME_TYPES = frozenset("123456")  # what a peer may send: close ping pong message upgrade noop
SEPARATOR = "\x1e"


def well_formed(frame: Any) -> bool:
    """Whether an Engine.IO frame is text of a known type; nothing binary is ever sent to us."""
    return isinstance(frame, str) and frame[:1] in FRAME_TYPES and frame != ""


class Polled(Peer):
    """A peer whose bytes the library carries."""

    __slots__ = ("_end", "_server", "websocket")

    def __init__(self, server: Any, sid: str, handshake: Handshake, end: Callable[[str], None]) -> None:
        super().__init__(sid, handshake)
        self._server, self._end = server, end
        self.websocket: Websocket | None = None  # once it has changed over

    def send(self, message: Message) -> None:
        """Put it where the next poll finds it, or on the websocket it has now."""
        if self.websocket is not None:
            self.websocket.send(message)
            return
        message.parcel = message.parcel or Parcel(MESSAGE, message.text)
        self._server._send_eio_packet(self.sid, message.parcel)

    def close(self, reason: str) -> None:
        """End the session."""
        if self.closed:
            return
        if self.websocket is not None:
            self.websocket.close(reason)
            return
        self.closed = True
        REFUSED.labels(reason).inc()
        self._end(self.sid)

    def caught_up(self) -> None:
        """Read on, when it has a websocket."""
        if self.websocket is not None:
            self.websocket.caught_up()

    # changing over to a websocket

    def may_upgrade(self) -> bool:
        """Whether it is an open session on polling, not already about to change over."""
        socket = self._socket()
        return socket is not None and socket.connected and not socket.upgrading

    def probe(self) -> bool:
        """The websocket answers: hold back what goes out, end the poll that hangs; False when it is too late."""
        socket = self._socket()
        if socket is None:
            return False
        socket.upgrading = True
        socket.queue.put(Parcel(NOOP))
        return True

    def unprobe(self) -> None:
        """The websocket came to nothing; polling goes on."""
        socket = self._socket()
        if socket is not None:
            socket.upgrading = False

    def upgrade(self, websocket: Websocket) -> bool:
        """Take the session out of the library's hands: what waits there and all that follows goes to the websocket."""
        socket = self._socket()
        if socket is None or not socket.upgrading:
            return False
        self._server.eio.sockets.pop(self.sid)
        socket.upgraded, socket.closed, self.websocket = True, True, websocket
        while not socket.queue.empty():
            parcel = socket.queue.get(block=False)
            if parcel is not None and parcel.packet_type == MESSAGE:
                websocket.send(Message(parcel.data))
        socket.queue.put(None)
        return True

    def over(self) -> None:
        """The websocket it changed over to has ended."""
        self._end(self.sid)

    def _socket(self) -> Any:
        socket = self._server.eio.sockets.get(self.sid)
        return None if socket is None or socket.closed else socket


class Polling:
    """Takes the library's events where they come out of its transport, before it would act on them itself."""

    def __init__(self, server: Any, guard: Guard) -> None:
        self._server, self._guard, self.library = server, guard, server.eio
        self.peers: dict[str, Polled] = {}
        server._handle_eio_connect, server._handle_eio_message = self.opened, self.message
        server._handle_eio_disconnect = self.closed
        for event, handler in (("connect", self.opened), ("message", self.message), ("disconnect", self.closed)):
            server.eio.on(event, handler)

    def opened(self, eio_sid: str, environ: dict[str, Any]) -> None:
        """A peer is there; it has five seconds to join a namespace."""
        self.peers[eio_sid] = Polled(self._server, eio_sid, Handshake.of(environ), self._end)
        if eio_sid in self._server.eio.sockets:
            self._server.start_background_task(self._expect_joined, eio_sid)

    def _expect_joined(self, eio_sid: str) -> None:
        self._server.sleep(protocol.CONNECT_S)
        peer = self.peers.get(eio_sid)
        if peer is not None and not peer.members:
            peer.close("never_joined")

    def message(self, eio_sid: str, data: Any) -> None:
        """A peer sent something."""
        peer = self.peers.get(eio_sid)
        if peer is None:
            return
        if isinstance(data, str):
            self._guard.message(peer, data)
        else:
            peer.close("malformed")

    def closed(self, eio_sid: str, reason: str = "") -> None:
        """A peer is gone."""
        peer = self.peers.pop(eio_sid, None)
        if peer is not None:
            self._guard.closed(peer)

    def _end(self, eio_sid: str) -> None:
        socket = self._server.eio.sockets.get(eio_sid)
        if socket is None or socket.closed:
            self.closed(eio_sid)
        else:
            socket.close(wait=False, abort=True, reason=self._server.eio.reason.SERVER_DISCONNECT)

    def close(self, eio_sid: str, reason: str) -> None:
        """End a peer's session."""
        peer = self.peers.get(eio_sid)
        if peer is not None:
            peer.close(reason)

    def stands(self, eio_sid: str) -> bool:
        """Whether a session is open; the library fails on a frame for one that has just closed."""
        socket = self._server.eio.sockets.get(eio_sid)
        return socket is not None and not socket.closed

    def sweep(self) -> None:
        """End those who do not fetch what they are sent."""
        for eio_sid, socket in list(self._server.eio.sockets.items()):
            if socket.queue.qsize() > protocol.LARGEST_QUEUE:
                self.close(eio_sid, "backlog")
