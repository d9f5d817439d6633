"""The database: one write transaction at a time, facts told after commit, the same statements for every engine."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc as sa_exc
from sqlalchemy.engine import Connection, CursorResult, Engine, RootTransaction

from server.events import Bus, Fact

PATIENCE_S = 2.0  # a database that another process holds locked is said after so long, not waited for
BRIEFLY_S = 0.5  # the same for what goes out even if it cannot be stored, or is not worth waiting for
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.002, 0.05
READ_BUSY_MS = 2_000  # a reader only ever waits for the moment after a crash


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
    otherwise freeze every other writer. Whoever waits for another process waits before its transaction begins, without
    that lock and asleep, so that everybody else goes on.
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
    def transaction(self, patience_s: float = PATIENCE_S) -> Iterator[Transaction]:
        """A write transaction: returning commits, raising rolls back; a nested one joins the outer one.

        Before it begins it may sleep, ``patience_s`` at most, while another process holds the database locked.
        """
        current = self._current()
        if current is not None:
            yield current
            return
        with self._begun(patience_s) as connection:
            transaction = Transaction(connection)
            self._local.transaction = transaction
            try:
                yield transaction
            finally:
                self._local.transaction = None
        self.bus.publish(transaction.facts)

    @contextmanager
    def _begun(self, patience_s: float) -> Iterator[Connection]:
        connection, begun = self._begin(patience_s)
        try:
            with connection, begun:
                yield connection
        finally:
            self._write_lock.release()

    def _begin(self, patience_s: float) -> tuple[Connection, RootTransaction]:
        """Begin, holding the write lock: try, sleep without it, try again. Raises what the last try raised."""
        end, pause = time.monotonic() + patience_s, FIRST_PAUSE_S
        while True:
            try:
                return self._try_to_begin()
            except sa_exc.OperationalError as error:
                if not _is_locked(error) or time.monotonic() >= end:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _try_to_begin(self) -> tuple[Connection, RootTransaction]:
        self._write_lock.acquire()
        try:
            connection = self.engine.connect().execution_options(paomadeng_write=True)
            try:
                return connection, connection.begin()
            except BaseException:
                connection.close()
                raise
        except BaseException:
            self._write_lock.release()
            raise

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
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={READ_BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("paomadeng_write"):
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0")  # SQLite would wait with the whole process
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={READ_BUSY_MS}")


def _is_locked(error: sa_exc.OperationalError) -> bool:
    """Whether another process writes; no transaction has begun then."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
