"""The site's own settings: its name, zone, language and what plays when nothing is scheduled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from playlists import calendar
from server import audit
from server.accounts import store
from server.accounts.model import Identity
from server.db import Transaction
from server.errors import Invalid, Violation
from server.events import SettingsChanged
from server.parts import Parts
from server.revisions import must_hold, revision_of
from server.tables import organisations, playlists
from server.words import LOCALES


@dataclass(frozen=True, slots=True)
class Site:
    """A plant: ``zone`` is an IANA name, ``fallback`` a playlist's id or "" for black."""

    id: str
    name: str
    zone: str
    locale: str
    fallback: str


@dataclass(frozen=True, slots=True)
class SiteOrder:
    """What the site is to become; None leaves a field as it is."""

    name: str | None = None
    zone: str | None = None
    locale: str | None = None
    fallback: str | None = None


def site(parts: Parts, org: str) -> Site:
    """The site as it is."""
    with parts.db.read() as tx:
        return _site(tx, org)


def first(parts: Parts) -> Site:
    """The first organisation, whose site strangers meet; there is one from the first start on."""
    with parts.db.read() as tx:
        return _site(tx, store.first_org(tx).id)


def _site(tx: Transaction, org: str) -> Site:
    row = tx.execute(sa.select(organisations).where(organisations.c.id == org)).one()
    return Site(row.id, row.name, row.zone, row.locale, row.settings.get("fallback", ""))


def revision(found: Site) -> str:
    """What names the settings as they stand, for whoever changes them."""
    return revision_of(_told(found))


def change(parts: Parts, who: Identity, order: SiteOrder, held: str = "") -> Site:
    """Change the site's settings; every programme is compiled anew. Raise Invalid naming each wrong field.

    Raises Stale when ``held`` names another revision than stands.
    """
    with parts.db.transaction() as tx:
        before = _site(tx, who.org)
        must_hold(held, _told(before))
        _check(tx, who.org, order)
        values = {field: getattr(order, field) for field in ("name", "zone", "locale") if getattr(order, field)}
        if order.fallback is not None:
            values["settings"] = {**_settings(tx, who.org), "fallback": order.fallback}
        if values:
            tx.execute(organisations.update().where(organisations.c.id == who.org).values(**values))
        after = _site(tx, who.org)
        audit.record(tx, who, parts.clock.now(), "site.change", before=_told(before), after=_told(after))
        tx.announce(SettingsChanged(who.org))
        return after


def _settings(tx: Transaction, org: str) -> dict[str, Any]:
    return dict(tx.execute(sa.select(organisations.c.settings).where(organisations.c.id == org)).scalar_one())


def _told(found: Site) -> dict[str, str]:
    return {"name": found.name, "zone": found.zone, "locale": found.locale, "fallback": found.fallback}


def _check(tx: Transaction, org: str, order: SiteOrder) -> None:
    wrong = []
    if order.name is not None and not 1 <= len(order.name.strip()) <= 80:
        wrong.append(Violation("name", "accounts.site_name"))
    if order.zone is not None and not calendar.is_zone(order.zone):
        wrong.append(Violation("zone", "accounts.zone_unknown"))
    if order.locale is not None and order.locale not in LOCALES:
        wrong.append(Violation("locale", "field.enum", (("expected", "zh, en"),)))
    if order.fallback and not _is_playlist(tx, org, order.fallback):
        wrong.append(Violation("fallback", "accounts.fallback_unknown"))
    if wrong:
        raise Invalid(tuple(wrong))


def _is_playlist(tx: Transaction, org: str, playlist: str) -> bool:
    found = sa.select(playlists.c.id).where(playlists.c.org == org, playlists.c.id == playlist)
    return tx.execute(found.where(playlists.c.deleted.is_(None))).first() is not None
