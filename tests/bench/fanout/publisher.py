"""Publishes to an MQTT broker with QoS 1 whenever told to: argv is the port."""

from __future__ import annotations

import json
import socket
import sys
import time

from tests.bench.fanout.server import payload

TRIES = 200


def main() -> None:
    """Publish until stdin ends."""
    peer = _connected(int(sys.argv[1]))
    peer.sendall(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05chief")
    peer.recv(4)
    print(json.dumps({"at": time.monotonic_ns()}), flush=True)
    for line in sys.stdin:
        text = b"\x00\x01a\x00\x01" + payload(json.loads(line)["mark"]).encode()
        began = time.monotonic_ns()
        peer.sendall(b"\x32" + bytes([len(text) & 127 | 128, len(text) >> 7]) + text)
        peer.recv(4)
        print(json.dumps({"began": began, "issued": time.monotonic_ns()}), flush=True)


def _connected(port: int) -> socket.socket:
    for _ in range(TRIES):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            time.sleep(0.01)
    raise RuntimeError("no broker listens")


if __name__ == "__main__":
    main()
