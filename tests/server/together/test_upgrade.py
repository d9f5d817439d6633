"""Two nodes go from one release to the next and the tables with them, one after the other, while everybody works on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import LiteralString

import pytest

from players.swarm import hiring
from players.swarm.fleet import BACK_MS, Fleet
from server.serve import HAND_OVER_S
from tests.nginx import Nginx
from tests.players.stand import until
from tests.postgres import postgresql
from tests.server.campaign.check import broken, differing
from tests.server.campaign.work import Promises, Staff
from tests.server.campaign.world import World
from tests.server.redis_here import redis_in
from tests.server.together import releases
from tests.server.together.node import Node
from tests.site import ROOT, Site, free_port

PLAYERS = 4
PATIENCE_S = 30
WELL = ("200", "201", "429")  # the last: nobody may alarm faster than anybody reads
TITLES = "SELECT count(*), count(title), count(*) FILTER (WHERE title <> name) FROM revisions"
UNHEARD = """SELECT count(*) FROM alerts a JOIN deliveries d ON d.alert = a.id AND d.revision = a.revision
 WHERE a.phase = 'live' AND d.owes AND d.received IS NULL"""


class Crowd(threading.Thread):
    """The players, living by themselves; how long each was without a server, at the longest."""

    def __init__(self, fleet: Fleet) -> None:
        super().__init__(daemon=True)
        self.fleet, self.longest_ms = fleet, 0
        self._ends = threading.Event()
        self._met = dict.fromkeys(range(len(fleet.members)), fleet.now())

    def run(self) -> None:
        while not self._ends.is_set():
            self.fleet.turn()
            now = self.fleet.now()
            for member in self.fleet.members:
                self.longest_ms = max(self.longest_ms, now - self._met[member.number])
                if member.welcome:
                    self._met[member.number] = now

    def stop(self) -> None:
        """Let it come to rest."""
        self._ends.set()
        self.join(10)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two nodes behind nginx, players on them."""
    with ExitStack() as held:
        database = held.enter_context(postgresql())
        database.ask("CREATE DATABASE {} TEMPLATE template0", "site")
        redis = held.enter_context(redis_in(tmp_path))
        data = tmp_path / "data"
        data.mkdir()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
        clean |= {
            "PAOMADENG_DATA": str(data), "PAOMADENG_DATABASE_URL": database.url("site"), "PAOMADENG_LOCALE": "en",
            "PAOMADENG_REDIS_URL": redis.url, "PAOMADENG_PASSWORD_MB": "8", "PAOMADENG_PROXIES": "1",
        }  # fmt: skip
        nodes = Node(Site(data, free_port(), clean), 0), Node(Site(data, free_port(), clean), 1)
        for node in nodes:
            node.start()
            held.callback(node.send, signal.SIGKILL)
        front = Nginx(tmp_path, [f"127.0.0.1:{node.site.port}" for node in nodes], asked=True)
        front.start()
        held.callback(front.kill)
        made = World(front, nodes, database, redis, {}, {}, ())
        made.token = nodes[0].site.run("token", "add", "--name", "upgrade", "--scopes", "*")
        made.screens = list(hiring.hire(hiring.server(front.url, made.token), PLAYERS, "车间"))
        made.fleet = Fleet(front.url, [one.token for one in made.screens])
        held.callback(made.fleet.close)
        assert made.fleet.run(60_000, lambda: made.fleet is not None and made.fleet.welcome == PLAYERS)
        yield made


@pytest.fixture
def crowd(world: World) -> Iterator[Crowd]:
    """The players, alive."""
    assert world.fleet is not None
    made = Crowd(world.fleet)
    made.start()
    yield made
    made.stop()


def run(tree: Path, world: World, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of another release, on the same site."""
    command = [sys.executable, "-m", "server.cli", *words]
    env = world.nodes[0].site.env
    return subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False)


def replace(node: Node, tree: Path) -> None:
    """Let a node of another release take the place of this one."""
    node.send(signal.SIGTERM)
    node.tree = tree
    node.start()


def one_row(world: World, asked: LiteralString) -> tuple[int, ...]:
    """What the database answers."""
    with world.direct() as database:
        return database.execute(asked).fetchone() or ()


def test_nodes_are_replaced_one_by_one_while_tables_expand_and_contract(
    world: World, crowd: Crowd, tmp_path: Path
) -> None:
    one, two = world.nodes
    next_, last = tmp_path / "next", tmp_path / "last"
    expanded = releases.expanding(next_)
    contracted = releases.contracting(last, next_, expanded)
    promises = Promises()
    staff = Staff(world, promises, seed=1)
    staff.prepare()
    staff.start()

    replace(one, next_)
    assert until(lambda: any("two releases" in told for told in two.get("/readyz")["warnings"]), PATIENCE_S)
    assert run(ROOT, world, "migrate").stdout.strip() == expanded  # who was there before goes on, also from the start
    refused = run(last, world, "migrate")
    assert refused.returncode != 0
    assert f":{two.site.port} (" in refused.stderr
    assert f":{one.site.port} (" not in refused.stderr
    replace(two, next_)
    assert until(lambda: one_row(world, TITLES)[1], PATIENCE_S)
    total, titled, _ = one_row(world, TITLES)
    assert titled < total  # both releases wrote
    done = run(last, world, "migrate")
    assert (done.stdout.strip(), done.returncode) == (contracted, 0), done.stderr

    before = len(promises.alerts)
    assert until(lambda: len(promises.alerts) > before, PATIENCE_S)
    staff.stop()
    assert until(lambda: not differing(world), PATIENCE_S), differing(world)
    assert until(lambda: one_row(world, UNHEARD) == (0,), PATIENCE_S), one_row(world, UNHEARD)
    crowd.stop()
    total, titled, wrong = one_row(world, TITLES)
    assert (titled, wrong) == (total, 0)
    assert list(broken(world, promises)) == []
    kept = [said.headline for said in promises.alerts.values() if not said.stored]
    well = (*WELL, "404") if kept else WELL  # what one node keeps in memory while tables change the other does not know
    assert [name for name in promises.counts if not name.endswith(well)] == [], promises.counts
    assert [asked for asked in world.front.requests if not asked[0].startswith(("101", "304", *well))] == []
    assert crowd.longest_ms < 1_000 * HAND_OVER_S + BACK_MS[1]
