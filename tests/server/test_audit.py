"""The audit log shows every row that was edited, removed or slipped in."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from server.accounts.model import Identity
from server.audit import Break, record, row_hash, verify
from server.parts import Parts
from server.tables import audit, organisations


@pytest.fixture
def logged(parts: Parts, owner: Identity) -> Parts:
    with parts.db.transaction() as tx:
        for number in range(5):
            record(tx, owner, number, "playlist.submit", f"p{number}", after={"名": "一厂"})
    return parts


def _breaks(parts: Parts) -> list[Break]:
    with parts.db.read() as tx:
        return list(verify(tx))


def test_an_untouched_log_is_whole(logged: Parts) -> None:
    assert _breaks(logged) == []


@pytest.mark.parametrize("column", sorted({*audit.c.keys()} - {"seq", "org", "hash"}))
def test_an_edited_field_shows(logged: Parts, column: str) -> None:
    value: Any = 99 if column == "at" else "someone"
    with logged.db.transaction() as tx:
        tx.execute(audit.update().where(audit.c.seq == 3).values({column: value}))
    assert Break(3, "edited") in _breaks(logged)


def test_a_row_moved_to_another_organisation_shows(logged: Parts) -> None:
    with logged.db.transaction() as tx:
        row = dict(tx.execute(sa.select(organisations)).mappings().one())
        tx.execute(organisations.insert().values(**{**row, "id": "o2"}))
        tx.execute(audit.update().where(audit.c.seq == 3).values(org="o2"))
    assert _breaks(logged) == [Break(3, "edited")]


def test_a_removed_row_shows(logged: Parts) -> None:
    with logged.db.transaction() as tx:
        tx.execute(audit.delete().where(audit.c.seq == 3))
    assert _breaks(logged) == [Break(4, "gap")]


def test_an_edit_with_a_freshly_made_hash_breaks_the_next_link(logged: Parts) -> None:
    with logged.db.transaction() as tx:
        row = dict(tx.execute(sa.select(audit).where(audit.c.seq == 3)).mappings().one()) | {"who": "someone"}
        tx.execute(audit.update().where(audit.c.seq == 3).values(who="someone", hash=row_hash(row)))
    assert _breaks(logged) == [Break(4, "gap")]


def test_a_refused_act_keeps_no_row(parts: Parts, owner: Identity) -> None:
    with pytest.raises(ZeroDivisionError), parts.db.transaction() as tx:  # noqa: PT012
        record(tx, owner, 1, "playlist.submit")
        raise ZeroDivisionError
    with parts.db.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(audit)).scalar_one() == 0
