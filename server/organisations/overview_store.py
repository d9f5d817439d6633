"""SQL of the overview, over many organisations at once; never commits."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from playlists.alert import Phase, Status
from server.db import Transaction
from server.tables import alert_organisations, players
from server.tables import alerts as alert_rows
from server.tables import screens as screen_rows


def screens(tx: Transaction, orgs: Collection[str]) -> dict[str, int]:
    """By organisation its screens in use; a sample counts once a player shows it."""
    paired = sa.select(players.c.id).where(players.c.screen == screen_rows.c.id, players.c.revoked.is_(None)).exists()
    where = screen_rows.c.org.in_(orgs), screen_rows.c.retired.is_(None), sa.or_(~screen_rows.c.sample, paired)
    chosen = sa.select(screen_rows.c.org, sa.func.count().label("number")).where(*where)
    return {row.org: row.number for row in tx.execute(chosen.group_by(screen_rows.c.org))}


def online(tx: Transaction, orgs: Collection[str]) -> dict[str, int]:
    """By organisation its screens with a player that is there."""
    number = sa.func.count(sa.distinct(players.c.screen)).label("number")
    where = players.c.org.in_(orgs), players.c.revoked.is_(None), players.c.online
    return {
        row.org: row.number
        for row in tx.execute(sa.select(players.c.org, number).where(*where).group_by(players.c.org))
    }


def alerts(tx: Transaction, at: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Of every live alert that is no exercise whose it is, and the organisations it names."""
    chosen = (
        sa.select(alert_rows.c.id, alert_rows.c.org, alert_organisations.c.organisation)
        .join_from(alert_rows, alert_organisations, alert_organisations.c.alert == alert_rows.c.id, isouter=True)
        .where(
            alert_rows.c.expires > at, alert_rows.c.phase == Phase.LIVE.value,
            alert_rows.c.status == Status.ACTUAL.value,
        )
    )  # fmt: skip
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in tx.execute(chosen):
        named = (row.organisation,) if row.organisation else ()
        found[row.id, row.org] = (*found.get((row.id, row.org), ()), *named)
    return tuple((org, named) for (_, org), named in found.items())
