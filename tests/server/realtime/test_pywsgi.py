"""The HTTP handler: what it does to a connection before the first request."""

from __future__ import annotations

import socket

from server.realtime.pywsgi import Handler


def test_the_body_of_an_answer_does_not_wait_until_its_head_is_acknowledged() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        accepted, address = listener.accept()
        with accepted:
            Handler(accepted, address, None)
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
