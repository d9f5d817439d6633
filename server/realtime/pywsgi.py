"""The HTTP handler of the gevent server: a connection that was a websocket is never read as HTTP again."""

from __future__ import annotations

from gevent.pywsgi import WSGIHandler


class Handler(WSGIHandler):
    """Closes a connection after its upgrade; without this every closing websocket logs an invalid HTTP method."""

    def handle_one_response(self) -> None:
        """Answer one request."""
        super().handle_one_response()
        if (self.environ or {}).get("HTTP_UPGRADE", "").lower() == "websocket":
            self.close_connection = True
