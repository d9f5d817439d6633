"""Use cases of acknowledging: anybody with the code on the glass says where they saw it, without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playlists.alert import Alert, Phase
from playlists.text import clean
from server.accounts.model import Identity
from server.alerts import above, codes, delivery_store, limits, settings, sighting_store, store, wording
from server.alerts.filling import Surroundings
from server.alerts.live import as_shown
from server.alerts.model import Sighting, StoredAlert
from server.db import Transaction
from server.errors import Gone, Invalid, NotFound, TooMany, Violation
from server.events import AlertSeen
from server.ids import new_id
from server.paging import like
from server.parts import Parts
from server.secret import hidden

MOST_PLACES = 200  # offered at once; a word narrows them down
WINDOW_MS = 60_000
MOST, MOST_OF_ADDRESS = 3_000, 300  # a minute: a whole plant, and a whole shift behind one address
TWICE_MS = 10_000  # the same said again so soon is a finger that slipped
MISSES, PAUSE_MS, LONGEST_PAUSE_MS, FORGIVE_MS = 10, 15_000, 600_000, 900_000


@dataclass(frozen=True, slots=True)
class Notice:
    """What the page behind a code says: the alert, whether it is over, and (screen, place) to choose from."""

    alert: Alert
    over: bool
    places: tuple[tuple[str, str], ...]
    more: bool


def look(parts: Parts, code: str, address: str, word: str = "") -> Notice:
    """The alert behind a code; raise NotFound for a wrong one, TooMany after too many of those."""
    at = parts.clock.now()
    org, held = _behind(parts, code, address, at)
    with parts.db.read() as tx:
        revision = held.revision
        found = sighting_store.places(tx, org, held.id, revision, like(word) if word else "", MOST_PLACES + 1)
        far = sighting_store.places_below(tx, org, held.id, revision, word) if held.organisations else ()
        shown = as_shown(held, Surroundings(), settings.read(tx, org).locale)
    more = len(found) > MOST_PLACES or held.organisations != ()
    return Notice(shown, _over(held, at), (*found[:MOST_PLACES], *far), more)


def acknowledge(parts: Parts, code: str, screen: str, name: str, address: str) -> str:
    """Keep that somebody saw the alert at a screen; return the place. Said twice in a moment it counts once.

    Raises NotFound, Gone when the alert is over, Invalid for another screen or a poor name, TooMany.
    """
    at, name = parts.clock.now(), clean(name)
    org, held = _behind(parts, code, address, at)
    if _over(held, at):
        raise Gone(detail="alerts.over")
    who = hidden(parts.config.data, address)
    with parts.db.transaction() as tx:
        place = _place(tx, org, held, screen, name)
        if not sighting_store.said_before(tx, held.id, screen, name, who, at - TWICE_MS):
            _must_not_flood(tx, held.id, who, at)
            sighting_store.insert(tx, org, held.id, Sighting(new_id("w"), screen, place, name, at), who)
            for desk in {org, *delivery_store.homes(tx, [screen]).values()}:
                tx.announce(AlertSeen(desk, held.id))
    return place


def _place(tx: Transaction, org: str, held: StoredAlert, screen: str, name: str) -> str:
    found = list(wording.line_violations("name", name, limits.PLACE))
    place = sighting_store.place_of(tx, org, held.id, held.revision, screen)
    if place is None:
        found.append(Violation("screen", "alerts.choose_place"))
    if found or place is None:
        raise Invalid(tuple(found))
    return place


def _over(held: StoredAlert, at: int) -> bool:
    return held.state(at) != Phase.LIVE


def _must_not_flood(tx: Transaction, alert: str, who: str, at: int) -> None:
    since = at - WINDOW_MS
    if (
        sighting_store.recent(tx, alert, since) >= MOST
        or sighting_store.recent(tx, alert, since, who) >= MOST_OF_ADDRESS
    ):
        raise TooMany(retry_s=30)


def _behind(parts: Parts, code: str, address: str, at: int) -> tuple[str, StoredAlert]:
    key = f"seen:{hidden(parts.config.data, address)}"
    with parts.db.read() as tx:
        paused = sighting_store.misses(tx, key)
        if paused is not None and paused.until > at:
            raise TooMany(detail="alerts.too_many_codes", retry_s=(paused.until - at + 999) // 1000)
        row = sighting_store.alert_of(tx, codes.plain(code))
        held = store.get(tx, row.org, row.id) if row else None
    if held is None:
        _miss(parts, key, at)
        raise NotFound(detail="alerts.no_code")
    return held.org, held


def _miss(parts: Parts, key: str, at: int) -> None:
    """The tenth wrong code of an address starts a pause, each later one a longer one."""
    with parts.db.transaction() as tx:
        found: Any = sighting_store.misses(tx, key)
        fresh = found is None or at - max(found.last, found.until) > FORGIVE_MS
        failures = 1 if fresh else found.failures + 1
        pause = min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** min(failures - MISSES, 10)) if failures >= MISSES else 0
        sighting_store.count_miss(tx, key, failures, at, at + pause)


def list_sightings(
    parts: Parts, who: Identity, alert: str, after: tuple[int, str] = (-1, ""), limit: int = 100
) -> tuple[Sighting, ...]:
    """Who acknowledged an alert, the first one first; of one from above those at one's own screens. Raise NotFound."""
    who.must("read")
    with parts.db.read() as tx:
        held = above.there(parts, tx, who.org, alert)
        return sighting_store.page(tx, held.org, alert, after, limit, within=who.org if held.above else "")
