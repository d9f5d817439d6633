"""Alerts and drills by the words they first said, templates by theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from playlists.alert import Status
from server.accounts.model import Identity
from server.alerts import store, templates
from server.alerts.model import Template
from server.finding import best_first, contains, has, words_of
from server.parts import Parts
from server.tables import alert_revisions, alerts

_SAID = ("headline", "description", "instruction")


@dataclass(frozen=True, slots=True)
class FoundAlert:
    """An alert or drill as it first went out; ``issued`` is UTC ms."""

    id: str
    headline: str
    text: str
    drill: bool
    issued: int


def find_alerts(parts: Parts, who: Identity, asked: str, limit: int) -> tuple[FoundAlert, ...]:
    """Alerts and drills, those from above too, never tests, by their first words: headlines first, then the newest."""
    first = sa.and_(alert_revisions.c.alert == alerts.c.id, alert_revisions.c.revision == 1)
    said = [alert_revisions.c.body[name].as_string() for name in _SAID]
    chosen = sa.select(alerts.c.id, alerts.c.status, alerts.c.issued, alert_revisions.c.body)
    chosen = chosen.join(alert_revisions, first).where(store.SEEN_HERE, alerts.c.status != Status.TEST.value)
    chosen = chosen.where(contains(words_of(asked), *said))
    chosen = chosen.order_by(best_first(asked, said[0]), alerts.c.issued.desc(), alerts.c.id).limit(limit)
    with parts.db.read() as tx:
        rows = tx.execute(chosen, {"org": who.org}).all()
    return tuple(map(_found, rows))


def _found(row: Any) -> FoundAlert:
    headline, *rest = (str(row.body.get(name, "")) for name in _SAID)
    return FoundAlert(row.id, headline, "\n".join(rest), row.status == Status.EXERCISE.value, row.issued)


def find_templates(parts: Parts, who: Identity, asked: str) -> Iterator[Template]:
    """Templates in their order, by their words in either language."""
    words = words_of(asked)
    for one in templates.list_templates(parts, who):
        if any(has(words, said.values()) for said in one.words.values()):
            yield one
