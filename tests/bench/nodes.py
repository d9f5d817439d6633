"""One, two and three nodes behind nginx, beside the limit: what an alert to N players takes, costs, and survives.

``python -m tests.bench.nodes [--players 1000,4000] [--nodes 1,2,3] [--rounds 10]``. Real nginx, PostgreSQL that waits
for its disk, Redis; the crowd of ``tests.bench.fanout`` comes through nginx. All share this machine's cores, so that
more nodes cannot be quicker here; what counts is the processor time of each part, from which ``docs/scaling.md``
reckons.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
import requests

from tests.bench.fanout.contenders import PLAYER, SHOWN, UPGRADE, Contender, _line, _say
from tests.bench.fleet import fill
from tests.nginx import Nginx
from tests.postgres import PostgreSQL, postgresql
from tests.server.redis_here import Redis, redis_in
from tests.server.together.node import Node
from tests.site import Site, free_port

ORDER = {
    "status": "exercise", "severity": "severe", "instruction": "到东门广场集合", "targets": {"all": True},
    "presentation": "takeover", "expires_in_s": 600,
}  # fmt: skip
WAIT_S = 60
PARTS = ("nodes", "nginx", "postgresql", "redis")


@dataclass
class Group:
    """So many nodes and what lies before and beneath them."""

    front: Nginx
    nodes: list[Node]
    database: PostgreSQL
    url: str
    redis: Redis
    callers: list[requests.Session] = field(default_factory=list)

    def used(self) -> dict[str, float]:
        """Seconds of processor of each part so far."""
        roots = {
            "nodes": [one.site.process.pid for one in self.nodes if one.site.process],
            "nginx": [self.front.process.pid] if self.front.process else [],
            "postgresql": [self.database.process.pid] if self.database.process else [],
            "redis": [self.redis.process.pid] if self.redis.process else [],
        }  # fmt: skip
        return {part: sum(map(_used, pids)) for part, pids in roots.items()}

    def issue(self, headline: str) -> str:
        """Issue an alert to everybody through nginx; return its id, or "" when that failed.

        Each is somebody else's: nobody may issue one after another without end.
        """
        self.callers.append(self.callers.pop(0))
        with suppress(requests.RequestException):
            answer = self.callers[0].post(
                f"{self.front.url}/api/v1/alerts", json=ORDER | {"headline": headline}, timeout=30
            )
            if answer.status_code not in (201, 502, 503):
                raise RuntimeError(answer.text)
            return str(answer.json()["id"]) if answer.status_code == 201 else ""
        return ""

    def clear(self, alert: str) -> None:
        """End it, and let what follows settle."""
        self.callers[0].post(f"{self.front.url}/api/v1/alerts/{alert}/clear", json={}, timeout=30)

    def proved(self, alert: str, count: int) -> float:
        """The monotonic instant at which the table holds proof of so many screens."""
        asked = "SELECT count(*) FROM deliveries WHERE alert = %s AND revision = 1 AND shown IS NOT NULL"
        with psycopg.connect(self.url, autocommit=True) as connection:
            end = time.monotonic() + WAIT_S
            while time.monotonic() < end:
                row = connection.execute(asked, (alert,)).fetchone()
                if row and row[0] >= count:
                    return time.monotonic()
                time.sleep(0.01)
        return float("nan")


def _used(pid: int) -> float:
    """Seconds of processor of a process, of those it waits for, and of its children that live."""
    total = 0.0
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        total = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        total += sum(_used(int(child)) for child in children)
    return total


@contextmanager
def group(count: int, players: int) -> Iterator[Group]:
    """So many nodes with so many screens, running."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        database = held.enter_context(postgresql(durable=True))
        redis = held.enter_context(redis_in(folder))
        url, data = database.bare(), folder / "data"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
        settings = {"PAOMADENG_DATA": str(data), "PAOMADENG_DATABASE_URL": url, "PAOMADENG_REDIS_URL": redis.url}
        fill(data, players, url)
        nodes = [Node(Site(data, free_port(), clean | settings), number) for number in range(count)]
        for node in nodes:
            node.start()
            held.callback(node.send, signal.SIGKILL)
        front = Nginx(folder, [f"127.0.0.1:{node.site.port}" for node in nodes])
        front.start()
        held.callback(front.kill)
        made = Group(front, nodes, database, url, redis)
        for number in range(30):
            caller = requests.Session()
            secret = nodes[0].site.run("token", "add", "--name", f"bench {number}", "--scopes", "*")
            caller.headers["Authorization"] = f"Bearer {secret}"
            made.callers.append(caller)
        yield made


@contextmanager
def crowd(port: int, players: int, steps: list[list[str]]) -> Iterator[tuple[Contender, dict[str, Any]]]:
    """The players, all in, and how that went."""
    one = Contender("crowd", lambda _: [], steps, reply=SHOWN, port=port)
    one.meet()
    try:
        yield one, one.connect(players)
    finally:
        one.crowd.kill()
        one.crowd.communicate()


@dataclass
class Figures:
    """Of one number of nodes: times in ms, processor in µs for each player and alert."""

    last: list[float] = field(default_factory=list)
    proved: list[float] = field(default_factory=list)
    cost: dict[str, float] = field(default_factory=dict)
    connects: float = 0.0
    connect_us: dict[str, float] = field(default_factory=dict)
    back: dict[str, float] = field(default_factory=dict)


