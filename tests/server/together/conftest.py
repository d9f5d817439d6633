"""Two nodes on a real PostgreSQL and a real Redis, and a program that may do everything."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import requests

from tests.players.stand import until
from tests.postgres import PostgreSQL, postgresql
from tests.server.redis_here import Redis, redis_in
from tests.server.together.node import Node
from tests.site import Site, free_port

PATIENCE_S = 60


@dataclass
class Plant:
    """Two nodes, what lies beneath them, and a token that both take."""

    nodes: tuple[Node, Node]
    redis: Redis
    database: PostgreSQL
    caller: requests.Session

    def ask(self, node: int, method: str, path: str, **more: Any) -> requests.Response:
        answer = self.caller.request(method, f"{self.nodes[node].site.url}{path}", timeout=20, **more)
        assert answer.status_code < 300, answer.text
        return answer

    def metrics(self, node: int) -> str:
        return requests.get(f"{self.nodes[node].site.url}/metrics", timeout=10).text

    def leading(self) -> list[int]:
        """The numbers of the nodes that say that they lead and that have lately been heard of."""
        with psycopg.connect(self.nodes[0].site.env["PAOMADENG_DATABASE_URL"]) as connection:
            rows = connection.execute("SELECT process FROM nodes WHERE leads ORDER BY seen DESC").fetchall()
        alive = {node.site.process.pid: node.number for node in self.nodes if node.site.process is not None}
        return [alive[process] for (process,) in rows if process in alive][:1]

    def processes(self, port: str, count: int, without: int = 0) -> set[int]:
        """The nodes at a port, once there are so many of them."""
        asked = "SELECT process FROM nodes WHERE port = %s AND process <> %s"

        def found() -> set[int]:
            with psycopg.connect(self.nodes[0].site.env["PAOMADENG_DATABASE_URL"]) as connection:
                return {process for (process,) in connection.execute(asked, (int(port), without))}

        assert until(lambda: len(found()) == count, PATIENCE_S)
        return found()

    def screen(self, name: str) -> tuple[str, str]:
        """A new screen and its player's token."""
        size = {"name": name, "width": 192, "height": 16, "colour": "single"}
        made = self.ask(0, "POST", "/api/v1/screens", json=size).json()
        paired = requests.post(f"{self.nodes[1].site.url}/player/pair", json={"key": made["key"]}, timeout=10)
        return made["id"], paired.json()["token"]

    def issue(self, node: int, screen: str, headline: str) -> str:
        order = {
            "status": "exercise", "severity": "severe", "headline": headline, "instruction": "到东门广场集合",
            "targets": {"screens": [screen]}, "presentation": "takeover", "expires_in_s": 600,
        }  # fmt: skip
        return str(self.ask(node, "POST", "/api/v1/alerts", json=order).json()["id"])


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    folder = tmp_path_factory.mktemp("plant")
    with postgresql() as database, redis_in(tmp_path_factory.mktemp("redis")) as redis:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
        settings = {
            "PAOMADENG_DATA": str(folder), "PAOMADENG_DATABASE_URL": database.bare(), "PAOMADENG_REDIS_URL": redis.url,
            "PAOMADENG_PASSWORD_MB": "8",
        }  # fmt: skip
        nodes = (
            Node(Site(folder, free_port(), clean | settings), 0),
            Node(Site(folder, free_port(), clean | settings), 1),
        )
        for node in nodes:
            node.start()
        try:
            yield Plant(nodes, redis, database, nodes[0].site.token())
        finally:
            for node in nodes:
                node.send(signal.SIGKILL)
