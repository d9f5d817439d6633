"""A real PostgreSQL of a test process's own: begun when it is first asked for, gone with the process.

``PAOMADENG_TEST_DATABASE=postgresql`` lets every test that asks ``tests.server.blank`` for a database have one there.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from server.db import Database
from server.tables import metadata
from tests.gate import outside
from tests.site import free_port

WANTED = os.environ.get("PAOMADENG_TEST_DATABASE", "sqlite") == "postgresql"
EMPTY = "empty"  # the template: every table and no row
SECRET = "between-plants"
ALONE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()"""
SWEEP = "SET session_replication_role = replica; DROP TABLE IF EXISTS alembic_version;" + ";".join(
    f'DELETE FROM "{one}"' for one in metadata.tables
)
FAST = ("fsync=off", "full_page_writes=off", "max_connections=100", "shared_buffers=32MB", "unix_socket_directories=")
DURABLE = ("max_connections=100", "shared_buffers=128MB", "unix_socket_directories=")


@dataclass
class PostgreSQL:
    """One server; its addresses stay the same when it is killed and started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    numbers: Iterator[int] = field(default_factory=count)
    free: list[str] = field(default_factory=list)
    brooms: dict[str, psycopg.Connection] = field(default_factory=dict)  # to begin a session costs more than to sweep
    durable: bool = False  # as a plant's: a commit waits for the disk

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://plant:{SECRET}@127.0.0.1:{self.port}/{database}"

    def make(self) -> None:
        """Make the files of a new server."""
        word = self.folder / "word"
        word.write_text(SECRET)
        if user := _user():
            shutil.chown(self.folder, user)
            shutil.chown(word, user)
        settled = ("--username=plant", f"--pwfile={word}", "--auth=scram-sha-256", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", "-D", str(self.folder / "data"), *settled)

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = (*(DURABLE if self.durable else FAST), f"port={self.port}")
        options = [word for setting in settings for word in ("-c", setting)]
        command = [_program("postgres"), "-D", str(self.folder / "data"), *options]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(command, cwd="/", user=_user(), stdout=log, stderr=log)
        log.close()
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                assert self.process.poll() is None, (self.folder / "log").read_text()

    def send(self, number: signal.Signals) -> None:
        """Send its first process a signal, and wait for its end when that is one; SIGQUIT ends all of them at once."""
        assert self.process is not None
        self.process.send_signal(number)
        if number in (signal.SIGQUIT, signal.SIGINT, signal.SIGTERM):
            self.process.wait(20)

    def ask(self, statement: str, *names: str) -> None:
        """Run a statement about databases, with their names."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def bare(self) -> str:
        """The address of a new database with nothing in it."""
        return self._new("template0")

    def blank(self) -> str:
        """The address of a database with every table and no row; one that was given back is swept, which is quicker."""
        while self.free:
            url = self.free.pop()
            if url not in self.brooms:
                self.brooms[url] = psycopg.connect(url, autocommit=True)
            with suppress(psycopg.errors.UndefinedTable):
                self.brooms[url].execute(ALONE)
                self.brooms[url].execute(SWEEP.encode())
                return url
            self.brooms.pop(url).close()
        return self.fresh()

    def fresh(self) -> str:
        """The same, with nobody else connected, ever."""
        return self._new(EMPTY)

    def give_back(self, url: str) -> None:
        """Let another test have a blank database."""
        self.free.append(url)

    def drop(self, url: str) -> None:
        """Remove a database."""
        self.ask("DROP DATABASE IF EXISTS {} WITH (FORCE)", url.rpartition("/")[2])

    def _new(self, template: str) -> str:
        name = f"t{next(self.numbers)}"
        self.ask("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return self.url(name)

    def _run(self, program: str, *words: str) -> None:
        command: list[Any] = [_program(program), *words]
        subprocess.run(command, cwd="/", user=_user(), stdout=subprocess.DEVNULL, check=True)


def _program(name: str) -> str:
    folder = outside.postgresql()
    if folder is None:
        pytest.skip(outside.NO_POSTGRESQL)
    return str(folder / name)


def _user() -> str | None:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    return "postgres" if hasattr(os, "geteuid") and os.geteuid() == 0 else None


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[PostgreSQL]:
    """A server of one's own, to be killed and held up."""
    with tempfile.TemporaryDirectory(prefix="postgresql-", ignore_cleanup_errors=True) as folder:
        made = PostgreSQL(Path(folder), durable=durable)
        made.make()
        made.start()
        try:
            yield made
        finally:
            for broom in made.brooms.values():
                broom.close()
            made.send(signal.SIGQUIT)


def clean(*, blank: bool = False) -> dict[str, str]:
    """An environment without our settings, but for where the database of a process of its own is in this run.

    A server finds nothing in it, unless it is to be ``blank``.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
    if not WANTED:
        return kept  # SQLite's lies in the data folder
    return kept | {"PAOMADENG_DATABASE_URL": shared().blank() if blank else shared().bare()}


@cache
def shared() -> PostgreSQL:
    """The server of this test process, with the template made."""
    held = postgresql()
    made = held.__enter__()
    atexit.register(held.__exit__, None, None, None)
    made.ask("CREATE DATABASE {} TEMPLATE template0", EMPTY)
    database = Database(made.url(EMPTY))
    metadata.create_all(database.engine)
    database.close()
    return made
