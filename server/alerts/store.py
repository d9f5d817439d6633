"""SQL of alerts, their revisions and their targets; never commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from playlists.alert import Category, Certainty, Phase, Presentation, Response, Severity, Status, Urgency
from server.alerts.model import Act, Revision, StoredAlert
from server.db import Transaction
from server.hierarchy import lying_over
from server.paging import PageQuery, newest_first
from server.tables import (
    alert_groups,
    alert_organisations,
    alert_revisions,
    alert_screens,
    alerts,
    organisations,
    position,
)

WORDS: dict[str, Any] = {
    "phase": Phase, "status": Status, "severity": Severity, "urgency": Urgency, "certainty": Certainty,
    "category": Category, "response": Response, "presentation": Presentation,
}  # fmt: skip
QR = "qr"  # within the body of a first revision
TARGETS = {
    "screens": (alert_screens, alert_screens.c.screen),
    "groups": (alert_groups, alert_groups.c.screen_group),
    "organisations": (alert_organisations, alert_organisations.c.organisation),
}
NEVER_OUT = (alerts.c.status != Status.TEST.value, alerts.c.phase != Phase.WAITING.value)


def next_seq(tx: Transaction) -> int:
    """Move the site's position on by one and return it; the row stays locked until the transaction ends."""
    tx.execute(position.update().values(seq=position.c.seq + 1))
    return seq(tx)


def seq(tx: Transaction) -> int:
    """The site's position."""
    return int(tx.execute(sa.select(position.c.seq)).scalar_one())


def touch(tx: Transaction) -> None:
    """Write the position as it is: a commit that changes nothing."""
    tx.execute(position.update().values(seq=position.c.seq))


def stands(tx: Transaction) -> tuple[str, int]:
    """Epoch and position."""
    row = tx.execute(sa.select(position.c.epoch, position.c.seq)).one()
    return str(row.epoch), int(row.seq)


def insert(tx: Transaction, alert: StoredAlert) -> None:
    """Add an alert's row with its targets."""
    tx.execute(alerts.insert().values(**_values(alert)))
    set_targets(tx, alert)


def write(tx: Transaction, alert: StoredAlert) -> None:
    """Write an alert's newest revision."""
    where = (alerts.c.org == alert.org, alerts.c.id == alert.id)
    tx.execute(alerts.update().where(*where).values(**_values(alert)))
    set_targets(tx, alert)


def _values(alert: StoredAlert) -> dict[str, Any]:
    values = {name: getattr(alert, name) for name in StoredAlert.__slots__ if name in alerts.c}
    return {name: value.value if name in WORDS else value for name, value in values.items()}


def set_targets(tx: Transaction, alert: StoredAlert) -> None:
    """Write whom an alert is for."""
    for field, (table, column) in TARGETS.items():
        tx.execute(table.delete().where(table.c.org == alert.org, table.c.alert == alert.id))
        if names := getattr(alert, field):
            tx.execute(table.insert(), [{"org": alert.org, "alert": alert.id, column.name: name} for name in names])


def insert_revision(tx: Transaction, org: str, alert: str, revision: Revision) -> None:
    """Keep a revision for ever."""
    values = {name: getattr(revision, name) for name in Revision.__slots__}
    tx.execute(alert_revisions.insert().values(org=org, alert=alert, **(values | {"act": revision.act.value})))


def revisions_of(tx: Transaction, org: str, alert: str) -> tuple[Revision, ...]:
    """An alert's history, the first revision first."""
    where = (alert_revisions.c.org == org, alert_revisions.c.alert == alert)
    rows = tx.execute(sa.select(alert_revisions).where(*where).order_by(alert_revisions.c.revision))
    return tuple(Revision(row.revision, row.at, row.by, row.by_name, Act(row.act), row.body) for row in rows)


