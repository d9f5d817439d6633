"""Kills a whole server at random instants while alerts are issued over HTTP to a player on the line.

``python -m tests.server.killed.servers FOLDER --rounds 100`` prints what it found, as ``rounds.py`` does.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import requests
import sqlalchemy as sa

from players.swarm import roster
from players.swarm.fleet import Fleet
from server import tables
from server.db import Database
from tests.site import Site, open_site

WAIT_MS = 60_000
LONGEST_MS = 60  # from the chosen answer to the kill
MOST = 30
ORDER = {
    "status": "actual", "severity": "extreme", "headline": "火灾", "instruction": "撤离", "targets": {"all": True},
    "presentation": "takeover", "expires_in_s": 3_600,
}  # fmt: skip
BAD = ORDER | {"headline": "refused", "targets": {"screens": ["none"]}}


@dataclass
class Found:
    """What rounds came to; ``told`` is what was answered 201 as stored, or pushed."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)


class Issuer(threading.Thread):
    """Issues over HTTP until the server is gone."""

    def __init__(self, site: Site, caller: requests.Session) -> None:
        super().__init__(daemon=True)
        self.url, self.caller, self.answered = site.url + "/api/v1/alerts", caller, list[str]()
        self.unstored, self.refused = set[str](), 0

    def run(self) -> None:
        with suppress(requests.RequestException):
            while True:
                answer = self.caller.post(self.url, json=ORDER, timeout=20)
                if answer.status_code == 201:
                    told = answer.json()
                    self.answered.append(told["id"])
                    self.unstored |= set() if told["stored"] else {told["id"]}
                self.refused += self.caller.post(self.url, json=BAD, timeout=20).status_code == 422


def one_round(site: Site, fleet: Fleet, caller: requests.Session, random: Random, found: Found) -> None:
    """Issue, kill, look, start again, and see the player come back to all of it."""
    issuer = Issuer(site, caller)
    issuer.start()
    wanted = random.choice((0, 1, 1, 2, 3))
    fleet.run(WAIT_MS, lambda: len(issuer.answered) >= wanted)
    fleet.run(int(random.random() * LONGEST_MS), lambda: False)
    site.kill()
    fleet.run(WAIT_MS, lambda: fleet.welcome == 0)
    issuer.join()
    pushed = {alert.id for alert in fleet.members[0].alerts}
    unstored = len(issuer.unstored)  # out from memory, and said so: the database was too slow
    found.counts.update(answered=len(issuer.answered), unstored=unstored, pushed=len(pushed), refused=issuer.refused)
    found.told |= (pushed | set(issuer.answered)) - issuer.unstored
    held = _look(site.database, found)
    if len(held) > MOST:
        _tidy(site.database)
        found.told, held = set(), set()
    site.start()
    assert fleet.run(WAIT_MS, lambda: fleet.welcome == 1), "the player did not come back"
    missing = held - {alert.id for alert in fleet.members[0].alerts}
    found.wrong += [f"not in the next hello: {name}" for name in sorted(missing)]


def _look(url: str, found: Found) -> set[str]:
    """What the tables hold after the kill."""
    database = Database(url)
    with database.read() as tx:
        rows = tx.execute(sa.select(tables.alerts.c.id, tables.alerts.c.headline)).all()
        there = set(tx.execute(sa.select(tables.deliveries.c.alert)).scalars())
    database.close()
    held = {row.id for row in rows}
    found.wrong += [f"answered or pushed, and lost: {name}" for name in sorted(found.told - held)]
    found.wrong += [f"without deliveries: {name}" for name in sorted(held ^ there)]
    found.wrong += [f"refused and stored: {row.id}" for row in rows if row.headline == "refused"]
    found.counts["stored, and nobody told"] += len(held - found.told)
    found.told |= held
    return held


def _tidy(url: str) -> None:
    """Begin with no alert again, at a later position."""
    database = Database(url)
    with database.transaction() as tx:
        for table in (tables.deliveries, tables.alert_steps, tables.alert_revisions, tables.alerts):
            tx.execute(table.delete())
        tx.execute(tables.position.update().values(seq=tables.position.c.seq + 1))
    database.close()


def main(arguments: list[str] | None = None) -> int:
    """Kill as often as asked for; print the counts and whatever was wrong as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    found, random, begun = Found(), Random(options.seed), time.perf_counter()
    site = open_site(options.folder / "var")
    try:
        site.run("swarm", "--screens", "1", "--seconds", "1", "--port", str(site.port))
        (one,) = roster.read(site.data / "swarm.json")
        fleet, caller = Fleet(site.url, [one.token]), site.token("alerts:issue")
        assert fleet.run(WAIT_MS, lambda: fleet.welcome == 1), "no player"
        for _ in range(options.rounds):
            one_round(site, fleet, caller, random, found)
        fleet.close()
    finally:
        site.kill()
    told = {"rounds": options.rounds, "seconds": round(time.perf_counter() - begun), "counts": found.counts}
    print(json.dumps({**told, "wrong": found.wrong}, ensure_ascii=False))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
