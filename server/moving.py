"""From SQLite to PostgreSQL: everything in one transaction, read back and compared before it counts.

Killed at any point it leaves the source as it was and the target empty, or moved; it may just be run again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import exc as sa_exc
from sqlalchemy.engine import Connection

from server import audit, engines, lock
from server.config import BadSetting, Config
from server.db import Transaction
from server.start import MOVED, migrate, open_parts, upgrade
from server.tables import metadata, position
from server.words import say

OTHER_MOVE_MS = 25_000  # until PostgreSQL has noticed that one was killed
AT_ONCE = 1_000  # rows
TABLES = metadata.sorted_tables

Tell = Callable[[str], None]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What a table holds: how many rows, and a number that any other content would change, in whatever order."""

    rows: int = 0
    sum: int = 0

    def with_(self, row: Row) -> Held:
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        return Held(self.rows + 1, (self.sum + int.from_bytes(digest)) % (1 << 256))


def move(config: Config, to: str, tell: Tell) -> str:
    """Copy the site to an empty PostgreSQL and lay SQLite to rest; return a line that says so. Raises BadSetting."""
    locale = config.locale
    if engines.is_postgresql(config.url) or not engines.is_postgresql(to):
        raise BadSetting(say("move.which", locale))
    if not (config.data / "paomadeng.db").exists():
        raise BadSetting(say("backup.nothing", locale, data=config.data))
    holding = lock.take(config.data)
    if holding is None:
        raise BadSetting(say("backup.running", locale))
    with holding:
        parts = open_parts(config)
        migrate(parts)
        try:
            with parts.db.transaction() as source, _target(to) as target:  # nobody writes to the source meanwhile
                rows = _moved(source, target, locale, tell)
        except sa_exc.DBAPIError as error:
            raise BadSetting(say("move.failed", locale, why=error.orig)) from error
        finally:
            parts.db.close()
        (config.data / MOVED).write_text(_named(to), encoding="utf-8")
    return say("move.done", locale, rows=rows, to=_named(to))


def _named(url: str) -> str:
    """An address without its password."""
    return sa.make_url(url).render_as_string(hide_password=True)


@contextmanager
def _target(url: str) -> Iterator[Connection]:
    """The target inside the one transaction, which ``commit`` alone makes last."""
    engine = engines.make(url)
    try:
        with engine.connect().execution_options(**{engines.WRITE: OTHER_MOVE_MS}) as connection, connection.begin():
            engines.unhurried(connection)
            yield connection
    finally:
        engine.dispose()


def _moved(source: Transaction, target: Connection, locale: str, tell: Tell) -> int:
    """How many rows the target holds now; raises BadSetting unless they are those of the source, one for one."""
    if target.exec_driver_sql("SHOW server_encoding").scalar() != "UTF8":
        raise BadSetting(say("move.encoding", locale))
    there = set(sa.inspect(target).get_table_names())
    if there and not _same_site(source, target, there):
        raise BadSetting(say("move.not_empty", locale, tables=len(there)))
    if not there:
        upgrade(connection=target)
    total = 0
    for number, table in enumerate(TABLES, 1):
        held = _put(source, target, table) if not there else _held(_rows(source.execute(_all(table))))
        if _held(_rows(target.execute(_all(table, back=True)))) != held:
            raise BadSetting(say("move.differs" if not there else "move.not_empty", locale, tables=table.name))
        total += held.rows
        tell(say("move.table", locale, number=number, of=len(TABLES), table=table.name, rows=held.rows))
    if list(audit.verify(Transaction(target))):
        raise BadSetting(say("move.audit", locale))
    return total


def _same_site(source: Transaction, target: Connection, there: set[str]) -> bool:
    """Whether an earlier move got as far as the end of its transaction."""
    if not {table.name for table in TABLES} <= there:
        return False
    epoch = sa.select(position.c.epoch)
    return source.execute(epoch).scalar() == target.execute(epoch).scalar()


def _all(table: sa.Table, *, back: bool = False) -> sa.Select[Any]:
    """Every row, JSON as the text it is, so that not even a space can change."""
    text = sa.cast if back else sa.type_coerce
    return sa.select(*(text(c, sa.Text) if isinstance(c.type, sa.JSON) else c for c in table.columns))


def _rows(result: sa.Result[Any]) -> Iterator[Row]:
    for some in result.partitions(AT_ONCE):
        yield from map(tuple, some)


def _held(rows: Iterable[Row]) -> Held:
    held = Held()
    for row in rows:
        held = held.with_(row)
    return held


def _put(source: Transaction, target: Connection, table: sa.Table) -> Held:
    """Copy a table; return what was read."""
    held, names = Held(), ", ".join(f'"{column.name}"' for column in table.columns)
    driver: Any = target.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in _rows(source.execute(_all(table))):
                held = held.with_(row)
                copy.write_row(row)
    except psycopg.DataError as error:
        raise BadSetting(f"{table.name}: {error}") from error
    return held
