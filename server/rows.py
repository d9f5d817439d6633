"""Rows that one statement takes as one parameter: a JSON list read as a table, by SQLite and PostgreSQL alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.sql.selectable import TableValuedAlias


class json_array_elements(GenericFunction[Any]):  # noqa: N801 - the name it has in SQL
    """A row with ``value`` for every element; SQLite calls it ``json_each``."""

    inherit_cache = True


@compiles(json_array_elements, "sqlite")
def _of_sqlite(element: json_array_elements, compiler: Any, **kwargs: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kwargs)})"


def table(name: str) -> TableValuedAlias:
    """The rows that the parameter ``name`` holds, as ``packed`` makes it."""
    given = sa.cast(sa.bindparam(name, type_=sa.Text), _Json)
    return json_array_elements(given).table_valued(sa.column("value", sa.JSON))


class _Json(sa.Text):
    """Text that PostgreSQL has to be told is JSON."""


@compiles(_Json, "postgresql")
def _json_of_postgresql(_element: _Json, _compiler: Any, **_kwargs: Any) -> str:
    return "JSON"


def packed(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as the parameter of ``table``."""
    return json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"))


def text(rows: TableValuedAlias, place: int) -> sa.ColumnElement[str]:
    """The text at ``place`` of each row."""
    found: sa.ColumnElement[str] = rows.c.value[place].as_string()
    return found


def number(rows: TableValuedAlias, place: int) -> sa.ColumnElement[int]:
    """The whole number at ``place`` of each row, or NULL."""
    return sa.cast(text(rows, place), sa.BigInteger)
