"""Thousands of peers in one process: a raw epoll loop that looks for bytes and notes when they came, nothing else.

Orders come on stdin and answers go to stdout, one JSON a line: ``connect``, ``hear`` and ``leave``.
"""

from __future__ import annotations

import json
import re
import resource
import select
import socket
import struct
import sys
import time
from typing import Any

MASK = b"\x5a\x17\xc3\x2e"
PING, PONG = b"\x81\x012", b"3"
AT_MOST_S = 120


def framed(text: bytes) -> bytes:
    """A masked text frame."""
    size = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + struct.pack(">H", len(text))
    return b"\x81" + size + MASK + bytes(one ^ MASK[n & 3] for n, one in enumerate(text))


class Crowd:
    """The peers of one contender. ``steps`` is [[what to send, what to wait for], …]; ``{n}`` is its number."""

    def __init__(self, port: int, steps: list[list[str]], raw: bool, window: int) -> None:
        self.port, self.raw, self.window = port, raw, window
        self.steps = [(send.encode("latin-1"), wanted.encode("latin-1")) for send, wanted in steps]
        self.epoll = select.epoll()
        self.at: dict[int, tuple[socket.socket, int, int]] = {}  # by fd: socket, number, step it waits at
        self.ready = 0
        self.pong = framed(PONG)

    def connect(self, count: int) -> dict[str, Any]:
        """Bring ``count`` peers to their last step; those who fail try again."""
        begun = time.monotonic_ns()
        waiting, end = list(range(count)), time.monotonic() + AT_MOST_S
        first = 0
        while self.ready < count and time.monotonic() < end:
            while waiting and len(self.at) - self.ready < self.window:
                if not self._dial(waiting.pop()):
                    break
                first = first or time.monotonic_ns()
            for fd, _ in self.epoll.poll(0.01, 1_024):
                lost = self._step(fd)
                if lost is not None:
                    waiting.append(lost)
        return {"begun": begun, "first": first, "last": time.monotonic_ns(), "ready": self.ready}

    def _dial(self, number: int) -> bool:
        peer = socket.socket()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            peer.connect(("127.0.0.1", self.port))
        except OSError:
            peer.close()
            time.sleep(0.002)
            return False
        peer.setblocking(False)
        self.at[peer.fileno()] = (peer, number, 0)
        self._say(peer, number, 0)
        self.epoll.register(peer.fileno(), select.EPOLLIN)
        return True

    def _say(self, peer: socket.socket, number: int, step: int) -> None:
        text = self.steps[step][0].replace(b"{n}", b"%d" % number).replace(b"{six}", b"%06d" % number)
        peer.send(text if step == 0 or self.raw else framed(text))

    def _step(self, fd: int) -> int | None:
        """Take what came; return the number of a peer that was lost."""
        peer, number, step = self.at[fd]
        try:
            data = peer.recv(65_536)
        except OSError:
            data = b""
        if not data:
            self._drop(fd)
            return number
        if step < len(self.steps) and self.steps[step][1] in data:
            self.at[fd] = (peer, number, step + 1)
            if step + 1 == len(self.steps):
                self.ready += 1
            else:
                self._say(peer, number, step + 1)
        if PING in data:
            peer.send(self.pong)
        return None

    def _drop(self, fd: int) -> None:
        peer, _, step = self.at.pop(fd)
        self.ready -= step == len(self.steps)
        self.epoll.unregister(fd)
        peer.close()

    def hear(self, mark: str, reply: str, seconds: float) -> dict[str, Any]:
        """Wait until everybody has heard ``mark``, or so long; answer each at once with ``reply``, if there is one.

        ``{epoch}``, ``{id}`` and ``{revision}`` in the reply are what the first message says of its newest alert.
        """
        wanted, stamps, end = mark.encode(), list[int](), time.monotonic() + seconds
        answer, held = b"", dict[int, bytes]()
        while len(stamps) < self.ready and time.monotonic() < end:
            for fd, _ in self.epoll.poll(0.05, 1_024):
                data = held.pop(fd, b"") + self._read(fd)
                said = b""
                if wanted in data:
                    stamps.append(time.monotonic_ns())
                    if reply:
                        said = answer = answer or self._reply(reply, data)
                elif b"alerts_changed" in data:
                    held[fd] = data.replace(PING, b"")
                if PING in data:
                    said += self.pong
                if said and fd in self.at:
                    self.at[fd][0].send(said)
        return {"heard": len(stamps), "stamps": stamps}

    def _read(self, fd: int) -> bytes:
        try:
            data = self.at[fd][0].recv(65_536)
        except OSError:
            data = b""
        if not data:
            self._drop(fd)
        return data

    def _reply(self, reply: str, data: bytes) -> bytes:
        if self.raw:
            return reply.encode("latin-1")
        text = data.decode("utf-8", "replace")
        for name, form in (("epoch", r'"epoch":"(\w+)"'), ("id", r'"id":"(\w+)"'), ("revision", r'"revision":(\d+)')):
            found = re.findall(form, text)
            reply = reply.replace("{" + name + "}", found[0] if found else "")
        return framed(reply.encode())

    def idle(self) -> None:
        """Read and answer what comes while nothing is asked."""
        for fd, _ in self.epoll.poll(0, 1_024):
            data = self._read(fd)
            if PING in data:
                self.at[fd][0].send(self.pong)

    def leave(self) -> dict[str, Any]:
        """Wait until everybody is cut off, then forget them."""
        while self.at:
            for fd, _ in self.epoll.poll(1, 1_024):
                self._read(fd)
        return {"ready": self.ready}


def main() -> None:
    """Do as told until stdin ends."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    crowd: Crowd | None = None
    watch = select.poll()
    watch.register(sys.stdin.fileno(), select.POLLIN)
    while True:
        if crowd is not None and not watch.poll(20):
            crowd.idle()
            continue
        line = sys.stdin.readline()
        if not line:
            return
        order = json.loads(line)
        if order["do"] == "connect":
            if crowd is None:
                crowd = Crowd(order["port"], order["steps"], order["raw"], order["window"])
            crowd.port = order["port"]
            told = crowd.connect(order["count"])
        else:
            assert crowd is not None
            told = (
                crowd.leave() if order["do"] == "leave" else crowd.hear(order["mark"], order["reply"], order["seconds"])
            )
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
