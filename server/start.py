"""Opening a site: folder, database, migrations, and what a first start brings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from server import engines, samples
from server.accounts.model import system
from server.alerts import templates
from server.blobs import open_blobs
from server.claim import make_folder
from server.clock import Clock, SystemClock
from server.config import BadSetting, Config
from server.db import Database
from server.ids import new_id
from server.parts import EPOCH_FILE, RESTORED, Parts
from server.tables import organisations, position
from server.words import say

MIGRATIONS = Path(__file__).parent / "migrations"
MOVED = "moved"  # what ``move`` leaves in the folder: where the data is now


def open_parts(config: Config, clock: Clock | None = None) -> Parts:
    """Return the collaborators for a data folder, which is made when missing; raise BadSetting when it cannot be."""
    make_folder(config)
    moved = config.data / MOVED
    if moved.exists() and not engines.is_postgresql(config.url):
        raise BadSetting(say("start.moved", config.locale, to=moved.read_text(encoding="utf-8"), file=moved))
    return Parts(config, clock or SystemClock(), Database(config.url), open_blobs(config))


def migrate(parts: Parts) -> bool:
    """Bring the database to the newest schema; return whether there was anything to do.

    Raises BadSetting for a database of a newer program, which this one could only damage.
    """
    at, newest = _schema(parts), newest_schema()
    if at == newest:
        return False
    if at > newest:
        raise BadSetting(say("start.newer", parts.config.locale, at=at, newest=newest))
    upgrade(engine=parts.db.engine)
    return True


def upgrade(**where: Any) -> None:
    """Run the migrations, on an ``engine`` or inside the transaction of a ``connection``."""
    from alembic import command  # slow to import and needed once a release
    from alembic.config import Config as AlembicConfig

    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    alembic.attributes.update(where)
    command.upgrade(alembic, "head")


def newest_schema() -> str:
    """The name of the newest migration: files are numbered."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))[:4]


def _schema(parts: Parts) -> str:
    """What the database was last migrated to; raises BadSetting for a PostgreSQL that does not let us in."""
    try:
        return _schema_at(parts.db)
    except sa.exc.OperationalError as error:
        if engines.is_postgresql(parts.config.url):
            raise BadSetting(say("start.no_database", parts.config.locale, why=error.orig)) from error
        raise


def _schema_at(database: Database) -> str:
    with database.read() as tx:
        if not sa.inspect(database.engine).has_table("alembic_version"):
            return ""
        return str(tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar())


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
