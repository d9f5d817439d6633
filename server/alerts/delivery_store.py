"""SQL of deliveries: whom a revision is for, and the proof of each screen; never commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from server import rows
from server.db import Transaction
from server.tables import alert_sightings, alerts, deliveries, players, screens

FEW = 500  # bound parameters one statement may carry safely
Key = tuple[str, int, str]  # alert, revision, screen


def insert(
    tx: Transaction, org: str, alert: str, revision: int, to: Sequence[str], at: int, silent: Collection[str] = ()
) -> None:
    """Add the rows of a revision, by the hundreds: row by row they are most of what issuing to a large site takes.

    ``silent`` are those of the screens that owe no proof.
    """
    values = {"of_org": org, "of_alert": alert, "of_revision": revision, "at": at, "silent": list(silent)}
    for start in range(0, len(to), FEW):
        tx.execute(_INSERT, values | {"to": list(to[start : start + FEW])})


_INSERT = deliveries.insert().from_select(
    ["org", "alert", "revision", "created", "screen", "owes"],
    sa.select(
        sa.bindparam("of_org", type_=sa.String),
        sa.bindparam("of_alert", type_=sa.String),
        sa.bindparam("of_revision", type_=sa.Integer),
        sa.bindparam("at", type_=sa.BigInteger),
        screens.c.id,
        screens.c.id.not_in(sa.bindparam("silent", expanding=True)),
    ).where(screens.c.id.in_(sa.bindparam("to", expanding=True))),
    include_defaults=False,
)


def screens_of(tx: Transaction, org: str, alert: str, revision: int) -> tuple[str, ...]:
    """The screens a revision is for, in the order of their ids."""
    where = _of(org, alert, revision)
    return tuple(tx.execute(sa.select(deliveries.c.screen).where(*where).order_by(deliveries.c.screen)).scalars())


def _of(org: str, alert: str, revision: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (deliveries.c.org == org, deliveries.c.alert == alert, deliveries.c.revision == revision)


def carried(
    tx: Transaction, org: str, ids: Collection[str], only: Collection[str] | None = None
) -> Iterator[tuple[str, str]]:
    """(alert, screen) for every screen, or those of ``only``, that the newest revision of one of these is for."""
    values = {"org": org, "ids": list(ids)}
    found = tx.execute(_CARRIED, values) if only is None else tx.execute(_CARRIED_BY, values | {"only": list(only)})
    return ((row.alert, row.screen) for row in found.all())


_CARRIED = (
    sa.select(deliveries.c.alert, deliveries.c.screen)
    .join(alerts, sa.and_(alerts.c.id == deliveries.c.alert, alerts.c.revision == deliveries.c.revision))
    .where(deliveries.c.org == sa.bindparam("org"), deliveries.c.alert.in_(sa.bindparam("ids", expanding=True)))
)
_CARRIED_BY = _CARRIED.where(deliveries.c.screen.in_(sa.bindparam("only", expanding=True)))


def surroundings(tx: Transaction, org: str, only: Collection[str] | None = None) -> Iterator[tuple[str, str, str]]:
    """(screen, its exit, its muster point) for every screen in use, or those of ``only``."""
    chosen = sa.select(screens.c.id, screens.c.exit, screens.c.muster_point)
    chosen = chosen.where(screens.c.org == org, screens.c.retired.is_(None))
    if only is not None:
        chosen = chosen.where(screens.c.id.in_(only))
    return ((row.id, row.exit, row.muster_point) for row in tx.execute(chosen))


def silent(tx: Transaction, org: str) -> frozenset[str]:
    """The screens nobody is sent to now, as ``Screen.has_glass``: samples that no player is paired with."""
    paired = sa.select(players.c.id).where(players.c.screen == screens.c.id, players.c.revoked.is_(None)).exists()
    chosen = sa.select(screens.c.id).where(screens.c.org == org, screens.c.sample, ~paired)
    return frozenset(tx.execute(chosen).scalars())


def owed(tx: Transaction, org: str, alert: str, among: Collection[str]) -> frozenset[str]:
    """Those of these screens that owe or owed proof of some revision of an alert."""
    where = (deliveries.c.org == org, deliveries.c.alert == alert, deliveries.c.screen.in_(among), deliveries.c.owes)
    return frozenset(tx.execute(sa.select(deliveries.c.screen).where(*where)).scalars())


def oblige(tx: Transaction, org: str, alert: str, revision: int, silent: Collection[str]) -> int:
    """Let every screen of a revision owe proof but the ``silent``; return for how many that is new."""
    where = (*_of(org, alert, revision), ~deliveries.c.owes, deliveries.c.screen.not_in(silent))
    return tx.execute(deliveries.update().where(*where).values(owes=sa.true())).rowcount


def unproven(tx: Transaction, org: str, alert: str, revision: int) -> tuple[tuple[str, bool], ...]:
    """(screen, whether it has it on disk) for every screen that owes proof of a revision and has not shown it."""
    chosen = sa.select(deliveries.c.screen, deliveries.c.received).where(*_of(org, alert, revision), deliveries.c.owes)
    found = tx.execute(chosen.where(deliveries.c.shown.is_(None)).order_by(deliveries.c.screen))
    return tuple((row.screen, row.received is not None) for row in found)


# proof ------------------------------------------------------------------------------------------------------------


def found(tx: Transaction, keys: Collection[Key]) -> dict[Key, Any]:
    """Organisation, ``received`` and ``shown`` of the rows behind these keys, of whatever organisation."""
    wanted = list(dict.fromkeys(keys))
    given = tx.execute(_FOUND, {"given": rows.packed((*key, place) for place, key in enumerate(wanted))})
    return {wanted[row.place]: row for row in given.all()}


def prove(tx: Transaction, news: Iterable[tuple[Key, dict[str, Any]]]) -> None:
    """Write proofs, all in one statement; what is proved already stays as it was proved first."""
    first: dict[Key, dict[str, Any]] = {}
    for key, new in news:
        held = first.setdefault(key, new)
        if held is not new:
            first[key] = {name: new[name] if held[name] is None else held[name] for name in new}
    if first:
        told = ((*key, *_written(new)) for key, new in first.items())
        tx.execute(_PROVE, {"given": rows.packed(told)})


def mark_sent(tx: Transaction, keys: Iterable[Key], at: int) -> None:
    """Note that these were sent, unless they were before."""
    tx.execute(_SEND, {"given": rows.packed(keys), "at": at})


_GIVEN = rows.table("given")
_SAME = (
    deliveries.c.alert == rows.text(_GIVEN, 0),
    deliveries.c.revision == rows.number(_GIVEN, 1),
    deliveries.c.screen == rows.text(_GIVEN, 2),
)
_FOUND = sa.select(rows.number(_GIVEN, 3).label("place"), deliveries.c.org, deliveries.c.received, deliveries.c.shown)
_FOUND = _FOUND.select_from(_GIVEN.join(deliveries, sa.and_(*_SAME)))
_TIMES = ("sent", "received", "shown", "shown_at")
_written = itemgetter(*_TIMES, "player")
_PROVE = deliveries.update().where(*_SAME)
_PROVE = _PROVE.values(
    {
        name: sa.func.coalesce(deliveries.c[name], rows.number(_GIVEN, place))
        for place, name in enumerate(_TIMES, start=len(_SAME))
    }
).values(player=sa.case((deliveries.c.player == "", rows.text(_GIVEN, 7)), else_=deliveries.c.player), owes=sa.true())
_SEND = deliveries.update().where(*_SAME, deliveries.c.sent.is_(None)).values(sent=sa.bindparam("at"))


def visit(tx: Transaction, org: str, alert: str, revision: int, screen: str, by: str, at: int) -> bool:
    """Note that somebody walked there; False when the revision is not for that screen."""
    where = (*_of(org, alert, revision), deliveries.c.screen == screen)
    done = tx.execute(deliveries.update().where(*where).values(visited=at, visited_by=by))
    return done.rowcount == 1


# lists ------------------------------------------------------------------------------------------------------------


def online(tx: Transaction, org: str) -> frozenset[str]:
    """The screens with a player that is there."""
    where = (players.c.org == org, players.c.revoked.is_(None), players.c.online)
    return frozenset(tx.execute(sa.select(players.c.screen).where(*where).distinct()).scalars())


def seen(tx: Transaction, org: str, alert: str) -> dict[str, int]:
    """By screen how many people acknowledged an alert there."""
    where = (alert_sightings.c.org == org, alert_sightings.c.alert == alert)
    chosen = sa.select(alert_sightings.c.screen, sa.func.count().label("number")).where(*where)
    return {row.screen: row.number for row in tx.execute(chosen.group_by(alert_sightings.c.screen))}


def page(
    tx: Transaction, org: str, alert: str, revision: int, after: tuple[int, str], limit: int, *, unproven: bool = False
) -> Iterator[Any]:
    """A revision's rows that owe proof, with name and place of their screens, in the order (created, id)."""
    chosen = sa.select(deliveries, screens.c.name, screens.c.place, screens.c.created.label("added"))
    chosen = chosen.join(screens, screens.c.id == deliveries.c.screen)
    chosen = chosen.where(*_of(org, alert, revision), deliveries.c.owes)
    chosen = chosen.where(sa.tuple_(screens.c.created, screens.c.id) > sa.tuple_(*map(sa.literal, after)))
    if unproven:
        chosen = chosen.where(deliveries.c.shown.is_(None))
    yield from tx.execute(chosen.order_by(screens.c.created, screens.c.id).limit(limit))


