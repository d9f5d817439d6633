"""One node: the WSGI server, its sockets, the compiler and the jobs, until it is told to stop."""

from __future__ import annotations

import gc
import signal
import socket
import sys
from typing import Any

import gevent
import structlog
from gevent.pywsgi import WSGIServer

from server import jobs, lean, lock
from server.accounts import service as accounts
from server.app import create_app
from server.config import BadSetting, Config
from server.console import welcome
from server.parts import Parts
from server.programmes.compiler import Compiler
from server.realtime.attach import EXTENSION
from server.realtime.attach import start as start_sockets
from server.realtime.pywsgi import Handler
from server.start import prepare
from server.words import say

log = structlog.get_logger(__name__)
BACKLOG = 4096  # a storm of returning players overflows the usual 256

THREADS = 4  # each that sets type opens fonts of its own; more would only share the same two or four cores


def serve(parts: Parts) -> None:
    """Make the site ready and listen until SIGTERM or SIGINT; raise BadSetting when folder or port are taken.

    The folder is held before anything in it is touched: no server migrates under another.
    """
    config = parts.config
    holding = lock.take(config.data)
    if holding is None:
        raise BadSetting(say("start.other", config.locale, data=config.data))
    listener = _listen(config)
    lean.give_memory_back()
    gevent.get_hub().threadpool.maxsize = THREADS
    first = prepare(parts)
    app, _sockets = create_app(parts)
    compiler = Compiler(parts, tell=app.extensions[EXTENSION].typesetting)
    compiler.start()
    quiet: Any = _Quiet()
    server = WSGIServer(listener, app.wsgi_app, handler_class=Handler, log=None, error_log=quiet)
    start_sockets(app)
    server.start()
    print(welcome(config, accounts.owner_link(parts), first=first), flush=True)
    running = jobs.start(parts, compiler)
    gc.collect()
    gc.freeze()  # what stays for good need not be looked through again while thousands of sockets come and go
    stop = gevent.event.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stop.set)
    stop.wait()
    running.shutdown(wait=False)
    server.stop(timeout=2)
    parts.db.close()
    holding.close()


def _listen(config: Config) -> Any:
    from gevent.socket import socket as gevent_socket

    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = gevent_socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((config.host, config.port))
    except OSError as error:
        raise BadSetting(f"port = {config.port}: {error.strerror}; choose another with --port N") from error
    listener.listen(BACKLOG)
    return listener


class _Quiet:
    """The WSGI server's complaints about broken peers, as log lines."""

    def write(self, text: str) -> None:
        if text.strip() and "Traceback" in text:
            log.error("wsgi", text=text.strip()[-2000:])

    def flush(self) -> None:
        sys.stderr.flush()
