"""Fetching the feeds whose turn it is, and handing on what is new in them."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

import structlog

from server.alerts import unstored
from server.cap import reader
from server.cap.model import LARGEST
from server.cap.reader import Read
from server.cap.refusal import CapRefused
from server.db import BRIEFLY_S, Database
from server.errors import Problem, Violation
from server.intake import acting, feeds, fetching, service, store
from server.intake.model import FetchFailed, Outcome, Source, State
from server.parts import Parts
from server.pool import off_hub

log = structlog.get_logger(__name__)

EVERY_S = 10
MOST_LINKS = 20
"""Messages fetched from elsewhere in one turn; the rest has the next one."""
MOST_KNOWN = 5_000

Known = dict[str, bool]
# Links by source, and whether each could be read; only to spare the other side: a message is known by its identifier.
_known: WeakKeyDictionary[Database, dict[str, Known]] = WeakKeyDictionary()
# Turns by source (UTC ms) that could not be written: a full disk keeps no message of a feed off the walls.
_turns: WeakKeyDictionary[Database, dict[str, int]] = WeakKeyDictionary()


def poll(parts: Parts) -> int:
    """Fetch every feed whose turn has come; return how many. One that fails says so and has its next turn."""
    at = parts.clock.now()
    with parts.db.read() as tx:
        feeding = store.feeds(tx)
    _forget_all_but(parts, {one.id for one in feeding})
    due = [one for one in feeding if _is_due(parts, one, at)]
    return sum(_turn(parts, source, at) for source in due)


def _forget_all_but(parts: Parts, sources: set[str]) -> None:
    """What was known of a source that was removed, or is no longer fetched, is of no more use."""
    for of_source in (_known.get(parts.db, {}), _turns.get(parts.db, {})):
        for gone in of_source.keys() - sources:
            del of_source[gone]


def _is_due(parts: Parts, source: Source, at: int) -> bool:
    turns = (source.polled, _turns.get(parts.db, {}).get(source.id))
    return all(turn is None or turn + source.every_s * 1000 <= at for turn in turns)


def _turn(parts: Parts, source: Source, at: int) -> bool:
    if not _claimed(parts, source, at):
        return False
    said = _told(parts, source)
    try:
        with parts.db.transaction(BRIEFLY_S) as tx:
            store.set_said(tx, source, said)
    except unstored.FAILURES:
        log.warning("feed_not_noted", source=source.name)
    return True


def _claimed(parts: Parts, source: Source, at: int) -> bool:
    """Take a feed's turn; where that cannot be written this node takes it for itself."""
    try:
        with parts.db.transaction(BRIEFLY_S) as tx:
            return store.claim(tx, source, at)
    except unstored.FAILURES:
        _turns.setdefault(parts.db, {})[source.id] = at
        return True


def _told(parts: Parts, source: Source) -> Violation:
    """Fetch one feed and say in a sentence how it went."""
    try:
        outcomes = list(_fetched(parts, source))
    except Problem as problem:
        log.warning("feed_failed", source=source.name, detail=problem.detail)
        return Violation("", problem.detail, tuple(sorted(problem.params.items())))
    new = [one for one in outcomes if not one.repeated]
    count = {state.value: sum(one.state is state for one in new) for state in State}
    return Violation("", "intake.fetched", tuple(sorted(count.items())))


def _fetched(parts: Parts, source: Source) -> Iterator[Outcome]:
    who, address = acting.stranger(parts, source), source.address
    data = fetching.fetch(address, parts.config)
    feed = off_hub(feeds.read, data, address)
    again: Problem | None = None
    if feed.holds_messages:
        outcomes, again = service.take_all(parts, who, ((one, source) for one in _read(parts, source, data)))
        yield from outcomes
    known = _known.setdefault(parts.db, {}).setdefault(source.id, {})
    for entry in _next(feed, known):
        found = _followed(parts, source, entry.link)
        outcomes, later = service.take_all(parts, who, ((one, source) for one in found or ()))
        yield from outcomes
        _remember(known, entry.key, well=found is not None and later is None)
        again = again or later
    if again:
        raise again


def _next(feed: feeds.Feed, known: Known) -> list[feeds.Entry]:
    """The entries to follow in this turn: those never tried before those that failed."""
    left = [one for one in feed.entries if not known.get(one.key)]
    return sorted(left, key=lambda one: one.key in known)[:MOST_LINKS]


def _followed(parts: Parts, source: Source, link: str) -> tuple[Read, ...] | None:
    """The messages behind a link, none for what is no CAP, None when it could not be had: that may go another time."""
    try:
        return _read(parts, source, fetching.fetch(link, parts.config, LARGEST))
    except (FetchFailed, CapRefused) as problem:  # one bad entry does not silence the others
        log.warning("entry_failed", source=source.name, link=link[:200], detail=problem.detail)
        return () if isinstance(problem, CapRefused) else None


def _remember(known: Known, key: str, *, well: bool) -> None:
    known[key] = well
    if len(known) > MOST_KNOWN:
        del known[next(iter(known))]


def _read(parts: Parts, source: Source, data: bytes) -> tuple[Read, ...]:
    """The messages in a file that the source may speak for."""
    found = off_hub(reader.read_all, data, offset_min=acting.offset_min(parts, source.org))
    return tuple(one for one in found if source.speaks_for(one.message.sender))
