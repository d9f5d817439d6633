"""The listener: reads what opens a websocket by itself, in the hub, and gives every other connection to pywsgi."""

from __future__ import annotations

import socket
import time
from typing import Any

import gevent
import structlog
from gevent.monkey import get_original
from gevent.pywsgi import WSGIServer
from gevent.socket import socket as gevent_socket

from server.realtime import handshake
from server.realtime.engine import Engine
from server.realtime.pywsgi import TAKE, Handler

log = structlog.get_logger(__name__)

BEGINNING = b"GET /socket.io/?"
LONGEST_HEAD = 8_192
LOOK_S = 0.05
SILENT_S = 30  # a connection on which nothing was ever asked; browsers open some to have them ready


class Newcomer:
    """A connection of which nobody has read anything yet: its first bytes are looked at and left where they are."""

    __slots__ = ("_address", "_front", "_sock", "fd")

    def __init__(self, front: Front, sock: Any, address: Any) -> None:
        self._front, self._sock, self._address, self.fd = front, sock, address, sock.fileno()

    def look(self) -> bool:
        """Find out what it wants; False while it says nothing."""
        try:
            seen = self._sock.recv(LONGEST_HEAD, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            seen = b""
        head, end, _ = seen.partition(b"\r\n\r\n")
        if not seen:
            self.lost()
        elif not end or not head.startswith(BEGINNING) or not self._opens(head):
            self._front.by_http(self._given(), self._address)
        return True

    def _opens(self, head: bytes) -> bool:
        """Whether the request is one for a websocket; then it is answered, well or ill."""
        environ = handshake.read(head)
        if environ is None or not handshake.is_asked(environ):
            return False
        sock = self._given()
        try:
            sock.recv(len(head) + 4)
            self._front.ask(environ, sock, self._address)
        except Exception as error:
            sock.close()
            if not isinstance(error, OSError):  # hanging up meanwhile is nobody's fault
                log.exception("upgrade_failed")
        return True

    def _given(self) -> Any:
        self._front.engine.unwatch(self)
        sock, self._sock = self._sock, None
        return sock

    def ready(self, events: int) -> None:
        """Something has come."""
        self.look()

    def lost(self) -> None:
        """Close it, if it is still ours."""
        if self._sock is not None:
            self._given().close()


class Front(WSGIServer):
    """Pywsgi, spared the connections that become websockets at once: a greenlet and 0.2 ms for each.

    They meet the same WSGI application; a head in several pieces, or on a connection used before, goes by HTTP.
    """

    def __init__(self, listener: Any, app: Any, engine: Engine, **more: Any) -> None:
        super().__init__(listener, app, handler_class=Handler, **more)
        self.engine = engine
        self._plain = get_original("_socket", "socket")
        self.ends = False
        self.answering = 0  # requests

    def do_read(self) -> Any:
        """Accept a connection."""
        listener: Any = self.socket
        try:
            fd, address = listener._accept()
        except BlockingIOError:
            return None
        sock = self._plain(listener.family, listener.type, listener.proto, fd)
        sock.setblocking(False)
        return sock, address

    def close(self) -> None:
        """Send new callers elsewhere at once: take in who waits in line, then nobody is listened to any more.

        Who is in keeps the line until the next answer, which says that it was the last.
        """
        self.ends = True
        while self.started and (came := self.do_read()):
            self.do_handle(*came)
        super().close()

    def finish(self, seconds: float) -> None:
        """Wait until everybody who asked is answered, so long at most."""
        end = time.monotonic() + seconds
        while self.answering and time.monotonic() < end:
            gevent.sleep(LOOK_S)

    def do_handle(self, *args: Any) -> None:
        """Look at what it wants, now or once it says so."""
        newcomer = Newcomer(self, *args)
        if not newcomer.look():
            self.engine.watch(newcomer)
            self.engine.later(SILENT_S, newcomer.lost)

    def by_http(self, sock: Any, address: Any) -> None:
        """Let pywsgi have it, in a greenlet."""
        super().do_handle(gevent_socket(sock.family, sock.type, sock.proto, sock.detach()), address)

    def ask(self, environ: dict[str, Any], sock: Any, address: Any) -> None:
        """Have the application take the connection, or tell the peer why it does not."""
        if self.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        told: list[str] = []
        start_response: Any = lambda status, headers: told.append(status)  # noqa: E731 - read once, below
        environ |= {"REMOTE_ADDR": str(address[0]) if address else "", "wsgi.url_scheme": "http"}
        environ[TAKE] = lambda: (sock, b"")
        self.application(environ, start_response)
        if told:
            sock.send(handshake.refusal(told[0]))
            sock.close()
