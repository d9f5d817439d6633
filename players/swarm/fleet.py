"""The loop over all sockets of a fleet, and what became of its alerts."""

from __future__ import annotations

import heapq
import selectors
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

from players.swarm.faults import Fault, Faults
from players.swarm.line import Fetch, Line, Peer, Ways
from players.swarm.member import Member

BACK_MS = (1_000, 2_000)  # until a player comes back
FLAPS_MS = (3_000, 15_000)
SIP_MS, SIP_BYTES = 200, 512  # how a slow one reads
WELL = Faults()
FETCHES = 64  # at once: a fleet of one machine is not to starve itself


@dataclass(slots=True)
class Tally:
    """What was seen of one revision: members that painted it and whose proof was stored, ms to each."""

    begun: int
    painted: dict[int, int] = field(default_factory=dict)
    shown: dict[int, int] = field(default_factory=dict)


class Fleet:
    """Every member and its socket; ``rate`` is how many connect a second."""

    def __init__(self, server: str, tokens: Sequence[str], faults: Faults = WELL, seed: int = 0, rate: int = 500):
        parts = urlsplit(server)
        secure = ssl.create_default_context() if parts.scheme == "https" else None
        port = parts.port or (443 if secure else 80)
        self._begun = time.monotonic()
        self._random = Random(seed)
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self._selector = selectors.DefaultSelector()
        address = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)[0]
        self._ways = Ways(address[0], address[4], parts.netloc, secure, self._selector)
        self._lines: dict[int, Line] = {}
        self._fetching = 0
        self._to_fetch: list[Member] = []
        self.tallies: dict[tuple[str, int], Tally] = {}
        self.counts: Counter[str] = Counter()
        dealt = faults.dealt(len(tokens), seed)
        self.members = [self._member(n, token, dealt[n], seed) for n, token in enumerate(tokens)]
        for member in self.members:
            self.after(1_000 * member.number // rate, lambda one=member: self._connect(one))  # type: ignore[misc]

    def _member(self, number: int, token: str, fault: Fault, seed: int) -> Member:
        made = Member(number, token, fault, self.now, self.after, seed)
        made.watch, made.fetch = self._watch, lambda: self._fetch(made)
        return made

    # time

    def now(self) -> int:
        """Ms of a steady clock."""
        return int((time.monotonic() - self._begun) * 1_000)

    def after(self, ms: int, act: Callable[[], None]) -> None:
        """Have something happen in a while."""
        self._count += 1
        heapq.heappush(self._heap, (self.now() + ms, self._count, act))

    def turn(self, longest_ms: int = 100) -> None:
        """Do what is due, read what came."""
        while self._heap and self._heap[0][0] <= self.now():
            heapq.heappop(self._heap)[2]()
        wait = min(longest_ms, max(0, self._heap[0][0] - self.now()) if self._heap else longest_ms)
        for key, mask in self._selector.select(wait / 1_000):
            key.data(mask)

    def run(self, ms: int, until: Callable[[], bool] = lambda: False) -> bool:
        """Turn for so long, or until something holds; return whether it does."""
        end = self.now() + ms
        while self.now() < end and not until():
            self.turn()
        return until()

    def close(self) -> None:
        """Hang up everywhere."""
        self._to_fetch.clear()
        open_: list[Peer] = [*self._lines.values(), *(key.data.__self__ for key in self._selector.get_map().values())]
        for peer in open_:
            peer.close()
        self._selector.close()

    # sockets

    def _connect(self, member: Member) -> None:
        slow = member.fault is Fault.SLOW
        line = Line(self._ways, member, lambda: self._gone(member), self.after, (SIP_MS, SIP_BYTES) if slow else None)
        self._lines[member.number] = line
        self.counts["connects"] += 1
        if member.fault is Fault.FLAPPING:
            self.after(self._random.randint(*FLAPS_MS), line.close)
        line.open()

    def _gone(self, member: Member) -> None:
        self._lines.pop(member.number, None)
        self.counts["drops"] += 1
        self.after(self._random.randint(*BACK_MS), lambda: self._connect(member))

    def _fetch(self, member: Member) -> None:
        if self._fetching >= FETCHES:
            self._to_fetch.append(member)
            return
        self._fetching += 1
        self.counts["fetches"] += 1
        Fetch(self._ways, member, self._fetched).open()

    def _fetched(self, member: Member, version: str) -> None:
        self._fetching -= 1
        if version:
            member.fetched(version)
        if self._to_fetch:
            self._fetch(self._to_fetch.pop())

    # what is seen

    @property
    def welcome(self) -> int:
        """How many members stand in the server's favour: connected, and their hello answered."""
        return sum(member.welcome for member in self.members)

    def _watch(self, member: Member, event: str, told: dict[str, Any]) -> None:
        self.counts[event] += 1
        if event not in ("painted", "proved"):
            return
        tally = self.tallies.setdefault((told["id"], told["revision"]), Tally(self.now()))
        where = tally.painted if event == "painted" else tally.shown if told["event"] == "alert_shown" else None
        if where is not None:
            where.setdefault(member.number, self.now() - tally.begun)
