"""Lists by cursor: rows in a total order, each page beginning after the last row of the one before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field

from server.errors import Invalid, Violation

T = TypeVar("T")
_CURSOR = re.compile(r"(\d{1,16})\.([A-Za-z0-9_-]{1,40})")


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
    if page.cursor:
        found = _CURSOR.fullmatch(page.cursor)
        if not found:
            raise Invalid((Violation("cursor", "field.wrong"),))
        before, last = int(found[1]), found[2]
        statement = statement.where(sa.or_(at < before, sa.and_(at == before, key < last)))
    return statement.order_by(at.desc(), key.desc()).limit(page.limit + 1)


def cursor(at: int, key: str) -> str:
    """The cursor that stands after a row."""
    return f"{at}.{key}"


def like(text: str) -> str:
    """A LIKE pattern, its escape a backslash, for rows that contain ``text`` as it is written."""
    escaped = re.sub(r"([\\%_])", r"\\\1", text)
    return f"%{escaped}%"
