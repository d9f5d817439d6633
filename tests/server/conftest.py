"""A site in a temporary folder with a real database and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from media.blobs import Blobs
from server.accounts.model import Grant, Identity
from server.clock import FixedClock
from server.config import Config
from server.nodes import Node
from server.parts import Parts
from server.tables import organisations, position
from tests.server.blank import CHEAP, lay, settings

NOON = 1_763_438_400_000  # 2025-11-18 12:00 in Shanghai, a Tuesday


class Compiled(BytecodeCache):
    """Templates compiled once in a test process, by what they hold: every test has an application of its own."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.held.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self.held[bucket.key, bucket.checksum] = bucket.code


Flask.jinja_options = {"bytecode_cache": Compiled()}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def parts(tmp_path: Path, clock: FixedClock) -> Iterator[Parts]:
    config = settings(Config(data=tmp_path, password_mb=CHEAP))
    database = lay(config)
    with database.transaction() as tx:
        tx.execute(
            organisations.insert().values(
                id="o1", name="样板一厂", zone="Asia/Shanghai", locale="zh", settings={}, created=NOON
            )
        )
        tx.execute(position.insert().values(id=1, epoch="e" * 32, seq=0))
    yield Parts(config, clock, database, Blobs(tmp_path / "media"))
    database.close()


@pytest.fixture
def owner() -> Identity:
    return Identity("o1", "person", "u1", "厂办", grants=(Grant("*"),), address="192.0.2.1")


NewNode = Callable[..., Node]


@pytest.fixture
def new_node(parts: Parts) -> Iterator[NewNode]:
    """Makes nodes; who leads holds a connection until it leaves."""
    nodes: list[Node] = []

    def another(port: int, **more: Any) -> Node:
        nodes.append(Node(parts, port, **more))
        return nodes[-1]

    yield another
    for one in nodes:
        with suppress(sa.exc.SQLAlchemyError):
            one.leave()
