"""A process beside the server that holds the database locked stops the writers for a while, and nobody else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import postgres

ROOT = Path(__file__).parents[3]


def tried(folder: Path, what: str) -> Any:
    command = [sys.executable, "-m", "tests.server.locked.site", str(folder), what]
    env = postgres.clean(blank=True)
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_while_one_waits_for_the_lock_others_go_on_and_an_alert_is_out(tmp_path: Path) -> None:
    told = tried(tmp_path, "stays")
    assert (told["error"], told["stored"]) == ("busy", False)
    assert told["turns"] > 20
    assert told["turns_of_alert"] > 5


def test_what_waited_is_written_once_the_other_process_lets_go(tmp_path: Path) -> None:
    assert tried(tmp_path, "let_go") == {"seq": 5}


@pytest.mark.sqlite  # an answer of PostgreSQL is waited for, and others have their turn meanwhile
def test_nobody_has_a_turn_within_a_transaction(tmp_path: Path) -> None:
    assert tried(tmp_path, "within") == {"turns": 0}
