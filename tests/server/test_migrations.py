"""The migrations make exactly the tables that the code speaks of, and unmake them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext

from server.db import Database
from server.schema import MIGRATIONS, REVISION, newest, read
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
        assert MigrationContext.configure(connection).get_current_revision() == f"{newest().number}.{newest().needs}"


def test_migrations_are_named_by_their_number_and_by_who_may_go_on() -> None:
    found = [(path.stem[:4], read(name)) for path, name in _migrations()]
    assert [number for number, _ in found] == [one.number for _, one in found]
    needs = [one.needs for _, one in found]
    assert needs == sorted(needs)
    assert all(one.needs <= one.number for _, one in found)


def _migrations() -> list[tuple[Path, str]]:
    paths = sorted(MIGRATIONS.glob("versions/[0-9]*.py"))
    return [(path, REVISION.findall(path.read_text(encoding="utf-8"))[0]) for path in paths]


def test_what_expands_takes_nothing_away_from_programs_of_before_and_asks_nothing_of_them(empty: Database) -> None:
    names = [name for _, name in _migrations()]
    for one, next_ in pairwise(names):
        command.upgrade(alembic(empty), one)
        was = _columns(empty)
        command.upgrade(alembic(empty), next_)
        if read(next_).needs == read(one).needs:
            assert hurt(was, _columns(empty)) == [], next_


def test_what_is_taken_away_or_asked_for_is_noticed(empty: Database) -> None:
    command.upgrade(alembic(empty), "head")
    was = _columns(empty)
    added = {name: was["nodes"]["knows"] | {"default": None} for name in ("more", "maybe")}
    added["maybe"] = added["maybe"] | {"nullable": True}
    changed = {**was, "screens": was["screens"] | added, "playlists": dict(was["playlists"])}
    del changed["playlists"]["editors"], changed["nodes"]
    changed["players"] = was["players"] | {"online": was["players"]["revoked"]}
    assert hurt(was, changed) == ["nodes", "players.online", "playlists.editors", "screens.more"]


Columns = dict[str, dict[str, dict[str, Any]]]


def _columns(database: Database) -> Columns:
    found = sa.inspect(database.engine)
    return {
        table: {
            column["name"]: {
                "type": str(column["type"]), "nullable": column["nullable"], "default": column["default"],
                "unique": [one["column_names"] for one in found.get_unique_constraints(table)],
            }
            for column in found.get_columns(table)
        }
        for table in found.get_table_names()
    }  # fmt: skip


def hurt(was: Columns, now: Columns) -> list[str]:
    """What a program that knows only the tables of before would miss, or could not write any more."""
    gone = [table for table in was if table not in now]
    kept = [(table, was[table], now[table]) for table in was if table in now]
    gone += [f"{table}.{name}" for table, old, new in kept for name in old if new.get(name) != old[name]]
    fresh = [(table, name, new[name]) for table, old, new in kept for name in new if name not in old]
    gone += [f"{table}.{name}" for table, name, one in fresh if not one["nullable"] and one["default"] is None]
    return sorted(gone)


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
