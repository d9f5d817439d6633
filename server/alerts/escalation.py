"""What happens when proof stays away: rows with a due time, worked by a poll, and a check that each was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog

from playlists.alert import Phase
from playlists.precedence import turn_at
from server.alerts import delivery_store, step_store, store
from server.alerts.live import live_sets
from server.alerts.model import StoredAlert
from server.db import SOON_S, Transaction
from server.engines import Trouble, trouble
from server.events import AlertProved, AlertUnproven
from server.parts import Parts

log = structlog.get_logger(__name__)


class Step(StrEnum):
    """In their order."""

    AGAIN = "again"  # the live set once more, to the unproven
    RECONNECT = "reconnect"  # their sockets closed: a new one may reach them
    NAME = "name"  # on the officer's page
    WEBHOOKS = "webhooks"  # whoever wants to hear of it elsewhere


AFTER_MS = {Step.AGAIN: 3_000, Step.RECONNECT: 10_000, Step.NAME: 15_000, Step.WEBHOOKS: 60_000}
PAINTED_MS = 3_000  # an alert that is on the glass by the rules for so long should have been proved
STALE_MS = 10_000  # a step that was begun so long ago and never reported is begun again
LATE_MS = 5_000


@dataclass(frozen=True, slots=True)
class Due:
    """A step to be taken now for the screens of a revision that are unproven."""

    org: str
    alert: str
    revision: int
    step: Step
    screens: tuple[str, ...]


def plan(tx: Transaction, alert: StoredAlert) -> None:
    """Write when each step is due; an ending is not worth a telephone call."""
    begins = max(alert.changed, alert.effective)
    steps = [step for step in Step if step is not Step.WEBHOOKS or alert.phase is Phase.LIVE]
    step_store.insert(tx, alert.org, alert.id, alert.revision, {step.value: begins + AFTER_MS[step] for step in steps})


def work(parts: Parts, perform: Callable[[Due], None]) -> int:
    """Take every step that is due, ``perform`` doing what only a connected node can; return how many were taken.

    A step is claimed by a conditional update, so that of several nodes one takes it; one whose node died in the middle
    is claimed again after ten seconds. A failing one is logged and comes again so. While the database is held nothing
    is claimed: no proof can be stored then, and screens that show the alert must not be sent away.
    """
    at = parts.clock.now()
    with parts.db.read() as tx:
        waiting = step_store.due(tx, at, at - STALE_MS)
    taken = [row for row in waiting if _take(parts, row, at, perform)]
    return len(taken)


def _take(parts: Parts, row: step_store.Row, at: int, perform: Callable[[Due], None]) -> bool:
    try:
        due = _claim(parts, row, at)
        if due is None:
            return False
        perform(due)
        with parts.db.transaction() as tx:
            step_store.report(tx, row, f"unproven {len(due.screens)}")
    except Exception as error:
        if trouble(error) is Trouble.BUSY:
            raise  # so would the next
        log.exception("step_failed", alert=row.alert, step=row.step)
        return False
    return True


def _claim(parts: Parts, row: step_store.Row, at: int) -> Due | None:
    with parts.db.transaction(SOON_S) as tx:
        if not step_store.claim(tx, row, at, at - STALE_MS):
            return None
        held = store.get(tx, row.org, row.alert)
        over = held is None or held.revision != row.revision or held.expires <= at
        screens = () if over else unproven(tx, row.org, row.alert, row.revision, at)
        due = Due(row.org, row.alert, row.revision, Step(row.step), screens)
        _announce(tx, due)
        return due


def _announce(tx: Transaction, due: Due) -> None:
    if due.screens and due.step is Step.NAME:
        tx.announce(AlertProved(due.org, due.alert, due.screens))
        for org, screens in _below(tx, due).items():
            tx.announce(AlertProved(org, due.alert, tuple(screens)))
    if due.screens and due.step is Step.WEBHOOKS:
        tx.announce(AlertUnproven(due.org, due.alert, due.revision, due.screens))


def _below(tx: Transaction, due: Due) -> dict[str, list[str]]:
    """The screens of each organisation below, whose own desks hear of theirs."""
    found: dict[str, list[str]] = {}
    if store.organisations_named(tx, due.alert):
        for screen, org in delivery_store.homes(tx, due.screens).items():
            found.setdefault(org, []).append(screen)
    found.pop(due.org, None)
    return found


def unproven(tx: Transaction, org: str, alert: str, revision: int, at: int) -> tuple[str, ...]:
    """The screens that did not prove a revision though they should have: none that rightly shows another instead."""
    rows = delivery_store.unproven(tx, org, alert, revision)
    shown = any(received for _, received in rows)
    sets = live_sets(tx, None if store.organisations_named(tx, alert) else org, at) if shown else {}

    def owed(screen: str, received: bool) -> bool:
        turn = turn_at(sets.get(screen, ()), at) if received else None
        return not received or (turn is not None and turn.alert.id == alert and turn.elapsed_ms >= PAINTED_MS)

    return tuple(screen for screen, received in rows if owed(screen, received))


def overdue(tx: Transaction, at: int) -> int:
    """How many steps of all organisations should have been taken five seconds ago and were not."""
    return step_store.overdue(tx, at - LATE_MS)
