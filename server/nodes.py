"""The processes at work on one database: each says every two seconds that it lives; one of them leads.

Who leads does what is done by the clock. Doing it twice must do no harm, for a node that is held up may think that it
leads a moment longer; never doing it would.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from server import schema
from server.ids import new_id
from server.parts import Parts
from server.pool import within
from server.schema import Schema
from server.tables import nodes
from server.version import VERSION

BEAT_S = 2
SILENT_MS = 10_000  # after which a node counts as gone
FORGET_MS = 86_400_000
LOCK = 0x6C656164  # "lead": the advisory lock of whoever does


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as it last told of itself; instants in UTC ms. ``deaf``: it does not hear the others through Redis."""

    id: str
    host: str
    port: int
    process: int
    version: str
    started: int
    seen: int
    leads: bool
    deaf: bool
    knows: str = ""  # the newest migration its program knows


def _nothing() -> None:
    """Nobody is to be told."""


class Leadership:
    """On PostgreSQL an advisory lock, held by a connection of its own and lost with it; on SQLite there is one node."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: Connection | None = None

    def hold(self) -> bool:
        """Keep hold of it or try to get it; return whether this node leads."""
        if self._engine.dialect.name != "postgresql":
            return True
        return self._still() or self._taken()

    def drop(self) -> None:
        """Let another node lead at once."""
        held, self._held = self._held, None
        if held is not None:
            with suppress(sa.exc.SQLAlchemyError):
                held.invalidate()  # closes it: a lock of a session would outlive its return to the pool
                held.close()

    def _still(self) -> bool:
        if self._held is None:
            return False
        try:
            with within(BEAT_S, "asking whether this node leads"):
                self._held.execute(sa.select(1))
        except (sa.exc.SQLAlchemyError, OSError):
            self.drop()
            return False
        return True

    def _taken(self) -> bool:
        with within(BEAT_S, "asking to lead"):
            connection = self._engine.connect()
            try:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
                leads = bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(LOCK))).scalar())
            except BaseException:
                connection.invalidate()
                raise
        if leads:
            self._held = connection
        else:
            connection.close()
        return leads


class Node:
    """This process among the others."""

    def __init__(
        self, parts: Parts, port: int, hears: Callable[[], bool] = lambda: True, ends: Callable[[], None] = _nothing
    ) -> None:
        self._parts, self._hears, self._ends = parts, hears, ends
        self.outgrown: Schema | None = None
        self._knows = schema.newest().number
        self._leadership = Leadership(parts.db.engine)
        self._told = {"host": platform.node(), "port": port, "process": os.getpid(), "version": VERSION}
        self._told |= {"knows": self._knows}
        self._started = parts.clock.now()
        self.id = new_id("n")
        self.leads = False

    def beat(self) -> None:
        """Say that it lives, and see who leads; without the database nobody does.

        While it asks it goes on as it was: a job whose turn came meanwhile would be left out until the next. A node
        that nobody knew, or that was silent for so long that it was taken for dead, looks whether the tables are still
        those it can work on.
        """
        try:
            self.leads = self._leadership.hold()
        except BaseException:
            self.leads = False
            raise
        at = self._parts.clock.now()
        told = {"seen": at, "leads": self.leads, "deaf": not self._hears()}
        with self._parts.db.transaction() as tx:
            known = tx.execute(nodes.update().where(nodes.c.id == self.id).values(**told)).rowcount
            if not known:
                tx.execute(nodes.insert().values(id=self.id, started=self._started, **self._told, **told))
            tx.execute(nodes.delete().where(nodes.c.seen < at - FORGET_MS))
        if not known:
            self._look_at_tables()

    def _look_at_tables(self) -> None:
        held = schema.held(self._parts.db)
        if not held.suits(self._knows):
            self.outgrown = held
            self._ends()

    def leave(self) -> None:
        """Say goodbye: another node leads at once, nobody waits for this one."""
        self.leads = False
        self._leadership.drop()
        with self._parts.db.transaction() as tx:
            tx.execute(nodes.delete().where(nodes.c.id == self.id))


def at_work(parts: Parts) -> Sequence[NodeRow]:
    """The nodes that told of themselves lately, the oldest first."""
    with parts.db.read() as tx:
        lately = nodes.c.seen > parts.clock.now() - SILENT_MS
        rows = tx.execute(sa.select(nodes).where(lately).order_by(nodes.c.started, nodes.c.id)).mappings()
        return tuple(NodeRow(**row) for row in rows)


def unfit(connection: Connection, wanted: Schema, at: int) -> Sequence[NodeRow]:
    """The nodes at work that could not go on with a schema; those that are silent are forgotten when there are none.

    The tables may be those of any program of before, which told nothing of what it knows, or not even of its nodes.
    """
    if not sa.inspect(connection).has_table(nodes.name):
        return ()
    there = {column["name"] for column in sa.inspect(connection).get_columns(nodes.name)}
    silent = nodes.c.seen <= at - SILENT_MS
    rows = connection.execute(sa.select(*(c for c in nodes.c if c.name in there)).where(~silent)).mappings()
    left = [row for row in (NodeRow(**row) for row in rows) if not wanted.suits(row.knows)]
    if not left:
        connection.execute(nodes.delete().where(silent))
    return left
