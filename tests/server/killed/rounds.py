"""Kills a process that issues alerts at random instants, round after round, and looks at what is left.

``python -m tests.server.killed.rounds FOLDER --rounds 1000``. Each round forks a process that opens the site, attaches
its sockets with one player on the line, and issues, clears and tries what is refused, without pause. It says what was
answered, refused and pushed through a pipe, unbuffered; SIGKILL comes in the midst of that. It prints what it found.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_socketio import SocketIOTestClient

from media.blobs import Blobs
from playlists.alert import Severity, Status
from server import tables
from server.accounts.model import Grant, Identity
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Targets
from server.clock import SystemClock
from server.config import Config
from server.db import Database
from server.errors import Forbidden, Invalid, TooMany
from server.ids import new_id
from server.parts import Parts
from server.realtime import attach
from server.screens.players import TOKEN
from tests.server.blank import CHEAP, lay, settings

SECRET = TOKEN + "killed"
LONGEST_MS = 25  # from the chosen moment to the kill; an act takes some fifteen
MOST = 60  # revisions, before the next round begins with none
HOUR_S = 3_600

Say = Callable[..., object]


def furnish(config: Config) -> None:
    """A site with one screen and its player."""
    from hashlib import sha256

    database = lay(config)
    with database.transaction() as tx:
        row = {"id": "o1", "name": "一厂", "zone": "Asia/Shanghai", "locale": "zh", "settings": {}, "created": 1}
        tx.execute(tables.organisations.insert().values(**row))
        tx.execute(tables.position.insert().values(id=1, epoch="e" * 32, seq=0))
        size = {"width": 192, "height": 16, "colour": "single", "created": 1, "key_hash": "k"}
        tx.execute(tables.screens.insert().values(id="s1", org="o1", name="东门", **size))
        held = {"id": "v1", "org": "o1", "screen": "s1", "paired": 1}
        tx.execute(tables.players.insert().values(**held, token_hash=sha256(SECRET.encode()).hexdigest()))
    database.close()


# the one that is killed -------------------------------------------------------------------------------------------


class Site:
    """The collaborators and the sockets, made once; a fork begins with them warm and without a connection."""

    def __init__(self, config: Config) -> None:
        self.parts = Parts(config, SystemClock(), Database(config.url), Blobs(config.data / "media"))
        app = Flask("site")
        attach.attach(app, self.parts, lambda environ: None)
        self.app, self.realtime = app, app.extensions[attach.EXTENSION]

    def player(self) -> Any:
        """The screen's player, on the line."""
        return SocketIOTestClient(self.app, self.realtime.socketio, namespace="/player", auth={"token": SECRET})

    def work(self, say: Say, acts: Iterable[int]) -> None:
        """Issue, clear and be refused, saying each."""
        self.realtime.alerts.begin()
        player = self.player()
        answer = player.emit("hello", {"nonce": "n", "protocol": 1}, namespace="/player", callback=True)
        say("hello", *(one["id"] for one in answer["alerts"]))
        for number in acts:
            _one(self.parts, number, say)
            for one in player.get_received("/player"):
                say("pushed", *(f"{alert['id']}.{alert['revision']}" for alert in one["args"][0]["alerts"]))
        player.disconnect("/player")


def saying(pipe: int) -> Say:
    """What says things through a pipe, unbuffered."""
    return lambda what, *words: os.write(pipe, (" ".join((what, *words)) + "\n").encode())


def _one(parts: Parts, number: int, say: Say) -> None:
    """One act: every third is refused, every fifth alert is cleared at once."""
    who = Identity("o1", "person", new_id("u"), "安全员", grants=(Grant("*"),))  # each its own: nobody is slowed down
    to = Targets(everywhere=True)
    try:
        if number % 3 == 2:
            visitor = Identity("o1", "person", "u1", "访客")
            bad = (visitor, 60) if number % 2 else (who, -1)
            alerts.issue(parts, bad[0], IssueAlert(Status.ACTUAL, Severity.MINOR, "refused", "", to, bad[1]))
            say("wrong")
            return
        made = alerts.issue(parts, who, IssueAlert(Status.ACTUAL, Severity.EXTREME, "火灾", "撤离", to, HOUR_S))
        say("answered", f"{made.alert_id}.{made.revision}")
        if number % 5 == 0:
            ended = alerts.clear(parts, who, made.alert_id)
            say("answered", f"{ended.alert_id}.{ended.revision}")
    except (Invalid, Forbidden, TooMany):
        say("refused")