def measure(count: int, players: int, rounds: int) -> Figures:
    """Everything of one number of nodes."""
    figures = Figures()
    with group(count, players) as held:
        before = held.used()
        with crowd(held.front.port, players, PLAYER) as (peers, met):
            took = (met["last"] - met["first"]) / 1e9
            assert met["ready"] == players, met
            figures.connects = players / took
            figures.connect_us = _each(held.used(), before, players)
            time.sleep(3)
            before = held.used()
            for number in range(rounds):
                _alert(held, peers, f"mark-{number}-", players, figures)
            figures.cost = _each(held.used(), before, players * rounds)
            _faults(held, peers, players, figures)
    return figures


def _alert(held: Group, peers: Contender, mark: str, players: int, figures: Figures) -> None:
    peers_hear(peers, mark)
    began = time.monotonic_ns()
    alert = held.issue(mark)
    told = heard(peers)
    assert len(told["stamps"]) == players, (len(told["stamps"]), mark)
    figures.last.append((max(told["stamps"]) - began) / 1e6)
    figures.proved.append((held.proved(alert, players) - began / 1e9) * 1e3)
    peers_hear(peers, '"cleared"')
    held.clear(alert)
    heard(peers)  # and proves the all-clear: who does not is made to come again
    time.sleep(0.5)


def peers_hear(peers: Contender, mark: str) -> None:
    """Let the crowd look for a mark from now on, and prove what it hears."""
    _say(peers.crowd, {"do": "hear", "mark": mark, "reply": SHOWN, "seconds": WAIT_S})
    time.sleep(0.1)


def heard(peers: Contender) -> dict[str, Any]:
    """What it heard."""
    return _line(peers.crowd)


def _each(now: dict[str, float], before: dict[str, float], by: int) -> dict[str, float]:
    return {part: (now[part] - before[part]) * 1e6 / by for part in PARTS}


def _faults(held: Group, peers: Contender, players: int, figures: Figures) -> None:
    """Seconds from each death until everybody is in again, or until an alert is stored again."""
    held.redis.send(signal.SIGKILL)
    began = time.monotonic_ns()
    peers_hear(peers, "deaf")
    alert = held.issue("deaf")
    stamps = heard(peers)["stamps"]
    assert len(stamps) >= players, len(stamps)  # some are told twice: pushed, and when their node looks again
    figures.back["alert while Redis is gone"] = (max(stamps) - began) / 1e9
    held.clear(alert)
    held.redis.start()

    held.database.send(signal.SIGQUIT)
    held.database.start()
    up = time.monotonic()
    while not (alert := held.issue("stored")):
        time.sleep(0.1)
    figures.back["PostgreSQL, to the next alert"] = time.monotonic() - up
    held.clear(alert)
    time.sleep(2)

    if len(held.nodes) > 1:
        held.nodes[-1].send(signal.SIGKILL)
        figures.back["a node, to everybody at the others"] = _again(peers, players)
        held.nodes[-1].start()
    held.front.kill()
    peers.ask({"do": "leave"})
    held.front.start()
    figures.back["nginx, to everybody in again"] = _again(peers, players)
    if len(held.nodes) == 1:
        held.nodes[0].send(signal.SIGKILL)
        peers.ask({"do": "leave"})
        held.nodes[0].start()
        figures.back["the node, to everybody in again"] = _again(peers, players)


def _again(peers: Contender, players: int) -> float:
    """Bring all in that are out; seconds until they are."""
    time.sleep(0.3)  # until the crowd has seen who is gone
    began = time.monotonic()
    met = peers.connect(players)
    assert met["ready"] >= players, met  # it does not know which of its numbers are out, and may bring a few in twice
    return time.monotonic() - began


def limit(players: int, rounds: int) -> list[float]:
    """Ms to the last of a bare epoll loop, by no proxy."""
    one = Contender(
        "limit",
        lambda port: [sys.executable, "-m", "tests.bench.fanout.limit", str(port)],
        [[UPGRADE, "\r\n\r\n"]],
        "x",
    )
    one.start()
    one.meet()
    try:
        one.connect(players)
        told = [one.fire(f"mark-{number}-", proof=False) for number in range(rounds)]
        return [(max(each["stamps"]) - each["began"]) / 1e6 for each in told]
    finally:
        one.end()


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--players", default="1000,4000")
    asked.add_argument("--nodes", default="1,2,3")
    asked.add_argument("--rounds", type=int, default=10)
    given = asked.parse_args()
    for players in map(int, given.players.split(",")):
        bare = median(limit(players, given.rounds))
        print(f"\n{players} players, {given.rounds} alerts, load {os.getloadavg()[0]:.1f}; the limit {bare:.1f} ms\n")
        print("| nodes | last ms | × limit | proved ms | connects/s | µs each: nodes | nginx | PostgreSQL | Redis |")
        print("|---" * 9 + "|")
        for count in map(int, given.nodes.split(",")):
            found = measure(count, players, given.rounds)
            cost = " | ".join(f"{found.cost[part]:.1f}" for part in PARTS)
            last, proved = median(found.last), median(found.proved)
            print(f"| {count} | {last:.0f} | {last / bare:.1f} | {proved:.0f} | {found.connects:.0f} | {cost} |")
            joins = ", ".join(f"{part} {us:.0f}" for part, us in found.connect_us.items())
            back = "; ".join(f"{name} {seconds:.2f} s" for name, seconds in found.back.items())
            print(f"<!-- joining, µs each: {joins}; back: {back} -->", flush=True)


if __name__ == "__main__":
    main()
