"""The HTTP handler of the gevent server: answers leave at once, and a websocket is never read as HTTP again."""

from __future__ import annotations

import socket
from typing import Any

from gevent.pywsgi import WSGIHandler


class Handler(WSGIHandler):
    """Closes a connection after its upgrade; without this every closing websocket logs an invalid HTTP method.

    An answer's head and body are two writes: without TCP_NODELAY the body waits 40 ms for the head to be acknowledged.
    """

    def __init__(self, sock: Any, address: Any, server: Any, **more: Any) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(sock, address, server, **more)

    def handle_one_response(self) -> None:
        """Answer one request."""
        super().handle_one_response()
        if (self.environ or {}).get("HTTP_UPGRADE", "").lower() == "websocket":
            self.close_connection = True
