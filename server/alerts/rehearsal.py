"""A test alert that walks the whole road in this process and leaves nothing behind."""

from __future__ import annotations

import json
from contextlib import suppress

from playlists.alert import Category, Certainty, Phase, Presentation, Response, Severity, Status, Urgency
from playlists.alertwire import alert_object
from server.accounts.model import system
from server.alerts import delivery_store, live, reach, settings, store, wording
from server.alerts.filling import Surroundings
from server.alerts.model import StoredAlert, Targets
from server.db import Transaction
from server.ids import new_id
from server.parts import Parts
from server.words import say

MINUTE_MS = 60_000


class RoadBroken(Exception):
    """A test alert did not come through."""


class _Undone(Exception):
    """Everything of the walk is rolled back."""


def walk(parts: Parts, org: str) -> None:
    """Store a test alert for one screen, make its message, take its proof; undo all that and commit a nothing.

    It shares every table and the write lock with a real one. Raises RoadBroken, or what the database raises.
    """
    at = parts.clock.now()
    with suppress(_Undone), parts.db.transaction() as tx:
        _there_and_back(tx, org, at)
        raise _Undone
    with parts.db.transaction() as tx:
        store.touch(tx)


def _there_and_back(tx: Transaction, org: str, at: int) -> None:
    screens = reach.screens_of(tx, org, Targets(everywhere=True))[:1]
    locale = settings.read(tx, org).locale
    alert = _test(org, at, locale)
    store.insert(tx, alert)
    delivery_store.insert(tx, org, alert.id, alert.revision, screens, at)
    message = json.dumps(alert_object(live.as_shown(alert, Surroundings(), locale)), ensure_ascii=False)
    keys = [(alert.id, alert.revision, screen) for screen in screens]
    times = {"sent": at, "received": at, "shown": at, "shown_at": at, "player": "rehearsal"}
    delivery_store.prove(tx, [(key, times) for key in keys])
    proved = all(row.shown == at for row in delivery_store.found(tx, keys).values())
    if alert.headline not in message or not proved or any(one.id == alert.id for one in store.live(tx, org, at)):
        raise RoadBroken


def _test(org: str, at: int, locale: str) -> StoredAlert:
    who, name = system(org), new_id("a")
    headline, _ = wording.ended_words(Phase.CLEARED, Status.EXERCISE, locale)
    return StoredAlert(
        id=name, org=org, identifier=name, sender="", revision=1, phase=Phase.LIVE, status=Status.TEST,
        severity=Severity.MINOR, urgency=Urgency.PAST, certainty=Certainty.UNLIKELY, category=Category.OTHER,
        response=Response.NONE, presentation=Presentation.BANNER, headline=headline, description="",
        instruction=say("alerts.everywhere", locale), everywhere=True, issued=at, changed=at, effective=at,
        expires=at + MINUTE_MS, ended=None, source="rehearsal", issuer=who.id, issuer_name=who.name, incident="",
        template="", note="", code="",
    )  # fmt: skip
