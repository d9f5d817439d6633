"""The engine by hand: liveness, closing, asking, slow readers."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import REGISTRY
from werkzeug.middleware.proxy_fix import ProxyFix

from server.realtime import frames, protocol
from server.realtime.doorway import Doorway
from server.realtime.pywsgi import TAKE
from tests.server.realtime.by_hand import ENVIRON, Far, Site
from tests.server.realtime.test_frames import sent

PLENTY = "x" * 60_000
UPGRADE = {
    "REQUEST_METHOD": "GET", "PATH_INFO": "/socket.io/", "HTTP_UPGRADE": "websocket", "HTTP_CONNECTION": "upgrade",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
}  # fmt: skip


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    for end in made.ends:
        end.close()
    vars(made.engine.poller)["_epoll"].close()


def refused(reason: str) -> float:
    return REGISTRY.get_sample_value("paomadeng_socket_refused_total", {"reason": reason}) or 0.0


# liveness


def test_a_peer_is_pinged_every_ten_seconds_and_stays_as_long_as_it_answers(site: Site) -> None:
    peer, pings = site.dial("s1"), list[str]()
    for _ in range(30):
        site.tick(1)
        if came := peer.heard():
            pings += came
            peer.send("3")
    assert pings == ["2"] * 3
    assert not peer.is_over()


def test_a_peer_that_answers_no_ping_is_cut_off_five_seconds_later(site: Site) -> None:
    peer = site.dial("s1")
    for _ in range(10):
        site.tick(1)
        if peer.heard() == ["2"]:
            break
    site.tick(4)
    assert not peer.is_over()
    site.tick(1)
    assert peer.is_over()
    assert [member.who.screen for member in site.gone] == ["s1"]


def test_pings_are_spread_over_ten_seconds(site: Site) -> None:
    peers = [site.dial(f"s{n}") for n in range(20)]
    shares = []
    for _ in range(10):
        site.tick(1)
        shares.append(sum(peer.heard() == ["2"] for peer in peers))
    assert sum(shares) == 20
    assert max(shares) <= 4


def test_whoever_has_not_joined_after_five_seconds_is_told_goodbye(site: Site) -> None:
    idle, joined = site.dial(), site.dial("s1")
    site.tick(4)
    assert idle.frames() == [] or not idle.is_over()
    site.tick(1)
    assert frames.frame(*idle.frames()[-1]) == frames.close(frames.POLICY)
    assert idle.is_over()
    assert not joined.is_over()


def test_a_goodbye_nobody_answers_lasts_two_seconds(site: Site) -> None:
    peer = site.dial("s1")
    peer.websocket.close("revoked")
    assert peer.websocket.fd >= 0
    peer.send('42/player,1["hello",{}]')
    site.tick(2)
    assert peer.websocket.fd == -1
    assert peer.heard() == []


# closing


@pytest.mark.parametrize("code", [1000, 1001, 3000])
def test_a_close_is_answered_with_its_code(site: Site, code: int) -> None:
    peer = site.dial("s1")
    peer.raw(sent(frames.CLOSE, struct.pack("!H", code) + b"bye"))
    assert peer.frames() == [(frames.CLOSE, struct.pack("!H", code))]
    assert peer.is_over()
    assert len(site.gone) == 1


def test_a_close_without_a_code_is_answered_without_one(site: Site) -> None:
    peer = site.dial()
    peer.raw(sent(frames.CLOSE, b""))
    assert peer.frames() == [(frames.CLOSE, b"")]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"\x81\x00", 1002), (sent(frames.TEXT, b"\xff"), 1007), (b"\x81\xff" + struct.pack("!Q", 1 << 40), 1009),
     (sent(frames.BINARY, b"4"), 1003), (sent(frames.TEXT, b"nonsense"), 1008)],
)  # fmt: skip
def test_what_breaks_the_rules_is_told_which(site: Site, data: bytes, code: int) -> None:
    peer, before = site.dial("s1"), refused("malformed")
    peer.raw(data)
    assert peer.frames() == [(frames.CLOSE, struct.pack("!H", code))]
    assert peer.is_over()
    assert refused("malformed") == before + 1


def test_a_peer_that_hangs_up_is_forgotten(site: Site) -> None:
    peer = site.dial("s1")
    peer.far.close()
    site.hub.turn()
    assert site.rooms.everybody("/player") == ()
    assert vars(site.engine)["_open"] == {}
    assert not any(vars(site.engine)["_rounds"])


def test_leaving_the_last_namespace_ends_it(site: Site) -> None:
    peer = site.dial("s1")
    peer.send("41/player,")
    assert peer.frames() == [(frames.CLOSE, struct.pack("!H", 1000))]


def test_a_ping_of_the_peer_is_answered_between_fragments(site: Site) -> None:
    peer = site.dial("s1")
    peer.raw(sent(frames.TEXT, b'42/player,1["he', fin=False) + sent(frames.PING, b"here?"))
    assert peer.frames() == [(frames.PONG, b"here?")]
    peer.raw(sent(frames.CONTINUATION, b'llo",{}]'))
    assert peer.heard() == ['43/player,1[{"ok":true}]']


# asking


def test_one_ask_of_a_peer_is_worked_on_at_a_time_and_answers_keep_their_order(site: Site) -> None:
    peer = site.dial("s1")
    peer.send('42/player,1["beat",{}]', '42/player,2["hello",{}]', '42/player,3["beat",{}]')
    assert peer.heard() == []
    assert len(site.waiting) == 1
    site.waiting.pop().answer({"ok": True})
    assert peer.heard() == ['43/player,1[{"ok":true}]', '43/player,2[{"ok":true}]']
    assert len(site.waiting) == 1


def test_another_peer_does_not_wait_for_it(site: Site) -> None:
    slow, other = site.dial("s1"), site.dial("s2")
    slow.send('42/player,1["beat",{}]')
    other.send('42/player,1["hello",{}]')
    assert other.heard() == ['43/player,1[{"ok":true}]']


def test_a_peer_that_asks_on_is_not_read_until_its_first_ask_is_answered(site: Site) -> None:
    peer = site.dial("s1")
    peer.send('42/player,0["beat",{}]')
    for n in range(1, 60):
        peer.send(f'42/player,{n}["hello",{{}}]')
    inbox = peer.websocket.inbox
    assert inbox is not None
    assert len(inbox) < 20
    site.waiting.pop().answer({"ok": True})
    for _ in range(60):
        site.hub.turn()
    assert peer.heard() == [f'43/player,{n}[{{"ok":true}}]' for n in range(60)]


def test_a_peer_that_sends_frames_without_end_is_cut_off(site: Site) -> None:
    peer, before = site.dial("s1"), refused("flood")
    peer.raw(sent(frames.PONG, b"") * (protocol.MOST_MESSAGES + 1))
    assert peer.is_over()
    assert refused("flood") == before + 1


def test_frames_are_counted_anew_with_every_ping(site: Site) -> None:
    peer = site.dial("s1")
    for _ in range(4):
        peer.raw(sent(frames.TEXT, b"3") * (protocol.MOST_MESSAGES // 2))
        for _ in range(10):
            site.tick(1)
            if peer.heard():
                peer.send("3")
    assert not peer.is_over()


def test_an_answer_to_one_who_left_goes_nowhere(site: Site) -> None:
    peer = site.dial("s1")
    peer.send('42/player,1["beat",{}]')
    peer.far.close()
    site.hub.turn()
    site.waiting.pop().answer({"ok": True})
    assert site.rooms.everybody("/player") == ()


def test_a_peer_whose_ask_takes_long_still_hears_what_is_told(site: Site) -> None:
    peer = site.dial("s1")
    peer.send('42/player,1["beat",{}]')
    site.fanout.states("alerts_changed", {"{}": ["s1"]})
    assert peer.heard() == ['42/player,["alerts_changed",{}]']


# from polling


def test_a_session_that_changed_over_is_forgotten_when_its_websocket_ends(site: Site) -> None:
    polled = site.poll("s1")
    peer = site.dial(sid=polled.sid)
    peer.send("2probe")
    peer.send("5")
    site.fanout.states("alerts_changed", {"{}": ["s1"]})
    assert peer.heard() == ["3probe", '42/player,["alerts_changed",{}]']
    peer.far.close()
    site.hub.turn()
    assert (site.polling.peers, [member.who.screen for member in site.gone]) == ({}, ["s1"])


def test_a_proxy_that_is_trusted_says_who_connects_and_to_which_host(site: Site) -> None:
    near, far = site.pair()
    forwarded = {"HTTP_X_FORWARDED_FOR": "192.0.2.77", "HTTP_X_FORWARDED_HOST": "signs.example"}
    environ: Any = {**ENVIRON, **UPGRADE, **forwarded, TAKE: lambda: (near, b"")}
    inside: Any = Doorway(lambda environ, start_response: [], site.polling, site.engine)
    outside: Any = ProxyFix(inside, x_for=1, x_host=1)
    assert outside(environ, None) == []
    (websocket,) = vars(site.engine)["_open"].values()
    assert (websocket.handshake.address, websocket.handshake.host) == ("192.0.2.77", "signs.example")
    far.close()


# slow readers


def fill(site: Site, peer: Far) -> int:
    """Tell a peer that does not read until something has to wait; return how many messages that took."""
    for n in range(1, 100):
        site.fanout.tell("/player", protocol.screen_room("s1"), "command", {"n": n, "x": PLENTY})
        if peer.websocket.unsent:
            return n
    raise AssertionError("the system's own buffers have no end")


def test_a_slow_reader_gets_everything_once_it_reads(site: Site) -> None:
    peer = site.dial("s1")
    told = fill(site, peer)
    site.fanout.tell("/player", protocol.screen_room("s1"), "command", {"n": 0})
    heard = peer.heard()
    assert [f'"n":{n}' in text for n, text in zip([*range(1, told + 1), 0], heard, strict=True)] == [True] * (told + 1)
    assert peer.websocket.unsent == 0


def test_whoever_does_not_read_is_dropped_at_256_kb_and_nobody_else_notices(site: Site) -> None:
    peer, other, before = site.dial("s1"), site.dial("s2"), refused("backlog")
    fill(site, peer)
    for _ in range(4):
        site.fanout.tell("/player", protocol.screen_room("s1"), "command", {"x": PLENTY})
        assert peer.websocket.unsent <= protocol.LARGEST_BACKLOG
    site.fanout.tell("/player", protocol.screen_room("s1"), "command", {"x": PLENTY})
    assert peer.websocket.fd == -1
    assert refused("backlog") == before + 1
    site.fanout.tell("/player", protocol.screen_room("s2"), "command", {"n": 1})
    assert other.heard() == ['42/player,["command",{"n":1}]']


def test_the_newest_state_takes_the_place_of_one_that_is_still_unsent(site: Site) -> None:
    peer = site.dial("s1")
    fill(site, peer)
    for n in range(20):
        site.fanout.states("alerts_changed", {f'{{"seq":{n},"x":"{PLENTY}"}}': ["s1"]})
        site.fanout.states("programme_published", {f'{{"version":{n}}}': ["s1"]})
    heard = peer.heard()
    assert [text[:40] for text in heard if "alerts_changed" in text] == [
        '42/player,["alerts_changed",{"seq":19,"x"'[:40]
    ]
    assert [text for text in heard if "programme" in text] == ['42/player,["programme_published",{"version":19}]']


def test_a_state_that_is_half_sent_is_finished_before_the_newer_one(site: Site) -> None:
    peer = site.dial("s1")
    told = 0
    while not peer.websocket.unsent:
        site.fanout.states("alerts_changed", {f'{{"seq":{told},"x":"{PLENTY}"}}': ["s1"]})
        told += 1
    site.fanout.states("alerts_changed", {'{"seq":"last"}': ["s1"]})
    heard = peer.heard()
    assert heard[-1] == '42/player,["alerts_changed",{"seq":"last"}]'
    assert len(heard) in (told, told + 1)


def test_one_who_is_gone_does_not_keep_the_message_from_the_others(site: Site) -> None:
    peers = [site.dial(f"s{n}") for n in range(3)]
    peers[1].far.close()
    site.fanout.states("alerts_changed", {"{}": ["s0", "s1", "s2"]})
    assert [peer.heard() for peer in (peers[0], peers[2])] == [['42/player,["alerts_changed",{}]']] * 2
    assert len(site.gone) == 1


# size


def test_a_player_is_made_of_small_objects(site: Site) -> None:
    peer = site.dial("s1")
    assert not hasattr(peer.websocket, "__dict__")
    assert not hasattr(peer.websocket.members[0], "__dict__")
    peer.send('42/player,1["hello",{}]')
    assert (peer.websocket.inbox, peer.websocket.unsent) == (None, 0)
