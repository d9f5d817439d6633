"""A database that others hold, or that takes no write, whichever engine it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa

from server.engines import WRITER, is_postgresql
from server.parts import Parts
from server.tables import metadata


@contextmanager
def locked(parts: Parts) -> Iterator[None]:
    """Another process writes, and is not done."""
    with held(parts.config.url):
        yield


@contextmanager
def held(url: str) -> Iterator[None]:
    """The same, where only the database's address is known."""
    if is_postgresql(url):
        with psycopg.connect(url) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER,))
            yield
    else:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield


@contextmanager
def takes_no_write(parts: Parts) -> Iterator[None]:
    """The database can be read, and that is all."""
    refuse(parts)
    try:
        yield
    finally:
        allow(parts)


def refuse(parts: Parts) -> None:
    """From now on no write is taken."""
    parts.db.close()
    sa.event.listen(parts.db.engine, "connect", _only_reads)


def allow(parts: Parts) -> None:
    """Writes are taken again."""
    sa.event.remove(parts.db.engine, "connect", _only_reads)
    parts.db.close()


def _only_reads(connection: Any, _: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA query_only=ON")
    else:
        connection.execute("SET default_transaction_read_only = on")
        connection.commit()


FULL = """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
 $$BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END$$"""


@contextmanager
def without_room(parts: Parts) -> Iterator[None]:
    """The database cannot grow: SQLite beyond the pages it has; PostgreSQL says of every row what a full disk makes it.

    Reading goes on, and so does writing where there is room left.
    """
    if is_postgresql(parts.config.url):
        with psycopg.connect(parts.config.url, autocommit=True) as other:
            other.execute(FULL)
            for table in metadata.tables:
                told = f'CREATE TRIGGER no_room BEFORE INSERT ON "{table}" EXECUTE FUNCTION no_room()'
                other.execute(told.encode())
            yield
            other.execute("DROP FUNCTION no_room() CASCADE")
        return
    parts.db.close()
    sa.event.listen(parts.db.engine, "connect", _grows_no_more)
    yield
    sa.event.remove(parts.db.engine, "connect", _grows_no_more)
    parts.db.close()


def _grows_no_more(connection: Any, _: Any) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")
