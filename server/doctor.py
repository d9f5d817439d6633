"""Looks at everything the server leans on and says, in words, what to do about what is wrong."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc as sa_exc

from media.errors import Away
from server import schema
from server.blobs import probe
from server.clock import SystemClock
from server.config import BadSetting, Config
from server.engines import is_postgresql, make
from server.lock import held
from server.origin import address
from server.words import say

FONTS = Path(__file__).parents[1] / "media" / "fonts"
PLAYER = Path(__file__).parents[1] / "players" / "dist"
EARLIEST = 1_760_000_000_000  # this program is younger than any earlier clock
ROOM = 2 * 1024**3
UNSAFE = {"fsync": ("off",), "synchronous_commit": ("off",), "server_encoding": ("SQL_ASCII",)}
"""What PostgreSQL must not be set to."""
Ask = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: ``doctor.<topic>.<word>`` are its words."""

    topic: str
    word: str
    well: bool
    params: tuple[tuple[str, Any], ...] = ()

    def said(self, locale: str) -> str:
        """What was found, what to do included."""
        return say(f"doctor.{self.topic}.{self.word}", locale, **dict(self.params))

    def told(self, locale: str) -> str:
        """One line with its mark and topic."""
        return f"{'✓' if self.well else '✗'} {say(f'doctor.{self.topic}', locale)}: {self.said(locale)}"


def examine(config: Config) -> list[Finding]:
    """Every finding, in the order a person would look."""
    checks: tuple[Callable[[Config], Iterator[Finding]], ...] = (
        _data,
        _disk,
        _database,
        _schema,
        _media,
        _clock,
        _fonts,
        _player,
        _port,
        _policy,
        _alerts,
    )
    return [finding for check in checks for finding in check(config)]


def _data(config: Config) -> Iterator[Finding]:
    probe = config.data / ".probe"
    try:
        config.data.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
        yield Finding("data", "well", True, (("data", config.data),))
    except OSError as error:
        yield Finding("data", "unwritable", False, (("data", config.data), ("why", error.strerror)))


def _disk(config: Config) -> Iterator[Finding]:
    if not config.data.exists():
        return
    free = shutil.disk_usage(config.data).free
    params = (("gb", round(free / 1024**3, 1)),)
    yield Finding("disk", "well" if free > ROOM else "tight", free > ROOM, params)


def _database(config: Config) -> Iterator[Finding]:
    if is_postgresql(config.url):
        yield _postgresql(config)
        return
    path = config.data / "paomadeng.db"
    if not path.exists():
        yield Finding("database", "none", True)
        return
    try:
        with _asking(config) as ask:
            verdict = str(ask("PRAGMA quick_check"))
    except sqlite3.Error as error:
        verdict = str(error)
    yield Finding("database", "well" if verdict == "ok" else "damaged", verdict == "ok", (("why", verdict),))


def _postgresql(config: Config) -> Finding:
    """Whether it answers, keeps what it acknowledged, and can hold Chinese."""
    try:
        with _asking(config) as ask:
            told = {name: str(ask(f"SELECT current_setting('{name}')")) for name in UNSAFE}
    except (sa_exc.DBAPIError, BadSetting) as error:
        return Finding("database", "away", False, (("why", getattr(error, "orig", error)),))
    wrong = ", ".join(f"{name} = {value}" for name, value in told.items() if value in UNSAFE[name])
    return Finding("database", "unsafe" if wrong else "answers", not wrong, (("why", wrong),))


@contextmanager
def _asking(config: Config) -> Iterator[Ask]:
    """A way to ask the database for one value; nothing is made or changed by it."""
    if is_postgresql(config.url):
        engine = make(config.url)
        try:
            with engine.connect() as connection:
                yield lambda query, **values: connection.execute(sa.text(query), values).scalar()
        finally:
            engine.dispose()
        return
    with closing(sqlite3.connect(f"file:{config.data / 'paomadeng.db'}?mode=ro", uri=True)) as database:
        yield lambda query, **values: database.execute(query, values).fetchone()[0]


