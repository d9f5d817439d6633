"""A network that can be bad: every connection between the nodes and what lies beneath them goes through here."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from enum import StrEnum

PIECE = 65_536


class Weather(StrEnum):
    """How a wire is: ``SLOW`` delays each piece, ``HOLE`` keeps all to itself, ``CUT`` ends what stands."""

    WELL = "well"
    SLOW = "slow"
    HOLE = "hole"
    CUT = "cut"


class Wire:
    """Listens at a port of its own and passes on to ``target``, both ways, as the weather has it."""

    def __init__(self, target: int, at: str = "127.0.0.1") -> None:
        self._target, self._weather, self._delay_s = target, Weather.WELL, 0.0
        self._well = threading.Event()
        self._well.set()
        self._lines: set[socket.socket] = set()
        self.host = at
        self._listener = socket.create_server((at, 0), backlog=200)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, weather: Weather, delay_s: float = 0.0) -> None:
        """Change the weather; ``delay_s`` is for each piece of a slow wire."""
        self._weather, self._delay_s = weather, delay_s
        if weather is Weather.HOLE:
            self._well.clear()
        else:
            self._well.set()
        if weather is Weather.CUT:
            for line in list(self._lines):
                _end(line)

    def close(self) -> None:
        """Hang up everything."""
        self.set(Weather.CUT)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self._well.wait()
        if self._weather is Weather.CUT:
            near.close()
            return
        try:
            far = socket.create_connection(("127.0.0.1", self._target), timeout=5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        for one in (near, far):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines |= {near, far}
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(PIECE):
                self._well.wait()
                if self._weather is Weather.SLOW:
                    time.sleep(self._delay_s)
                other.sendall(piece)
        for line in (one, other):
            self._lines.discard(line)
            _end(line)


def _end(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
