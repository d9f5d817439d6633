"""The HTTP handler of the gevent server: answers leave at once, and a websocket leaves HTTP for good."""

from __future__ import annotations

import socket
from typing import Any

from gevent.monkey import get_original
from gevent.pywsgi import WSGIHandler

TAKE = "paomadeng.take"  # in the WSGI environment: what hands the connection over


class Handler(WSGIHandler):
    """Knows how to let go of a connection.

    An answer's head and body are two writes: without TCP_NODELAY the body waits 40 ms for the head to be acknowledged.
    """

    def __init__(self, sock: Any, address: Any, server: Any, **more: Any) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(sock, address, server, **more)

    def get_environ(self) -> dict[str, Any]:
        """The WSGI environment."""
        return {**super().get_environ(), TAKE: self.take}

    def take(self) -> tuple[Any, bytes]:
        """Give the connection away, as a plain non-blocking socket, with what was read behind the request."""
        taken: Any = self.socket
        self.socket: Any = None
        taken.settimeout(0)
        rest: bytes = self.rfile.peek()
        return plain(taken), rest

    def handle_one_response(self) -> None:
        """Answer one request."""
        super().handle_one_response()
        if self.socket is None:
            self.close_connection = True


def plain(sock: Any) -> Any:
    """The connection of a gevent socket, of which gevent knows nothing any more."""
    made = get_original("_socket", "socket")(sock.family, sock.type, sock.proto, sock.detach())
    made.setblocking(False)
    return made