def _schema(config: Config) -> Iterator[Finding]:
    """Whether the tables are those this program knows, or those of another release it can work on."""
    if not is_postgresql(config.url) and not (config.data / "paomadeng.db").exists():
        return
    try:
        with _asking(config) as ask:
            at = schema.read(str(ask("SELECT version_num FROM alembic_version")))
    except (sqlite3.Error, sa_exc.DBAPIError, BadSetting):
        return  # what ``_database`` has said already, or a database with nothing in it
    known = schema.newest().number
    fits = at.suits(known)
    word = "well" if at.number == known else "older" if at.number < known else "expanded" if fits else "newer"
    yield Finding("schema", word, fits, (("at", at.number), ("newest", known)))


def _media(config: Config) -> Iterator[Finding]:
    """Whether a shared bucket can be used, by using it."""
    if not config.s3_url:
        return
    try:
        probe(config)
        yield Finding("media", "well", True)
    except Away as error:
        yield Finding("media", "away", False, (("why", error.strerror),))
    except BadSetting as error:
        yield Finding("media", "away", False, (("why", error),))


def _clock(config: Config) -> Iterator[Finding]:
    well = SystemClock().now() > EARLIEST
    yield Finding("clock", "well" if well else "wrong", well, (("zone", config.zone),))


def _fonts(config: Config) -> Iterator[Finding]:
    missing = [name for name in ("unifont", "NotoSansSC") if not any(_named(FONTS, name))]
    yield Finding("fonts", "missing" if missing else "well", not missing, (("names", ", ".join(missing)),))


def _named(folder: Path, name: str) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if name.lower() in path.name.lower() and path.suffix in (".ttf", ".otf"))


def _player(config: Config) -> Iterator[Finding]:
    built = (PLAYER / "index.html").exists()
    yield Finding("player", "well" if built else "missing", built)


def _port(config: Config) -> Iterator[Finding]:
    params = (("port", config.port),)
    if held(config.data):
        yield Finding("port", "serving", True, params)
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
            yield Finding("port", "well", True, params)
        except OSError:
            yield Finding("port", "taken", False, params)


def _policy(config: Config) -> Iterator[Finding]:
    """Whether browsers may keep the player's page: over TLS always, else only where a policy names this very address.

    A policy lies on the box behind the screen and cannot be seen from here: this says what it has to name.
    """
    base = address(config)
    yield Finding("policy", "well" if base.startswith("https://") else "wanted", True, (("address", base),))


OFFICERS = """SELECT count(DISTINCT grants.person) FROM grants JOIN people ON people.id = grants.person
 WHERE grants.role = 'safety_officer' AND people.ended IS NULL"""
PEOPLE = "SELECT count(*) FROM people WHERE ended IS NULL"
OVERDUE = """SELECT count(*) FROM alert_steps
 WHERE due_at < :late AND (done IS NULL OR (outcome = '' AND done < :late))"""
TEMPLATES = "SELECT count(*) FROM alert_templates WHERE deleted IS NULL"


def _alerts(config: Config) -> Iterator[Finding]:
    """Whether somebody may issue alerts and finds words for them."""
    if not is_postgresql(config.url) and not (config.data / "paomadeng.db").exists():
        return
    try:
        with _asking(config) as ask:
            people, officers, templates = (ask(query) for query in (PEOPLE, OFFICERS, TEMPLATES))
            overdue = ask(OVERDUE, late=SystemClock().now() - 5_000)
    except (sqlite3.Error, sa_exc.DBAPIError, BadSetting):
        return  # an older schema, or what ``_database`` has said already
    if people and not officers:  # before the first person came there is nobody to ask
        yield Finding("alerts", "no_officer", False)
    if not templates:
        yield Finding("alerts", "no_template", False)
    if overdue:
        yield Finding("alerts", "overdue", False, (("steps", overdue),))
    if templates and not overdue and (officers or not people):
        yield Finding("alerts", "well", True, (("officers", officers), ("templates", templates)))
