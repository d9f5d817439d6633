"""The password asked for once more before the alert page: quick, and backing off by seconds instead of locking.

Misses count for the session alone, so that nobody who guesses at another place can keep a safety officer waiting.
"""

from __future__ import annotations

import sqlalchemy as sa

from server import audit
from server.accounts import lockout, marks, passwords, store
from server.accounts.model import Identity
from server.accounts.sessions import FRESH_MS
from server.db import Transaction
from server.errors import Forbidden, Invalid, Problem, TooMany, Violation
from server.parts import Parts
from server.tables import people, sessions

FREE = 3  # misses that cost no time: hands shake
LONGEST_S = 30


class NotFresh(Problem):
    """The password is wanted once more; nothing typed is lost."""

    status, slug = 403, "not-fresh"


def is_fresh(parts: Parts, who: Identity) -> bool:
    """Whether this person gave their password within the last five minutes."""
    return who.kind == "person" and parts.clock.now() - who.fresh < FRESH_MS


def must_be_fresh(parts: Parts, who: Identity) -> None:
    """Raise NotFresh for a person who did not give their password lately: a hijacked session alarms nobody.

    Tokens and the program itself have no password.
    """
    if who.kind == "person" and not is_fresh(parts, who):
        raise NotFresh()


def refresh(parts: Parts, who: Identity, password: str) -> None:
    """Take the password of who is signed in; raise Invalid for a wrong one, TooMany with the seconds to wait."""
    if who.kind != "person":
        raise Forbidden(detail="accounts.people_only")
    at, key = parts.clock.now(), f"fresh:{who.session}"[:80]
    with parts.db.read() as tx:
        _must_wait(tx, key, at)
        held = tx.execute(sa.select(people.c.password_hash).where(people.c.id == who.id)).scalar() or ""
    with lockout.turn(who.address):
        right = passwords.matches(held, password, parts.config.password_mb)
    if right:
        _freshen(parts, who, key, at)
        return
    with parts.db.transaction() as tx:
        _must_wait(tx, key, at)
        _miss(tx, key, at)
        audit.record(tx, who, at, "session.refresh", outcome="refused")
    raise Invalid((Violation("password", "accounts.wrong_password"),))


def _freshen(parts: Parts, who: Identity, key: str, at: int) -> None:
    """Write it down, or remember it in this process: a full disk keeps nobody from an alert."""

    def write(tx: Transaction) -> None:
        _must_wait(tx, key, at)
        store.clear_attempts(tx, [key])
        tx.execute(sessions.update().where(sessions.c.id == who.session).values(fresh=at))
        audit.record(tx, who, at, "session.refresh")

    if not marks.mark(parts, write):
        marks.keep_fresh(parts, who.session)


def _must_wait(tx: Transaction, key: str, at: int) -> None:
    found = store.attempt(tx, key)
    if found and found.until > at:
        raise TooMany(detail="accounts.slowly", retry_s=(found.until - at + 999) // 1000)


def _miss(tx: Transaction, key: str, at: int) -> None:
    found = store.attempt(tx, key)
    failures = (found.failures if found else 0) + 1
    store.save_attempt(tx, key, failures, at, at + 1000 * wait_s(failures))


def wait_s(failures: int) -> int:
    """Seconds to wait after so many misses: 0, 0, 0, 1, 2, 4, 8, 16, 30, 30 …"""
    return 0 if failures <= FREE else min(LONGEST_S, 1 << min(failures - FREE - 1, 8))