def qrs(tx: Transaction, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The rows of the QR code of each of these alerts, which are known to reach who asks."""
    where = (alert_revisions.c.alert.in_(ids), alert_revisions.c.revision == 1)
    rows = tx.execute(sa.select(alert_revisions.c.alert, alert_revisions.c.body).where(*where))
    return {row.alert: tuple(row.body.get(QR, ())) for row in rows}


def set_note(tx: Transaction, org: str, alert: str, note: str) -> None:
    """Write the note that is asked for afterwards."""
    tx.execute(alerts.update().where(alerts.c.org == org, alerts.c.id == alert).values(note=note))


def get(tx: Transaction, org: str, alert: str) -> StoredAlert | None:
    """One alert, or None."""
    found = _read(tx, org, sa.select(alerts).where(alerts.c.id == alert))
    return found[0] if found else None


def by_identifier(tx: Transaction, org: str, source: str, identifier: str) -> StoredAlert | None:
    """The alert that came from ``source`` under ``identifier``, or None."""
    found = _read(tx, org, sa.select(alerts).where(alerts.c.source == source, alerts.c.identifier == identifier))
    return found[0] if found else None


def live(tx: Transaction, org: str, at: int) -> tuple[StoredAlert, ...]:
    """Every alert that may be on a screen, now or later: no test, none that waits or is over; the newest first."""
    return _whole(tx, _live(tx, org, at))


def live_here(tx: Transaction, org: str, at: int) -> tuple[StoredAlert, ...]:
    """The same with those of organisations above that reach this one."""
    return _whole(tx, tx.execute(_LIVE_HERE, {"org": org, "at": at}).mappings().all())


def live_words(tx: Transaction, org: str | None, at: int) -> tuple[StoredAlert, ...]:
    """The same, or (None) all of the server, without screens and groups, which may be thousands: for what is said."""
    rows = tx.execute(_LIVE_ANYWHERE if org is None else _LIVE_HERE, {"org": org, "at": at}).mappings().all()
    found = _targets(tx, "organisations", [row["id"] for row in rows if row["spread"]])
    return tuple(_alert(row, {"organisations": found.get(row["id"], ())}) for row in rows)


def _live(tx: Transaction, org: str, at: int) -> Sequence[Any]:
    return tx.execute(_LIVE, {"org": org, "at": at}).mappings().all()


_ORG: sa.BindParameter[str] = sa.bindparam("org", type_=sa.String)
_MINE = alerts.c.org == _ORG
_REACHED = sa.select(alert_organisations.c.alert).where(lying_over(alert_organisations.c.organisation, _ORG))
_SINCE = sa.select(organisations.c.created).where(organisations.c.id == _ORG).scalar_subquery()
# What was over before an organisation was made is none of its business.
FROM_ABOVE = sa.and_(alerts.c.org != _ORG, alerts.c.id.in_(_REACHED), alerts.c.expires > _SINCE, *NEVER_OUT)
SEEN_HERE = sa.or_(_MINE, FROM_ABOVE)

_SPREAD = sa.select(alert_organisations.c.alert).where(alert_organisations.c.alert == alerts.c.id).exists()
_LIVE_ANYWHERE = (
    sa.select(alerts, _SPREAD.label("spread"))
    .where(alerts.c.expires > sa.bindparam("at"), *NEVER_OUT)
    .order_by(alerts.c.issued.desc(), alerts.c.id)
)
_LIVE = _LIVE_ANYWHERE.where(_MINE)
_LIVE_HERE = _LIVE_ANYWHERE.where(SEEN_HERE)


def organisations_named(tx: Transaction, alert: str) -> tuple[str, ...]:
    """The organisations that the newest revision of an alert names."""
    return _targets(tx, "organisations", [alert]).get(alert, ())


def alarmed(tx: Transaction, at: int) -> tuple[str, ...]:
    """The organisations with a live alert."""
    chosen = sa.select(alerts.c.org).where(alerts.c.expires > at, *NEVER_OUT).distinct()
    return tuple(tx.execute(chosen.order_by(alerts.c.org)).scalars())


def waiting(tx: Transaction, org: str, at: int) -> tuple[StoredAlert, ...]:
    """Every alert that waits for a second person."""
    chosen = sa.select(alerts).where(alerts.c.expires > at, alerts.c.phase == Phase.WAITING.value)
    return _read(tx, org, chosen.order_by(alerts.c.issued.desc(), alerts.c.id))


def page(
    tx: Transaction, org: str, query: PageQuery, *where: sa.ColumnElement[bool], tests: bool
) -> tuple[StoredAlert, ...]:
    """One page of alerts and one more, the newest issued first; with ``tests`` or without."""
    wanted = where if tests else (alerts.c.status != Status.TEST.value, *where)
    chosen = sa.select(alerts).where(*wanted)
    return _read(tx, org, newest_first(chosen, alerts.c.issued, alerts.c.id, query))


def page_from_above(
    tx: Transaction, org: str, query: PageQuery, *where: sa.ColumnElement[bool]
) -> tuple[StoredAlert, ...]:
    """One page of the alerts of organisations above that reach this one, and one more, the newest issued first."""
    chosen = newest_first(sa.select(alerts).where(FROM_ABOVE, *where), alerts.c.issued, alerts.c.id, query)
    return _whole(tx, tx.execute(chosen, {"org": org}).mappings().all())


def get_from_above(tx: Transaction, org: str, alert: str) -> StoredAlert | None:
    """An alert of an organisation above that reaches this one, or None."""
    chosen = sa.select(alerts).where(alerts.c.id == alert, FROM_ABOVE)
    return next(iter(_whole(tx, tx.execute(chosen, {"org": org}).mappings().all())), None)


def recent(tx: Transaction, org: str, by: str, since: int) -> tuple[int, int]:
    """How many revisions of his own somebody made after an instant (UTC ms), and when the last one was (0 for none)."""
    acts = (Act.ISSUE.value, Act.UPDATE.value)
    own = alert_revisions.c.org == org, alert_revisions.c.by == by, alert_revisions.c.at > since
    chosen = sa.select(sa.func.count(), sa.func.max(alert_revisions.c.at)).where(*own, alert_revisions.c.act.in_(acts))
    number, last = tuple(tx.execute(chosen).one())
    return int(number), int(last or 0)


def _read(tx: Transaction, org: str, chosen: sa.Select[Any]) -> tuple[StoredAlert, ...]:
    return _whole(tx, tx.execute(chosen.where(alerts.c.org == org)).mappings().all())


def _whole(tx: Transaction, rows: Sequence[Any]) -> tuple[StoredAlert, ...]:
    ids = [row["id"] for row in rows]
    found = {field: _targets(tx, field, ids) for field in TARGETS}
    return tuple(_alert(row, {field: found[field].get(row["id"], ()) for field in TARGETS}) for row in rows)


def _targets(tx: Transaction, field: str, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    table, column = TARGETS[field]
    found: dict[str, list[str]] = {}
    if ids:
        chosen = sa.select(table.c.alert, column.label("target")).where(table.c.alert.in_(ids))
        for row in tx.execute(chosen.order_by(column)):
            found.setdefault(row.alert, []).append(row.target)
    return {alert: tuple(targets) for alert, targets in found.items()}


def _alert(row: Any, targets: Mapping[str, tuple[str, ...]]) -> StoredAlert:
    values = {name: WORDS[name](value) if name in WORDS else value for name, value in row.items() if name != "spread"}
    return StoredAlert(**{**values, **targets})
