"""The database tells facts after commit only, joins nested work and never lets two writers in."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from server.db import Database, Transaction
from server.events import Bus, Fact
from server.parts import Parts
from server.tables import position


@dataclass(frozen=True, slots=True)
class Happened(Fact):
    what: str


def _seq(tx: Transaction) -> int:
    return int(tx.execute(sa.select(position.c.seq)).scalar_one())


def _raise_seq(tx: Transaction) -> None:
    tx.execute(position.update().values(seq=position.c.seq + 1))


def test_a_fact_is_told_after_the_commit_and_not_before(parts: Parts) -> None:
    seen: list[int] = []
    parts.db.bus.subscribe(Happened, lambda fact: seen.append(_read_seq(parts.db)))
    with parts.db.transaction() as tx:
        _raise_seq(tx)
        tx.announce(Happened("o1", "x"))
        assert seen == []
    assert seen == [1]


def _read_seq(db: Database) -> int:
    with db.read() as tx:
        return _seq(tx)


def test_a_transaction_that_raises_leaves_nothing_and_tells_nothing(parts: Parts) -> None:
    seen: list[Fact] = []
    parts.db.bus.subscribe(Happened, seen.append)
    with pytest.raises(ZeroDivisionError), parts.db.transaction() as tx:  # noqa: PT012
        _raise_seq(tx)
        tx.announce(Happened("o1", "x"))
        raise ZeroDivisionError
    assert (_read_seq(parts.db), seen) == (0, [])


def test_a_nested_transaction_is_part_of_the_outer_one(parts: Parts) -> None:
    with pytest.raises(ZeroDivisionError), parts.db.transaction():  # noqa: PT012
        with parts.db.transaction() as inner:
            _raise_seq(inner)
        raise ZeroDivisionError
    assert _read_seq(parts.db) == 0


def test_a_read_inside_a_write_sees_what_was_written(parts: Parts) -> None:
    with parts.db.transaction() as tx:
        _raise_seq(tx)
        assert _read_seq(parts.db) == 1


def test_a_read_never_waits_for_a_writer(parts: Parts) -> None:
    held: list[int] = []
    with parts.db.transaction() as tx:
        _raise_seq(tx)
        reader = threading.Thread(target=lambda: held.append(_read_seq(parts.db)))
        reader.start()
        reader.join(5)
    assert held == [0]


def test_many_writers_lose_no_write(parts: Parts) -> None:
    def write() -> None:
        for _ in range(20):
            with parts.db.transaction() as tx:
                _raise_seq(tx)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _read_seq(parts.db) == 80


def _fails(fact: Happened) -> None:
    raise ZeroDivisionError(fact.what)


def test_a_failing_handler_does_not_reach_the_one_who_caused_the_fact() -> None:
    bus, seen = Bus(), list[Fact]()
    bus.subscribe(Happened, _fails)
    bus.subscribe(Happened, seen.append)
    bus.publish([Happened("o1", "x")])
    assert len(seen) == 1


@pytest.mark.sqlite  # its pragmas
def test_commits_are_as_durable_as_the_engine_can_make_them(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'own.db'}")
    with database.read() as tx:
        assert tx.execute(sa.text("PRAGMA synchronous")).scalar() == 2
        assert tx.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
    database.close()
