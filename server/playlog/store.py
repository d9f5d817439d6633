"""SQL of plays; never commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from typing import Any

import sqlalchemy as sa

from server.db import Transaction
from server.playlog.model import LONGEST_MS
from server.tables import play_hours, playlists, plays

HOUR_MS = 3_600_000


def screens_of(tx: Transaction, ids: Collection[str]) -> dict[str, str]:
    """By play id the screen it is stored for."""
    rows = tx.execute(sa.select(plays.c.id, plays.c.screen).where(plays.c.id.in_(ids)))
    return {row.id: row.screen for row in rows}


def insert(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Add plays, and to their hours what they come to."""
    if rows:
        tx.execute(plays.insert(), rows)
        for key, (number, ms) in _by_hour(rows).items():
            _add_up(tx, key, number, ms)


def _by_hour(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str, int, str], tuple[int, int]]:
    """(org, screen, hour, playlist) to the number of plays that begin then and their length in ms."""
    sums: dict[tuple[str, str, int, str], tuple[int, int]] = {}
    for row in rows:
        key = row["org"], row["screen"], row["begins"] // HOUR_MS, row["playlist"]
        number, ms = sums.get(key, (0, 0))
        sums[key] = number + 1, ms + row["ends"] - row["begins"]
    return sums


def _add_up(tx: Transaction, key: tuple[str, str, int, str], number: int, ms: int) -> None:
    values = dict(zip(("org", "screen", "hour", "playlist"), key, strict=True))
    same = [play_hours.c[name] == value for name, value in values.items()]
    more = {"plays": play_hours.c.plays + number, "ms": play_hours.c.ms + ms}
    if tx.execute(play_hours.update().where(*same).values(more)).rowcount == 0:
        tx.execute(play_hours.insert().values(**values, plays=number, ms=ms))


def time_shown(tx: Transaction, orgs: Collection[str], since: int) -> dict[str, int]:
    """By organisation the ms its screens showed anything in plays that began since an hour of the epoch."""
    chosen = sa.select(play_hours.c.org, sa.func.sum(play_hours.c.ms).label("ms"))
    chosen = chosen.where(play_hours.c.hour >= since, play_hours.c.org.in_(orgs)).group_by(play_hours.c.org)
    return {row.org: int(row.ms) for row in tx.execute(chosen)}


def playlists_shown(
    tx: Transaction, orgs: Collection[str], playlists: Collection[str], since: int
) -> dict[str, tuple[int, int]]:
    """By organisation how many of its screens showed one of these playlists since then, and for how many ms."""
    screens = sa.func.count(sa.distinct(play_hours.c.screen)).label("screens")
    chosen = sa.select(play_hours.c.org, screens, sa.func.sum(play_hours.c.ms).label("ms"))
    where = play_hours.c.hour >= since, play_hours.c.org.in_(orgs), play_hours.c.playlist.in_(playlists)
    rows = tx.execute(chosen.where(*where).group_by(play_hours.c.org))
    return {row.org: (int(row.screens), int(row.ms)) for row in rows}


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


def names(tx: Transaction, org: str, wanted: Set[str]) -> dict[str, str]:
    """The names of an organisation's playlists, put aside or not."""
    named = sa.select(playlists.c.id, playlists.c.name).where(playlists.c.org == org, playlists.c.id.in_(wanted))
    return {row.id: row.name for row in tx.execute(named)}


def forget(tx: Transaction, before: int, limit: int) -> int:
    """Remove up to ``limit`` plays that ended before that instant; return how many."""
    old = sa.select(plays.c.id).where(plays.c.ends < before).limit(limit)
    gone: int = tx.execute(plays.delete().where(plays.c.id.in_(old))).rowcount
    return gone


def forget_hours(tx: Transaction, before: int) -> None:
    """Remove the sums of hours before that instant (UTC ms)."""
    tx.execute(play_hours.delete().where(play_hours.c.hour < before // HOUR_MS))
