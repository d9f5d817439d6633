"""Long work gives way: in a process of its own, for the real hub needs a patched interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

BREATHS = """
from gevent import monkey; monkey.patch_all()
import os, gevent
from gevent.os import make_nonblocking, nb_read
from server.pool import breathe

TURNS = 20
turns = {"timer": 0, "socket": 0}
reading, writing = os.pipe()
make_nonblocking(reading)

def timers():
    while True:
        gevent.sleep(1e-6)
        turns["timer"] += 1

def sockets():
    while True:
        nb_read(reading, 1)
        turns["socket"] += 1

for one in (timers, sockets):
    gevent.spawn(one)
for _ in range(TURNS):
    os.write(writing, b"x")
    breathe()
print(turns)
assert min(turns.values()) >= TURNS // 2, turns
"""


SILENCE = """
from gevent import monkey; monkey.patch_all()
import gevent
from server.pool import within

def meet(peer):
    try:
        with within(0.01, "meeting"):
            peer()
    except Exception as error:
        return type(error).__name__, str(error)

def silent():
    gevent.sleep(60)

def silent_and_torn():
    try:
        silent()
    finally:
        raise ValueError("the connection is in the midst of something")

def wrong():
    raise ValueError("no")

late = ("OSError", "meeting: nothing came of it in 0 s")
assert meet(silent) == meet(silent_and_torn) == late, (meet(silent), meet(silent_and_torn))
assert meet(wrong) == ("ValueError", "no"), meet(wrong)
"""


def test_whoever_waits_too_long_for_a_peer_hears_of_that_whatever_its_driver_makes_of_it() -> None:
    """A driver torn from its waiting was taken for a fault of the program, and an alert answered 500."""
    done = subprocess.run([sys.executable, "-c", SILENCE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_whoever_breathes_lets_timers_and_sockets_have_their_turn() -> None:
    done = subprocess.run([sys.executable, "-c", BREATHS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_a_hub_work_is_just_done() -> None:
    from server.pool import breathe, off_hub

    breathe()
    assert off_hub(max, 3, 5) == 5
