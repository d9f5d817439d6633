"""Marks that are worth writing and never worth failing for: when somebody was seen, or proved to be there.

A full disk or a locked database must not stand between a safety officer and an alert.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import structlog

from server.db import BRIEFLY_S, UNREADY, Database, Transaction
from server.parts import Parts

log = structlog.get_logger(__name__)

REST_MS = 10_000


@dataclass(slots=True)
class Unwritten:
    """What one database did not take: ``fresh`` is when each session proved its password (UTC ms)."""

    until: int = 0
    fresh: dict[str, int] = field(default_factory=dict)


_unwritten: WeakKeyDictionary[Database, Unwritten] = WeakKeyDictionary()


def mark(parts: Parts, write: Callable[[Transaction], object]) -> bool:
    """Write a mark; False when the database does not take it now. After a failure nothing is tried for ten seconds."""
    held, at = _unwritten.setdefault(parts.db, Unwritten()), parts.clock.now()
    if at < held.until:
        return False
    try:
        with parts.db.transaction(BRIEFLY_S) as tx:
            write(tx)
    except UNREADY as error:
        log.warning("mark_not_written", why=str(error)[:200])
        held.until = at + REST_MS
        return False
    return True


def keep_fresh(parts: Parts, session: str) -> None:
    """Remember in this process that a session has just proved its password; others for as long as theirs may live."""
    held, at = _unwritten.setdefault(parts.db, Unwritten()), parts.clock.now()
    oldest = at - parts.config.session_hours * 3_600_000
    held.fresh = {one: proved for one, proved in held.fresh.items() if proved > oldest} | {session: at}


def fresh(parts: Parts, session: str) -> int:
    """When a session proved its password without that being written; 0 for never."""
    held = _unwritten.get(parts.db)
    return held.fresh.get(session, 0) if held else 0
