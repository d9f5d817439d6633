"""The database: one write transaction at a time, facts told after commit, the same statements for every engine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult, Engine

from server.events import Bus, Fact

BUSY_MS = 2000  # a locked database is said after this long, not waited for


class Transaction:
    """A connection inside a transaction, with the facts to be told when it commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.facts: list[Fact] = []

    def execute(self, statement: sa.Executable, rows: Any = None) -> CursorResult[Any]:
        """Run a SQLAlchemy Core statement."""
        return self._connection.execute(statement, rows)

    def announce(self, fact: Fact) -> None:
        """Tell ``fact`` to the bus once everything is committed; never when it is not."""
        self.facts.append(fact)


class Database:
    """Connections to the site's one truth.

    SQLite runs in WAL with ``synchronous=FULL``: with NORMAL a power cut loses acknowledged commits (measured, see
    docs/performance.md). Write transactions are serialised by one lock: a greenlet that yielded inside one would
    otherwise freeze every other writer for the busy time-out.
    """

    def __init__(self, url: str, bus: Bus | None = None) -> None:
        self.bus = bus or Bus()
        self.engine = _engine(url)
        self._write_lock = threading.RLock()
        self._local = threading.local()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A consistent view; inside an open write transaction it is that transaction."""
        current = self._current()
        if current is not None:
            yield current
            return
        with self.engine.connect() as connection, connection.begin():
            yield Transaction(connection)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A write transaction: returning commits, raising rolls back; a nested one joins the outer one."""
        current = self._current()
        if current is not None:
            yield current
            return
        with self._write_lock, self._write_connection() as connection:
            transaction = Transaction(connection)
            self._local.transaction = transaction
            try:
                yield transaction
            finally:
                self._local.transaction = None
        self.bus.publish(transaction.facts)

    @contextmanager
    def _write_connection(self) -> Iterator[Connection]:
        with self.engine.connect().execution_options(paomadeng_write=True) as connection, connection.begin():
            yield connection

    def writes_here(self) -> bool:
        """Whether this greenlet is inside a write transaction, which a nested one would join."""
        return self._current() is not None

    def _current(self) -> Transaction | None:
        return getattr(self._local, "transaction", None)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
    path = sa.make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    room = {"pool_size": 20, "max_overflow": 40}
    engine = sa.create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True, **room)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("paomadeng_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
