"""What differs between SQLite and PostgreSQL: how connections are made, how a transaction begins, what went wrong."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc as sa_exc
from sqlalchemy.engine import URL, Connection, Engine

from server.config import BadSetting

WRITE = "paomadeng_write"
"""The execution option of a connection whose transactions write: how many ms to wait for another writer."""
READ_BUSY_MS = 2_000  # a reader only ever waits for the moment after a crash
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # as JSON spells it; PostgreSQL has no place for it in a text
WRITER = 0x70616F6D61  # PostgreSQL's advisory lock that the one writer of a site holds
MIGRATION_MS = 25_000
READERS = 20  # connections that read at once; beside them stand one for the writer, and one by which a node leads
POSTGRESQL: dict[str, Any] = {
    "connect_timeout": 2,
    "application_name": "paomadeng",
    "client_encoding": "utf8",
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": "-c statement_timeout=30s -c idle_in_transaction_session_timeout=10s -c timezone=UTC",
}
"""A statement that hangs, and a node that stops with the writer's lock in its hand, hold nobody up for long."""


class Trouble(StrEnum):
    """Why nothing came of a statement: the database is held or away, has no room, or cannot hold such a value."""

    BUSY = "busy"
    FULL = "full"
    UNFIT = "unfit"


def is_postgresql(url: str) -> bool:
    """Whether an address is PostgreSQL's, in any of its spellings."""
    return url.partition("://")[0].partition("+")[0] in ("postgresql", "postgres")


def make(url: str) -> Engine:
    """An engine for ``sqlite:///PATH`` or ``postgresql://…``; connects when it is first used."""
    return _postgresql(sa.make_url(url)) if is_postgresql(url) else _sqlite(url)


def readers(engine: Engine) -> int:
    """How many connections may read at once and leave one for the writer; 0 where a reader never makes one wait."""
    return READERS if engine.dialect.name == "postgresql" else 0


def reading(connection: Connection) -> Connection:
    """The same connection for statements that all see one instant, as SQLite's do."""
    if connection.dialect.name != "postgresql":
        return connection
    return connection.execution_options(isolation_level="REPEATABLE READ")


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """The one writer of the site, for as long as it takes to change tables; another node that does is waited for."""
    with engine.connect().execution_options(**{WRITE: MIGRATION_MS}) as connection, connection.begin():
        unhurried(connection)
        yield connection


def unhurried(connection: Connection) -> None:
    """Let this transaction's statements take their time, as a migration's or a move's do."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


# SQLite ---------------------------------------------------------------------------------------------------------------


def _sqlite(url: str) -> Engine:
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
    driver: Any = connection.connection.driver_connection
    if WRITE not in connection.get_execution_options():
        driver.execute("BEGIN")  # takes no lock yet, so that nothing can be wrong with it
        return
    driver.execute("PRAGMA busy_timeout=0")  # SQLite would wait with the whole process
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={READ_BUSY_MS}")


# PostgreSQL -----------------------------------------------------------------------------------------------------------


def _postgresql(url: URL) -> Engine:
    if find_spec("psycopg") is None:
        raise BadSetting("PostgreSQL needs psycopg: start by run.py, which installs it, or run.py --extra scale")
    given = {name: value for name, value in POSTGRESQL.items() if name not in url.query}
    room = {"pool_size": READERS // 2, "max_overflow": READERS // 2 + 2, "pool_timeout": 10}
    url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, connect_args=given, pool_pre_ping=True, hide_parameters=True, **room)
    sa.event.listen(engine, "begin", _begin_postgresql)
    return engine


def _begin_postgresql(connection: Connection) -> None:
    """Wait for the other writers of the site, on any node; the lock goes with the transaction, however that ends.

    What the use cases look at before they write so stays true until they commit, as it does in SQLite.
    """
    patience_ms = connection.get_execution_options().get(WRITE)
    if patience_ms is not None:
        waiting = "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(%s)"
        connection.exec_driver_sql(waiting, (str(max(1, patience_ms)), WRITER))


def others(url: str) -> int:
    """How many sessions somebody else has in a database of PostgreSQL."""
    engine = make(url)
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    try:
        with engine.connect() as connection:
            return int(connection.exec_driver_sql(asked).scalar_one())
    finally:
        engine.dispose()


# what went wrong ------------------------------------------------------------------------------------------------------

_AWAY = ("08", "40", "53", "57")  # no connection, rolled back for another, no room for one, stopped by somebody
_HELD = ("55P03", "25P03", "25006")  # another writer was not done, we were not, a copy that takes no writes


def is_locked(error: sa_exc.OperationalError) -> bool:
    """Whether another process writes to the same file; no transaction has begun then. PostgreSQL has waited already."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def trouble(error: BaseException) -> Trouble | None:
    """What an exception of an engine, or of its driver, says about the database; None when the fault is ours."""
    if isinstance(error, (sa_exc.InterfaceError, sa_exc.TimeoutError)):
        return Trouble.BUSY
    if isinstance(error, sa_exc.DataError):  # NUL, more characters than a column has; SQLite takes both
        return Trouble.UNFIT
    if isinstance(error, sa_exc.DBAPIError):
        if error.connection_invalidated:
            return Trouble.BUSY
        cause: BaseException | None = error.orig
    else:
        cause = error
    if isinstance(cause, sqlite3.OperationalError):
        return _of_sqlite(str(cause))
    return _of_postgresql(error, cause)


def _of_sqlite(text: str) -> Trouble | None:
    if "locked" in text:
        return Trouble.BUSY
    return Trouble.FULL if "full" in text else None


def _of_postgresql(error: BaseException, cause: Any) -> Trouble | None:
    state = getattr(cause, "sqlstate", None)
    if state is None:  # it never came to a session
        return Trouble.BUSY if isinstance(error, sa_exc.OperationalError) else None
    if state == "53100":
        return Trouble.FULL
    return Trouble.BUSY if state.startswith(_AWAY) or state in _HELD else None
