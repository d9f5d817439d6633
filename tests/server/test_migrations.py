"""The migrations make exactly the tables that the code speaks of, and unmake them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext

from server.db import Database
from server.start import MIGRATIONS, newest_schema
from server.tables import metadata


@pytest.fixture
def empty(tmp_path: object) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    yield database
    database.close()


def alembic(database: Database) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = database.engine
    return config


def test_migrating_makes_the_tables_of_the_metadata(empty: Database) -> None:
    command.upgrade(alembic(empty), "head")
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_makes_what_create_all_makes(empty: Database, tmp_path: object) -> None:
    other = Database(f"sqlite:///{tmp_path}/other.db")
    command.upgrade(alembic(empty), "head")
    metadata.create_all(other.engine)
    migrated, made = (_shape(database) for database in (empty, other))
    other.close()
    assert migrated == made


def test_going_down_leaves_nothing(empty: Database) -> None:
    command.upgrade(alembic(empty), "head")
    command.downgrade(alembic(empty), "base")
    assert set(sa.inspect(empty.engine).get_table_names()) <= {"alembic_version"}


def test_the_newest_schema_is_the_head(empty: Database) -> None:
    command.upgrade(alembic(empty), "head")
    with empty.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == newest_schema()


def _shape(database: Database) -> dict[str, object]:
    """For each table its columns, keys and indexes, whatever their order."""
    found = sa.inspect(database.engine)
    return {
        name: (
            sorted((c["name"], str(c["type"]), c["nullable"], str(c["default"])) for c in found.get_columns(name)),
            found.get_pk_constraint(name)["constrained_columns"],
            sorted(str(sorted(key.items(), key=str)) for key in found.get_foreign_keys(name)),
            sorted((i["name"], i["column_names"], i["unique"]) for i in found.get_indexes(name)),
            sorted((u["name"], u["column_names"]) for u in found.get_unique_constraints(name)),
        )
        for name in found.get_table_names()
        if name != "alembic_version"
    }
