"""SQL of webhooks and of the queue to them; never commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from playlists.alert import Phase, Status
from server.db import Transaction
from server.outbox.model import Format, Moment, Telling, Webhook
from server.paging import PageQuery, newest_first
from server.tables import alert_revisions, alert_steps, alerts, deliveries, organisations, outbox, screens, webhooks

ALL_WELL = "unproven 0"  # what a step writes that met nobody
ACTS = {Moment.ISSUED: ("issue", "approve", "update"), Moment.ENDED: ("clear", "correct")}

# webhooks ---------------------------------------------------------------------------------------------------------


def webhooks_of(tx: Transaction, org: str) -> tuple[Webhook, ...]:
    """A site's webhooks, in the order they were made."""
    chosen = sa.select(webhooks).where(webhooks.c.org == org, webhooks.c.deleted.is_(None))
    return tuple(map(_webhook, tx.execute(chosen.order_by(webhooks.c.created, webhooks.c.id))))


def webhook(tx: Transaction, org: str, name: str) -> Webhook | None:
    """One webhook, or None."""
    return next((one for one in webhooks_of(tx, org) if one.id == name), None)


def enabled(tx: Transaction) -> tuple[Webhook, ...]:
    """Every webhook of every site that is told anything."""
    chosen = sa.select(webhooks).where(webhooks.c.enabled, webhooks.c.deleted.is_(None))
    return tuple(map(_webhook, tx.execute(chosen.order_by(webhooks.c.id))))


def insert(tx: Transaction, made: Webhook) -> None:
    """Add a webhook's row."""
    tx.execute(webhooks.insert().values(**_values(made)))


def write(tx: Transaction, held: Webhook) -> None:
    """Write a webhook's row."""
    tx.execute(webhooks.update().where(webhooks.c.org == held.org, webhooks.c.id == held.id).values(**_values(held)))


def delete(tx: Transaction, org: str, name: str, at: int) -> None:
    """Put a webhook aside, and what opens its group out of the database; its log stays."""
    where = (webhooks.c.org == org, webhooks.c.id == name)
    tx.execute(webhooks.update().where(*where).values(deleted=at, enabled=False, address="", secret=""))
    waiting = (outbox.c.webhook == name, outbox.c.done.is_(None), outbox.c.failed.is_(None))
    tx.execute(outbox.update().where(*waiting).values(failed=at, said="outbox.removed"))


def _values(held: Webhook) -> dict[str, Any]:
    values = {name: getattr(held, name) for name in Webhook.__slots__}
    return values | {"format": held.format.value, "moments": [moment.value for moment in held.moments]}


def _webhook(row: Any) -> Webhook:
    moments = tuple(map(Moment, row.moments))
    return Webhook(row.id, row.org, row.name, Format(row.format), row.address, row.secret, moments, row.enabled,
                   row.created)  # fmt: skip


# what is to be told -----------------------------------------------------------------------------------------------


def revised(tx: Transaction, org: str, moment: Moment, since: int) -> list[Any]:
    """Revisions made after an instant that are a ``moment`` to tell: (alert, revision, at, by_name, act, body)."""
    columns = alert_revisions.c
    chosen = sa.select(columns.alert, columns.revision, columns.at, columns.by_name, columns.act, columns.body)
    where = (columns.org == org, columns.at > since, columns.act.in_(ACTS[moment]))
    rows = tx.execute(chosen.where(*where).order_by(columns.at)).all()
    hidden = (Phase.WAITING.value,)
    return [row for row in rows if row.body["phase"] not in hidden and row.body["status"] != Status.TEST.value]


def expired(tx: Transaction, org: str, since: int, at: int) -> list[Any]:
    """Alerts that came to their end by themselves between two instants, as ``revised`` gives revisions."""
    newest = sa.and_(alerts.c.id == alert_revisions.c.alert, alerts.c.revision == alert_revisions.c.revision)
    columns = (
        alerts.c.id.label("alert"),
        alerts.c.revision,
        alerts.c.expires.label("at"),
        alerts.c.issuer_name.label("by_name"),
    )
    chosen = sa.select(*columns, sa.literal("expire").label("act"), alert_revisions.c.body).join(
        alert_revisions, newest
    )
    over = (alerts.c.expires > since, alerts.c.expires <= at, alerts.c.phase == Phase.LIVE.value)
    return list(tx.execute(chosen.where(alerts.c.org == org, alerts.c.status != Status.TEST.value, *over)))


