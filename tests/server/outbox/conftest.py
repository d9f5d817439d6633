"""A vendor to send to, and alerts to tell of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server import tables
from server.clock import FixedClock
from server.parts import Parts
from tests.server.outbox.vendor import Vendor

BODY = {
    "phase": "live", "status": "actual", "severity": "extreme", "headline": "一车间煤气泄漏",
    "instruction": "立即撤到东门广场", "expires": 0,
}  # fmt: skip


@pytest.fixture
def vendor(clock: FixedClock) -> Iterator[Vendor]:
    made = Vendor(clock.now)
    yield made
    made.close()


class Alerts:
    """Writes what the alerts' use cases leave in the tables, row by row."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        with parts.db.transaction() as tx:
            for name, place in (("东门条屏", "东门"), ("锅炉房", "")):
                row = {"id": name, "org": "o1", "name": name, "width": 192, "height": 16, "colour": "single"}
                tx.execute(tables.screens.insert().values(**row, place=place, key_hash=name, created=1))

    def revise(self, act: str, revision: int = 1, alert: str = "a1", **said: Any) -> None:
        """One revision of an alert, for both screens."""
        at = self.parts.clock.now()
        body = BODY | {"expires": at + 600_000} | said
        with self.parts.db.transaction() as tx:
            words = {"urgency": "immediate", "certainty": "observed", "category": "Safety", "response": "Evacuate"}
            kept = {name: body[name] for name in ("phase", "status", "severity", "headline", "instruction", "expires")}
            values = {"identifier": alert, "sender": "", "revision": revision, "presentation": "takeover", "issued": at,
                      "changed": at, "effective": at, "source": "desk", "issuer": "u1", "issuer_name": "老王",
                      **words, **kept}  # fmt: skip
            if revision == 1:
                tx.execute(tables.alerts.insert().values(id=alert, org="o1", **values))
            else:
                tx.execute(tables.alerts.update().where(tables.alerts.c.id == alert).values(**values))
            tx.execute(tables.alert_revisions.insert().values(
                alert=alert, revision=revision, org="o1", at=at, by="u1", by_name="老王", act=act, body=body
            ))  # fmt: skip
            rows = [{"alert": alert, "revision": revision, "screen": name, "org": "o1", "created": at}
                    for name in ("东门条屏", "锅炉房")]  # fmt: skip
            tx.execute(tables.deliveries.insert(), rows)

    def prove(self, screen: str) -> None:
        """A screen shows it."""
        with self.parts.db.transaction() as tx:
            chosen = tables.deliveries.update().where(tables.deliveries.c.screen == screen)
            tx.execute(chosen.values(shown=self.parts.clock.now()))

    def owe_nothing(self, *names: str) -> None:
        """These screens are samples."""
        with self.parts.db.transaction() as tx:
            tx.execute(tables.deliveries.update().where(tables.deliveries.c.screen.in_(names)).values(owes=False))

    def last_step(self, alert: str = "a1", revision: int = 1) -> None:
        """The step of 60 s was worked."""
        at = self.parts.clock.now()
        row = {"alert": alert, "revision": revision, "step": "webhooks", "org": "o1", "due_at": at, "done": at,
               "outcome": "unproven 2"}  # fmt: skip
        with self.parts.db.transaction() as tx:
            tx.execute(tables.alert_steps.insert().values(**row))


@pytest.fixture
def alerts(parts: Parts) -> Alerts:
    return Alerts(parts)
