"""An empty site's database, made once in a test process and copied for each test: making the tables takes 0.1 s.

Statements are compiled once in a test process as well: every test has an engine of its own, which would begin anew.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect, Engine

from server.config import Config, read_config
from server.db import Database
from server.engines import is_postgresql
from server.tables import metadata
from tests import postgres

CHEAP = 8
"""MiB a password's hash takes in tests, the least the setting allows; a hundred sign-ins need not be slow."""


def settings(config: Config) -> Config:
    """The same settings on the engine this run of the tests is for, which ``lay`` then makes ready."""
    wanted = postgres.WANTED and not config.database_url
    return replace(config, database_url=postgres.shared().blank()) if wanted else config


def told(data: Path) -> Config:
    """The settings of a process of its own, whose database the test that began it names as ``postgres.clean`` does."""
    return read_config(os.environ, data=data, password_mb=CHEAP)[0]


def lay(config: Config) -> Database:
    """A database with every table and no row, where ``config`` says."""
    if not is_postgresql(config.url):
        path = Path(config.url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_empty())
        database = Database(config.url)
        sa.event.listen(database.engine, "connect", _without_waiting)
        return _compiling_once(database)
    config.data.mkdir(parents=True, exist_ok=True)
    database = _compiling_once(Database(config.url))
    if postgres.WANTED:  # else a test gave it to this process, and has it back
        weakref.finalize(database, _give_back, database.engine, config.url)
    return database


_compiled: dict[str, tuple[Dialect, dict[Any, Any]]] = {}


def _compiling_once(database: Database) -> Database:
    """The same database, using what earlier ones compiled: that belongs to a dialect, so the first one serves all."""
    engine = database.engine
    name = engine.dialect.name
    if name not in _compiled:
        engine.connect().close()  # a dialect gets to know its server by the first connection
        _compiled[name] = engine.dialect, {}
    engine.dialect, compiled = _compiled[name]
    engine.update_execution_options(compiled_cache=compiled)
    return database


def _without_waiting(connection: Any, _: Any) -> None:
    """No power is lost in a test: a commit need not wait for the disk, as with the PostgreSQL of tests."""
    connection.execute("PRAGMA synchronous=OFF")


def _give_back(engine: Engine, url: str) -> None:
    engine.dispose()
    postgres.shared().give_back(url)


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{path}")
        metadata.create_all(database.engine)
        database.close()  # and with the last connection the log is written into the file
        return path.read_bytes()
