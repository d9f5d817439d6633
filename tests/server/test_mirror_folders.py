"""A node that is killed leaves no copy of people and sessions behind for good."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from server import lock
from server.mirror import LONG_S, PREFIX, YOUNG_S, Mirror
from tests.site import ROOT

HOLDS = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from server.mirror import Mirror
mirror = Mirror()
print(mirror._folder.name, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def another(place: Path) -> tuple[subprocess.Popen[str], Path]:
    """Another node's process and its folder, with something in it."""
    command = [sys.executable, "-c", HOLDS, str(place)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    (folder / "1.db").write_text("people")
    return process, folder


def gone(process: subprocess.Popen[str], number: signal.Signals) -> None:
    process.send_signal(number)
    process.communicate()


def age(folder: Path, seconds: int) -> None:
    """Let it have been written to so long ago."""
    then = folder.stat().st_mtime - seconds
    os.utime(folder, (then, then))


def test_what_a_killed_node_left_is_removed_by_the_next(place: Path) -> None:
    process, folder = another(place)
    gone(process, signal.SIGKILL)
    age(folder, YOUNG_S + 5)
    assert folder.exists()
    Mirror().close()
    assert list(place.iterdir()) == []


def test_what_a_killed_node_left_is_removed_by_one_that_runs_on(place: Path) -> None:
    mirror = Mirror()
    process, folder = another(place)
    gone(process, signal.SIGKILL)
    age(folder, YOUNG_S + 5)
    mirror.put({"position": []}, lambda act, *given: act(*given))
    assert not folder.exists()
    mirror.close()


def test_the_folder_of_a_node_that_lives_is_left_alone_however_old(place: Path) -> None:
    process, folder = another(place)
    age(folder, 2 * LONG_S)
    Mirror().close()
    assert (folder / "1.db").read_text() == "people"
    gone(process, signal.SIGKILL)


def test_a_folder_that_is_just_being_made_is_left_alone(place: Path) -> None:
    made = place / f"{PREFIX}new"
    made.mkdir()
    (made / lock.NAME).touch()
    Mirror().close()
    assert made.exists()


@pytest.mark.parametrize(("seconds", "left"), [(LONG_S - 60, True), (LONG_S + 60, False)])
def test_a_folder_of_a_program_before_that_held_none_goes_after_a_day(place: Path, seconds: int, left: bool) -> None:
    made = place / f"{PREFIX}old"
    made.mkdir()
    age(made, seconds)
    Mirror().close()
    assert made.exists() is left


def test_what_only_has_the_name_is_not_followed(place: Path) -> None:
    other = place / "kept"
    other.mkdir()
    (other / "file").touch()
    (place / f"{PREFIX}link").symlink_to(other)
    (place / f"{PREFIX}file").touch()
    age(other, 2 * LONG_S)
    Mirror().close()
    assert (other / "file").exists()
    assert (place / f"{PREFIX}link").is_symlink()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_left_alone(place: Path) -> None:
    made = place / f"{PREFIX}other"
    made.mkdir()
    age(made, 2 * LONG_S)
    os.chown(made, 65_534, 65_534)
    Mirror().close()
    assert made.exists()
