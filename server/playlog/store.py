"""SQL of plays; never commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from server.db import Transaction
from server.playlog.model import LONGEST_MS
from server.tables import plays


def screens_of(tx: Transaction, ids: Collection[str]) -> dict[str, str]:
    """By play id the screen it is stored for."""
    rows = tx.execute(sa.select(plays.c.id, plays.c.screen).where(plays.c.id.in_(ids)))
    return {row.id: row.screen for row in rows}


def insert(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Add plays."""
    if rows:
        tx.execute(plays.insert(), rows)


def page(
    tx: Transaction, org: str, screen: str, begins: int, ends: int, after: tuple[int, str], limit: int
) -> tuple[Any, ...]:
    """Plays of a screen ("" for all) on at some instant of [begins, ends), in the order (begins, id), after a place."""
    where = [plays.c.begins < ends, plays.c.ends > begins]
    where.append(plays.c.begins >= begins - LONGEST_MS)  # says what the index can use; no play is longer
    where.append(sa.tuple_(plays.c.begins, plays.c.id) > sa.tuple_(*map(sa.literal, after)))
    if screen:  # a screen's own plays are far fewer: keep the planner from walking the organisation's instead
        where += [plays.c.screen == screen, sa.func.coalesce(plays.c.org, "") == org]
    else:
        where.append(plays.c.org == org)
    return tuple(tx.execute(sa.select(plays).where(*where).order_by(plays.c.begins, plays.c.id).limit(limit)))


def forget(tx: Transaction, before: int, limit: int) -> int:
    """Remove up to ``limit`` plays that ended before that instant; return how many."""
    old = sa.select(plays.c.id).where(plays.c.ends < before).limit(limit)
    gone: int = tx.execute(plays.delete().where(plays.c.id.in_(old))).rowcount
    return gone
