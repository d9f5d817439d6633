"""Who is connected: a peer, whatever carries its bytes, and its membership of namespaces and rooms."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from server.accounts.model import Identity
from server.realtime import frames, packets
from server.realtime.wirejson import Written


class Handshake(NamedTuple):
    """What of the HTTP request that opened a connection may count later; "" and None for headers not sent."""

    address: str
    host: str
    origin: str | None
    cookie: str

    @classmethod
    def of(cls, environ: dict[str, Any]) -> Handshake:
        """What a WSGI environment holds of it."""
        address, host = environ.get("REMOTE_ADDR", ""), environ.get("HTTP_HOST", "")
        return cls(address, host, environ.get("HTTP_ORIGIN"), environ.get("HTTP_COOKIE", ""))

    def environ(self) -> dict[str, Any]:
        """The same as a WSGI environment."""
        environ = {"REMOTE_ADDR": self.address, "HTTP_HOST": self.host, "HTTP_COOKIE": self.cookie}
        return environ if self.origin is None else {**environ, "HTTP_ORIGIN": self.origin}


class Message:
    """A Socket.IO packet on its way to many: encoded once, framed once.

    ``newest`` is "" or names what it is the state of: a newer message of that name takes the place of one unsent.
    """

    __slots__ = ("frame", "newest", "parcel", "text")

    def __init__(self, text: str, newest: str = "") -> None:
        self.text, self.newest = text, newest
        self.frame = b""  # made by the first websocket it goes to
        self.parcel: Any = None  # made by the first polling peer it goes to

    def framed(self) -> bytes:
        """Make the frame."""
        self.frame = frames.text(packets.MESSAGE + self.text)
        return self.frame


class Peer:
    """A connection as the guard and the rooms see it; subclasses carry the bytes."""

    __slots__ = ("busy", "closed", "handshake", "inbox", "members", "refusals", "sid")

    def __init__(self, sid: str, handshake: Handshake) -> None:
        self.sid, self.handshake = sid, handshake
        self.members: tuple[Member, ...] = ()
        self.busy, self.closed = False, False  # busy: something it asked is being worked on; the rest waits
        self.inbox: deque[str] | None = None
        self.refusals = 0

    def member(self, namespace: str) -> Member | None:
        """Its membership of a namespace, if it has joined."""
        for member in self.members:
            if member.namespace == namespace:
                return member
        return None

    def say(self, text: str) -> None:
        """Send a Socket.IO packet to this peer alone."""
        self.send(Message(text))

    def send(self, message: Message) -> None:
        """Send what others are sent too; never waits, never raises."""
        raise NotImplementedError

    def close(self, reason: str) -> None:
        """End the connection without waiting for it; ``reason`` is counted."""
        raise NotImplementedError

    def caught_up(self) -> None:
        """What it asked is answered."""


class Member:
    """A peer in a namespace, known there by ``sid``."""

    __slots__ = ("namespace", "peer", "rooms", "sid", "who")

    def __init__(self, peer: Peer, namespace: str, sid: str, who: Identity, rooms: tuple[str, ...]) -> None:
        self.peer, self.namespace, self.sid = peer, namespace, sid
        self.who, self.rooms = who, rooms


class Ask:
    """Something a peer asked and is to be answered once; ``name`` is the event's, "" for a join."""

    __slots__ = ("_done", "id", "member", "name", "namespace", "peer", "told")

    def __init__(
        self, peer: Peer, packet: packets.Packet, member: Member | None, done: Callable[[Ask], None] | None = None
    ) -> None:
        self.peer, self.member, self._done = peer, member, done
        self.namespace, self.id = packet.namespace, packet.id
        self.name: str
        self.told: dict[str, Any]
        self.name, self.told = packet.data if packet.kind == packets.EVENT else ("", packet.data or {})

    @property
    def who(self) -> Identity:
        """The identity its membership was given for."""
        assert self.member is not None
        return self.member.who

    def answer(self, told: Written | dict[str, Any]) -> None:
        """Acknowledge; whoever has left meanwhile is told nothing."""
        member, self.member = self.member, None
        if member is not None and self.id is not None and member in self.peer.members:
            self.peer.say(packets.ack(self.namespace, self.id, told))
        if self._done is not None:
            self._done(self)
