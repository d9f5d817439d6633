"""The way out: who hears what, encoded once, with other nodes coming in at the same place."""

from __future__ import annotations

from server.accounts.model import Identity
from server.realtime import protocol
from server.realtime.fanout import TELL, Fanout
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
    return Fanout(rooms)


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


class Wire:
    """What is said to other nodes, kept."""

    is_well = True

    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []

    def say(self, do: str, *words: str) -> None:
        self.said.append((do, *words))


def test_another_node_sends_its_peers_what_was_encoded_here() -> None:
    here, there, wire = Rooms(), Rooms(), Wire()
    near, far = player(here, "a", "1"), player(there, "a", "2")
    telling, hearing = made(here), made(there)
    telling.others = wire
    telling.tell("/player", protocol.screen_room("a"), "command", {"kind": "reload"})
    ((do, *words),) = wire.said
    assert do == TELL
    hearing.pass_on(*words)
    assert texts(near) == texts(far) == ['2/player,["command",{"kind":"reload"}]']


def test_what_every_node_learns_by_itself_is_told_here_only() -> None:
    rooms, wire = Rooms(), Wire()
    near, telling = player(rooms, "a", "1"), made(rooms)
    telling.others = wire
    telling.tell_here("/player", protocol.screen_room("a"), "command", {})
    assert (len(texts(near)), wire.said) == (1, [])
