"""Lists by cursor: rows in a total order, each page beginning after the last row of the one before."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field

from server.errors import Invalid, Violation

T = TypeVar("T")
_CURSOR = re.compile(r"([0-9]{1,16})\.([A-Za-z0-9._-]{1,64})")


class PageQuery(BaseModel):
    """The query of every list; ``cursor`` is the ``next`` of the page before."""

    model_config = ConfigDict(extra="forbid", strict=False)

    cursor: str | None = Field(default=None, max_length=80)
    limit: int = Field(default=50, ge=1, le=200)


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """One page of a list; ``next`` is None on the last."""

    items: tuple[T, ...]
    next: str | None = None


def newest_first(
    statement: sa.Select[Any], at: sa.ColumnElement[int], key: sa.ColumnElement[str], page: PageQuery
) -> sa.Select[Any]:
    """The rows of one page and one more, by ``at`` and then ``key``, downwards; raise Invalid for a strange cursor."""
    stands = place(page.cursor)
    if stands:
        before, last = stands
        statement = statement.where(sa.or_(at < before, sa.and_(at == before, key < last)))
    return statement.order_by(at.desc(), key.desc()).limit(page.limit + 1)


def sliced(rows: Sequence[T], page: PageQuery, key: Callable[[T], str]) -> Listing[T]:
    """One page of a list short enough to be read whole: what follows the row the cursor names, or the place it had.

    Raises Invalid for a strange cursor.
    """
    count, last = place(page.cursor) or (0, "")
    names = [key(row) for row in rows]
    start = names.index(last) + 1 if last in names else count
    end = start + page.limit
    return Listing(tuple(rows[start:end]), cursor(end, names[end - 1]) if end < len(rows) else None)


def cursor(at: int, key: str) -> str:
    """The cursor that stands after a row."""
    return f"{at}.{key}"


def place(text: str | None) -> tuple[int, str] | None:
    """The row a cursor stands after, None for the beginning; raise Invalid for one that nobody was given."""
    if not text:
        return None
    found = _CURSOR.fullmatch(text)
    if not found:
        raise Invalid((Violation("cursor", "field.wrong"),))
    return int(found[1]), found[2]


def like(text: str) -> str:
    """A LIKE pattern, its escape a backslash, for rows that contain ``text`` as it is written."""
    escaped = re.sub(r"([\\%_])", r"\\\1", text)
    return f"%{escaped}%"
