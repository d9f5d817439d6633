"""From one release to the next: who may go on while tables change, who is waited for, and who ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig

from media.blobs import Blobs
from server import doctor, schema
from server.app import create_app
from server.clock import FixedClock
from server.config import BadSetting, Config
from server.db import Database
from server.nodes import SILENT_MS, Node, at_work
from server.parts import Parts
from server.schema import Schema, read
from server.start import migrate
from tests import postgres
from tests.server.conftest import NOON, NewNode

OLD = "0005"  # what those that know it cannot go on with came after it


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Parts]:
    """A site as a program of before left it, with one of its nodes at work."""
    shared = request.param == "postgresql"
    config = Config(data=tmp_path, locale="en", database_url=postgres.shared().bare() if shared else "")
    database = Database(config.url)
    told = AlembicConfig()
    told.set_main_option("script_location", str(schema.MIGRATIONS))
    told.attributes["engine"] = database.engine
    command.upgrade(told, OLD)
    row = {"id": "n1", "host": "hall", "port": 8080, "process": 7, "version": "0.0.9", "started": NOON, "seen": NOON}
    with database.transaction() as tx:
        table = sa.table("nodes", *map(sa.column, (*row, "leads", "deaf")))
        tx.execute(table.insert().values(**row, leads=sa.true(), deaf=sa.false()))
    yield Parts(config, clock, database, Blobs(tmp_path / "media"))
    database.close()


def mark(parts: Parts, revision: str) -> None:
    """Have a database say that it was migrated to something."""
    with parts.db.transaction() as tx:
        tx.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        tx.execute(sa.text("INSERT INTO alembic_version VALUES (:at)"), {"at": revision})


@pytest.mark.parametrize(
    ("revision", "known", "suits"),
    [("0009.0007", "0007", True), ("0009.0007", "0006", False), ("0005", "0005", True), ("0005", "0004", False)],
)
def test_a_migrations_name_says_who_may_go_on(revision: str, known: str, suits: bool) -> None:
    assert read(revision).suits(known) is suits


def test_a_migration_that_contracts_is_refused_while_a_node_of_before_lives(before: Parts, clock: FixedClock) -> None:
    def rest(seconds: float) -> None:
        clock.pass_(round(1_000 * seconds))
        with before.db.transaction() as tx:
            tx.execute(sa.text("UPDATE nodes SET seen = :at"), {"at": clock.now()})

    with pytest.raises(BadSetting, match=r"hall:8080 \(0\.0\.9\)"):
        migrate(before, rest)
    assert schema.held(before.db) == Schema(OLD, OLD)
    assert "play_hours" not in sa.inspect(before.db.engine).get_table_names()


def test_a_node_that_died_is_waited_for_until_it_counts_as_gone(before: Parts, clock: FixedClock) -> None:
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        clock.pass_(round(1_000 * seconds))

    assert migrate(before, rest)
    assert sum(rests) * 1_000 == SILENT_MS
    assert schema.held(before.db) == schema.newest()
    with before.db.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM nodes")).scalar_one() == 0  # if it lives after all it looks


def test_a_migration_that_expands_waits_for_nobody(before: Parts, clock: FixedClock) -> None:
    clock.pass_(SILENT_MS)
    migrate(before)
    node = Node(before, 8080)
    node.beat()
    with before.db.transaction() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '0006'"))
        tx.execute(sa.text("ALTER TABLE nodes DROP COLUMN knows"))

    assert migrate(before, never)
    assert schema.held(before.db) == schema.newest()
    node.leave()


def never(_seconds: float) -> None:
    raise AssertionError


def test_a_program_of_before_starts_on_tables_that_were_only_added_to(parts: Parts) -> None:
    mark(parts, f"9999.{schema.newest().number}")
    assert migrate(parts, never) is False


def test_a_program_of_before_does_not_start_on_tables_that_lack_what_it_uses(parts: Parts) -> None:
    mark(parts, "9999.9998")
    with pytest.raises(BadSetting, match="9999"):
        migrate(parts, never)


@pytest.mark.parametrize(("revision", "ended"), [("9999.9998", 1), (f"9999.{schema.newest().number}", 0)])
def test_a_node_that_was_taken_for_dead_looks_at_the_tables_and_ends(
    parts: Parts, new_node: NewNode, revision: str, ended: int
) -> None:
    ends: list[int] = []
    node = new_node(8080, ends=lambda: ends.append(1))
    mark(parts, f"{schema.newest().number}.{schema.newest().needs}")
    node.beat()
    assert ends == []
    with parts.db.transaction() as tx:
        tx.execute(sa.text("DELETE FROM nodes"))
        tx.execute(sa.text("UPDATE alembic_version SET version_num = :at"), {"at": revision})
    node.beat()
    node.beat()
    assert (len(ends), node.outgrown) == (ended, read(revision) if ended else None)


def test_nodes_say_what_they_know_and_two_releases_at_work_are_a_warning(parts: Parts, new_node: NewNode) -> None:
    new_node(1).beat()
    assert [node.knows for node in at_work(parts)] == [schema.newest().number]
    ready = create_app(parts)[0].test_client()
    assert ready.get("/readyz").get_json()["warnings"] == []
    new_node(2).beat()
    with parts.db.transaction() as tx:
        tx.execute(sa.text("UPDATE nodes SET knows = '0001' WHERE port = 1"))
    (told,) = ready.get("/readyz").get_json()["warnings"]
    assert told == f"nodes of two releases are at work: schemas 0001, {schema.newest().number}"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("revision", "word", "well"),
    [
        (schema.newest().number, "well", True),
        ("0001", "older", True),
        (f"9999.{schema.newest().number}", "expanded", True),
        ("9999.9998", "newer", False),
    ],
)
def test_the_doctor_says_whether_this_program_fits_the_tables(
    parts: Parts, revision: str, word: str, well: bool
) -> None:
    mark(parts, revision)
    (found,) = [one for one in doctor.examine(parts.config) if one.topic == "schema"]
    assert (found.word, found.well) == (word, well)
    assert revision[:4] in found.said("en")
    assert revision[:4] in found.said("zh")
