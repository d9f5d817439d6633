"""All websockets of this node: taken over from HTTP, pinged by one sweeper, forgotten when they end."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import parse_qs

import prometheus_client
import structlog

from server.realtime import frames, handshake, protocol, wirejson
from server.realtime.guard import Guard
from server.realtime.peers import Handshake
from server.realtime.poller import Poller, poller
from server.realtime.polling import Polled, Polling
from server.realtime.websocket import Websocket

log = structlog.get_logger(__name__)

ROUND_S = protocol.PING_INTERVAL_S

SOCKETS = prometheus_client.Gauge("paomadeng_sockets", "Open connections", ["transport"])

Allowed = Callable[[str | None, dict[str, Any]], bool]


class Connection(Protocol):
    """What waits for bytes."""

    @property
    def fd(self) -> int:
        """Its file descriptor while it is watched."""

    def ready(self, events: int) -> None:
        """Something has come, be it the end."""

    def lost(self) -> None:
        """Close it."""


class Engine:
    """Serves every websocket from the hub itself, without a greenlet for any; ``tick`` once a second."""

    def __init__(self, hub: Any, guard: Guard, polling: Polling, allowed: Allowed) -> None:
        self._hub, self.guard, self._polling, self._allowed = hub, guard, polling, allowed
        self.poller: Poller = poller(hub, self._ready)
        self._open: dict[int, Connection] = {}
        self._rounds: list[set[Websocket]] = [set() for _ in range(ROUND_S)]
        self._due: dict[int, list[Callable[[], None]]] = {}
        self._second = 0
        SOCKETS.labels("websocket").set_function(lambda: sum(map(len, self._rounds)))
        SOCKETS.labels("polling").set_function(lambda: len(polling.peers))

    def start(self) -> None:
        """Tick from now on, in the hub, whatever else is going on."""
        self._timer = self._hub.loop.timer(1, 1)
        self._timer.start(self._tick)

    def _tick(self) -> None:
        try:
            self.tick()
        except Exception:
            log.exception("sweep_failed")

    def fault(self, environ: dict[str, Any]) -> str:
        """Why a request does not become a websocket, as a status line, or ""."""
        query = _query(environ.get("QUERY_STRING", ""))
        if query.get("transport") != ["websocket"] or not self._allowed(environ.get("HTTP_ORIGIN"), environ):
            return handshake.BAD
        if "sid" in query:
            polled = self._polled(query)
            if polled is None or not polled.may_upgrade():
                return handshake.BAD
        elif query.get("EIO") != ["4"]:
            return handshake.BAD
        return handshake.fault(environ)

    def take(self, sock: Any, environ: dict[str, Any], rest: bytes = b"") -> None:
        """Make a connection whose request has no fault a websocket of ours; ``rest`` came behind the request.

        ``sock`` is a plain, non-blocking ``_socket.socket``; from here on nobody else may touch it.
        """
        polled = self._polled(_query(environ.get("QUERY_STRING", "")))
        websocket = Websocket(self, sock, secrets.token_urlsafe(15), Handshake.of(environ), polled)
        self._rounds[websocket.fd % ROUND_S].add(websocket)
        self.later(protocol.CONNECT_S, websocket.late)
        self.watch(websocket)
        websocket.write(handshake.answer(environ) + (b"" if polled else _opening(websocket.sid)))
        if rest:
            websocket.feed(rest)

    def _polled(self, query: dict[str, list[str]]) -> Polled | None:
        return self._polling.peers.get(query.get("sid", [""])[0])

    def watch(self, connection: Connection) -> None:
        """Tell a connection when something has come."""
        self._open[connection.fd] = connection
        self.poller.add(connection.fd)

    def unwatch(self, connection: Connection) -> None:
        """Tell it no more; before it is closed."""
        if self._open.pop(connection.fd, None) is not None:
            self.poller.remove(connection.fd)

    def later(self, seconds: int, call: Callable[[], None]) -> None:
        """Call something after so many seconds."""
        self._due.setdefault(self._second + seconds, []).append(call)

    def _ready(self, fd: int, events: int) -> None:
        connection = self._open.get(fd)
        if connection is None:
            return
        try:
            connection.ready(events)
        except Exception:
            log.exception("connection_failed")
            connection.lost()

    def forget(self, websocket: Websocket) -> None:
        """It is about to be closed."""
        self.unwatch(websocket)
        self._rounds[websocket.fd % ROUND_S].discard(websocket)

    def tick(self) -> None:
        """Do what is due, cut off who left a ping unanswered, ping a tenth of all."""
        self._second += 1
        for call in self._due.pop(self._second, ()):
            call()
        for websocket in tuple(self._rounds[(self._second - protocol.PING_TIMEOUT_S) % ROUND_S]):
            if websocket.pinged:
                websocket.close("ping_timeout")
        for websocket in tuple(self._rounds[self._second % ROUND_S]):
            websocket.ping()


_query = lru_cache(64)(parse_qs)  # nearly all say the same

_TERMS = wirejson.dumps(
    {
        "upgrades": [],
        "pingTimeout": 1_000 * protocol.PING_TIMEOUT_S,
        "pingInterval": 1_000 * protocol.PING_INTERVAL_S,
        "maxPayload": protocol.LARGEST_MESSAGE,
    }
)


def _opening(sid: str) -> bytes:
    """Engine.IO's first word."""
    return frames.text(f'0{{"sid":"{sid}",{_TERMS[1:]}')
