"""The HTTP handler of the gevent server: answers leave at once, and a websocket leaves HTTP for good."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

from gevent.monkey import get_original
from gevent.pywsgi import WSGIHandler

from server.pool import breathe

TAKE = "paomadeng.take"  # in the WSGI environment: what hands the connection over
BREATH = 128 * 1024  # bytes of a request's body, some 1 ms of parsing, before others get their turn


class Body:
    """The body of a request, read in breaths: from a quick sender it would hold the hub until its end."""

    def __init__(self, source: Any) -> None:
        self._source, self._held = source, 0

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes, all that is left when negative."""
        return self._counted(self._source.read(size if size >= 0 else None))

    def readline(self, size: int = -1) -> bytes:
        """One line, or ``size`` bytes of it."""
        return self._counted(self._source.readline(size if size >= 0 else None))

    def readlines(self, _hint: int = -1) -> list[bytes]:
        """Every line that is left."""
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _counted(self, piece: bytes) -> bytes:
        self._held += len(piece)
        if self._held >= BREATH:
            self._held = 0
            breathe()
        return piece


class Handler(WSGIHandler):
    """Knows how to let go of a connection.

    An answer's head and body are two writes: without TCP_NODELAY the body waits 40 ms for the head to be acknowledged.
    """

    server: Any  # a ``Front``

    def __init__(self, sock: Any, address: Any, server: Any, **more: Any) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(sock, address, server, **more)

    def get_environ(self) -> dict[str, Any]:
        """The WSGI environment."""
        found = super().get_environ()
        return {**found, "wsgi.input": Body(found["wsgi.input"]), TAKE: self.take}

    def take(self) -> tuple[Any, bytes]:
        """Give the connection away, as a plain non-blocking socket, with what was read behind the request."""
        taken: Any = self.socket
        self.socket: Any = None
        taken.settimeout(0)
        rest: bytes = self.rfile.peek()
        return plain(taken), rest

    def handle_one_response(self) -> None:
        """Answer one request; a server that ends says so, and takes no other on this connection."""
        self.server.answering += 1
        try:
            super().handle_one_response()
        finally:
            self.server.answering -= 1
        if self.socket is None:
            self.close_connection = True

    def start_response(self, status: Any, headers: Any, exc_info: Any = None) -> Any:
        """Begin an answer."""
        last = [("Connection", "close")] if self.server.ends else []
        return super().start_response(status, [*headers, *last], exc_info)


def plain(sock: Any) -> Any:
    """The connection of a gevent socket, of which gevent knows nothing any more."""
    made = get_original("_socket", "socket")(sock.family, sock.type, sock.proto, sock.detach())
    made.setblocking(False)
    return made
