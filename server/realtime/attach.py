"""Puts the sockets on the Flask application."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from random import shuffle
from typing import Any

import structlog
from flask import Flask
from flask_socketio import SocketIO

from server.db import UNREADY
from server.ids import new_id
from server.parts import Parts
from server.realtime import protocol, wirejson
from server.realtime.alerts import AlertRoad
from server.realtime.asks import Spawn
from server.realtime.desk import Desk, Identify, same_origin
from server.realtime.doorway import Doorway
from server.realtime.engine import Engine
from server.realtime.fanout import TELL, Fanout
from server.realtime.guard import Guard
from server.realtime.player import Players
from server.realtime.polling import Polling
from server.realtime.presence import Presence
from server.realtime.proofs import Proofs
from server.realtime.push import CLOSE, NOTICE, Push
from server.realtime.relay import Hear, Relay
from server.realtime.rooms import Rooms

log = structlog.get_logger(__name__)

EXTENSION = "paomadeng_realtime"


@dataclass(frozen=True, slots=True)
class Realtime:
    """What ``attach`` made; ``typesetting`` hears of progress, ``tick`` does what is done once a second."""

    socketio: SocketIO
    guard: Guard
    polling: Polling
    engine: Engine | None
    presence: Presence
    push: Push
    alerts: AlertRoad
    fanout: Fanout
    relay: Relay | None

    def typesetting(self, org: str, done: int, of: int) -> None:
        """Tell the desks how far a batch of renditions has come."""
        self.push.progress(org, {"work": "typesetting", "done": done, "of": of})

    def hand_over(self, seconds: float) -> None:
        """Send everybody here to another node, one after the other within ``seconds``."""
        everybody = [one for namespace in protocol.ASKED for one in self.guard.rooms.everybody(namespace)]
        shuffle(everybody)  # nosec B311 - only so that neighbours do not go together
        sleep: Any = self.socketio.sleep
        for member in everybody:
            member.peer.close("handed_over")
            sleep(seconds / len(everybody))

    def tick(self, second: int) -> None:
        """Alerts, then presence; every five seconds look for the silent and for those who do not read."""
        self.alerts.tick(second)
        self.presence.flush()
        if second % protocol.SWEEP_S == 0:
            self.presence.sweep()
            self.polling.sweep()
        self.push.tell_presences()


def attach(app: Flask, parts: Parts, identify: Identify) -> SocketIO:
    """Return the SocketIO of ``app``; ``identify`` gives the identity behind a handshake's cookies, or None.

    Call it before proxies are believed (``Proxies`` goes outside), and ``start`` once the server is about to listen.
    """
    rooms, locale = Rooms(), parts.config.locale
    socketio: Any = _socketio(app, parts, rooms)
    server = socketio.server
    spawn, sleep = _greenlets(server)
    guard, presence = Guard(rooms, spawn, sleep, locale), Presence(parts)
    polling = Polling(server, guard)
    engine = _engine(server, guard, polling, parts.config.public_url)
    fanout = Fanout(rooms)
    push = Push(fanout, guard, parts)
    alerts = AlertRoad(push, parts, spawn, sleep)
    Players(guard, parts, presence, alerts, Proofs(alerts.store, spawn, sleep, locale))
    Desk(guard, identify, parts.config.public_url)
    push.subscribe()
    alerts.subscribe()
    relay = _relay(parts.config.redis_url, fanout, guard, alerts)
    app.wsgi_app = Doorway(app.wsgi_app, polling, engine)  # type: ignore[method-assign]
    app.extensions[EXTENSION] = Realtime(socketio, guard, polling, engine, presence, push, alerts, fanout, relay)
    sockets: SocketIO = socketio
    return sockets


def _relay(url: str, fanout: Fanout, guard: Guard, alerts: AlertRoad) -> Relay | None:
    """What lies between this node and the others, where there are others."""
    if not url:
        return None
    hears: dict[str, Hear] = {TELL: fanout.pass_on, CLOSE: guard.close_room, NOTICE: alerts.notice}
    relay = Relay(url, new_id("n"), hears, came_back=alerts.notice)
    fanout.others = relay
    return relay


def _engine(server: Any, guard: Guard, polling: Polling, public_url: str) -> Engine | None:
    """What serves the websockets, where there is a hub to serve them from."""
    if server.eio.async_mode != "gevent":
        return None
    from gevent import get_hub

    return Engine(get_hub(), guard, polling, lambda origin, environ: same_origin(origin, environ, public_url))


def _greenlets(server: Any) -> tuple[Spawn, Callable[[float], None]]:
    """How to run something soon, and how to wait there; in tests without gevent both are done at once."""
    if server.eio.async_mode == "gevent":
        return server.start_background_task, server.sleep
    return lambda work: work(), lambda seconds: None


def start(app: Flask) -> None:
    """Begin at nobody online, then tick every second for as long as the process lives."""
    realtime: Realtime = app.extensions[EXTENSION]
    realtime.guard.rooms.initialize()
    realtime.presence.nobody()
    realtime.alerts.begin()
    if realtime.engine is not None:
        realtime.engine.start()
    if realtime.relay is not None:
        realtime.relay.start()
    realtime.socketio.start_background_task(_ticking, realtime)


def _ticking(realtime: Realtime) -> None:
    second = 0
    while True:
        realtime.socketio.sleep(1)
        second += 1
        try:
            realtime.tick(second)
        except UNREADY as error:
            log.warning("tick_waits", why=str(error)[:300])
        except Exception:
            log.exception("tick_failed")


def _socketio(app: Flask, parts: Parts, rooms: Rooms) -> SocketIO:
    public_url = parts.config.public_url

    def allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        return same_origin(origin, environ, public_url)

    options: dict[str, Any] = {
        "async_mode": _mode(),
        "async_handlers": False,  # one peer's events one after another: its own reader is what it slows down
        "json": wirejson,
        "namespaces": list(protocol.ASKED),
        "cors_allowed_origins": allowed,
        "ping_interval": protocol.PING_INTERVAL_S,
        "ping_timeout": protocol.PING_TIMEOUT_S,
        "max_http_buffer_size": protocol.LARGEST_MESSAGE,
        "http_compression": False,
        "client_manager": rooms,
        "logger": _quiet("socketio"),
        "engineio_logger": _quiet("engineio"),
    }
    return SocketIO(app, **options)


def _quiet(name: str) -> logging.Logger:
    """A logger for errors only: at finer levels the libraries log every packet, device tokens included."""
    logger = logging.getLogger(f"paomadeng.{name}")
    logger.setLevel(logging.ERROR)
    return logger


def _mode() -> str:
    """Under gevent its greenlets; in tests without it, threads."""
    monkey = sys.modules.get("gevent.monkey")
    return "gevent" if monkey is not None and monkey.is_module_patched("threading") else "threading"
