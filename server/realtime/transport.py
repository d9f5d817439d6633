"""The bytes below Socket.IO: only well-formed frames come in, whole frames go out, and a hang-up is a hang-up."""

from __future__ import annotations

import io
import socket as sockets
from collections import Counter
from collections.abc import Callable, Iterable, Sized
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from server.realtime import protocol

FRAME_TYPES = frozenset("123456")  # what a peer may send: close ping pong message upgrade noop
MOST_WAITING = 8  # messages read and not yet worked through
SEPARATOR = "\x1e"

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Close = Callable[[str, str], None]


def well_formed(frame: Any) -> bool:
    """Whether an Engine.IO frame is text of a known type; nothing binary is ever sent to us."""
    return isinstance(frame, str) and frame[:1] in FRAME_TYPES and frame != ""


class Transports:
    """The open websockets by Engine.IO session, and how many frames each sent since the last sweep."""

    def __init__(self, eio: Any, close: Close) -> None:
        self.frames: Counter[str] = Counter()
        self._open: dict[str, Any] = {}
        self._close = close
        if eio.async_mode == "gevent":
            eio._async = {**eio._async, "websocket": _websocket_class(self)}

    def joined(self, eio_sid: str, websocket: Any) -> None:
        """A websocket stands."""
        self._open[eio_sid] = websocket

    def left(self, eio_sid: str) -> None:
        """A websocket is over."""
        self._open.pop(eio_sid, None)
        self.frames.pop(eio_sid, None)

    def hang_up(self, eio_sid: str) -> None:
        """Cut a websocket's connection, read or not."""
        websocket = self._open.get(eio_sid)
        if websocket is not None:
            websocket.hang_up()

    def fault(self, eio_sid: str, frame: Any) -> bool:
        """Whether this frame ends its connection: malformed, or one too many."""
        self.frames[eio_sid] += 1
        if not well_formed(frame):
            self._close(eio_sid, "malformed")
        elif self.frames[eio_sid] > protocol.MOST_MESSAGES:
            self._close(eio_sid, "flood")
        else:
            return False
        return True


class Line:
    """A connection below the websocket library, which ignores how much it really sent and reads without end.

    ``send`` sends everything; ``recv`` waits while ``waiting`` messages are still to be worked through.
    """

    def __init__(self, connection: Any, lock: Any, waiting: Sized, sleep: Callable[[float], None]) -> None:
        self._connection, self._lock = connection, lock
        self._waiting, self._sleep = waiting, sleep
        self._cut = False
        self.close = connection.close

    def recv(self, size: int) -> bytes:
        """Read some more, once most of what was read is done with."""
        while len(self._waiting) > MOST_WAITING and not self._cut:
            self._sleep(0.02)
        data: bytes = b"" if self._cut else self._connection.recv(size)
        return data

    def send(self, data: bytes) -> int:
        """Send all of it; one sender at a time."""
        with self._lock:
            self._connection.sendall(data)
        return len(data)

    def hang_up(self) -> None:
        """End both directions, waking whoever waits on them."""
        self._cut = True
        with suppress(OSError):
            self._connection.shutdown(sockets.SHUT_RDWR)


def _websocket_class(transports: Transports) -> Any:
    from engineio.async_drivers.gevent import WebSocketWSGI
    from gevent import sleep
    from gevent.lock import BoundedSemaphore
    from simple_websocket import ConnectionClosed, Server
    from simple_websocket import ConnectionError as NoHandshake

    class Websocket(WebSocketWSGI):  # type: ignore[misc]
        """One websocket under gevent."""

        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            # Without the offer nothing is compressed: a bomb of zeros never unfolds in here.
            plain = {name: value for name, value in environ.items() if name != "HTTP_SEC_WEBSOCKET_EXTENSIONS"}
            try:
                websocket: Any = Server(plain, max_message_size=protocol.LARGEST_MESSAGE, **self.server_args)
            except (NoHandshake, OSError):
                return []
            websocket.sock = Line(websocket.sock, BoundedSemaphore(), websocket.input_buffer, sleep)
            self.ws: Any = websocket
            self.eio_sid = self.app.__self__.sid
            transports.joined(self.eio_sid, self)
            try:
                return self.app(self)
            finally:
                transports.left(self.eio_sid)
                self.hang_up()

        def wait(self) -> Any:
            frame = super().wait()
            return None if frame is None or transports.fault(self.eio_sid, frame) else frame

        def close(self) -> None:
            with suppress(ConnectionClosed, OSError):
                self.ws.close()
            self.hang_up()

        def hang_up(self) -> None:
            self.ws.sock.hang_up()

    return Websocket


class PollingGuard:
    """WSGI: reads a polling peer's frames first; a malformed one ends its session with 400."""

    def __init__(self, app: WsgiApp, eio: Any, close: Close, path: str = "/socket.io/") -> None:
        self._app, self._eio, self._close, self._path = app, eio, close, path

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(self._path) and self._bad(environ):
            self._end(environ)
            start_response("400 BAD REQUEST", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        return self._app(environ, start_response)

    def _bad(self, environ: dict[str, Any]) -> bool:
        if environ["REQUEST_METHOD"] != "POST":
            return "j=" in environ.get("QUERY_STRING", "")
        if not all(self._stands(eio_sid) for eio_sid in _sessions(environ)):
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

    def _stands(self, eio_sid: str) -> bool:
        """Whether a session is open; the library fails on a frame for one that has just closed."""
        socket = self._eio.sockets.get(eio_sid)
        return socket is not None and not socket.closed

    def _end(self, environ: dict[str, Any]) -> None:
        for eio_sid in _sessions(environ):
            self._close(eio_sid, "malformed")


def _sessions(environ: dict[str, Any]) -> list[str]:
    return parse_qs(environ.get("QUERY_STRING", "")).get("sid", [])
