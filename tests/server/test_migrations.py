"""The migrations make exactly the tables that the code speaks of, and unmake them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext

from server.db import Database
from server.start import MIGRATIONS, newest_schema
from server.tables import metadata
from tests import postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    database = Database(_bare(request.param, tmp_path / "empty.db"))
    yield database
    database.close()


def _bare(engine: str, path: Path) -> str:
    return postgres.shared().bare() if engine == "postgresql" else f"sqlite:///{path}"


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


def test_migrating_makes_what_create_all_makes(empty: Database, tmp_path: Path) -> None:
    other = Database(_bare(empty.engine.dialect.name, tmp_path / "other.db"))
    command.upgrade(alembic(empty), "head")
    metadata.create_all(other.engine)
    migrated, made = (_shape(database) for database in (empty, other))
    other.close()
    assert migrated == made


def test_going_down_leaves_nothing(empty: Database) -> None:
    command.upgrade(alembic(empty), "head")
    command.downgrade(alembic(empty), "base")
    assert set(sa.inspect(empty.engine).get_table_names()) <= {"alembic_version"}


def test_who_owed_proof_is_found_for_alerts_of_before_and_forgotten_on_the_way_down(empty: Database) -> None:
    """A real screen; samples without a player, with one, with one revoked later and earlier; one that proved."""
    told = alembic(empty)
    command.upgrade(told, "0002")
    named = ["real", "bare", "paired", "ended", "before", "proved"]
    size = {"width": 192, "height": 16, "colour": "single", "created": 1, "org": "o"}
    players = {"paired": None, "ended": 60, "before": 40}
    with empty.transaction() as tx:
        tx.execute(t("organisations", "id", "name", "zone", "locale", "settings", "created").insert(), [
            {"id": "o", "name": "o", "zone": "UTC", "locale": "zh", "settings": "{}", "created": 1}
        ])  # fmt: skip
        screens = t("screens", "id", "name", "key_hash", "sample", *size)
        tx.execute(screens.insert(), [
            {"id": one, "name": one, "key_hash": one, "sample": one != "real", **size} for one in named
        ])  # fmt: skip
        tx.execute(t("players", "id", "org", "screen", "token_hash", "paired", "revoked").insert(), [
            {"id": one, "org": "o", "screen": one, "token_hash": one, "paired": 10, "revoked": revoked}
            for one, revoked in players.items()
        ])  # fmt: skip
        words = ("status", "severity", "urgency", "certainty", "category", "response", "presentation", "phase")
        texts = ("id", "org", "identifier", "sender", "source")
        row = {**dict.fromkeys(words, "x"), **dict.fromkeys(texts, "a"), "org": "o", "revision": 1}
        row |= dict.fromkeys(("issued", "changed", "effective", "expires"), 50)
        tx.execute(t("alerts", *row).insert().values(**row))
        tx.execute(t("deliveries", "alert", "revision", "screen", "org", "created", "received").insert(), [
            {"alert": "a", "revision": 1, "screen": one, "org": "o", "created": 50,
             "received": 51 if one == "proved" else None} for one in named
        ])  # fmt: skip
    command.upgrade(told, "0003")
    with empty.read() as tx:
        owing = tx.execute(sa.text("SELECT screen FROM deliveries WHERE owes ORDER BY screen")).scalars().all()
    assert owing == ["ended", "paired", "proved", "real"]
    command.downgrade(told, "0002")
    assert "owes" not in {one["name"] for one in sa.inspect(empty.engine).get_columns("deliveries")}
    with empty.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM deliveries WHERE created = 50")).scalar_one() == len(named)


def t(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns))


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
