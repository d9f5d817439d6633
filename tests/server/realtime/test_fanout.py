"""The way out: who hears what, encoded once, with other nodes coming in at the same place."""

from __future__ import annotations

from typing import Any

from socketio import PubSubManager, Server

from server.accounts.model import Identity
from server.realtime import protocol, wirejson
from server.realtime.fanout import Fanout
from server.realtime.peers import Handshake, Member, Message, Peer
from server.realtime.rooms import Rooms

HANDSHAKE = Handshake("192.0.2.1", "paoma", None, "")


class Heard(Peer):
    """A peer that keeps what it is sent."""

    __slots__ = ("got",)

    def __init__(self, sid: str) -> None:
        super().__init__(sid, HANDSHAKE)
        self.got: list[Message] = []

    def send(self, message: Message) -> None:
        self.got.append(message)


def player(rooms: Rooms, screen: str, name: str) -> Heard:
    peer, who = Heard(f"e-{name}"), Identity("o1", "player", name, "player", screen=screen)
    rooms.add(Member(peer, "/player", f"s-{name}", who, (protocol.screen_room(screen), protocol.player_room(name))))
    return peer


def made(rooms: Rooms) -> Fanout:
    return Fanout(Server(async_mode="threading", client_manager=rooms, json=wirejson), rooms)


def texts(peer: Heard) -> list[str]:
    return [message.text for message in peer.got]


def test_a_screens_players_hear_their_own_state_and_no_other() -> None:
    rooms = Rooms()
    first, second, other = player(rooms, "a", "1"), player(rooms, "a", "2"), player(rooms, "b", "3")
    sent = made(rooms).states("alerts_changed", {'{"alerts":[1]}': ["a"], '{"alerts":[]}': ["b", "nobody there"]})
    assert sent == 3
    assert texts(first) == texts(second) == ['2/player,["alerts_changed",{"alerts":[1]}]']
    assert texts(other) == ['2/player,["alerts_changed",{"alerts":[]}]']


def test_a_state_goes_out_as_one_and_the_same_message_that_knows_what_it_replaces() -> None:
    rooms = Rooms()
    peers = [player(rooms, f"s{n}", f"p{n}") for n in range(3)]
    made(rooms).states("alerts_changed", {"{}": ["s0", "s1", "s2"]})
    assert len({id(peer.got[0]) for peer in peers}) == 1
    assert peers[0].got[0].newest == "alerts_changed"


def test_what_is_told_a_room_is_heard_by_it_alone_and_in_chinese() -> None:
    rooms = Rooms()
    inside, outside = player(rooms, "a", "1"), player(rooms, "b", "2")
    made(rooms).tell("/player", protocol.screen_room("a"), "command", {"kind": "东门"})
    assert texts(inside) == ['2/player,["command",{"kind":"东门"}]']
    assert texts(outside) == []


def test_whoever_left_hears_nothing_and_leaves_no_room_behind() -> None:
    rooms = Rooms()
    gone, stays = player(rooms, "a", "1"), player(rooms, "a", "2")
    rooms.remove(gone.members[0])
    made(rooms).tell("/player", protocol.screen_room("a"), "command", {})
    assert (texts(gone), len(texts(stays)), gone.members) == ([], 1, ())
    rooms.remove(stays.members[0])
    assert (rooms.rooms_of("/player"), rooms.everybody("/player")) == ({}, ())


class Wire(PubSubManager):  # type: ignore[misc]
    """Two nodes' messages on one list, as Redis would carry them."""

    carried: list[Any] = []  # noqa: RUF012 - shared on purpose

    def _publish(self, data: Any) -> None:
        self.carried.append(data)


class Shared(Wire, Rooms):
    """The rooms of a node that hears others."""


def test_what_another_node_tells_arrives_at_the_same_fan_out() -> None:
    here, there = Shared(), Shared()
    near, far = player(here, "a", "1"), player(there, "a", "2")
    made(there)
    made(here).tell("/player", protocol.screen_room("a"), "command", {"kind": "reload"})
    there._handle_emit(Wire.carried.pop())
    assert texts(near) == texts(far) == ['2/player,["command",{"kind":"reload"}]']
