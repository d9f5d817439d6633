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


def test_whoever_breathes_lets_timers_and_sockets_have_their_turn() -> None:
    done = subprocess.run([sys.executable, "-c", BREATHS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_a_hub_work_is_just_done() -> None:
    from server.pool import breathe, off_hub

    breathe()
    assert off_hub(max, 3, 5) == 5
