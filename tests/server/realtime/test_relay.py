"""From node to node through a real Redis, which is killed, held up, and locked against us."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.redis_here import Redis, redis_in

ROOT = Path(__file__).parents[3]
NODE = """
from gevent import monkey; monkey.patch_all()
import gevent, json, sys, structlog
from gevent.fileobject import FileObjectThread
from server.realtime.relay import Relay

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))

def told(*what):
    print(json.dumps(what), flush=True)

relay = Relay(sys.argv[1], sys.argv[2], {"tell": lambda *words: told("heard", *words), "break": lambda: 1 / 0},
              came_back=lambda: told("back"))
relay.start()
for line in FileObjectThread(sys.stdin.fileno(), "r"):
    words = json.loads(line)
    if words == ["well"]:  # whoever asks until it is so would fill both pipes otherwise, and each wait for the other
        gevent.sleep(0.01)
        told("well", relay.is_well)
    else:
        relay.say(*words)
"""


class Node:
    """A relay in a process of its own."""

    def __init__(self, url: str, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", NODE, url, name], cwd=ROOT, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def say(self, *words: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def next(self) -> list[Any]:
        assert self.process.stdout is not None
        return list(json.loads(self.process.stdout.readline()))

    def until_well(self, wanted: bool) -> None:
        """Ask until it says so; what else it says meanwhile is passed over."""
        while True:
            self.say("well")
            while (said := self.next())[0] != "well":
                pass
            if said[1] is wanted:
                return

    def heard(self) -> list[Any]:
        """The next words that are no greeting."""
        said = self.next()
        while said[0] != "heard" or said[1] == "hello":
            said = self.next()
        return said[1:]

    def until(self, *wanted: str) -> None:
        while self.next() != list(wanted):
            pass


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with redis_in(tmp_path) as made:
        yield made


@pytest.fixture
def pair(redis: Redis) -> Iterator[tuple[Node, Node]]:
    nodes = Node(redis.url, "n1"), Node(redis.url, "n2")
    greet(*nodes)
    yield nodes
    for node in nodes:
        node.process.kill()
        node.process.communicate()


def greet(one: Node, other: Node) -> None:
    """Until both hear each other: what was said before they listened is lost, as it may be."""
    for telling, hearing in ((one, other), (other, one)):
        telling.until_well(True)
        hearing.until_well(True)
        heard = False
        while not heard:
            telling.say("tell", "hello")
            hearing.say("well")
            while (said := hearing.next())[0] != "well":
                heard = heard or said[0] == "heard"


def test_what_one_node_says_the_others_hear_in_order_and_it_does_not(pair: tuple[Node, Node]) -> None:
    one, other = pair
    for number in range(50):
        one.say("tell", "安全生产", str(number))
    assert [other.heard() for _ in range(50)] == [["安全生产", str(number)] for number in range(50)]
    other.say("tell", "last")
    assert one.heard() == ["last"]


def test_what_cannot_be_done_or_is_not_known_does_not_end_the_listening(pair: tuple[Node, Node]) -> None:
    one, other = pair
    one.say("break")
    one.say("something of a newer version", "x")
    one.say("tell", "still here")
    assert other.heard() == ["still here"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "held up"])
def test_redis_away_is_noticed_costs_nothing_and_ends_with_a_look_at_the_tables(
    pair: tuple[Node, Node], redis: Redis, how: signal.Signals
) -> None:
    one, other = pair
    redis.send(how)
    one.until_well(False)
    other.until_well(False)
    one.say("tell", "lost")
    if how == signal.SIGSTOP:
        redis.send(signal.SIGCONT)
    else:
        redis.start()
    one.until("back")
    other.until("back")
    greet(one, other)


def test_a_redis_that_does_not_let_us_in_is_one_that_is_away(redis: Redis) -> None:
    node = Node(redis.url.replace("between", "wrong"), "n1")
    node.until_well(False)
    node.say("tell", "nobody")
    node.until_well(False)
    node.process.kill()
    node.process.communicate()
