"""Every alert and drill there ever was, narrowed down and paged."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from playlists.alert import Status
from server.accounts.model import Identity
from server.alerts import above, store
from server.alerts.model import StoredAlert
from server.db import Transaction
from server.paging import Listing, PageQuery, cursor, like
from server.parts import Parts
from server.tables import alert_revisions, alerts, deliveries, screens


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What to look for; None and "" narrow nothing.

    Issued in ``[since, before)``, over by ``over_by`` (UTC ms), with ``text`` in its first headline; ``own`` leaves out
    what came from above.
    """

    status: Status | None = None
    since: int | None = None
    before: int | None = None
    text: str = ""
    over_by: int | None = None
    own: bool = False


def search(parts: Parts, who: Identity, query: PageQuery, wanted: Narrowed) -> Listing[StoredAlert]:
    """A page of alerts and drills, those from above too unless ``own`` are wanted, never tests, the newest first."""
    who.must("read")
    with parts.db.read() as tx:
        return page(tx, who.org, query, *_where(wanted), own=wanted.own)


def page(
    tx: Transaction, org: str, query: PageQuery, *where: sa.ColumnElement[bool], tests: bool = False, own: bool = False
) -> Listing[StoredAlert]:
    """A page of the alerts of an organisation, and unless only its ``own`` are wanted of those from above."""
    mine = store.page(tx, org, query, *where, tests=tests)
    far = () if own else store.page_from_above(tx, org, query, *where)
    found = sorted((*mine, *far), key=lambda one: (one.issued, one.id), reverse=True) if far else mine
    chosen = above.seen_by(tx, org, found[: query.limit])
    return Listing(chosen, cursor(chosen[-1].issued, chosen[-1].id) if len(found) > len(chosen) else None)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an alert said when it first went out, and how many of ``count`` screens showed that."""

    headline: str
    shown: int
    count: int


def beginnings(parts: Parts, who: Identity, found: Collection[StoredAlert]) -> dict[str, Beginning]:
    """The first words and the first proof of each alert: its newest revision may be an all-clear."""
    who.must("read")
    own, far = ([one.id for one in found if (one.org == who.org) is mine] for mine in (True, False))
    with parts.db.read() as tx:
        words = _first_words(tx, (*own, *far))
        counts = _first_counts(tx, own, alerts.c.org == who.org)
        counts |= _first_counts(tx, far, _OF_SCREENS.where(screens.c.org == who.org).exists()) if far else {}
    return {one.id: Beginning(words.get(one.id, ""), *counts.get(one.id, (0, 0))) for one in found}


_OF_SCREENS = sa.select(screens.c.id).where(screens.c.id == deliveries.c.screen)


def _first_words(tx: Transaction, ids: Collection[str]) -> dict[str, str]:
    where = (alert_revisions.c.alert.in_(ids), alert_revisions.c.revision == 1)
    rows = tx.execute(sa.select(alert_revisions.c.alert, alert_revisions.c.body).where(*where))
    return {row.alert: str(row.body.get("headline", "")) for row in rows}


def _first_counts(tx: Transaction, ids: Collection[str], whose: sa.ColumnElement[bool]) -> dict[str, tuple[int, int]]:
    shown = sa.func.count(deliveries.c.shown)
    chosen = sa.select(deliveries.c.alert, deliveries.c.revision, shown.label("shown"), sa.func.count().label("of"))
    chosen = chosen.join(alerts, alerts.c.id == deliveries.c.alert)
    chosen = chosen.where(whose, alerts.c.id.in_(ids), deliveries.c.owes)
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
