"""Presses do work beside the hub; in a process of its own, for the real hub needs a patched interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from media.errors import Refused
from server.press import pressed, pressed_patiently

ROOT = Path(__file__).parents[2]
PREFACE = """
from gevent import monkey; monkey.patch_all()
import os, signal, sys, time, gevent
from media import jobs
from media.blobs import Blobs
from media.errors import Refused
from media.press import Failed
from media.profile import Profile
from server import press
from server.press import Presses, pressed, pressed_patiently
"""


def told(script: str, *, good: bool = True) -> str:
    """What a script prints that has a hub and presses."""
    command = [sys.executable, "-c", PREFACE + script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode == 0) == good, done.stdout + done.stderr
    return done.stdout.strip()


def test_work_is_done_in_another_process_and_that_one_is_kept() -> None:
    first, second, own = told("print(pressed(os.getpid), pressed(os.getpid), os.getpid())").split()
    assert first == second != own


def test_two_pieces_of_work_run_side_by_side_in_two_processes() -> None:
    assert (
        told("""
meet = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"meet-{os.getpid()}")
os.mkfifo(meet)
reads = gevent.spawn(pressed, exec, f"open({meet!r}).read()")
writes = gevent.spawn(pressed, exec, f"open({meet!r}, 'w').write('x')")
gevent.joinall([reads, writes], raise_error=True)
os.unlink(meet)
print("met")
""")
        == "met"
    )


def test_what_is_slow_leaves_one_press_to_those_in_a_hurry() -> None:
    assert (
        told("""
press._presses.cache_clear()
press._presses = lambda held=Presses(2): held
slow = [gevent.spawn(pressed_patiently, time.sleep, 30) for _ in range(3)]
gevent.sleep(0)
print(pressed(len, "abc"), [one.dead for one in slow])
gevent.killall(slow)
""")
        == "3 [False, False, False]"
    )


def test_an_error_of_ours_comes_back_as_it_was() -> None:
    assert (
        told("""
import tempfile
try:
    pressed(jobs.take_in, b"no picture", Blobs(tempfile.gettempdir()))
except Refused as refused:
    print(refused.rule)
""")
        == "picture_type"
    )


def test_an_error_of_the_system_comes_back_with_its_number() -> None:
    assert (
        told("""
try:
    pressed(os.mkdir, "/proc/none")
except OSError as error:
    print(error.errno == __import__("errno").ENOENT)
""")
        == "True"
    )


def test_any_other_error_is_a_failure_that_tells_what_happened() -> None:
    assert (
        told("""
try:
    pressed(int, "seven")
except Failed as failed:
    print("ValueError" in str(failed), pressed(int, "7"))
""")
        == "True 7"
    )


def test_a_press_that_dies_at_work_fails_that_work_only() -> None:
    assert (
        told("""
try:
    pressed(os._exit, 3)
except Failed as failed:
    print(failed, pressed(int, "7"))
""")
        == "the press died at work 7"
    )


def test_a_press_that_died_at_rest_is_replaced_unnoticed() -> None:
    assert (
        told("""
first = pressed(os.getpid)
os.kill(first, signal.SIGKILL)
while open(f"/proc/{first}/stat").read().split()[2] != "Z":
    pass
print(pressed(os.getpid) != first)
""")
        == "True"
    )


def test_work_without_end_is_ended() -> None:
    assert (
        told("""
press.LONGEST_S = 0.3
try:
    pressed(time.sleep, 60)
except Failed as failed:
    press.LONGEST_S = 60
    print(failed, pressed(int, "7"))
""")
        == "no answer within 0.3 s 7"
    )


def test_a_press_nobody_asks_is_let_go() -> None:
    assert (
        told("""
press.REST_S = 0.05
first = pressed(os.getpid)
while os.path.exists(f"/proc/{first}"):
    gevent.sleep(0.01)
print(pressed(os.getpid) != first)
""")
        == "True"
    )


def test_a_press_ends_with_its_server() -> None:
    child = int(told("print(pressed(os.getpid), flush=True); os.kill(os.getpid(), signal.SIGKILL)", good=False))
    while os.path.exists(f"/proc/{child}") and "press" in Path(f"/proc/{child}/cmdline").read_text():
        pass


def test_without_a_hub_work_is_just_done() -> None:
    assert pressed(os.getpid) == pressed_patiently(os.getpid) == os.getpid()


def test_a_refusal_survives_a_pipe() -> None:
    import pickle

    again = pickle.loads(pickle.dumps(Refused("no_room", width=3, height=4)))
    assert (again.rule, again.params, str(again)) == (
        "no_room",
        {"width": 3, "height": 4},
        str(Refused("no_room", width=3, height=4)),
    )


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")
def test_a_server_that_sets_type_loads_no_imaging_library() -> None:
    assert (
        told("""
import tempfile
from server.programmes import compiler, previews
from server.library import service
item = {"kind": "slogan", "text": "安全第一"}
works = [jobs.Work("k", item, Profile(192, 16, "single"))]
made = pressed(jobs.make_all, works, Blobs(__import__("pathlib").Path(tempfile.mkdtemp())), {})
print(made["k"].pages[0].height, "PIL" in sys.modules)
""")
        == "16 False"
    )
