"""The live set as each screen is to have it: whole, filled, and the same value for all screens that get the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from playlists.alert import Alert, Phase
from server.alerts import delivery_store, filling, settings, store, wording
from server.alerts.filling import Surroundings
from server.alerts.model import StoredAlert
from server.db import Transaction

NOTHING: tuple[Alert, ...] = ()
Rows = tuple[str, ...]


def live_for(tx: Transaction, org: str, screen: str, at: int) -> tuple[Alert, ...]:
    """The live set of one screen at an instant (UTC ms), the newest issued first."""
    found = store.live(tx, org, at)
    if not found:
        return NOTHING
    mine = {alert for alert, _ in delivery_store.carried(tx, org, [one.id for one in found], screen)}
    around = next((Surroundings(*row[1:]) for row in delivery_store.surroundings(tx, org, screen)), Surroundings())
    locale, qrs = settings.read(tx, org).locale, _qrs(tx, org, found)
    return tuple(as_shown(one, around, locale, qrs.get(one.id, ())) for one in found if one.id in mine)


def live_sets(tx: Transaction, org: str, at: int) -> Mapping[str, tuple[Alert, ...]]:
    """For every screen that has any its live set, in one pass; equal sets are one and the same object."""
    found = store.live(tx, org, at)
    if not found:
        return {}
    locale = settings.read(tx, org).locale
    by_screen: dict[str, set[str]] = {}
    for alert, screen in delivery_store.carried(tx, org, [one.id for one in found]):
        by_screen.setdefault(screen, set()).add(alert)
    around = _surroundings(tx, org) if any(_asks(one) for one in found) else {}
    fill, same = _filling(locale, _qrs(tx, org, found)), dict[tuple[int, ...], tuple[Alert, ...]]()
    sets = {}
    for screen, ids in by_screen.items():
        mine = tuple(fill(one, around.get(screen, Surroundings())) for one in found if one.id in ids)
        sets[screen] = same.setdefault(tuple(map(id, mine)), mine)
    return sets


def _surroundings(tx: Transaction, org: str) -> dict[str, Surroundings]:
    return {screen: Surroundings(*own) for screen, *own in delivery_store.surroundings(tx, org)}


def _qrs(tx: Transaction, org: str, found: Collection[StoredAlert]) -> dict[str, Rows]:
    coded = [one.id for one in found if one.code and one.phase is Phase.LIVE]
    return store.qrs(tx, org, coded) if coded else {}


def _asks(alert: StoredAlert) -> bool:
    return filling.asks_screens(alert.headline + text_of(alert))


def _filling(locale: str, qrs: Mapping[str, Rows]) -> Callable[[StoredAlert, Surroundings], Alert]:
    """Fill each alert once for every surroundings that differ."""
    made: dict[tuple[str, Surroundings], Alert] = {}
    asking: dict[str, bool] = {}

    def fill(alert: StoredAlert, around: Surroundings) -> Alert:
        if alert.id not in asking:
            asking[alert.id] = _asks(alert)
        key = (alert.id, around if asking[alert.id] else Surroundings())
        if key not in made:
            made[key] = as_shown(alert, key[1], locale, qrs.get(alert.id, ()))
        return made[key]

    return fill


def text_of(alert: StoredAlert) -> str:
    """What stands below the headline: what to do, or what happened when nobody said what to do."""
    return alert.instruction or alert.description


def as_shown(alert: StoredAlert, around: Surroundings, locale: str, qr: Rows = ()) -> Alert:
    """The newest revision of an alert as a screen in these surroundings is to show it."""
    return Alert(
        id=alert.id,
        revision=alert.revision,
        phase=alert.phase,
        status=alert.status,
        severity=alert.severity,
        urgency=alert.urgency,
        presentation=alert.presentation,
        label=wording.label(alert.phase, alert.status, alert.severity, locale),
        headline=filling.for_screen(alert.headline, around, locale),
        text=filling.for_screen(text_of(alert), around, locale),
        issued=alert.issued,
        effective=alert.effective,
        expires=alert.expires,
        code=alert.code if alert.phase is Phase.LIVE else "",
        qr=qr,
    )
