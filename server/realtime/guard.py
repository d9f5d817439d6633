"""Keeps hostile and broken peers away from the hub: whatever a peer sends is an event we know, a refusal or a close."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import prometheus_client
import structlog

from server.accounts.model import Identity
from server.errors import Malformed, NotFound, Problem, Unauthenticated
from server.problems import to_object
from server.realtime import packets, protocol
from server.realtime.answers import problem_object
from server.realtime.asks import Handle, Queue, Sleep, Spawn
from server.realtime.peers import Ask, Member, Peer
from server.realtime.rooms import Rooms

log = structlog.get_logger(__name__)

REFUSED = prometheus_client.Counter("paomadeng_socket_refused_total", "Refused events and closed sockets", ["reason"])

Note = Callable[[Ask], None]


@dataclass(frozen=True, slots=True)
class Door:
    """A namespace: what works on joins, who hears of leaving, what is asked in it and what is only noted."""

    joins: Queue
    gone: Callable[[Member], None]
    asked: dict[str, Queue]
    noted: dict[str, Note]


class Guard:
    """Speaks Socket.IO with every peer, whatever carries its bytes, and hands what it asks to the handlers.

    The library would run an application's own ``connect`` handler when a peer sends an event of that name, leave
    malformed and never-joining sockets open, and acknowledge unknown events; here each of them ends. One ask of a
    peer is worked on at a time; what it sends meanwhile waits.
    """

    def __init__(self, rooms: Rooms, spawn: Spawn, sleep: Sleep, locale: str) -> None:
        self.rooms, self._spawn, self._sleep, self._locale = rooms, spawn, sleep, locale
        self._doors: dict[str, Door] = {}

    def open_door(self, namespace: str, joins: Handle, gone: Callable[[Member], None]) -> None:
        """Let peers ask to join a namespace: ``joins`` calls ``admit`` or ``turn_away`` for each."""
        self._doors[namespace] = Door(Queue(joins, self._spawn, self._sleep), gone, {}, {})

    def on_ask(self, namespace: str, event: str, handle: Handle) -> None:
        """Have an event worked on in a queue of its own; ``handle`` answers every ask it is given."""
        self._doors[namespace].asked[event] = Queue(handle, self._spawn, self._sleep)

    def on_note(self, namespace: str, event: str, note: Note) -> None:
        """Have an event noted at once, in the hub: ``note`` never waits, and the answer may come much later."""
        self._doors[namespace].noted[event] = note

    # what peers do

    def message(self, peer: Peer, text: str) -> None:
        """A peer sent a Socket.IO packet: pass it on, refuse it with a problem, or close."""
        if peer.closed:
            return
        if peer.busy:
            self._later(peer, text)
            return
        try:
            packet = packets.read(text)
        except ValueError:
            peer.close("malformed")
            return
        try:
            self._act(peer, packet)
        except Exception:
            log.exception("socket_failed")
            peer.close("failed")

    def _later(self, peer: Peer, text: str) -> None:
        if peer.inbox is None:
            peer.inbox = deque()
        peer.inbox.append(text)
        if len(peer.inbox) > protocol.MOST_WAITING:
            peer.close("flood")

    def _act(self, peer: Peer, packet: packets.Packet) -> None:
        if packet.kind == packets.EVENT:
            self._event(peer, packet)
        elif packet.kind == packets.CONNECT:
            self._join(peer, packet)
        elif packet.kind == packets.DISCONNECT:
            self._leave(peer, packet.namespace)

    def closed(self, peer: Peer) -> None:
        """A peer's connection is over."""
        peer.closed, peer.inbox = True, None
        for member in peer.members:
            self._remove(member)

    def _join(self, peer: Peer, packet: packets.Packet) -> None:
        door = self._doors.get(packet.namespace)
        if peer.member(packet.namespace) is not None:
            peer.close("malformed")
        elif door is None:
            refusal = to_object(NotFound(detail="realtime.unknown_event", event=packet.namespace[:40]), self._locale)
            peer.say(packets.refused(packet.namespace, refusal))
        else:
            peer.busy = True
            door.joins.add(Ask(peer, packet, None, self._done))

    def _event(self, peer: Peer, packet: packets.Packet) -> None:
        member = peer.member(packet.namespace)
        if self._refuse(peer, packet, member):
            return
        door = self._doors[packet.namespace]
        note = door.noted.get(packet.data[0])
        if note is not None:
            note(Ask(peer, packet, member))
            return
        peer.busy = True
        door.asked[packet.data[0]].add(Ask(peer, packet, member, self._done))

    def _refuse(self, peer: Peer, packet: packets.Packet, member: Member | None) -> bool:
        """Whether the event is none of ours; then it is answered with a problem and counted."""
        name = packet.data[0]
        if name not in protocol.ASKED.get(packet.namespace, ()):
            reason = "reserved_event" if name in protocol.RESERVED else "unknown_event"
            problem: Problem = NotFound(detail="realtime.unknown_event", event=str(name)[:40])
        elif len(packet.data) != 2 or not isinstance(packet.data[1], dict):
            reason, problem = "bad_payload", Malformed(detail="realtime.one_object")
        elif member is None:
            reason, problem = "not_joined", Unauthenticated()
        else:
            return False
        REFUSED.labels(reason).inc()
        peer.refusals += 1
        if peer.refusals >= protocol.REFUSALS:
            peer.close("refusals")
        elif packet.id is not None and member is not None:
            peer.say(packets.ack(packet.namespace, packet.id, to_object(problem, self._locale)))
        return True

    def _leave(self, peer: Peer, namespace: str) -> None:
        member = peer.member(namespace)
        if member is not None:
            self._remove(member)
        if not peer.members:
            peer.close("left")

    def _remove(self, member: Member) -> None:
        self.rooms.remove(member)
        try:
            self._doors[member.namespace].gone(member)
        except Exception:
            log.exception("leaving_failed")

    # what handlers do

    def admit(self, ask: Ask, who: Identity, rooms: tuple[str, ...]) -> None:
        """Let a peer into the namespace it asked for; nothing reaches it before the answer to this."""
        if not ask.peer.closed:
            member = Member(ask.peer, ask.namespace, secrets.token_urlsafe(15), who, rooms)
            self.rooms.add(member)
            ask.peer.say(packets.joined(ask.namespace, member.sid))
        self._done(ask)

    def turn_away(self, ask: Ask, error: Exception) -> None:
        """Tell a peer that it is not let in, and why."""
        if not ask.peer.closed:
            ask.peer.say(packets.refused(ask.namespace, problem_object(error, self._locale)))
        self._done(ask)

    def refuse(self, ask: Ask, error: Exception) -> None:
        """Answer an ask with the problem; whose credential ended leaves the namespace."""
        member = ask.member
        ask.answer(problem_object(error, self._locale))
        if isinstance(error, Unauthenticated) and member is not None:
            ask.peer.say(packets.left(ask.namespace))
            self._leave(ask.peer, ask.namespace)

    def _done(self, ask: Ask) -> None:
        peer = ask.peer
        peer.busy = False
        while peer.inbox and not peer.busy and not peer.closed:
            self.message(peer, peer.inbox.popleft())
        peer.caught_up()

    def close_room(self, namespace: str, room: str, reason: str = "revoked") -> None:
        """End the connection of everybody in a room of this node; ``reason`` is counted."""
        for member in self.rooms.of(namespace, room):
            member.peer.close(reason)
