"""The HTTP handler: what it does to a connection before the first request."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from pathlib import Path

from server.realtime.pywsgi import Body, Handler

ROOT = Path(__file__).parents[3]
UPLOAD = """
from gevent import monkey; monkey.patch_all()
import io, gevent
from server.realtime.pywsgi import BREATH, Body

turns = []

def others():
    while True:
        gevent.sleep(1e-6)
        turns.append(1)

gevent.spawn(others)
body = Body(io.BytesIO(bytes(20 * BREATH)))
while body.read(16_384):
    pass
print(len(turns))
assert len(turns) >= 10, len(turns)
"""


def test_the_body_of_an_answer_does_not_wait_until_its_head_is_acknowledged() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        accepted, address = listener.accept()
        with accepted:
            Handler(accepted, address, None)
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_body_that_comes_quickly_lets_others_have_their_turn() -> None:
    done = subprocess.run([sys.executable, "-c", UPLOAD], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_body_is_read_whole_by_pieces_and_by_lines() -> None:
    text = b"one\ntwo\n\nlast"
    body = Body(io.BytesIO(text))
    assert (body.read(2), body.readline(), body.readline(2), body.read()) == (b"on", b"e\n", b"tw", b"o\n\nlast")
    assert Body(io.BytesIO(text)).readlines() == list(Body(io.BytesIO(text))) == [b"one\n", b"two\n", b"\n", b"last"]
