"""From what the tables hold of alerts to rows of the queue: found anew each time, so that no crash loses a message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError

from server.alerts import escalation
from server.db import Transaction
from server.outbox import sentences, store
from server.outbox.model import Moment, Telling
from server.outbox.service import queued
from server.parts import Parts

log = structlog.get_logger(__name__)

LOOK_BACK_MS = 3_600_000  # a server that was away for longer does not tell old news


def queue(parts: Parts) -> int:
    """Queue what webhooks have not been told yet, each once; return how many messages. Harmless at any time."""
    with parts.db.read() as tx:
        orgs = sorted({webhook.org for webhook in store.enabled(tx)})
    return sum(_queue(parts, org) for org in orgs)


def _queue(parts: Parts, org: str) -> int:
    at = parts.clock.now()
    with parts.db.read() as tx:
        if not list(_rows(tx, org, at)):
            return 0
    try:
        with parts.db.transaction() as tx:
            rows = list(_rows(tx, org, at))
            store.put(tx, rows)
    except IntegrityError:  # another node queued them meanwhile
        return 0
    return len(rows)


def _rows(tx: Transaction, org: str, at: int) -> Iterator[Telling]:
    since = at - LOOK_BACK_MS
    known = store.known(tx, org, since - LOOK_BACK_MS)
    listening = [webhook for webhook in store.webhooks_of(tx, org) if webhook.enabled]
    for moment, found in _news(tx, org, since, at):
        wanting = [w for w in listening if moment in w.moments and w.created <= found.at]
        fresh = [w for w in wanting if (w.id, found.alert, found.revision, moment.value) not in known]
        body = _body(tx, org, moment, found) if fresh else None
        if body is not None:
            yield from (queued(org, w.id, found.alert, found.revision, moment, body, at) for w in fresh)


def _news(tx: Transaction, org: str, since: int, at: int) -> Iterator[tuple[Moment, Any]]:
    yield from ((Moment.ISSUED, found) for found in store.revised(tx, org, Moment.ISSUED, since))
    yield from ((Moment.UNPROVEN, found) for found in store.escalated(tx, org, since))
    yield from ((Moment.ENDED, found) for found in store.revised(tx, org, Moment.ENDED, since))
    yield from ((Moment.ENDED, found) for found in store.expired(tx, org, since, at))


def _body(tx: Transaction, org: str, moment: Moment, found: Any) -> dict[str, Any] | None:
    """What is told, as it stands now; None when there is nothing to tell after all."""
    missing = _missing(tx, org, found) if moment is Moment.UNPROVEN else []
    if moment is Moment.UNPROVEN and not missing:
        return None
    targets = store.targets(tx, org, found.alert, found.revision)
    return sentences.body(store.site(tx, org), moment, found, targets, missing)


def _missing(tx: Transaction, org: str, found: Any) -> list[dict[str, str]]:
    """The screens that owed their proof when the step was taken and owe it still, with their places."""
    return store.named(tx, org, escalation.unproven(tx, org, found.alert, found.revision, found.at))
