"""Opening a site: folder, database, migrations, and what a first start brings."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa

from media.blobs import Blobs
from server import folders
from server.accounts.model import Identity, system
from server.clock import Clock, SystemClock
from server.config import BadSetting, Config
from server.db import Database
from server.ids import new_id
from server.parts import Parts
from server.screens import samples
from server.tables import organisations, players, position

MIGRATIONS = Path(__file__).parent / "migrations"
EPOCH_FILE = "epoch"  # kept outside the database too, so that a restored database is noticed


def open_parts(config: Config, clock: Clock | None = None) -> Parts:
    """Return the collaborators for a data folder, which is made when missing; raise BadSetting when it cannot be."""
    try:
        config.data.mkdir(parents=True, exist_ok=True)
        (config.data / ".probe").write_bytes(b"")
        (config.data / ".probe").unlink()
    except OSError as error:
        raise BadSetting(f"data = {config.data}: {error.strerror}; choose another with --data DIR") from error
    return Parts(config, clock or SystemClock(), Database(config.url), Blobs(config.data / "media"))


def migrate(parts: Parts) -> bool:
    """Bring the database to the newest schema; return whether there was anything to do."""
    if _schema_at(parts.db) == newest_schema():
        return False
    from alembic import command  # slow to import and needed once a release
    from alembic.config import Config as AlembicConfig

    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    alembic.attributes["engine"] = parts.db.engine
    command.upgrade(alembic, "head")
    return True


def newest_schema() -> str:
    """The name of the newest migration: files are numbered."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))[:4]


def _schema_at(database: Database) -> str:
    with database.read() as tx:
        if not sa.inspect(database.engine).has_table("alembic_version"):
            return ""
        return str(tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar())


def prepare(parts: Parts) -> bool:
    """Migrate and, on a first start, set the site up; return whether this was the first."""
    migrate(parts)
    first = _found_site(parts)
    if first is not None:
        folders.import_starter(parts, first, parts.config.locale)
        samples.add(parts, first)
    _note_restore(parts)
    return first is not None


def _found_site(parts: Parts) -> Identity | None:
    config, at = parts.config, parts.clock.now()
    with parts.db.transaction() as tx:
        tx.execute(players.update().values(online=False))
        if tx.execute(sa.select(organisations.c.id).limit(1)).first():
            return None
        org = new_id("o")
        name = "样板一厂" if config.locale == "zh" else "Model Works"
        row = {"id": org, "name": name, "zone": config.zone, "locale": config.locale, "settings": {}, "created": at}
        tx.execute(organisations.insert().values(**row))
        tx.execute(position.insert().values(id=1, epoch=os.urandom(16).hex(), seq=0))
    return system(org)


def _note_restore(parts: Parts) -> None:
    """Give the state a new epoch when the database is not the one this folder last served."""
    path = parts.config.data / EPOCH_FILE
    with parts.db.transaction() as tx:
        held = str(tx.execute(sa.select(position.c.epoch)).scalar_one())
        if path.exists() and path.read_text() != held:
            held = os.urandom(16).hex()
            tx.execute(position.update().values(epoch=held))
    if not path.exists() or path.read_text() != held:
        path.write_text(held)
