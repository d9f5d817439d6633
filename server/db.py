"""The database: one write transaction at a time, facts told after commit, the same statements for every engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc as sa_exc
from sqlalchemy.engine import Connection, CursorResult, RootTransaction

from server import engines
from server.events import Bus, Fact
from server.mirror import Mirror, Reach
from server.pool import within

PATIENCE_S = 2.0  # a database that another process holds locked is said after so long, not waited for
BRIEFLY_S = 0.5  # the same for what goes out even if it cannot be stored, or is not worth waiting for
SOON_S = 0.1  # the same for what comes again every second anyway
SILENT_S = 3.0  # after which a database that takes a connection and says nothing counts as away
UNREADY = (sa_exc.OperationalError, sa_exc.InternalError, sa_exc.InterfaceError, sa_exc.TimeoutError, OSError)
"""What may be raised because the database is held, away, full or takes no writes, and not by what was asked."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.002, 0.05


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

    PostgreSQL has one writer at a time as well, whatever node it is on: a transaction begins by taking the site's
    advisory lock. Every use case may so look before it writes, as it may with SQLite, and no two can deadlock.
    """

    def __init__(self, url: str, bus: Bus | None = None) -> None:
        self.bus = bus or Bus()
        self.engine = engines.make(url)
        readers = engines.readers(self.engine)
        self._readers: Any = threading.BoundedSemaphore(readers) if readers else nullcontext()
        self._write_lock = threading.RLock()
        self._local = threading.local()
        self._reach = Reach()
        self.mirror: Mirror | None = None

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A consistent view; inside an open write transaction it is that transaction."""
        current = self._current()
        if current is not None:
            yield current
            return
        with self._reader() as connection:
            yield Transaction(connection)

    @contextmanager
    def _reader(self) -> Iterator[Connection]:
        with ExitStack() as held:
            try:
                held.enter_context(self._readers)
                connection = held.enter_context(self._connect())
            except UNREADY:
                if self.mirror is None or not getattr(self._local, "mirrored", False):
                    raise
                yield held.enter_context(self.mirror.connected())
            else:
                with engines.reading(connection).begin():
                    yield connection

    def _connect(self) -> Connection:
        """Connect; raise at once what it would raise after a while, when that has just been tried."""
        if self.is_away:
            raise sa_exc.TimeoutError("the database could not be reached a moment ago")
        try:
            with within(SILENT_S, "connecting to the database"):
                return self.engine.connect()
        except UNREADY:
            self._reach.failed()
            raise

    @property
    def is_away(self) -> bool:
        """Whether the database could not be reached a moment ago."""
        return self.mirror is not None and self._reach.is_away

    @contextmanager
    def or_mirror(self) -> Iterator[None]:
        """Within it whoever reads is given what was last known of a database that is away; for the alert road alone.

        What is written never goes by it: it may be old, and content is not in it.
        """
        before = getattr(self._local, "mirrored", False)
        self._local.mirrored = True
        try:
            yield
        finally:
            self._local.mirrored = before

    @contextmanager
    def transaction(self, patience_s: float = PATIENCE_S) -> Iterator[Transaction]:
        """A write transaction: returning commits, raising rolls back; a nested one joins the outer one.

        Before it begins it may sleep, ``patience_s`` at most, while others write.
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
                return self._try_to_begin(end)
            except sa_exc.OperationalError as error:
                if not engines.is_locked(error) or time.monotonic() >= end:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _try_to_begin(self, end: float) -> tuple[Connection, RootTransaction]:
        if not self._write_lock.acquire(timeout=max(0, end - time.monotonic())):
            raise sa_exc.TimeoutError("another writer of this process is not done")
        try:
            patience_ms = round(1000 * max(0, end - time.monotonic()))
            connection = self._connect().execution_options(**{engines.WRITE: patience_ms})
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
        if self.mirror is not None:
            self.mirror.close()