def escalated(tx: Transaction, org: str, since: int) -> list[Any]:
    """Revisions whose last step met unproven screens after an instant, as ``revised`` gives them; ``at`` is when."""
    same = sa.and_(alert_steps.c.alert == alert_revisions.c.alert, alert_steps.c.revision == alert_revisions.c.revision)
    columns = alert_revisions.c
    chosen = sa.select(columns.alert, columns.revision, alert_steps.c.done.label("at"), columns.by_name, columns.act,
                       columns.body).join(alert_steps, same)  # fmt: skip
    taken = (alert_steps.c.step == "webhooks", alert_steps.c.done > since, alert_steps.c.outcome.not_in(("", ALL_WELL)))
    return list(tx.execute(chosen.where(columns.org == org, *taken)))


def named(tx: Transaction, org: str, ids: Collection[str]) -> list[dict[str, str]]:
    """These screens with their places, by name; the place of one below begins with the name of its organisation."""
    columns = (screens.c.name, screens.c.place, screens.c.org, organisations.c.name.label("home"))
    chosen = sa.select(*columns).join(organisations, organisations.c.id == screens.c.org)
    rows = tx.execute(chosen.where(screens.c.id.in_(ids)).order_by(screens.c.org != org, "home", screens.c.name))
    return [
        {"name": row.name, "place": row.place if row.org == org else f"{row.home} {row.place}".rstrip()} for row in rows
    ]


def targets(tx: Transaction, org: str, alert: str, revision: int) -> int:
    """How many screens owe proof of a revision."""
    which = (deliveries.c.org == org, deliveries.c.alert == alert, deliveries.c.revision == revision)
    chosen = sa.select(sa.func.count()).select_from(deliveries).where(*which, deliveries.c.owes)
    return int(tx.execute(chosen).scalar_one())


def site(tx: Transaction, org: str) -> Any:
    """The organisation's name, zone and locale."""
    return tx.execute(sa.select(organisations).where(organisations.c.id == org)).one()


# the queue --------------------------------------------------------------------------------------------------------


def known(tx: Transaction, org: str, since: int) -> set[tuple[str, str, int, str]]:
    """(webhook, alert, revision, moment) of everything queued after an instant."""
    columns = outbox.c
    chosen = sa.select(columns.webhook, columns.alert, columns.revision, columns.moment)
    return {tuple(row) for row in tx.execute(chosen.where(columns.org == org, columns.created > since))}


def put(tx: Transaction, rows: Iterable[Telling]) -> None:
    """Queue messages; raises IntegrityError when another node has queued one of them meanwhile."""
    if values := [
        {name: getattr(row, name) for name in Telling.__slots__} | {"moment": row.moment.value} for row in rows
    ]:
        tx.execute(outbox.insert(), values)


def due(tx: Transaction, at: int, limit: int) -> tuple[Telling, ...]:
    """What is to be sent now, the oldest first."""
    open_ = (outbox.c.done.is_(None), outbox.c.failed.is_(None), outbox.c.due_at <= at)
    rows = tx.execute(sa.select(outbox).where(*open_).order_by(outbox.c.created, outbox.c.id).limit(limit))
    return tuple(map(_telling, rows))


def claim(tx: Transaction, row: Telling, at: int, until: int) -> bool:
    """Take a message for this node until an instant; False when another one has it."""
    mine = (outbox.c.id == row.id, outbox.c.tries == row.tries, outbox.c.due_at <= at)
    open_ = (outbox.c.done.is_(None), outbox.c.failed.is_(None))
    return tx.execute(outbox.update().where(*mine, *open_).values(tries=row.tries + 1, due_at=until)).rowcount == 1


def busy(tx: Transaction, webhook: str, since: int, at: int, until: int) -> int:
    """How many messages went to a webhook since an instant, or are on their way or to be tried again until another."""
    sent = outbox.c.done > since
    soon = (outbox.c.tries > 0, outbox.c.due_at > at, outbox.c.due_at <= until)
    trying = sa.and_(outbox.c.done.is_(None), outbox.c.failed.is_(None), *soon)
    chosen = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.webhook == webhook, sa.or_(sent, trying))
    return int(tx.execute(chosen).scalar_one())


def settle(tx: Transaction, row: str, **values: Any) -> None:
    """Write what became of a message."""
    tx.execute(outbox.update().where(outbox.c.id == row).values(**values))


def page(tx: Transaction, org: str, query: PageQuery) -> tuple[Telling, ...]:
    """One page of the log and one more, the newest first."""
    chosen = sa.select(outbox).where(outbox.c.org == org)
    return tuple(map(_telling, tx.execute(newest_first(chosen, outbox.c.created, outbox.c.id, query))))


def forget(tx: Transaction, before: int) -> int:
    """Remove what was queued before an instant; return how much."""
    return tx.execute(outbox.delete().where(outbox.c.created < before)).rowcount


def _telling(row: Any) -> Telling:
    values = {name: getattr(row, name) for name in Telling.__slots__}
    return Telling(**values | {"moment": Moment(row.moment)})
