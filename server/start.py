"""Opening a site: folder, database, migrations, and what a first start brings."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from server import engines, nodes, samples, schema
from server.accounts.model import system
from server.alerts import templates
from server.blobs import open_blobs
from server.claim import make_folder
from server.clock import Clock, SystemClock
from server.config import BadSetting, Config
from server.db import Database
from server.ids import new_id
from server.parts import EPOCH_FILE, RESTORED, Parts
from server.schema import Schema
from server.tables import organisations, position
from server.words import say

log = structlog.get_logger(__name__)

MOVED = "moved"  # what ``move`` leaves in the folder: where the data is now


def open_parts(config: Config, clock: Clock | None = None) -> Parts:
    """Return the collaborators for a data folder, which is made when missing; raise BadSetting when it cannot be."""
    make_folder(config)
    moved = config.data / MOVED
    if moved.exists() and not engines.is_postgresql(config.url):
        raise BadSetting(say("start.moved", config.locale, to=moved.read_text(encoding="utf-8"), file=moved))
    return Parts(config, clock or SystemClock(), Database(config.url), open_blobs(config))


def migrate(parts: Parts, rest: Callable[[float], object] = time.sleep) -> bool:
    """Bring the database to the newest schema; return whether there was anything to do.

    Raises BadSetting for a database of a newer program that this one could only damage, and while a node is at work
    that could not go on; ``rest`` waits for one that may be dead.
    """
    at, newest = _schema(parts), schema.newest()
    if at.number >= newest.number:
        if not at.suits(newest.number):
            raise BadSetting(newer(parts.config, at))
        return False
    first: dict[str, int] = {}
    while left := _upgraded(parts, at, newest):
        first = first or {node.id: node.seen for node in left}
        if any(node.seen != first.get(node.id) for node in left):
            told = ", ".join(f"{node.host}:{node.port} ({node.version})" for node in left)
            raise BadSetting(say("start.older", parts.config.locale, nodes=told, needs=newest.needs))
        log.warning("waiting_for_nodes", needs=newest.needs, nodes=[f"{node.host}:{node.port}" for node in left])
        rest(nodes.BEAT_S)
    return True


def _upgraded(parts: Parts, at: Schema, newest: Schema) -> Sequence[nodes.NodeRow]:
    """Run the migrations, unless nodes are at work that could not go on; return those.

    The one writer looks and migrates: no node can begin its work between the two.
    """

    def look(connection: Connection) -> None:
        if newest.needs > at.needs and (left := nodes.unfit(connection, newest, parts.clock.now())):
            raise _Hindered(left)

    try:
        upgrade(engine=parts.db.engine, look=look)
    except _Hindered as hindered:
        return hindered.left
    return ()


class _Hindered(Exception):
    """Nodes could not go on."""

    def __init__(self, left: Sequence[nodes.NodeRow]) -> None:
        super().__init__()
        self.left = left


def newer(config: Config, at: Schema) -> str:
    """What is said of a database on which this program could only do harm."""
    return say("start.newer", config.locale, at=at.number, newest=schema.newest().number)


def upgrade(**where: Any) -> None:
    """Run the migrations, on an ``engine`` or inside the transaction of a ``connection``.

    On an engine ``look`` is called with the connection once nobody else can write, and stops them by raising.
    """
    from alembic import command  # slow to import and needed once a release
    from alembic.config import Config as AlembicConfig

    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(schema.MIGRATIONS))
    alembic.attributes.update(where)
    command.upgrade(alembic, "head")


def _schema(parts: Parts) -> Schema:
    """What the database was last migrated to; raises BadSetting for a PostgreSQL that does not let us in."""
    try:
        return schema.held(parts.db)
    except sa.exc.OperationalError as error:
        if engines.is_postgresql(parts.config.url):
            raise BadSetting(say("start.no_database", parts.config.locale, why=error.orig)) from error
        raise


def prepare(parts: Parts) -> bool:
    """Migrate and, on a first start, set the site up; return whether this was the first.

    A first start that was cut off is finished by the next one.
    """
    migrate(parts)
    who = system(_site(parts))
    first = samples.waiting(parts, who.org)
    if first:
        from server import folders  # draws pictures: slow to import, and needed once

        locale = parts.config.locale
        samples.add(parts, who, folders.import_starter(parts, who, locale), locale)
    for org in _organisations(parts):
        templates.ship(parts, org)
    _note_restore(parts)
    return first


def _site(parts: Parts) -> str:
    """The first organisation's id; made when there is none."""
    config = parts.config
    with parts.db.transaction() as tx:
        held = tx.execute(sa.select(organisations.c.id).order_by(organisations.c.created).limit(1)).scalar()
        if held is not None:
            return str(held)
        row: dict[str, Any] = {"id": new_id("o"), "name": say("samples.site", config.locale), "zone": config.zone}
        row |= {"locale": config.locale, "settings": {}, "created": parts.clock.now()}
        tx.execute(organisations.insert().values(**row))
        tx.execute(position.insert().values(id=1, epoch=os.urandom(16).hex(), seq=0))
        return str(row["id"])


def _organisations(parts: Parts) -> list[str]:
    with parts.db.read() as tx:
        return list(tx.execute(sa.select(organisations.c.id)).scalars())


def _note_restore(parts: Parts) -> None:
    """Give the state a new epoch when the database is not the one this folder last served.

    Many nodes serve one PostgreSQL, each from a folder of its own: there only ``restore`` itself asks for a new epoch,
    and a folder that has not seen the newest learns it.
    """
    path = parts.config.data / EPOCH_FILE
    known = path.read_text() if path.exists() else ""
    shared = engines.is_postgresql(parts.config.url)
    with parts.db.transaction() as tx:
        held = str(tx.execute(sa.select(position.c.epoch)).scalar_one())
        if known and known != held and (known == RESTORED or not shared):
            held = os.urandom(16).hex()
            tx.execute(position.update().values(epoch=held))
    if known != held:
        path.write_text(held)
