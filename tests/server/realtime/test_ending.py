"""How a server ends: who waits in line is answered, lines that are kept are used once more, nobody new comes in."""

from __future__ import annotations

import subprocess
import sys

from tests.site import ROOT

BEGIN = """
from gevent import monkey; monkey.patch_all()
import socket, gevent, gevent.event
from server.realtime.front import Front

class Engine:
    def watch(self, peer): pass
    def unwatch(self, peer): pass
    def later(self, seconds, act): pass

go = gevent.event.Event()

def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        go.wait()
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]

server = Front(("127.0.0.1", 0), app, Engine(), log=None)
server.start()
port = server.server_port

def dial():
    return socket.create_connection(("127.0.0.1", port), timeout=10)

def ask(peer, path):
    peer.sendall(f"GET {path} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n".encode())

def answer(peer):
    held = b""
    while not held.endswith(b"ok"):
        piece = peer.recv(4096)
        assert piece, held
        held += piece
    return held
"""
LINE = """
server.stop_accepting()
peer = dial()
ask(peer, "/")
server.close()
assert b"200 OK" in answer(peer)
try:
    dial()
except ConnectionRefusedError:
    pass
else:
    raise AssertionError("somebody came in")
"""
KEPT = """
peer = dial()
ask(peer, "/")
assert b"Connection" not in answer(peer)
server.close()
ask(peer, "/")
assert b"Connection: close" in answer(peer)
assert peer.recv(1) == b""
"""
ASKED = """
peer = dial()
ask(peer, "/slow")
while not server.answering:
    gevent.sleep(0)
server.close()
ended = gevent.spawn(server.finish, 60)
gevent.sleep(0)
assert not ended.ready()
go.set()
ended.get(timeout=10)
assert b"200 OK" in answer(peer)
assert server.answering == 0
"""
PATIENCE = """
peer = dial()
ask(peer, "/slow")
while not server.answering:
    gevent.sleep(0)
server.close()
server.finish(0.1)
assert server.answering == 1
"""


def run(script: str) -> None:
    done = subprocess.run([sys.executable, "-c", BEGIN + script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_who_waits_in_line_is_answered_and_nobody_comes_after() -> None:
    run(LINE)


def test_on_a_line_that_is_kept_the_next_answer_is_the_last() -> None:
    run(KEPT)


def test_what_was_asked_is_answered_before_the_end() -> None:
    run(ASKED)


def test_the_end_does_not_wait_for_ever() -> None:
    run(PATIENCE)
