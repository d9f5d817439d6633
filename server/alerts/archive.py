"""Every alert and drill there ever was, narrowed down and paged."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from playlists.alert import Status
from server.accounts.model import Identity
from server.alerts import store
from server.alerts.model import StoredAlert
from server.db import Transaction
from server.paging import Listing, PageQuery, cursor, like
from server.parts import Parts
from server.tables import alert_revisions, alerts, deliveries


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What to look for; None and "" narrow nothing.

    Issued in ``[since, before)``, over by ``over_by`` (UTC ms), with ``text`` in its first headline.
    """

    status: Status | None = None
    since: int | None = None
    before: int | None = None
    text: str = ""
    over_by: int | None = None


def search(parts: Parts, who: Identity, query: PageQuery, wanted: Narrowed) -> Listing[StoredAlert]:
    """A page of alerts and drills, never tests, the newest issued first."""
    who.must("read")
    with parts.db.read() as tx:
        found = store.page(tx, who.org, query, *_where(wanted), tests=False)
    page = found[: query.limit]
    return Listing(page, cursor(page[-1].issued, page[-1].id) if len(found) > len(page) else None)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an alert said when it first went out, and how many of ``count`` screens showed that."""

    headline: str
    shown: int
    count: int


def beginnings(parts: Parts, who: Identity, ids: Collection[str]) -> dict[str, Beginning]:
    """The first words and the first proof of each alert: its newest revision may be an all-clear."""
    who.must("read")
    with parts.db.read() as tx:
        words, counts = _first_words(tx, who.org, ids), _first_counts(tx, who.org, ids)
    return {one: Beginning(words.get(one, ""), *counts.get(one, (0, 0))) for one in ids}


def _first_words(tx: Transaction, org: str, ids: Collection[str]) -> dict[str, str]:
    where = (alert_revisions.c.org == org, alert_revisions.c.alert.in_(ids), alert_revisions.c.revision == 1)
    rows = tx.execute(sa.select(alert_revisions.c.alert, alert_revisions.c.body).where(*where))
    return {row.alert: str(row.body.get("headline", "")) for row in rows}


def _first_counts(tx: Transaction, org: str, ids: Collection[str]) -> dict[str, tuple[int, int]]:
    shown = sa.func.count(deliveries.c.shown)
    chosen = sa.select(deliveries.c.alert, deliveries.c.revision, shown.label("shown"), sa.func.count().label("of"))
    chosen = chosen.where(deliveries.c.org == org, deliveries.c.alert.in_(ids), deliveries.c.owes)
    rows = tx.execute(chosen.group_by(deliveries.c.alert, deliveries.c.revision).order_by(deliveries.c.revision.desc()))
    return {row.alert: (int(row.shown), int(row.of)) for row in rows}  # the last one to stand is the lowest revision


def _where(wanted: Narrowed) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.status:
        yield alerts.c.status == wanted.status.value
    if wanted.since is not None:
        yield alerts.c.issued >= wanted.since
    if wanted.before is not None:
        yield alerts.c.issued < wanted.before
    if wanted.over_by is not None:
        yield alerts.c.expires <= wanted.over_by
    if wanted.text:
        said = alert_revisions.c.body["headline"].as_string().like(like(wanted.text), escape="\\")
        yield sa.exists().where(alert_revisions.c.alert == alerts.c.id, alert_revisions.c.revision == 1, said)
