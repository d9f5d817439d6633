"""Runs every test, Python, JavaScript and browser, and tells what was skipped and why: `run.py test [pytest …]`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from tests.gate import outside

ROOT = Path(__file__).resolve().parents[2]
TRIES = 3  # of a file of browser tests
FEW = 5  # failing tests that are given a second look
STUCK_S = 180  # of one browser test; ten other things may run on the machine
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


def pytest(name: str, *arguments: str) -> Tally:
    """Run one pytest, its words passing straight through."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        code = subprocess.call(
            [sys.executable, "-m", "pytest", "-q", "--no-header", f"--junit-xml={report}", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
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


def python() -> Tally:
    """Run everything but browsers and benchmarks, on two processes where there are two cores.

    A few that fail are run once more by themselves, and said: the machine is shared, and what hangs on its pace is
    not what is tested. More than a few are no accident.
    """
    spread = ["-n", "2", "--dist", "loadfile"] if (os.cpu_count() or 1) > 1 else []
    which = ("tests", "--ignore=tests/browser", "--ignore=tests/bench")
    tally = pytest("python", *spread, *which)
    if tally.broken or not 0 < tally.failed <= FEW:
        return tally
    print("\nagain, by themselves: what failed", flush=True)
    again = pytest("python", "--last-failed", "--last-failed-no-failures=none", *which)
    return Tally("python", tally.passed + again.passed, again.failed, tally.skips, again.broken)


def browser() -> Tally:
    """Run the journeys in a real Chromium, one file after the other: they share the machine's eyes.

    Each file has a browser of its own, and one that fails or gets stuck is run again, and said: a Chromium without
    a head has been seen to stop answering. Read what is said: a second try once hid a button that did half its work.
    """
    path = outside.chromium()
    if not path:
        return Tally("browser", skips=(outside.NO_CHROMIUM,))
    os.environ["CHROMIUM"] = path
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "browser").glob("test_*.py"))
    return reduce(added, (patient(file) for file in files), Tally("browser"))


def patient(file: str) -> Tally:
    """Run one file of browser tests, at most three times; a test stuck for three minutes ends its process."""
    limits = (f"--timeout={STUCK_S}", "--timeout-method=thread")
    tally = pytest("browser", *limits, file)
    for _ in range(TRIES - 1):
        if not (tally.failed or tally.broken):
            break
        print(f"\nagain, in a new browser: {file}", flush=True)
        tally = pytest("browser", *limits, file)
    return tally


def added(one: Tally, other: Tally) -> Tally:
    """Two runs of one part together."""
    passed, failed = one.passed + other.passed, one.failed + other.failed
    return Tally(one.name, passed, failed, one.skips + other.skips, one.broken or other.broken)


def javascript() -> Tally:
    """Run the JavaScript tests with Node's own runner."""
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("*.test.*js"))
    if reason := outside.node_modules():
        return Tally("javascript", skips=(reason,))
    if not files:
        return Tally("javascript", skips=("there are none",))
    command = ["node", "--test", "--test-reporter=spec", *files]
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    print(done.stdout, flush=True)
    return read_spec(done.stdout, done.returncode)


def read_spec(words: str, code: int) -> Tally:
    """Count what Node's closing lines say, such as "ℹ pass 12"."""
    counts = {key: int(count) for key, count in re.findall(r"^ℹ (\w+) (\d+)$", words, re.MULTILINE)}
    failed = counts.get("fail", 0) + counts.get("cancelled", 0)
    waiting = counts.get("skipped", 0) + counts.get("todo", 0)
    skips = (f"{waiting} marked so in their files",) if waiting else ()
    return Tally("javascript", counts.get("pass", 0), failed, skips, broken=code != 0 and not failed)


def timed(part: Callable[[], Tally]) -> Tally:
    """Run a part under a heading and note how long it took."""
    print(f"\n=== {part.__name__}", flush=True)
    start = time.perf_counter()
    tally = part()
    return Tally(tally.name, tally.passed, tally.failed, tally.skips, tally.broken, seconds=time.perf_counter() - start)


def summary(tallies: list[Tally]) -> str:
    """Return the closing lines; the last one is "N passed, N failed, N skipped"."""
    lines = ["\n=== summary"]
    for tally in tallies:
        state = "  the runner itself failed" if tally.broken else ""
        counts = f"{tally.passed:5} passed {tally.failed:4} failed {len(tally.skips):4} skipped"
        lines.append(f"{tally.name:<11}{counts} {tally.seconds:6.0f} s{state}")
    lines += [f"skipped: {tally.name}: {reason}" for tally in tallies for reason in tally.skips]
    failed = sum(tally.failed + tally.broken for tally in tallies)
    passed, skipped = sum(tally.passed for tally in tallies), sum(len(tally.skips) for tally in tallies)
    return "\n".join([*lines, f"{passed} passed, {failed} failed, {skipped} skipped"])


def is_good(tallies: list[Tally], strict: bool) -> bool:
    """Tell whether all is well; ``strict`` (in CI) takes a skip for a failure, and nothing run never is."""
    failed = any(tally.failed or tally.broken or (strict and tally.skips) for tally in tallies)
    return not failed and any(tally.passed for tally in tallies)


def main(arguments: list[str]) -> int:
    """Run pytest alone when it is given arguments, everything otherwise."""
    if arguments:
        return subprocess.call([sys.executable, "-m", "pytest", *arguments], cwd=ROOT)
    tallies = [timed(part) for part in (javascript, python, browser)]
    print(summary(tallies), flush=True)
    return 0 if is_good(tallies, strict=bool(os.environ.get("CI"))) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
