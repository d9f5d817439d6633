"""SQL of people's acknowledgements, and of wrong codes; never commits."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from server.alerts.model import Sighting
from server.db import Transaction
from server.tables import alert_sightings, alerts, attempts, deliveries, screens


def alert_of(tx: Transaction, code: str) -> Any:
    """(org, id) of the newest alert with this code, of whatever organisation, or None."""
    chosen = sa.select(alerts.c.org, alerts.c.id).where(alerts.c.code == code, alerts.c.code != "")
    return tx.execute(chosen.order_by(alerts.c.issued.desc()).limit(1)).first()


def codes_since(tx: Transaction, at: int) -> set[str]:
    """Every code of an alert that ended after that instant (UTC ms), of all organisations."""
    return set(tx.execute(sa.select(alerts.c.code).where(alerts.c.expires > at, alerts.c.code != "")).scalars())


def places(tx: Transaction, org: str, alert: str, revision: int, like: str, limit: int) -> tuple[tuple[str, str], ...]:
    """(screen, its place or name) of the screens a revision is for, by that word; ``like`` "" for all.

    Samples hang nowhere: they are left out unless the revision is for nothing else.
    """
    chosen = _places(org, alert, revision).where(screens.c.org == org)
    if like:
        chosen = chosen.where(_WORD.like(like, escape="\\"))
    rows = tx.execute(chosen.order_by(_WORD, screens.c.id).limit(limit))
    return tuple((row.id, row.word) for row in rows)


def places_below(tx: Transaction, org: str, alert: str, revision: int, word: str) -> tuple[tuple[str, str], ...]:
    """(screen, its place or name) in organisations below for whom names it in full: no one reads others' places."""
    chosen = _places(org, alert, revision).where(screens.c.org != org, screens.c.name.in_([word]) | _WORD.in_([word]))
    rows = tx.execute(chosen.order_by(screens.c.id).limit(MOST_NAMESAKES)) if word else ()
    return tuple((row.id, row.word) for row in rows)


def place_of(tx: Transaction, org: str, alert: str, revision: int, screen: str) -> str | None:
    """The place or name of a screen that a revision is for, or None."""
    chosen = _places(org, alert, revision).where(screens.c.id == screen)
    return next((row.word for row in tx.execute(chosen)), None)


MOST_NAMESAKES = 20
_WORD = sa.case((screens.c.place != "", screens.c.place), else_=screens.c.name)


def _places(org: str, alert: str, revision: int) -> sa.Select[Any]:
    chosen = sa.select(screens.c.id, _WORD.label("word")).join(deliveries, deliveries.c.screen == screens.c.id)
    of = (deliveries.c.org == org, deliveries.c.alert == alert, deliveries.c.revision == revision)
    real = sa.select(deliveries.c.screen).where(*of, deliveries.c.owes).correlate(None).exists()
    return chosen.where(*of, sa.or_(deliveries.c.owes, ~real))


def insert(tx: Transaction, org: str, alert: str, sighting: Sighting, address: str) -> None:
    """Keep an acknowledgement; ``address`` is a keyed hash."""
    values = {name: getattr(sighting, name) for name in Sighting.__slots__}
    tx.execute(alert_sightings.insert().values(org=org, alert=alert, address=address, **values))


def recent(tx: Transaction, alert: str, since: int, address: str | None = None) -> int:
    """How many acknowledged an alert after that instant (UTC ms), in all or from one address."""
    where = [alert_sightings.c.alert == alert, alert_sightings.c.at > since]
    if address is not None:
        where.append(alert_sightings.c.address == address)
    return int(tx.execute(sa.select(sa.func.count()).select_from(alert_sightings).where(*where)).scalar_one())


def said_before(tx: Transaction, alert: str, screen: str, name: str, address: str, since: int) -> bool:
    """Whether the same was said from the same address after that instant (UTC ms)."""
    where = (alert_sightings.c.alert == alert, alert_sightings.c.screen == screen, alert_sightings.c.name == name)
    chosen = sa.select(alert_sightings.c.id).where(*where, alert_sightings.c.address == address)
    return tx.execute(chosen.where(alert_sightings.c.at > since).limit(1)).first() is not None


def page(
    tx: Transaction, org: str, alert: str, after: tuple[int, str], limit: int, *, within: str = ""
) -> tuple[Sighting, ...]:
    """A page of acknowledgements in the order (at, id); ``within`` leaves those at the screens of another one."""
    columns = [alert_sightings.c[name] for name in Sighting.__slots__]
    chosen = sa.select(*columns).where(alert_sightings.c.org == org, alert_sightings.c.alert == alert)
    if within:
        chosen = chosen.where(alert_sightings.c.screen.in_(sa.select(screens.c.id).where(screens.c.org == within)))
    chosen = chosen.where(sa.tuple_(alert_sightings.c.at, alert_sightings.c.id) > sa.tuple_(*map(sa.literal, after)))
    rows = tx.execute(chosen.order_by(alert_sightings.c.at, alert_sightings.c.id).limit(limit)).mappings()
    return tuple(Sighting(**row) for row in rows)


def misses(tx: Transaction, key: str) -> Any:
    """The counter of wrong codes under a key, or None."""
    return tx.execute(sa.select(attempts).where(attempts.c.key == key)).first()


def count_miss(tx: Transaction, key: str, failures: int, at: int, until: int) -> None:
    """Write a counter of wrong codes."""
    tx.execute(attempts.delete().where(attempts.c.key == key))
    tx.execute(attempts.insert().values(key=key, failures=failures, last=at, until=until))
