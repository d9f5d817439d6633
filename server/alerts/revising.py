"""One revision going out: its row, its deliveries, the audit and the new position, all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from playlists.alert import Phase, Status
from server import audit
from server.accounts.model import Identity
from server.alerts import delivery_store, escalation, store, wording
from server.alerts.model import Act, Issued, Revision, StoredAlert
from server.db import Transaction
from server.events import AlertsChanged

KEPT = (
    "phase", "status", "severity", "urgency", "certainty", "category", "response", "presentation", "headline",
    "description", "instruction", "effective", "expires", "everywhere", "screens", "groups",
)  # fmt: skip


def put_out(
    tx: Transaction, who: Identity, at: int, alert: StoredAlert, act: Act, screens: Collection[str], note: str = "",
    qr: Sequence[str] = (),
) -> Issued:  # fmt: skip
    """Store ``alert`` as its newest revision and let it out to ``screens``, unless it is a test or waits.

    ``qr`` are the rows of its code's picture, kept with the first revision.
    """
    if act is Act.ISSUE:
        store.insert(tx, alert)
    else:
        store.write(tx, alert)
    body = told(alert)
    kept = {**body, store.QR: list(qr)} if qr else body
    store.insert_revision(tx, alert.org, alert.id, Revision(alert.revision, at, who.id, who.name, act, kept))
    audit.record(tx, who, at, f"alert.{act.value}", alert.id, after={**body, **({"note": note} if note else {})})
    goes_out = alert.status is not Status.TEST and alert.phase is not Phase.WAITING
    to = screens if goes_out else ()
    delivery_store.insert(tx, alert.org, alert.id, alert.revision, to, at)
    seq = store.next_seq(tx) if goes_out else store.seq(tx)
    if to:
        escalation.plan(tx, alert)
    if alert.status is not Status.TEST:
        tx.announce(AlertsChanged(alert.org, alert.id, alert.revision, seq))
    hints = tuple(wording.warnings(alert.headline, alert.instruction))
    return Issued(alert.id, alert.revision, seq, len(to), alert.phase, warnings=hints)


def told(alert: StoredAlert) -> dict[str, Any]:
    """What a revision says, for history and the audit log."""
    values = {name: getattr(alert, name) for name in KEPT}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
