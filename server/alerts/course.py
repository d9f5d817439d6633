"""What happened after an alert went out: steps that were taken for silent screens, people who saw it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from server.accounts.model import Identity
from server.alerts import above, sighting_store, step_store
from server.db import Transaction
from server.parts import Parts

MOST_SIGHTINGS = 500
_COUNT = re.compile(r"unproven (\d+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something at an instant (UTC ms): a ``step`` taken for ``count`` screens, or someone who saw it at a place."""

    at: int
    step: str = ""
    count: int = 0
    name: str = ""
    place: str = ""


def entries(parts: Parts, who: Identity, alert: str) -> tuple[Entry, ...]:
    """Every step that found screens unproven, and every sighting, in the order of time.

    Of an alert from above who saw it at one's own screens; its steps count those of others.
    """
    who.must("read")
    with parts.db.read() as tx:
        held = above.there(parts, tx, who.org, alert)
        steps = () if held.above else _steps(tx, held.org, alert)
        found = [*steps, *_sightings(tx, held.org, alert, who.org if held.above else "")]
    return tuple(sorted(found, key=lambda entry: entry.at))


def _steps(tx: Transaction, org: str, alert: str) -> Iterator[Entry]:
    for _, step, _, done, outcome in step_store.outcomes(tx, org, alert):
        counted = _COUNT.fullmatch(outcome)
        if done is not None and counted and int(counted[1]):
            yield Entry(done, step=step, count=int(counted[1]))


def _sightings(tx: Transaction, org: str, alert: str, within: str) -> Iterator[Entry]:
    for one in sighting_store.page(tx, org, alert, (-1, ""), MOST_SIGHTINGS, within=within):
        yield Entry(one.at, name=one.name, place=one.place)
