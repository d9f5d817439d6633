"""One revision going out: its row, its deliveries, the audit and the new position, all in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playlists.alert import Phase, Status
from server import audit
from server.accounts.model import Identity
from server.alerts import delivery_store, escalation, store, wording
from server.alerts.model import Act, Issued, Revision, StoredAlert
from server.db import Transaction
from server.errors import Violation
from server.events import AlertsChanged

KEPT = (
    "phase", "status", "severity", "urgency", "certainty", "category", "response", "presentation", "headline",
    "description", "instruction", "effective", "expires", "everywhere", "screens", "groups", "organisations",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A revision that is to go out: ``alert`` as it is to be from ``at`` (UTC ms) on, and the screens it is for.

    ``silent`` are the screens that owe no proof, be it for them or not. ``note`` is for the audit log; ``qr`` the rows
    of its code's picture, kept with the first revision.
    """

    who: Identity
    at: int
    alert: StoredAlert
    act: Act
    screens: tuple[str, ...]
    silent: frozenset[str]
    note: str = ""
    qr: tuple[str, ...] = ()

    @property
    def to(self) -> tuple[str, ...]:
        """The screens it goes out to: none for a test, nor while it waits."""
        goes_out = self.alert.status is not Status.TEST and self.alert.phase is not Phase.WAITING
        return self.screens if goes_out else ()

    @property
    def owing(self) -> tuple[str, ...]:
        """Those of them that owe proof."""
        return tuple(screen for screen in self.to if screen not in self.silent)

    def issued(self, seq: int, *, stored: bool = True) -> Issued:
        """What its issuer is told."""
        one, owing = self.alert, len(self.owing)
        samples = len(self.to) - owing
        return Issued(one.id, one.revision, seq, owing, one.phase, stored, self.warnings(), samples)

    def warnings(self) -> tuple[Violation, ...]:
        """What of its words is hard to read."""
        return tuple(wording.warnings(self.alert.headline, self.alert.instruction))


def put_out(tx: Transaction, out: Outgoing) -> Issued:
    """Store a revision as the newest of its alert and let it out."""
    alert, at = out.alert, out.at
    if out.act is Act.ISSUE:
        store.insert(tx, alert)
    else:
        store.write(tx, alert)
    _record(tx, out)
    delivery_store.insert(tx, alert.org, alert.id, alert.revision, out.to, at, out.silent)
    moves = alert.status is not Status.TEST and alert.phase is not Phase.WAITING
    seq = store.next_seq(tx) if moves else store.seq(tx)
    if out.to:
        escalation.plan(tx, alert)
    if alert.status is not Status.TEST:
        tx.announce(AlertsChanged(alert.org, alert.id, alert.revision, seq, alert.organisations))
    return out.issued(seq)


def _record(tx: Transaction, out: Outgoing) -> None:
    """In the history and in the audit log."""
    who, body = out.who, told(out.alert)
    kept = {**body, store.QR: list(out.qr)} if out.qr else body
    revision = Revision(out.alert.revision, out.at, who.id, who.name, out.act, kept)
    store.insert_revision(tx, out.alert.org, out.alert.id, revision)
    after = {**body, "note": out.note} if out.note else body
    audit.record(tx, who, out.at, f"alert.{out.act.value}", out.alert.id, after=after)


def told(alert: StoredAlert) -> dict[str, Any]:
    """What a revision says, for history and the audit log."""
    values = {name: getattr(alert, name) for name in KEPT}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
