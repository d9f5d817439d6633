"""The live set as each screen is to have it: whole, filled, and the same value for all screens that get the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from playlists.alert import Alert, Phase
from server.alerts import delivery_store, filling, settings, store, wording
from server.alerts.filling import Surroundings
from server.alerts.model import StoredAlert
from server.db import Transaction

Live = tuple[Alert, ...]
Rows = tuple[str, ...]

NOTHING: Live = ()
NOWHERE = Surroundings()


@dataclass(frozen=True, slots=True)
class Extra:
    """A revision that the tables do not hold, the screens it is for, and the rows of its code's picture."""

    alert: StoredAlert
    screens: frozenset[str]
    qr: Rows = ()


def live_for(tx: Transaction, org: str, screen: str, at: int) -> Live:
    """The live set of one screen at an instant (UTC ms), the newest issued first."""
    return live_sets(tx, org, at, (screen,)).get(screen, NOTHING)


def live_sets(
    tx: Transaction, org: str | None, at: int, only: Collection[str] | None = None, extras: Sequence[Extra] = ()
) -> Mapping[str, Live]:
    """For every screen that has any, or those of ``only``, its live set, in one pass; equal sets are one object.

    Screens of one organisation, with what reaches them from above, or (None) of all that the server has. ``extras``
    come before what the tables hold of the same alerts.
    """
    found = _found(tx, org, at, extras)
    if not found:
        return {}
    by_screen, homes = dict[str, int](), dict[str, str]()  # a bit for each alert: cheaper than sets, by the thousand
    bits = {one.id: 1 << place for place, one in enumerate(found)}
    for alert, screen, home in _carried(tx, org, found, only, extras):
        by_screen[screen] = by_screen.get(screen, 0) | bits[alert]
        homes[screen] = home
    around = _surroundings(tx, org, only) if any(_asks(one) for one in found) else {}
    fill, locales = _filling(_qrs(tx, found, extras)), settings.locales(tx, org)
    made, same = dict[tuple[int, Surroundings, str], Live](), dict[tuple[int, ...], Live]()
    sets = {}
    for screen, mine in by_screen.items():
        key = mine, around.get(screen, NOWHERE), locales[homes[screen]]
        if key not in made:
            filled = tuple(fill(one, key[1], key[2]) for one in found if mine & bits[one.id])
            made[key] = same.setdefault(tuple(map(id, filled)), filled)
        sets[screen] = made[key]
    return sets


def _found(tx: Transaction, org: str | None, at: int, extras: Sequence[Extra]) -> Sequence[StoredAlert]:
    """Every live alert in its newest revision, the newest issued first."""
    stored = store.live_words(tx, org, at)
    if not extras:
        return stored
    newer = {extra.alert.id: extra.alert for extra in extras}
    whole = [one for one in stored if one.id not in newer] + [one for one in newer.values() if one.expires > at]
    return sorted(whole, key=lambda one: (-one.issued, one.id))


def _carried(
    tx: Transaction, org: str | None, found: Sequence[StoredAlert], only: Collection[str] | None,
    extras: Sequence[Extra],
) -> Iterator[tuple[str, str, str]]:  # fmt: skip
    """(alert, screen, its organisation); a look at the screens themselves only where others than ``org`` may be."""
    newer = {extra.alert.id for extra in extras}
    stored = [one for one in found if one.id not in newer]
    ids = [one.id for one in stored]
    if org is None or any(one.organisations for one in stored):
        yield from delivery_store.carried_far(tx, org, ids, only)
    else:
        yield from ((alert, screen, org) for alert, screen in delivery_store.carried(tx, org, ids, only))
    for extra in extras:
        alert, lying = extra.alert, delivery_store.lying(tx, extra.alert.organisations)
        homes = ((screen, lying.get(screen, alert.org)) for screen in extra.screens)
        wanted = ((screen, home) for screen, home in homes if org in (None, home))
        yield from ((alert.id, screen, home) for screen, home in wanted if only is None or screen in only)


def _surroundings(tx: Transaction, org: str | None, only: Collection[str] | None) -> dict[str, Surroundings]:
    return {screen: Surroundings(*own) for screen, *own in delivery_store.surroundings(tx, org, only)}


def _qrs(tx: Transaction, found: Collection[StoredAlert], extras: Sequence[Extra]) -> dict[str, Rows]:
    coded = [one.id for one in found if one.code and one.phase is Phase.LIVE]
    kept = {extra.alert.id: extra.qr for extra in extras if extra.qr}
    return {**store.qrs(tx, coded), **kept} if coded else {}


def _asks(alert: StoredAlert) -> bool:
    return filling.asks_screens(alert.headline + text_of(alert))


def _filling(qrs: Mapping[str, Rows]) -> Callable[[StoredAlert, Surroundings, str], Alert]:
    """Fill each alert once for every surroundings and every language that differ."""
    made: dict[tuple[str, Surroundings, str], Alert] = {}
    asking: dict[str, bool] = {}

    def fill(alert: StoredAlert, around: Surroundings, locale: str) -> Alert:
        if alert.id not in asking:
            asking[alert.id] = _asks(alert)
        key = (alert.id, around if asking[alert.id] else NOWHERE, locale)
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
