"""WSGI in front of everything: websockets go to the engine, polling peers' frames are looked at first."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from server.realtime import handshake, protocol
from server.realtime.engine import Engine
from server.realtime.polling import SEPARATOR, Polling, well_formed
from server.realtime.pywsgi import TAKE

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
PATH = "/socket.io/"


class Doorway:
    """Lets through what is no socket's; a malformed poll ends its session with 400."""

    def __init__(self, app: WsgiApp, polling: Polling, engine: Engine | None) -> None:
        self._app, self._polling, self._engine = app, polling, engine

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PATH):
            return self._app(environ, start_response)
        if handshake.is_asked(environ):
            return self._websocket(environ, start_response)
        if self._bad(environ):
            for eio_sid in _sessions(environ):
                self._polling.close(eio_sid, "malformed")
            return _refuse(handshake.BAD, start_response)
        return self._app(environ, start_response)

    def _websocket(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._engine is None or TAKE not in environ:
            return _refuse(handshake.BAD, start_response)
        fault = self._engine.fault(environ)
        if fault:
            return _refuse(fault, start_response)
        sock, rest = environ[TAKE]()
        self._engine.take(sock, environ, rest)
        return []

    def _bad(self, environ: dict[str, Any]) -> bool:
        if environ["REQUEST_METHOD"] != "POST":
            return "j=" in environ.get("QUERY_STRING", "")
        if not all(self._polling.stands(eio_sid) for eio_sid in _sessions(environ)):
            return True
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > protocol.LARGEST_MESSAGE:
            return True
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)
        try:
            return not all(well_formed(frame) for frame in body.decode().split(SEPARATOR))
        except UnicodeDecodeError:
            return True


def _refuse(status: str, start_response: Callable[..., Any]) -> Iterable[bytes]:
    version = [("Sec-WebSocket-Version", handshake.VERSION)] if status == handshake.UPGRADE_REQUIRED else []
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", "0"), *version])
    return [b""]


def _sessions(environ: dict[str, Any]) -> list[str]:
    return parse_qs(environ.get("QUERY_STRING", "")).get("sid", [])
