"""What a run of pytest came to, counted from its own report."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
NO_TESTS = 5  # pytest's exit code when it found none


@dataclass(frozen=True, slots=True)
class Tally:
    """How one part of the tests ended; ``skips`` are the reasons, ``broken`` a runner that failed by itself."""

    name: str
    passed: int = 0
    failed: int = 0
    skips: tuple[str, ...] = ()
    broken: bool = False
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        return not (self.failed or self.broken)


def pytest(name: str, *arguments: str, words: IO[bytes] | None = None) -> Tally:
    """Run one pytest, its words passing straight through or into a file."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        code = subprocess.call(
            [sys.executable, "-m", "pytest", "-q", "--no-header", f"--junit-xml={report}", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )
        if code == NO_TESTS:
            return Tally(name, skips=("there are none",))
        return read_junit(name, report, code)


def read_junit(name: str, report: Path, code: int) -> Tally:
    """Count what pytest's report holds; a report that is missing or disagrees with the exit code is a broken run."""
    cases = list(ElementTree.parse(report).iter("testcase")) if report.is_file() else []
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = [(case, skip) for case in cases if (skip := case.find("skipped")) is not None]
    reasons = tuple(f"{case.get('classname')}.{case.get('name')}: {skip.get('message')}" for case, skip in skipped)
    passed = len(cases) - len(failed) - len(skipped)
    return Tally(name, passed, len(failed), reasons, broken=code != 0 and not failed)


def added(one: Tally, other: Tally) -> Tally:
    """Two runs of one part together."""
    passed, failed = one.passed + other.passed, one.failed + other.failed
    return Tally(one.name, passed, failed, one.skips + other.skips, one.broken or other.broken)
