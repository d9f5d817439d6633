"""A server that dies in the midst of issuing loses nothing it answered and shows nothing it refused.

`python -m tests.server.killed.rounds FOLDER --rounds 1000` and `….servers FOLDER --rounds 100` kill more often.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def killed(module: str, folder: Path, rounds: int) -> Any:
    """What a program of kills found."""
    command = [sys.executable, "-m", f"tests.server.killed.{module}", str(folder), "--rounds", str(rounds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=220, check=False)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_a_process_killed_while_it_issues_loses_nothing_it_said(tmp_path: Path) -> None:
    told = killed("rounds", tmp_path, 300)
    assert told["wrong"] == []
    assert told["counts"]["answered"] > 150
    assert told["counts"]["pushed"] > 150
    assert told["counts"]["refused"] > 20
    assert told["counts"]["stored, and nobody told"] > 0  # kills that fell between a commit and its push


def test_a_whole_server_killed_while_alerts_are_issued_loses_nothing_it_answered(tmp_path: Path) -> None:
    told = killed("servers", tmp_path, 4)
    assert told["wrong"] == []
    assert told["counts"]["answered"] > 0
