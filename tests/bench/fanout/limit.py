"""The limit: a bare epoll loop that answers any request with 101 and writes the same framed bytes to every socket."""

from __future__ import annotations

import os
import select
import socket
import sys

from tests.bench.fanout.server import Told, frame, listening, payload

ANSWER = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


def main() -> None:
    """Serve until stdin ends."""
    told, epoll, peers = Told(), select.epoll(), dict[int, socket.socket]()
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=4_096)
    listener.setblocking(False)
    for fd in (listener.fileno(), sys.stdin.fileno()):
        epoll.register(fd, select.EPOLLIN)
    listening(listener.getsockname()[1])
    while True:
        for fd, _ in epoll.poll(-1, 1_024):
            if fd == listener.fileno():
                peer, _ = listener.accept()
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                peer.setblocking(False)
                peers[peer.fileno()] = peer
                epoll.register(peer.fileno(), select.EPOLLIN)
            elif fd == sys.stdin.fileno():
                order = told.order()
                if order is None:
                    return
                data = frame(payload(order["mark"]))
                told.begin(len(peers))
                for one in peers:
                    os.write(one, data)
                told.issued()
            elif b"GET " in (data := os.read(fd, 65_536)):
                os.write(fd, ANSWER)
            elif data:
                told.proved()
            else:
                epoll.unregister(fd)
                peers.pop(fd).close()


if __name__ == "__main__":
    main()
