"""One broadcast to N peers, ours beside its peers and the limit, taking turns: ``python -m tests.bench.fanout``.

Options: ``--players 1000,5000 --rounds 30 --proofs 10``. Each server has one core and its crowd the other; every
instant is the monotonic clock of the one machine, taken where it happens. Rivals keep nothing: their proofs are counted
in memory, ours are committed to the disk.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.fanout.contenders import Contender, contenders, installed_node
from tests.bench.fleet import fill
from tests.site import open_site


@dataclass
class Figures:
    """What was found of one contender; times in ms."""

    connects: float = 0.0  # per second
    connects_core: float = 0.0  # per second of the server's processor
    kb: float = 0.0
    last: list[float] = field(default_factory=list)
    half: list[float] = field(default_factory=list)
    user_us: float = 0.0
    all_us: float = 0.0
    issue_last: list[float] = field(default_factory=list)
    proved: list[float] = field(default_factory=list)
    back: float = 0.0
    missed: int = 0


def measure(players: int, rounds: int, proofs: int, data: Path, node: Path | None) -> None:
    """Print the table for so many players."""
    load = os.getloadavg()[0]
    found = [(one, Figures()) for one in contenders(data, node)]
    try:
        for one, figures in found:
            _meet(one, figures, players)
        for number in range(rounds):
            for one, figures in found:
                _broadcast(one, figures, f"mark-{number}-", players)
        for number in range(proofs):
            for one, figures in found:
                _prove(one, figures, f"proof-{number}-", players)
        for one, figures in found:
            _return(one, figures, players)
    finally:
        for one, _ in found:
            one.end()
    _print(players, rounds, proofs, load, found)


def _meet(one: Contender, figures: Figures, players: int) -> None:
    one.start()
    one.meet()
    time.sleep(1)
    empty, used = one.rss(), sum(one.used())
    met = one.connect(players)
    took = (met["last"] - met["first"]) / 1e9
    figures.missed += players - met["ready"]
    figures.connects, figures.connects_core = players / took, players / max(0.01, sum(one.used()) - used)
    time.sleep(2)
    figures.kb = (one.rss() - empty) / players


def _broadcast(one: Contender, figures: Figures, mark: str, players: int) -> None:
    user, system = one.used()
    told = one.fire(mark, proof=False)
    stamps = sorted((stamp - told["began"]) / 1e6 for stamp in told["stamps"])
    figures.missed += players - len(stamps)
    if not stamps:
        raise RuntimeError(f"{one.name}: nobody of {players} heard {mark}")
    figures.last.append(stamps[-1])
    figures.half.append(stamps[len(stamps) // 2])
    time.sleep(0.05)
    user_now, system_now = one.used()
    figures.user_us += (user_now - user) * 1e6 / players
    figures.all_us += (user_now + system_now - user - system) * 1e6 / players


def _prove(one: Contender, figures: Figures, mark: str, players: int) -> None:
    told = one.fire(mark, proof=True)
    figures.missed += players - len(told["stamps"])
    figures.issue_last.append((max(told["stamps"]) - told["began"]) / 1e6)
    if "proved" in told:
        figures.proved.append((told["proved"] - told["began"]) / 1e6)


def _return(one: Contender, figures: Figures, players: int) -> None:
    one.kill()
    one.ask({"do": "leave"})
    time.sleep(0.5)
    listened = one.start()
    met = one.connect(players)
    figures.missed += players - met["ready"]
    figures.back = (met["last"] - max(listened, met["begun"])) / 1e9


def _print(players: int, rounds: int, proofs: int, load: float, found: list[tuple[Contender, Figures]]) -> None:
    print(f"\n{players} players, {rounds} broadcasts and {proofs} with proof in turns, load {load:.1f}\n")
    head = ("", "last ms", "× limit", "worst/median", "user µs", "all µs", "to last, proving", "proved ms", "kB each",
            "connects/s", "per core s", "return s", "missed")  # fmt: skip
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    limit = median(found[0][1].last)
    for one, figures in found:
        last, issued, proved = median(figures.last), median(figures.issue_last), figures.proved
        cells = (
            one.name, f"{last:.0f}", f"{last / limit:.2f}", f"{max(figures.last) / last:.2f}",
            f"{figures.user_us / rounds:.1f}", f"{figures.all_us / rounds:.1f}", f"{issued:.0f}",
            f"{median(proved):.0f}" if proved else "–", f"{figures.kb:.1f}", f"{figures.connects:.0f}",
            f"{figures.connects_core:.0f}", f"{figures.back:.2f}", str(figures.missed),
        )  # fmt: skip
        print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Measure for each number of players."""
    asked = argparse.ArgumentParser(description="Fan-out beside its peers")
    asked.add_argument("--players", default="1000,5000")
    asked.add_argument("--rounds", type=int, default=30)
    asked.add_argument("--proofs", type=int, default=10)
    given = asked.parse_args()
    counts = [int(one) for one in given.players.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        data, npm = Path(folder) / "var", Path(folder) / "npm"
        npm.mkdir()
        open_site(data).stop()
        fill(data, max(counts))
        node = installed_node(npm)
        for count in counts:
            measure(count, given.rounds, given.proofs, data, node)


if __name__ == "__main__":
    main()