def screens_among(tx: Transaction, org: str, wanted: Collection[str], after: tuple[int, str]) -> Iterator[Any]:
    """Name and place of these screens, in the order (created, id); asks no delivery."""
    columns = (screens.c.id.label("screen"), screens.c.name, screens.c.place, screens.c.created.label("added"))
    chosen = sa.select(*columns).where(screens.c.org == org)
    chosen = chosen.where(sa.tuple_(screens.c.created, screens.c.id) > sa.tuple_(*map(sa.literal, after)))
    among = frozenset(wanted)
    return (row for row in tx.execute(chosen.order_by(screens.c.created, screens.c.id)) if row.screen in among)


def _there() -> sa.ColumnElement[bool]:
    """Whether a delivery's screen has a player that is there; found by the screen alone, which has an index."""
    own = (players.c.screen == deliveries.c.screen, players.c.revoked.is_(None), players.c.online)
    return sa.select(players.c.id).where(*own).exists()


def _seen(org: str, ids: Collection[str]) -> sa.Subquery:
    """How many people acknowledged these alerts at each screen."""
    columns = (alert_sightings.c.alert, alert_sightings.c.screen, sa.func.count().label("number"))
    where = (alert_sightings.c.org == org, alert_sightings.c.alert.in_(ids))
    return sa.select(*columns).where(*where).group_by(*columns[:2]).subquery()


def tallies(tx: Transaction, org: str, ids: Collection[str]) -> dict[str, dict[str, int]]:
    """For each alert how many screens of its newest revision that owe proof are shown, received, …; see ``State``."""
    newest = sa.and_(alerts.c.id == deliveries.c.alert, alerts.c.revision == deliveries.c.revision)
    shown, received, there = deliveries.c.shown.is_not(None), deliveries.c.received.is_not(None), _there()
    seen_there = _seen(org, ids)
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
    chosen = sa.select(deliveries.c.alert, *sums).join(alerts, newest)
    same = sa.and_(seen_there.c.alert == deliveries.c.alert, seen_there.c.screen == deliveries.c.screen)
    chosen = chosen.outerjoin(seen_there, same).where(deliveries.c.org == org, deliveries.c.alert.in_(ids))
    chosen = chosen.where(deliveries.c.owes).group_by(deliveries.c.alert)
    found = {row.alert: {name: int(getattr(row, name)) for name in cases} for row in tx.execute(chosen)}
    return {alert: found.get(alert, dict.fromkeys(cases, 0)) for alert in ids}
