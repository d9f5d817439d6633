"""One node: the WSGI server, its sockets, the compiler and the jobs, until it is told to stop."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from typing import Any

import gevent
import structlog

from server import engines, jobs, lean
from server.accounts import service as accounts
from server.app import create_app
from server.claim import Claim
from server.config import BadSetting
from server.console import welcome
from server.mirror import Mirror
from server.nodes import Node
from server.parts import Parts
from server.programmes import handover
from server.programmes.compiler import Compiler
from server.realtime.attach import EXTENSION
from server.realtime.attach import start as start_sockets
from server.realtime.front import Front
from server.start import newer, prepare

log = structlog.get_logger(__name__)
HAND_OVER_S = 5.0  # in which players of a node that ends go to another one, not all at once
LINGER_S = 1.0  # in which lines that a proxy keeps open are used once more, for an answer that says it is the last
FINISH_S = 20.0  # in which requests that were taken are answered
THREADS = 4  # each that sets type opens fonts of its own; more would only share the same two or four cores


def serve(parts: Parts, taken: Claim, *, tells: bool = True) -> None:
    """Make the site ready and answer at the port ``taken`` until SIGTERM or SIGINT; ``tells`` where people find it."""
    config = parts.config
    lean.give_memory_back()
    lean.open_many()
    lean.take_turns()
    gevent.get_hub().threadpool.maxsize = THREADS
    first = prepare(parts)
    if engines.is_postgresql(config.url):
        parts.db.mirror = Mirror()
        jobs.copy_to_mirror(parts)
    app, _sockets = create_app(parts)
    compiler = Compiler(parts, tell=app.extensions[EXTENSION].typesetting)
    compiler.start()
    quiet: Any = _Quiet()
    server = Front(taken.listener, app.wsgi_app, app.extensions[EXTENSION].engine, log=None, error_log=quiet)
    start_sockets(app)
    taken.listen()
    server.start()
    if tells:
        print(welcome(config, accounts.owner_link(parts), first=first), flush=True)
    stop = gevent.event.Event()
    node = Node(parts, config.port, lambda: app.extensions[EXTENSION].fanout.others.is_well, stop.set)
    running = jobs.start(parts, compiler, node)
    lean.settle()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stop.set)
    stop.wait()
    running.shutdown(wait=False)
    server.close()
    if config.redis_url:
        app.extensions[EXTENSION].hand_over(HAND_OVER_S)
        gevent.sleep(LINGER_S)
    server.finish(FINISH_S if config.redis_url else LINGER_S)
    server.stop(timeout=2)
    with suppress(Exception):  # a database that is away must not keep it from ending
        handover.give(parts, compiler)
        node.leave()
    parts.db.close()
    taken.drop()
    if node.outgrown:
        raise BadSetting(newer(config, node.outgrown))


class _Quiet:
    """The WSGI server's complaints about broken peers, as log lines."""

    def write(self, text: str) -> None:
        if text.strip() and "Traceback" in text:
            log.error("wsgi", text=text.strip()[-2000:])

    def flush(self) -> None:
        sys.stderr.flush()
