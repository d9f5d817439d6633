"""Sends an engine packets and frames that are nearly right, as many as asked for, and sees that nobody else suffers.

``python -m tests.server.realtime.fuzz --packets 1000000 --seed 1`` prints what came of them as JSON. A packet is a
Socket.IO packet in a frame; one or the other is changed at random, and the bytes are cut anywhere. Nothing may raise or
be logged as a failure, and a bystander on the same engine is answered all the while.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random

import structlog.testing

from server.realtime import frames, protocol
from tests.server.realtime.by_hand import Far, Site, agree
from tests.server.realtime.test_frames import sent

GOOD = (
    '42/player,7["hello",{"nonce":"n1"}]', '42/player,8["beat",{"seq":3,"epoch":"e"}]', '42/player,["beat",{}]',
    '42/player,9["alert_shown",{"epoch":"e","id":"a","revision":1}]', '40/player,{"screen":"s1"}', "41/player,", "40",
    '42/desk,1["hello",{}]', '43/player,7[{"ok":true}]', "3", "2probe", "5", '42["connect",{},{"role":"admin"}]',
    '42/player,["plays_reported",{"plays":[]}]', "44/player,{}", "40/player,[1]",
    '452-/player,["hello",{"_placeholder":true,"num":0}]',
)  # fmt: skip
BITS = (
    "[", "]", "{", "}", '"', ",", "\\", "\\ud800", "\x00", "\u2028", "中", "٣", "9" * 20, "-1", "1e999", "NaN", "null",
    "/player", "/desk,", "/", "?", "4", "[" * 400, '"' * 9, "connect", "disconnect", "*", "__proto__", '{"a":' * 50,
)  # fmt: skip
KINDS = (frames.TEXT, frames.TEXT, frames.CONTINUATION, frames.BINARY, frames.CLOSE, frames.PING, frames.PONG, 3, 11)
ASKED_EVERY, TICK_EVERY = 500, 1_000  # packets


def packet(random: Random) -> str:
    """A packet, changed in up to three places or not at all."""
    text = random.choice(GOOD)
    for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
        text = random.choice(CHANGES)(random, text)
    return text


def _put(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(BITS) + text[at:]


def _cut(random: Random, text: str) -> str:
    return text[: random.randrange(len(text) + 1)]


def _drop(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + text[at + random.randrange(1, 5) :]


def _join(random: Random, text: str) -> str:
    return text + random.choice(GOOD)


def _turn(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + chr(random.choice((random.randrange(128), random.randrange(0xD800)))) + text[at + 1 :]


CHANGES: tuple[Callable[[Random, str], str], ...] = (_put, _cut, _drop, _join, _turn)


def framed(random: Random, text: str) -> bytes:
    """The packet in a frame, mostly a right one."""
    payload, mask, way = text.encode(), random.randbytes(4), random.randrange(10)
    if way == 0:
        kind, fin, reserved = random.choice(KINDS), random.random() < 0.7, random.choice((0, 0, 0, 1, 4))
        return sent(kind, payload, fin=fin, mask=mask, reserved=reserved)
    if way == 1:
        first, rest = payload[: len(payload) // 2], payload[len(payload) // 2 :]
        between = sent(frames.PING, b"x", mask=mask) if random.random() < 0.5 else b""
        return sent(frames.TEXT, first, fin=False, mask=mask) + between + sent(frames.CONTINUATION, rest, mask=mask)
    data = bytearray(sent(frames.TEXT, payload, mask=mask))
    if way == 2:
        data[random.randrange(len(data))] = random.randrange(256)
    if way == 3:
        del data[random.randrange(len(data)) :]
    return bytes(data)


class Fuzz:
    """One engine, a bystander, and one peer after another that misbehaves."""

    def __init__(self, seed: int) -> None:
        self.random, self.counts, self.wrong = Random(seed), Counter[str](), list[str]()
        self.site = Site()
        for event in protocol.ASKED[protocol.PLAYER] - {protocol.HELLO, protocol.BEAT}:
            self.site.guard.on_ask(protocol.PLAYER, event, agree)
        self.bystander = self.site.dial("s0")
        self.peer = self.site.dial("s1")

    def run(self, packets: int) -> None:
        """Send so many; what is logged meanwhile as a failure is wrong."""
        with structlog.testing.capture_logs() as logs:
            for number in range(packets):
                self._send()
                if number % TICK_EVERY == 0:
                    self.site.tick(1)
                    self.bystander.send("3")
                if number % ASKED_EVERY == 0:
                    self._ask(number)
                self.wrong += [str(one) for one in logs if one["log_level"] in ("error", "critical")]
                logs.clear()
        for end in (*self.site.ends, vars(self.site.engine.poller)["_epoll"]):
            end.close()

    def _send(self) -> None:
        random, peer = self.random, self.peer
        data = framed(random, packet(random))
        at = random.randrange(len(data) + 1) if random.random() < 0.2 else len(data)
        try:
            for piece in (data[:at], data[at:]):
                peer.raw(piece)
        except ConnectionError:
            self.counts["gone"] += 1
        if random.random() < 0.5:
            waiting, self.site.waiting[:] = list(self.site.waiting), []
            agree(waiting)
        self.counts["packets"] += 1
        self.counts["answered"] += bool(_drained(peer))
        if peer.is_over() or random.random() < 0.02:
            self._dial()

    def _dial(self) -> None:
        self.counts["connections"] += 1
        self.peer.far.close()
        self.site.hub.turn()
        self.site.waiting.clear()
        self.peer = self.site.dial("s1" if self.random.random() < 0.7 else "")
        self.site.ends[:] = [end for end in self.site.ends if end.fileno() >= 0]

    def _ask(self, number: int) -> None:
        """The bystander asks, and is answered."""
        self.bystander.send(f'42/player,{number}["hello",{{"nonce":"n"}}]')
        wanted = f'43/player,{number}[{{"ok":true}}]'
        if wanted not in self.bystander.heard():
            self.wrong.append(f"the bystander was not answered after {number} packets")


def _drained(peer: Far) -> int:
    """How many bytes came, which are thrown away."""
    size = 0
    with suppress(OSError):
        while came := peer.far.recv(1 << 16):
            size += len(came)
    return size


def main(arguments: list[str] | None = None) -> int:
    """Send as many as asked for; print what came of them as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.server.realtime.fuzz", description=__doc__)
    parser.add_argument("--packets", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    options = parser.parse_args(arguments)
    begun, fuzz = time.perf_counter(), Fuzz(options.seed)
    fuzz.run(options.packets)
    told = {"seed": options.seed, "seconds": round(time.perf_counter() - begun), "counts": fuzz.counts}
    print(json.dumps({**told, "wrong": fuzz.wrong[:20]}, ensure_ascii=False))
    return 1 if fuzz.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
