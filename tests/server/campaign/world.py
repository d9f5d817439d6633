"""Two nodes on one data folder behind nginx, with a PostgreSQL and a Redis that they reach over wires of ours."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import requests

from players.swarm import hiring
from players.swarm.fleet import Fleet
from tests import postgres
from tests.nginx import Nginx
from tests.postgres import PostgreSQL
from tests.server import redis_here
from tests.server.campaign.hosts import Host, hosts
from tests.server.campaign.wires import Weather, Wire
from tests.server.redis_here import Redis
from tests.server.together.node import Node
from tests.site import Site, free_port

FAKETIME = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
)
READY_S = 90


@dataclass
class World:
    """Everything that can be hurt, and the front by which it is used."""

    front: Nginx
    nodes: tuple[Node, Node]
    database: PostgreSQL
    redis: Redis
    wires: dict[str, Wire]
    disks: dict[str, Path]
    clocks: tuple[Path, ...]
    hosts: tuple[Host, ...] = ()
    token: str = ""
    screens: list[hiring.Hired] = field(default_factory=list)
    fleet: Fleet | None = None

    @property
    def url(self) -> str:
        """Where everybody comes in."""
        return self.front.url

    def direct(self) -> psycopg.Connection[Any]:
        """The database itself, by no wire."""
        return psycopg.connect(self.url_of_database, connect_timeout=2)

    @property
    def url_of_database(self) -> str:
        """The address of the site's database, by no wire."""
        return self.database.url("site")

    def mend(self) -> None:
        """Bring back whatever is away, and wait until every node says that it is ready and hears the others."""
        for wire in self.wires.values():
            wire.set(Weather.WELL)
        for disk in self.disks.values():
            (disk / "ballast").unlink(missing_ok=True)
        for clock in self.clocks:
            self.set_right(clock)
        for host in self.hosts:
            host.mend()
        for one in (self.database, self.redis):
            one.send(signal.SIGCONT)
            if _is_over(one.process):
                one.start()
        if not self.front.listens:
            self.front.start()
        self._wait_for_nodes()

    def _wait_for_nodes(self) -> None:
        end = time.monotonic() + READY_S
        while not all(map(_ready, self.nodes)):
            assert time.monotonic() < end, [node.get("/readyz") for node in self.nodes]
            for node in self.nodes:
                if _is_over(node.site.process):
                    self.start(node)
                node.send(signal.SIGCONT)
            self.turn(200)

    def start(self, node: Node) -> None:
        """Start a node, as a supervisor would: one that cannot live yet is started again by ``mend``."""
        with suppress(AssertionError):
            node.start()

    def set_right(self, clock: Path) -> None:
        """Let a node's clock tell what time it is."""
        clock.write_text("+0")

    def turn(self, ms: int) -> None:
        """Let the fleet live for a while."""
        assert self.fleet is not None
        self.fleet.run(ms)


def _is_over(process: subprocess.Popen[Any] | None) -> bool:
    return process is None or process.poll() is not None


def _ready(node: Node) -> bool:
    with suppress(requests.RequestException):
        answer = requests.get(node.site.url + "/readyz", timeout=5)
        return answer.status_code == 200 and not answer.json()["warnings"]
    return False


@contextmanager
def opened(folder: Path, players: int, seed: int, *, clocks: bool = False) -> Iterator[World]:
    """A whole world with a fleet of ``players``, all of them welcome; gone afterwards.

    With ``clocks`` those of the nodes can be stepped, where the system has libfaketime. Where it lets us, each node has
    a machine of its own.
    """
    with ExitStack() as held:
        here, machines = held.enter_context(hosts(2))
        disks = _disks(held)
        database = _database(held, disks["database"])
        redis = Redis(disks["data"])
        redis.start()
        held.callback(redis.send, signal.SIGKILL)
        wires = {
            name: Wire(port, here) for name in ("database", "redis")
            for port in [database.port if name == "database" else redis.port]
        }  # fmt: skip
        for wire in wires.values():
            held.callback(wire.close)
        hands = tuple(folder / f"clock{number}" for number in range(2)) if clocks and _faketime() else ()
        held.callback(_keep_logs, disks["data"], folder)
        nodes = _nodes(held, disks["data"], wires, hands, machines)
        small = {name: place for name, place in disks.items() if place.is_mount()}
        front = Nginx(folder, [f"{node.site.host}:{node.site.port}" for node in nodes])
        front.start()
        held.callback(front.kill)
        world = World(front, nodes, database, redis, wires, small, hands, machines)
        world.token = nodes[0].site.run("token", "add", "--name", "campaign", "--scopes", "*")
        world.screens = list(hiring.hire(hiring.server(world.url, world.token), players, "车间"))
        world.fleet = Fleet(world.url, [one.token for one in world.screens], seed=seed)
        held.callback(world.fleet.close)
        assert world.fleet.run(60_000, lambda: world.fleet is not None and world.fleet.welcome == players)
        yield world


def _disks(held: ExitStack) -> dict[str, Path]:
    """Folders for the data and for PostgreSQL; small disks of memory where this machine lets us make them."""
    found: dict[str, Path] = {}
    for name, size in (("data", "96m"), ("database", "600m")):
        place = held.enter_context(tempfile.TemporaryDirectory(prefix="campaign-", ignore_cleanup_errors=True))
        done = _run("mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", place)
        found[name] = Path(place)
        if done.returncode == 0:
            held.callback(_run, "umount", "-l", place)
    return found


def _run(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(words, capture_output=True, check=False)


def _keep_logs(data: Path, folder: Path) -> None:
    for log in data.glob("node*.log"):
        shutil.copy(log, folder)


def _database(held: ExitStack, folder: Path) -> PostgreSQL:
    inner = folder / "postgresql"
    inner.mkdir(parents=True, exist_ok=True)
    made = PostgreSQL(inner)
    made.make()
    made.start()
    held.callback(made.send, signal.SIGQUIT)
    made.ask("CREATE DATABASE {} TEMPLATE template0", "site")
    return made


def _nodes(
    held: ExitStack, data: Path, wires: dict[str, Wire], clocks: tuple[Path, ...], machines: tuple[Host, ...]
) -> tuple[Node, Node]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
    settings = {
        "PAOMADENG_DATA": str(data),
        "PAOMADENG_DATABASE_URL": _through("database", wires), "PAOMADENG_REDIS_URL": _through("redis", wires),
        "PAOMADENG_PASSWORD_MB": "8", "PAOMADENG_PROXIES": "1", "PAOMADENG_PROXY_FROM": wires["redis"].host,
    }  # fmt: skip
    made = []
    for number in range(2):
        env = clean | settings
        if clocks:
            clocks[number].write_text("+0")
            env |= {
                "LD_PRELOAD": _faketime(), "FAKETIME_TIMESTAMP_FILE": str(clocks[number]), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }  # fmt: skip
        where, prefix = (machines[number].address, machines[number].prefix) if machines else ("127.0.0.1", ())
        made.append(Node(Site(data, free_port(), env, host=where), number, prefix=prefix))
    for node in made:
        node.start()
        held.callback(node.send, signal.SIGKILL)
    return made[0], made[1]


def _through(name: str, wires: dict[str, Wire]) -> str:
    at = f"{wires[name].host}:{wires[name].port}"
    if name == "database":
        return f"postgresql://plant:{postgres.SECRET}@{at}/site"
    return f"redis://:{redis_here.SECRET}@{at}/0"


def _faketime() -> str:
    return next((path for path in FAKETIME if Path(path).exists()), "")