# the one that kills -----------------------------------------------------------------------------------------------


@dataclass
class Found:
    """What rounds came to: how often each thing was seen, and what must never be.

    ``told`` is what was answered or pushed since the last tidying; ``live`` what the next hello has to hold.
    """

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    live: set[str] = field(default_factory=set)


def one_round(site: Site, random: Random, found: Found) -> None:
    """Let one process work, kill it, look."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        try:
            site.work(saying(write), count())
        except Exception:
            os.write(write, traceback.format_exc().encode())
        finally:
            os._exit(3)
    os.close(write)
    for line in _said_until_killed(read, child, random):
        _note(line.split(" "), found)
    _look(site.parts, found)


def _said_until_killed(read: int, child: int, random: Random) -> list[str]:
    """What the process said before it died, the last line cut off or not."""
    wanted, text = random.choice((0, 0, 1, 1, 2, 4)), b""
    while text.count(b"\nanswered") < wanted and (piece := os.read(read, 65_536)):
        text += piece
    time.sleep(random.random() * LONGEST_MS / 1_000)
    os.kill(child, signal.SIGKILL)
    while piece := os.read(read, 65_536):
        text += piece
    os.close(read)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"it died by itself: {text.decode()[-500:]}"
    return [line for line in text.decode().split("\n")[:-1] if line]


def _note(words: list[str], found: Found) -> None:
    what, *names = words
    found.counts[what] += 1
    if what == "wrong":
        found.wrong.append("something was let out that must be refused")
    if what in ("answered", "pushed"):  # what a screen was told must be there afterwards as well
        found.told |= set(names)
    if what == "hello":
        found.wrong += [f"not in the next hello: {name}" for name in sorted(found.live - set(names))]


def _look(parts: Parts, found: Found) -> None:
    """What was answered or pushed is in the tables, whole; what was refused is not."""
    with parts.db.read() as tx:
        held = {f"{row.alert}.{row.revision}" for row in tx.execute(sa.select(tables.alert_revisions))}
        there = {f"{row.alert}.{row.revision}" for row in tx.execute(sa.select(tables.deliveries))}
        refused = tx.execute(sa.select(tables.alerts.c.id).where(tables.alerts.c.headline == "refused")).all()
        seq = tx.execute(sa.select(tables.position.c.seq)).scalar_one()
    found.wrong += [f"answered and lost: {name}" for name in sorted(found.told - held)]
    found.wrong += [f"without deliveries: {name}" for name in sorted(held ^ there)]
    found.wrong += [f"refused and stored: {row.id}" for row in refused]
    found.wrong += [f"position {seq} for {len(held)} revisions"] if seq != len(held) else []
    found.counts["stored, and nobody told"] += len(held - found.held - found.told)
    found.held = held
    found.live = {name[:-2] for name in held if name.endswith(".1") and f"{name[:-1]}2" not in held}
    if len(held) > MOST:
        _tidy(parts, found)
    parts.db.close()


def _tidy(parts: Parts, found: Found) -> None:
    """Begin with no alert again, so that a thousand rounds do not end with ten thousand live ones."""
    with parts.db.transaction() as tx:
        for table in (tables.deliveries, tables.alert_steps, tables.alert_revisions, tables.alerts):
            tx.execute(table.delete())
        tx.execute(tables.position.update().values(seq=0))
    found.told, found.held, found.live = set(), set(), set()


def main(arguments: list[str] | None = None) -> int:
    """Kill as often as asked for; print the counts and whatever was wrong as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    found, random, begun = Found(), Random(options.seed), time.perf_counter()
    config = settings(Config(data=options.folder, password_mb=CHEAP))
    furnish(config)
    site = Site(config)
    site.work(lambda *_: None, range(7))  # once, so that every statement has been compiled before the first fork
    _tidy(site.parts, found)
    site.parts.db.close()
    gc.collect()
    gc.freeze()  # else each child copies what it only looks through for garbage
    gc.disable()
    for _ in range(options.rounds):
        one_round(site, random, found)
    told = {"rounds": options.rounds, "seconds": round(time.perf_counter() - begun), "counts": found.counts}
    print(json.dumps({**told, "wrong": found.wrong}, ensure_ascii=False))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
