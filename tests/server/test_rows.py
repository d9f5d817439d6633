"""A list as one parameter: what SQLite reads of it, and that PostgreSQL is asked in its own words."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from server import rows
from server.parts import Parts

GIVEN = rows.table("given")
READ = sa.select(rows.text(GIVEN, 0).label("word"), rows.number(GIVEN, 1).label("count")).select_from(GIVEN)


def test_a_statement_reads_every_row_as_it_was_given(parts: Parts) -> None:
    told: list[list[Any]] = [["三号门", 1_763_438_400_000], ['it\'s "5"', None], ["", 0]]
    with parts.db.read() as tx:
        found = tx.execute(READ, {"given": rows.packed(told)}).all()
        assert tx.execute(READ, {"given": rows.packed([])}).all() == []
    assert [list(row) for row in found] == told


def test_postgresql_reads_the_same_list_by_its_own_function() -> None:
    said = str(READ.compile(dialect=sa.make_url("postgresql://").get_dialect()()))
    assert "FROM json_array_elements(CAST(%(given)s::VARCHAR AS JSON))" in said
    assert "json_each" not in said
