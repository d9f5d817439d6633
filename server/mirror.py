"""What a node last knew of its database, kept beside it: read on the alert road while PostgreSQL is away.

It holds what is needed to know who asks, which screens there are and which alerts are live; not content, not history.
Every statement runs on it unchanged, for it is a small SQLite. Nothing is ever written to it but whole new copies.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc as sa_exc
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.schema import CreateIndex, CreateTable

from server import engines, lock, tables
from server.tables import metadata

WHOLE = (
    "organisations", "branches", "position", "people", "grants", "sessions", "tokens", "attempts", "nodes",
    "screen_groups", "layouts", "screens", "memberships", "players", "alert_templates", "alert_sources", "webhooks",
)  # fmt: skip
EVERY_MS = 15_000
LATELY_MS = 7 * 86_400_000  # alerts older than that are history
EMPTY = sa.literal("")
PREFIX = "paomadeng-mirror-"
YOUNG_S = 60
LONG_S = 86_400

Rows = dict[str, list[tuple[Any, ...]]]
Execute = Callable[[sa.Select[Any]], Any]


class Mirror:
    """The newest copy, in a folder of its own that nobody else may open and that goes with the process.

    A process that is killed leaves its folder behind; the others of the machine remove it, and so does the next one.

    ``take`` reads within the caller's turn; ``put`` makes the copy, its slow part wherever ``away`` runs it.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        self._holding = lock.take(Path(self._folder.name))
        sweep(Path(self._folder.name))
        self._engine: Engine | None = None
        self._path = Path()
        self._copies = 0
        self._needed = -1
        self._taken = 0
        self.seq = -1

    def is_due(self, at: int) -> bool:
        """Whether a new copy is wanted at an instant (UTC ms)."""
        return not self.is_of_use or at - self._taken >= EVERY_MS

    def take(self, execute: Execute, at: int, rest: Callable[[], None]) -> Rows:
        """The rows of a copy as they are at an instant (UTC ms); ``rest`` is called between tables."""
        rows: Rows = {}
        for name, chosen in _chosen(at).items():
            rows[name] = [tuple(row) for row in execute(chosen)]
            rest()
        self._taken = at
        return rows

    def put(self, rows: Rows, away: Callable[..., Any]) -> None:
        """Make these rows the newest copy."""
        self._copies += 1
        path = Path(self._folder.name) / f"{self._copies}.db"
        away(_write, path, rows)
        away(sweep, path.parent)
        old, old_path = self._engine, self._path
        self._engine, self._path = engines.make(f"sqlite:///{path}"), path
        self.seq = _seq(rows)
        if old is not None:
            old.dispose()
            for file in old_path.parent.glob(f"{old_path.name}*"):
                file.unlink(missing_ok=True)

    def must_know(self, seq: int) -> None:
        """A copy from before this position of the alerts is of no use: screens would lose what it lacks."""
        self._needed = max(self._needed, seq)

    @property
    def is_of_use(self) -> bool:
        """Whether it holds every alert this node has told of."""
        return self._engine is not None and self.seq >= self._needed

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection that reads; raise ``TimeoutError`` of the engine's when the copy is of no use."""
        if self._engine is None or not self.is_of_use:
            raise sa_exc.TimeoutError("the database is away, and what is known of it is too old")
        with self._engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Remove the copy."""
        if self._engine is not None:
            self._engine.dispose()
        if self._holding is not None:
            self._holding.close()
        self._folder.cleanup()


class Reach:
    """Whether the database can be reached; after a failure nobody knocks for a second, so that nobody waits in vain."""

    REST_S = 1.0

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_away(self) -> bool:
        """Whether it was away a moment ago."""
        return time.monotonic() < self._until

    def failed(self) -> None:
        """Note that it could not be reached."""
        self._until = time.monotonic() + self.REST_S


# what others left -----------------------------------------------------------------------------------------------------


def sweep(own: Path) -> None:
    """Remove what processes of this user that are dead left beside a folder of ours that was just written to."""
    ours = own.stat()
    for folder in own.parent.glob(f"{PREFIX}*"):
        if folder != own and _is_left(folder, ours):
            shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path, ours: os.stat_result) -> bool:
    """Whether nobody holds it; one that is being made, or that a program of before holds by no lock, is let be."""
    try:
        found = folder.lstat()
        is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == ours.st_uid
        age_s = ours.st_mtime - found.st_mtime
        if not is_ours or age_s < YOUNG_S:
            return False
        return not lock.held(folder) if (folder / lock.NAME).exists() else age_s > LONG_S
    except OSError:  # somebody else is removing it
        return False


# what is copied -------------------------------------------------------------------------------------------------------


def _chosen(at: int) -> dict[str, sa.Select[Any]]:
    """By table what is read of it; the columns of a copy are those of the table, JSON as text."""
    lately = sa.select(tables.alerts.c.id).where(tables.alerts.c.issued > at - LATELY_MS)
    live = sa.select(tables.alerts.c.id).where(tables.alerts.c.expires > at)
    found = {name: _columns(metadata.tables[name]) for name in WHOLE}
    found["alerts"] = _columns(tables.alerts).where(tables.alerts.c.id.in_(lately))
    for table in (tables.alert_screens, tables.alert_groups, tables.alert_organisations, tables.alert_revisions):
        found[table.name] = _columns(table).where(table.c.alert.in_(lately))
    for table in (tables.deliveries, tables.alert_steps, tables.alert_sightings):
        found[table.name] = _columns(table).where(table.c.alert.in_(live))
    held = tables.held_messages
    found[held.name] = _columns(held).where(held.c.received > at - LATELY_MS)
    found["playlists"] = _columns(tables.playlists).where(tables.playlists.c.deleted.is_(None))
    found["programmes"] = _columns(tables.programmes, but=("body",))
    return found


def _columns(table: sa.Table, but: tuple[str, ...] = ()) -> sa.Select[Any]:
    def one(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
        if column.name in but:
            return EMPTY.label(column.name)
        return sa.cast(column, sa.Text).label(column.name) if isinstance(column.type, sa.JSON) else column

    return sa.select(*map(one, table.columns))


def _seq(rows: Rows) -> int:
    names = [column.name for column in tables.position.columns]
    return max((int(row[names.index("seq")]) for row in rows["position"]), default=-1)


# writing --------------------------------------------------------------------------------------------------------------


@cache
def _script() -> str:
    parts: list[sa.schema.ExecutableDDLElement] = []
    for table in metadata.sorted_tables:
        parts += [CreateTable(table), *map(CreateIndex, table.indexes)]
    made = (str(part.compile(dialect=sqlite.dialect())) for part in parts)
    return ";\n".join(("PRAGMA synchronous=OFF", *made))


def _write(path: Path, rows: Rows) -> None:
    """Make a database at ``path`` that holds these rows; knows neither the hub nor an engine."""
    path.touch(mode=0o600)
    database = sqlite3.connect(path)
    try:
        database.executescript(_script())
        for name, found in rows.items():
            places = ", ".join("?" * len(metadata.tables[name].columns))
            database.executemany(f"INSERT INTO {name} VALUES ({places})", found)  # nosec B608 - our names
        database.commit()
    finally:
        database.close()
