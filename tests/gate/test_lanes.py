"""Which file runs when, how often, and beside what; the files here are made up."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.gate import lanes
from tests.gate.tally import Tally
from tests.gate.test import browser_files

GOOD, BAD, STUCK = Tally("browser", passed=2), Tally("browser", passed=1, failed=1), Tally("browser", broken=True)


def script(**outcomes: list[Tally]) -> tuple[lanes.Attempt, list[str]]:
    """What gives each file its outcomes one after the other, GOOD where none is left, and the order of the tries."""
    tries: list[str] = []

    def attempt(file: str) -> Tally:
        tries.append(file)
        return outcomes[file].pop(0) if outcomes.get(file) else GOOD

    return attempt, tries


def test_every_file_runs_once_when_all_is_well() -> None:
    attempt, tries = script()
    assert lanes.run(["a", "b", "c"], attempt) == [GOOD] * 3
    assert sorted(tries) == ["a", "b", "c"]


def test_two_files_run_at_once() -> None:
    both = threading.Barrier(2, timeout=20)

    def attempt(_: str) -> Tally:
        both.wait()
        return GOOD

    assert lanes.run(["a", "b"], attempt, 2) == [GOOD] * 2


def test_a_file_that_failed_is_tried_again_after_all_the_others_and_its_last_try_counts() -> None:
    attempt, tries = script(a=[BAD, STUCK])
    assert lanes.run(["a", "b", "c"], attempt, 2) == [GOOD] * 3
    assert tries[-2:] == ["a", "a"]
    assert sorted(tries[:-2]) == ["a", "b", "c"]


def test_what_a_busy_machine_fails_runs_after_all_the_others() -> None:
    attempt, tries = script()
    step = f"tests/browser/{lanes.ALONE[0]}.py"
    assert lanes.run([step, "a", "b"], attempt, 2) == [GOOD] * 3
    assert tries[-1] == step


def test_every_file_that_has_a_place_of_its_own_is_there() -> None:
    assert {*lanes.LONG, *lanes.ALONE} <= {Path(file).stem for file in browser_files()}


@pytest.mark.parametrize("outcome", [BAD, STUCK])
def test_a_file_that_fails_three_times_has_failed(outcome: Tally, capsys: pytest.CaptureFixture[str]) -> None:
    attempt, tries = script(a=[outcome] * 9)
    assert lanes.run(["a"], attempt) == [outcome]
    assert tries == ["a"] * 3
    assert capsys.readouterr().out.count("again, by itself: a") == 2


def test_long_files_begin_first_and_none_is_left_out() -> None:
    files = browser_files()
    begun = lanes.by_length(files)
    assert tuple(Path(file).stem for file in begun[: len(lanes.LONG)]) == lanes.LONG
    assert sorted(begun) == files


def test_what_a_file_said_is_told_whole_and_its_failures_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "test_made_up.py"
    file.write_text("def test_good(): pass\ndef test_bad(): assert 'said' == 'heard'\n")
    assert lanes.attempt(str(file)) == Tally("browser", passed=1, failed=1)
    told = capsys.readouterr().out
    assert told.startswith(f"\n--- {file}, ")
    assert "assert 'said' == 'heard'" in told
    assert "1 failed, 1 passed" in told
