"""SQL of deliveries as people look at them: rows in order, counts, who is there; never commits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa

from server.alerts.delivery_store import FEW, NEWEST, among, of
from server.db import Transaction
from server.tables import alert_sightings, alerts, deliveries, organisations, players, screens


def online(tx: Transaction, org: str, below: Collection[str] = ()) -> frozenset[str]:
    """The screens with a player that is there, of an organisation and of these ``below`` with all that lies in them."""
    where = (among(players.c.org, org, below), players.c.revoked.is_(None), players.c.online)
    return frozenset(tx.execute(sa.select(players.c.screen).where(*where).distinct()).scalars())


def seen(tx: Transaction, org: str, alert: str) -> dict[str, int]:
    """By screen how many people acknowledged an alert there."""
    where = (alert_sightings.c.org == org, alert_sightings.c.alert == alert)
    chosen = sa.select(alert_sightings.c.screen, sa.func.count().label("number")).where(*where)
    return {row.screen: row.number for row in tx.execute(chosen.group_by(alert_sightings.c.screen))}


def page(
    tx: Transaction, org: str, alert: str, revision: int, after: tuple[int, str], limit: int, *,
    unproven: bool = False, within: str = "",
) -> Iterator[Any]:  # fmt: skip
    """A revision's rows that owe proof, with name, place and ``home`` of their screens, in the order (created, id).

    ``org`` is the alert's organisation; ``within`` leaves only the screens of another one.
    """
    added, home = screens.c.created.label("added"), screens.c.org.label("home")
    chosen = sa.select(deliveries, screens.c.name, screens.c.place, added, home)
    chosen = chosen.join(screens, screens.c.id == deliveries.c.screen)
    if within:
        chosen = chosen.where(screens.c.org == within)
    chosen = chosen.where(*of(org, alert, revision), deliveries.c.owes)
    chosen = chosen.where(sa.tuple_(screens.c.created, screens.c.id) > sa.tuple_(*map(sa.literal, after)))
    if unproven:
        chosen = chosen.where(deliveries.c.shown.is_(None))
    yield from tx.execute(chosen.order_by(screens.c.created, screens.c.id).limit(limit))


def screens_among(
    tx: Transaction, org: str, below: Collection[str], wanted: Collection[str], after: tuple[int, str]
) -> Iterator[Any]:
    """Name, place and ``home`` of these screens of an organisation and those below, in the order (created, id)."""
    columns = (screens.c.id.label("screen"), screens.c.name, screens.c.place, screens.c.created.label("added"))
    chosen = sa.select(*columns, screens.c.org.label("home")).where(among(screens.c.org, org, below))
    chosen = chosen.where(sa.tuple_(screens.c.created, screens.c.id) > sa.tuple_(*map(sa.literal, after)))
    asked = frozenset(wanted)
    return (row for row in tx.execute(chosen.order_by(screens.c.created, screens.c.id)) if row.screen in asked)


def organisation_names(tx: Transaction, orgs: Collection[str]) -> dict[str, str]:
    """The name of each of these organisations."""
    chosen = sa.select(organisations.c.id, organisations.c.name)
    if len(orgs) <= FEW:
        chosen = chosen.where(organisations.c.id.in_(orgs))
    return {row.id: row.name for row in tx.execute(chosen)}


def _there() -> sa.ColumnElement[bool]:
    """Whether a delivery's screen has a player that is there; found by the screen alone, which has an index."""
    own = (players.c.screen == deliveries.c.screen, players.c.revoked.is_(None), players.c.online)
    return sa.select(players.c.id).where(*own).exists()


def _seen(ids: Collection[str]) -> sa.Subquery:
    """How many people acknowledged these alerts at each screen."""
    columns = (alert_sightings.c.alert, alert_sightings.c.screen, sa.func.count().label("number"))
    where = (alert_sightings.c.alert.in_(ids),)
    return sa.select(*columns).where(*where).group_by(*columns[:2]).subquery()


def tallies(tx: Transaction, org: str, ids: Collection[str], *, from_above: bool = False) -> dict[str, dict[str, int]]:
    """For each alert how many screens of its newest revision that owe proof are shown, received, …; see ``State``.

    The alerts are ``org``'s own or those of organisations above; then only its own screens count.
    """
    if not ids:
        return {}
    shown, received, there = deliveries.c.shown.is_not(None), deliveries.c.received.is_not(None), _there()
    seen_there = _seen(ids)
    open_ = sa.and_(~shown, ~received)
    cases = {
        "targets": sa.true(),
        "shown": shown,
        "acknowledged": sa.and_(shown, seen_there.c.number > 0),
        "received": sa.and_(~shown, received),
        "sent": sa.and_(open_, there, deliveries.c.sent.is_not(None)),
        "pending": sa.and_(open_, there, deliveries.c.sent.is_(None)),
        "unreachable": sa.and_(open_, ~there),
    }
    sums = [sa.func.sum(sa.case((case, 1), else_=0)).label(name) for name, case in cases.items()]
    chosen = sa.select(deliveries.c.alert, *sums).join(alerts, NEWEST)
    same = sa.and_(seen_there.c.alert == deliveries.c.alert, seen_there.c.screen == deliveries.c.screen)
    if from_above:
        chosen = chosen.join(screens, screens.c.id == deliveries.c.screen).where(screens.c.org == org)
    else:
        chosen = chosen.where(alerts.c.org == org)
    chosen = chosen.outerjoin(seen_there, same).where(alerts.c.id.in_(ids))
    chosen = chosen.where(deliveries.c.owes).group_by(deliveries.c.alert)
    found = {row.alert: {name: int(getattr(row, name)) for name in cases} for row in tx.execute(chosen)}
    return {alert: found.get(alert, dict.fromkeys(cases, 0)) for alert in ids}
