"""Runs every static check, one line each, with the full words of those that fail: `run.py check [name…]`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.gate import outside

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
NODE = ROOT / "node_modules" / ".bin"
SOURCES = [name for name in ("run.py", "deploy", "playlists", "media", "server", "players") if (ROOT / name).exists()]


@dataclass(frozen=True, slots=True)
class Check:
    """One tool's call; ``node`` says that it comes from node_modules."""

    name: str
    command: tuple[str, ...]
    node: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a check: "ok", "FAIL" or "skip", its words, and how long it took in seconds."""

    name: str
    result: str
    words: str
    seconds: float


CHECKS = (
    Check("mypy", (sys.executable, "-m", "mypy")),
    Check("ruff", (sys.executable, "-m", "ruff", "check")),
    Check("format", (sys.executable, "-m", "ruff", "format", "--check")),
    Check("imports", (str(BIN / "lint-imports"),)),
    Check("templates", (sys.executable, "-m", "djlint", "--quiet", "--lint", "server/web")),
    Check("typos", (str(BIN / "typos"),)),
    Check("bandit", (sys.executable, "-m", "bandit", "-q", "-ll", "-r", "-c", "pyproject.toml", *SOURCES)),
    Check("locks", (sys.executable, "-m", "tests.gate.locks", "--check")),
    Check("deploy", (sys.executable, "-m", "tests.gate.deploy")),
    Check("faces", (sys.executable, "-m", "tests.gate.faces", "--check")),
    Check("biome", (str(NODE / "biome"), "check"), node=True),
    Check("tsc", (str(NODE / "tsc"), "-p", "tsconfig.json"), node=True),
    Check("dist", (sys.executable, "-m", "tests.gate.dist"), node=True),
)


def run(check: Check, no_node: str) -> Outcome:
    """Run one check from the root of the tree."""
    if check.node and no_node:
        return Outcome(check.name, "skip", no_node, 0.0)
    start = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return Outcome(check.name, "FAIL" if done.returncode else "ok", done.stdout, time.perf_counter() - start)


def chosen(names: list[str]) -> list[Check]:
    """Return the checks named, or all of them; leave with a usage error on an unknown name."""
    known = {check.name: check for check in CHECKS}
    if unknown := [name for name in names if name not in known]:
        print(f"no such check: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        sys.exit(2)
    return [known[name] for name in names] or list(CHECKS)


def report(outcomes: list[Outcome]) -> None:
    """Print one line per check, as each one ends being known, then the words of the failures."""
    for outcome in outcomes:
        if outcome.result == "FAIL":
            print(f"\n--- {outcome.name}\n{outcome.words.strip()}")


def line(outcome: Outcome) -> str:
    """Return the one line of a check."""
    reason = f"  {outcome.words}" if outcome.result == "skip" else ""
    return f"{outcome.result:<5} {outcome.name:<10} {outcome.seconds:5.1f} s{reason}"


def main(names: list[str]) -> int:
    """Run the checks two at a time; in CI a check that cannot run has failed."""
    checks = chosen(names)
    no_node = outside.node_modules() if any(check.node for check in checks) else ""
    outcomes = []
    task: Callable[[Check], Outcome] = lambda check: run(check, no_node)  # noqa: E731
    with ThreadPoolExecutor(2) as pool:
        for outcome in pool.map(task, checks):
            print(line(outcome), flush=True)
            outcomes.append(outcome)
    report(outcomes)
    bad = ("FAIL", "skip") if os.environ.get("CI") else ("FAIL",)
    failed = [outcome.name for outcome in outcomes if outcome.result in bad]
    print(f"\nchecks that need work: {', '.join(failed)}" if failed else "\nall checks agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
