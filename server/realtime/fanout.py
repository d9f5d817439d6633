"""The way out to many: a message is encoded and framed once, and nobody who reads slowly holds up another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from server.realtime import packets, protocol, wirejson
from server.realtime.peers import Message
from server.realtime.relay import Alone, Between
from server.realtime.rooms import Rooms

TELL = "tell"  # said to other nodes


class Fanout:
    """What ``push.py``, the only module that emits, speaks to.

    Delivery is at most once and a hint: whoever is not there, or is dropped for not reading, learns the state by the
    answer to its next ``hello`` or ``beat``. Neither method waits for a peer or raises because of one.
    """

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self.others: Between = Alone()

    def tell(self, namespace: str, room: str, event: str, payload: dict[str, Any]) -> None:
        """Send an event to everybody in a room, on every node."""
        text = self.tell_here(namespace, room, event, payload)
        self.others.say(TELL, namespace, room, text)

    def tell_here(self, namespace: str, room: str, event: str, payload: dict[str, Any]) -> str:
        """Send an event to everybody in a room of this node; return the packet."""
        text = packets.event(namespace, event, wirejson.dumps(payload))
        self.pass_on(namespace, room, text)
        return text

    def pass_on(self, namespace: str, room: str, text: str) -> None:
        """Send a packet, as another node encoded it, to everybody in a room of this node."""
        self._rooms.send(namespace, room, Message(text))

    def states(self, event: str, groups: Mapping[str, Iterable[str]]) -> int:
        """Send the players of screens the newest state of something; return to how many players of this node.

        ``groups`` maps a payload, as JSON text (``wirejson.dumps``), to the ids of the screens it is for, each screen
        once: ``states(protocol.ALERTS_CHANGED, {live_set_as_json: [screen, ...]})``. For a player that still
        has an older state of the same ``event`` unsent, the newer one takes its place.
        """
        sent, rooms, room_of = 0, self._rooms.rooms_of(protocol.PLAYER), protocol.screen_room
        for payload, screens in groups.items():
            message = Message(packets.event(protocol.PLAYER, event, payload), newest=event)
            for screen in screens:
                for member in rooms.get(room_of(screen), ()):
                    member.peer.send(message)
                    sent += 1
        return sent

    def screens(self, orgs: Collection[str]) -> set[str]:
        """The screens of these organisations that have a player on this node."""
        return {one.who.screen for one in self._rooms.everybody(protocol.PLAYER) if one.who.org in orgs}

    def hears(self, namespace: str, room: str) -> bool:
        """Whether somebody of this node is in a room."""
        return bool(self._rooms.of(namespace, room))
