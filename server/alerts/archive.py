"""Every alert and drill there ever was, narrowed down and paged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from playlists.alert import Status
from server.accounts.model import Identity
from server.alerts import store
from server.alerts.model import StoredAlert
from server.paging import Listing, PageQuery, cursor, like
from server.parts import Parts
from server.tables import alerts


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What to look for; None and "" narrow nothing.

    Issued in ``[since, before)``, over by ``over_by`` (UTC ms), with ``text`` in the headline.
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
        yield alerts.c.headline.like(like(wanted.text), escape="\\")
