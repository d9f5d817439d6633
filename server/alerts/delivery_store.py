"""SQL of deliveries: whom a revision is for, and the proof of each screen; never commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import Enum
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from server import rows
from server.db import Transaction
from server.hierarchy import lying_in
from server.tables import alerts, deliveries, players, screens

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
    where = of(org, alert, revision)
    return tuple(tx.execute(sa.select(deliveries.c.screen).where(*where).order_by(deliveries.c.screen)).scalars())


def of(org: str, alert: str, revision: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The rows of a revision."""
    return (deliveries.c.org == org, deliveries.c.alert == alert, deliveries.c.revision == revision)


def carried(
    tx: Transaction, org: str, ids: Collection[str], only: Collection[str] | None = None
) -> Iterator[tuple[str, str]]:
    """(alert, screen) for every screen, or those of ``only``, that the newest revision of one of these is for.

    All of them are of this organisation, for screens of its own.
    """
    found = tx.execute(_CARRIED[_reading(only)], {"org": org, "ids": list(ids)} | _those(only))
    return (tuple(row) for row in found.all())


def carried_far(
    tx: Transaction, org: str | None, ids: Collection[str], only: Collection[str] | None = None
) -> Iterator[tuple[str, str, str]]:
    """(alert, screen, its organisation) of alerts of whatever organisation, for the screens of one or (None) of all."""
    asked: dict[str, Any] = {"ids": list(ids)} | _those(only)
    asked |= {} if org is None else {"org": org}
    found = tx.execute(_FAR[org is None, _reading(only)], asked)
    return (tuple(row) for row in found.all())


NEWEST = sa.and_(alerts.c.id == deliveries.c.alert, alerts.c.revision == deliveries.c.revision)
_ALL_CARRIED = (
    sa.select(deliveries.c.alert, deliveries.c.screen)
    .join(alerts, NEWEST)
    .where(alerts.c.id.in_(sa.bindparam("ids", expanding=True)))  # of deliveries SQLite would read all there ever were
)
_ONLY = rows.table("only")
_THOSE = sa.select(rows.text(_ONLY, 0)).select_from(_ONLY)


class _Of(Enum):
    """Of how many screens something is read; ``MANY`` of a node's own are more than parameters one by one."""

    ALL, FEW, MANY = range(3)


def _reading(only: Collection[str] | None) -> _Of:
    return _Of.ALL if only is None else _Of.FEW if len(only) <= FEW else _Of.MANY


def _by(column: sa.ColumnElement[str], which: _Of) -> sa.ColumnElement[bool]:
    """A few by the index. ``IS true`` has PostgreSQL hash many: a join with what it had not counted took a second."""
    if which is _Of.ALL:
        return sa.true()
    few = column.in_(sa.bindparam("only", expanding=True))
    return few if which is _Of.FEW else column.in_(_THOSE).is_(sa.true())


def _those(only: Collection[str] | None) -> dict[str, Any]:
    if only is None:
        return {}
    return {"only": rows.packed((screen,) for screen in only) if _reading(only) is _Of.MANY else list(only)}


_BY = {which: _by(deliveries.c.screen, which) for which in _Of}
_CARRIED = {which: _ALL_CARRIED.where(alerts.c.org == sa.bindparam("org"), by) for which, by in _BY.items()}
_ANYWHERE = _ALL_CARRIED.add_columns(screens.c.org.label("home")).join(screens, screens.c.id == deliveries.c.screen)
_WITHIN = _ANYWHERE.where(screens.c.org == sa.bindparam("org"))
_FAR = {  # by whether it is about all organisations, and about which screens
    (everywhere, which): (_ANYWHERE if everywhere else _WITHIN).where(by)
    for everywhere in (True, False)
    for which, by in _BY.items()
}


def surroundings(
    tx: Transaction, org: str | None, only: Collection[str] | None = None
) -> Iterator[tuple[str, str, str]]:
    """(screen, its exit, its muster point) for every screen in use, or those of ``only``; None: of all."""
    chosen = sa.select(screens.c.id, screens.c.exit, screens.c.muster_point).where(screens.c.retired.is_(None))
    if org is not None:
        chosen = chosen.where(screens.c.org == org)
    found = tx.execute(chosen.where(_by(screens.c.id, _reading(only))), _those(only))
    return ((row.id, row.exit, row.muster_point) for row in found)


def silent(tx: Transaction, org: str, below: Collection[str] = ()) -> frozenset[str]:
    """The screens nobody is sent to now, as ``Screen.has_glass``: samples that no player is paired with.

    Those of an organisation, and of these ``below`` with all that lies in them.
    """
    paired = sa.select(players.c.id).where(players.c.screen == screens.c.id, players.c.revoked.is_(None)).exists()
    chosen = sa.select(screens.c.id).where(among(screens.c.org, org, below), screens.c.sample, ~paired)
    return frozenset(tx.execute(chosen).scalars())


def among(column: sa.ColumnElement[str], org: str, below: Collection[str]) -> sa.ColumnElement[bool]:
    """Whether a column names an organisation, or one of these ``below`` or what lies in them."""
    return sa.or_(column == org, lying_in(column, below)) if below else column == org


def homes(tx: Transaction, wanted: Collection[str]) -> dict[str, str]:
    """The organisation of each of these screens."""
    found, ids = dict[str, str](), list(wanted)
    for start in range(0, len(ids), FEW):
        chosen = sa.select(screens.c.id, screens.c.org).where(screens.c.id.in_(ids[start : start + FEW]))
        found |= {row.id: row.org for row in tx.execute(chosen)}
    return found


def lying(tx: Transaction, tops: Collection[str]) -> dict[str, str]:
    """The screens in use of these organisations and of all that lies in them, each with its organisation."""
    if not tops:
        return {}
    chosen = sa.select(screens.c.id, screens.c.org).where(lying_in(screens.c.org, tops), screens.c.retired.is_(None))
    return {row.id: row.org for row in tx.execute(chosen.order_by(screens.c.created, screens.c.id))}


def owed(tx: Transaction, org: str, alert: str, among: Collection[str]) -> frozenset[str]:
    """Those of these screens that owe or owed proof of some revision of an alert."""
    where = (alerts.c.org == org, alerts.c.id == alert, deliveries.c.screen.in_(among), deliveries.c.owes)
    chosen = sa.select(deliveries.c.screen).join(alerts, alerts.c.id == deliveries.c.alert).where(*where)
    return frozenset(tx.execute(chosen).scalars())


def oblige(tx: Transaction, org: str, alert: str, revision: int, silent: Collection[str]) -> int:
    """Let every screen of a revision owe proof but the ``silent``; return for how many that is new."""
    where = (*of(org, alert, revision), ~deliveries.c.owes, deliveries.c.screen.not_in(silent))
    return tx.execute(deliveries.update().where(*where).values(owes=sa.true())).rowcount


def unproven(tx: Transaction, org: str, alert: str, revision: int) -> tuple[tuple[str, bool], ...]:
    """(screen, whether it has it on disk) for every screen that owes proof of a revision and has not shown it."""
    chosen = sa.select(deliveries.c.screen, deliveries.c.received).where(*of(org, alert, revision), deliveries.c.owes)
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
    where = (*of(org, alert, revision), deliveries.c.screen == screen)
    done = tx.execute(deliveries.update().where(*where).values(visited=at, visited_by=by))
    return done.rowcount == 1
