"""A whole database as one file and back: SQLite's online copy, PostgreSQL's own archive. Neither stops a writer."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from server.config import Config
from server.engines import is_postgresql

DATABASE = "paomadeng.db"
DUMP = "paomadeng.dump"
_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "username": "PGUSER", "password": "PGPASSWORD"}
_OPTIONS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "host": "PGHOST", "port": "PGPORT"}


class BadBackup(Exception):
    """What is wrong with a file that is no whole backup, or why none could be made."""


def name(config: Config) -> str:
    """What the file is called in a backup of this site."""
    return DUMP if is_postgresql(config.url) else DATABASE


def write(config: Config, target: Path) -> None:
    """Write everything as of one instant; raises OSError, sqlite3.Error or BadBackup."""
    if is_postgresql(config.url):
        _run("pg_dump", config, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return
    with closing(sqlite3.connect(config.data / DATABASE)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def check(path: Path, kind: str) -> None:
    """Raise BadBackup unless the file can be read from end to end."""
    if kind == DUMP:
        _run("pg_restore", None, f"--file={os.devnull}", str(path))
        return
    with closing(sqlite3.connect(path)) as database:
        try:
            verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            verdict = str(error)
    if verdict != "ok":
        raise BadBackup(f"{DATABASE}: {verdict}")


def load(config: Config, path: Path) -> None:
    """Put what a dump holds in the place of what PostgreSQL holds: all of it or, when that fails, nothing."""
    anew = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    _run("pg_restore", config, *anew, f"--dbname={_database(config)}", str(path))


def _run(program: str, config: Config | None, *words: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where others do not see it."""
    found = shutil.which(program)
    if found is None:
        raise BadBackup(f"{program} is missing: apt-get install postgresql-client")
    more = _environment(config) if config else {}
    done = subprocess.run(
        [found, *words],
        env={**os.environ, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise BadBackup(" ".join(done.stderr.split())[:600])


def _environment(config: Config) -> dict[str, str]:
    url = sa.make_url(config.url)
    own = {variable: str(value) for part, variable in _VARIABLES.items() if (value := getattr(url, part))}
    asked = {variable: str(url.query[option]) for option, variable in _OPTIONS.items() if option in url.query}
    return {**own, **asked, "PGDATABASE": _database(config), "PGCONNECT_TIMEOUT": "5"}


def _database(config: Config) -> str:
    return sa.make_url(config.url).database or ""
