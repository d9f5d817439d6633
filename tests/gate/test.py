"""Runs every test, Python, JavaScript and browser, and tells what was skipped and why: `run.py test [pytest …]`.

`run.py test --postgresql [pytest …]` runs on PostgreSQL all that speaks to a database.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from functools import reduce
from pathlib import Path

from tests.gate import lanes, outside
from tests.gate.tally import Tally, added, pytest

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "PAOMADENG_TEST_DATABASE"
ON_POSTGRESQL = (
    "accounts", "alerts", "editorial", "intake", "library", "locked", "organisations", "outbox", "playlog",
    "programmes", "scheduling", "screens", "test_app.py", "test_audit.py", "test_bodies.py", "test_db.py",
    "test_downward.py", "test_faults.py", "test_jobs.py", "test_nodes.py", "test_paging.py",
    "test_revisions.py", "test_rows.py", "test_schema.py",
)  # fmt: skip
ALL_ON_POSTGRESQL = ("tests/server", "tests/players/swarm", "tests/deploy/test_proxies.py")
FEW = 5  # failing tests that are given a second look


def spread() -> list[str]:
    """Run files side by side, one more than the usual two cores: the long ones wait for processes of their own."""
    return ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"] if (os.cpu_count() or 1) > 1 else []


def python() -> Tally:
    """Run everything but browsers and benchmarks.

    A few that fail are run once more by themselves, and said: the machine is shared, and what hangs on its pace is
    not what is tested. More than a few are no accident.
    """
    outside.programs()
    outside.postgresql()
    which = ("tests", "--ignore=tests/browser", "--ignore=tests/bench")
    tally = pytest("python", *spread(), *which)
    if tally.broken or not 0 < tally.failed <= FEW:
        return tally
    print("\nagain, by themselves: what failed", flush=True)
    again = pytest("python", "--last-failed", "--last-failed-no-failures=none", *which)
    return Tally("python", tally.passed + again.passed, again.failed, tally.skips, again.broken)


def postgresql() -> Tally:
    """Run once more on PostgreSQL what speaks to the database by itself; `--postgresql` runs the rest too."""
    if not outside.postgresql():
        return Tally("postgresql", skips=(outside.NO_POSTGRESQL,))
    os.environ[DATABASE] = "postgresql"
    try:
        return pytest("postgresql", *spread(), *(f"tests/server/{name}" for name in ON_POSTGRESQL))
    finally:
        del os.environ[DATABASE]


def browser() -> Tally:
    """Run the journeys in a real Chromium, some files at a time, as ``lanes`` tells."""
    path = outside.chromium()
    if not path:
        return Tally("browser", skips=(outside.NO_CHROMIUM,))
    os.environ["CHROMIUM"] = path
    return reduce(added, lanes.run(browser_files(), lanes.attempt), Tally("browser"))


def browser_files() -> list[str]:
    """The files of browser tests, relative to the root."""
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "browser").glob("test_*.py"))


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
    if "--postgresql" in arguments:
        outside.postgresql()
        os.environ[DATABASE] = "postgresql"
        arguments = [one for one in arguments if one != "--postgresql"] or [*spread(), *ALL_ON_POSTGRESQL]
    if arguments:
        return subprocess.call([sys.executable, "-m", "pytest", *arguments], cwd=ROOT)
    tallies = [timed(part) for part in (javascript, python, postgresql, browser)]
    print(summary(tallies), flush=True)
    return 0 if is_good(tallies, strict=bool(os.environ.get("CI"))) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
