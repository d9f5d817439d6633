"""SQL of escalation steps; never commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from server.db import Transaction
from server.tables import alert_steps

MOST = 200  # steps of one poll


@dataclass(frozen=True, slots=True)
class Row:
    """A step that waits to be taken."""

    org: str
    alert: str
    revision: int
    step: str


def insert(tx: Transaction, org: str, alert: str, revision: int, due: Mapping[str, int]) -> None:
    """Add the steps of a revision, each with its due time (UTC ms)."""
    row = {"org": org, "alert": alert, "revision": revision}
    tx.execute(alert_steps.insert(), [row | {"step": step, "due_at": at} for step, at in due.items()])


def _open(stale: int) -> sa.ColumnElement[bool]:
    """Not taken, or begun before ``stale`` (UTC ms) and never reported."""
    return sa.or_(alert_steps.c.done.is_(None), sa.and_(alert_steps.c.outcome == "", alert_steps.c.done < stale))


def due(tx: Transaction, at: int, stale: int) -> tuple[Row, ...]:
    """The steps whose time has come, the longest due first."""
    columns = (alert_steps.c.org, alert_steps.c.alert, alert_steps.c.revision, alert_steps.c.step)
    chosen = sa.select(*columns).where(alert_steps.c.due_at <= at, _open(stale))
    return tuple(
        Row(row.org, row.alert, row.revision, row.step)
        for row in tx.execute(chosen.order_by(alert_steps.c.due_at).limit(MOST))
    )


def claim(tx: Transaction, row: Row, at: int, stale: int) -> bool:
    """Take a step; False when another was faster."""
    done = tx.execute(alert_steps.update().where(*_is(row), _open(stale)).values(done=at))
    return done.rowcount == 1


def report(tx: Transaction, row: Row, outcome: str) -> None:
    """Write what became of a step."""
    tx.execute(alert_steps.update().where(*_is(row)).values(outcome=outcome))


def overdue(tx: Transaction, before: int) -> int:
    """How many steps were due before that instant (UTC ms) and are open still."""
    chosen = sa.select(sa.func.count()).select_from(alert_steps)
    return int(tx.execute(chosen.where(alert_steps.c.due_at < before, _open(before))).scalar_one())


def outcomes(tx: Transaction, org: str, alert: str) -> tuple[tuple[int, str, int, int | None, str], ...]:
    """(revision, step, due, done, outcome) of every step of an alert."""
    columns = (
        alert_steps.c.revision,
        alert_steps.c.step,
        alert_steps.c.due_at,
        alert_steps.c.done,
        alert_steps.c.outcome,
    )
    where = (alert_steps.c.org == org, alert_steps.c.alert == alert)
    rows = tx.execute(sa.select(*columns).where(*where).order_by(alert_steps.c.due_at))
    return tuple((row.revision, row.step, row.due_at, row.done, row.outcome) for row in rows)


def _is(row: Row) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        alert_steps.c.org == row.org,
        alert_steps.c.alert == row.alert,
        alert_steps.c.revision == row.revision,
        alert_steps.c.step == row.step,
    )
