"""From node to node through Redis: what goes out to peers here goes out to those of every other node.

A hint like every push: while Redis is away nothing is kept for it. Each node reads the live alerts from the tables
every second, and players heal by their next beat.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import prometheus_client
import structlog

log = structlog.get_logger(__name__)

CHANNEL = "paomadeng"
MOST_WAITING = 10_000  # messages; the oldest are dropped first
BEAT_S = 1.0  # each node hears its own heart through Redis
DEAF_S = 3.0  # without a heartbeat for so long, the connection is taken for dead
AGAIN_S = 0.5
ANSWER_S = 1.0  # Redis is near; one that takes longer is away

AWAY = prometheus_client.Gauge("paomadeng_redis_away", "1 while messages between nodes are lost")
LOST = prometheus_client.Counter("paomadeng_redis_lost_total", "Messages for other nodes that were not delivered")

Hear = Callable[..., None]


class Between(Protocol):
    """What lies between the nodes."""

    def say(self, do: str, *words: str) -> None:
        """Have every other node do something; never waits and never raises."""

    @property
    def is_well(self) -> bool:
        """Whether others hear."""


class Alone:
    """There is no other node."""

    is_well = True

    def say(self, do: str, *words: str) -> None:
        """Nobody hears."""


class Relay:
    """Speaks to the other nodes and hears them: ``hears[do]`` is called with the words of a message."""

    def __init__(self, url: str, node: str, hears: dict[str, Hear], came_back: Callable[[], None]) -> None:
        import redis  # an extra

        self._error, self._node, self._hears, self._came_back = redis.RedisError, node, hears, came_back
        again: dict[str, Any] = {"retry": None, "retry_on_error": []}
        self._client = redis.Redis.from_url(
            url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S, decode_responses=True, **again
        )
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._away = False

    def start(self) -> None:
        """Speak and listen in two greenlets for as long as the process lives."""
        import gevent
        from gevent.event import Event

        self._gevent, self._word = gevent, Event()
        gevent.spawn(self._forever, self._speak)
        gevent.spawn(self._forever, self._listen)

    @property
    def is_well(self) -> bool:
        """Whether this node hears itself through Redis."""
        return not self._away

    def say(self, do: str, *words: str) -> None:
        """Have every other node do something; never waits and never raises."""
        if self._away:
            LOST.inc()
            return
        self._waiting.append(json.dumps([self._node, do, *words], ensure_ascii=False))
        self._word.set()

    def _forever(self, work: Callable[[], None]) -> None:
        while True:
            try:
                work()
            except (self._error, OSError) as error:
                self._lost(f"{type(error).__name__}: {error}")
            except Exception:
                log.exception("relay_failed")
            self._gevent.sleep(AGAIN_S)

    def _lost(self, why: str) -> None:
        LOST.inc(len(self._waiting))
        self._waiting.clear()
        if not self._away:
            self._away = True
            AWAY.set(1)
            log.error("redis_away", why=why)

    def _speak(self) -> None:
        while True:
            self._client.publish(CHANNEL, json.dumps([self._node, "beat"]))
            self._word.wait(BEAT_S)
            self._word.clear()
            while self._waiting:
                self._client.publish(CHANNEL, self._waiting.popleft())

    def _listen(self) -> None:
        """Listen for as long as this node hears at least its own heart."""
        ears: Any = self._client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        with ears:
            ears.subscribe(CHANNEL)
            heard = time.monotonic()
            while time.monotonic() - heard < DEAF_S:
                told = ears.get_message(timeout=BEAT_S)
                if told is not None and self._take(json.loads(told["data"])):
                    heard = time.monotonic()
        raise OSError(f"not even its own heart was heard for {DEAF_S:.0f} s")

    def _take(self, told: list[str]) -> bool:
        node, do, *words = told
        if node == self._node:
            self._found()
            return True
        if do in self._hears:
            try:
                self._hears[do](*words)
            except Exception:
                log.exception("relay_failed", do=do)
        return False

    def _found(self) -> None:
        if self._away:
            self._away = False
            AWAY.set(0)
            log.warning("redis_back")
            self._came_back()
