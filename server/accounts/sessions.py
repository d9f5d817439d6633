"""Signing in and out; a session is a row and dies with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from server import audit
from server.accounts import lockout, marks, passwords, store
from server.accounts.model import Grant, Identity, Person
from server.db import Transaction
from server.errors import Invalid, Unauthenticated, Violation
from server.events import SessionEnded
from server.ids import digest, new_secret
from server.parts import Parts
from server.tables import sessions, tokens

COOKIE = "paomadeng"
TOUCH_MS = 60_000  # how exact "last seen" is; finer would write at every click
FRESH_MS = 5 * 60_000
LINKS_KEPT_MS = 30 * 86_400_000  # after their end


def sign_in(parts: Parts, login: str, password: str, address: str, agent: str, code: str = "") -> str:
    """Return the secret of a new session; raise Unauthenticated, or TooMany after five misses.

    ``code`` names the organisation; nobody is told whether there is one.

    Pause and password are looked at again after the check, which takes its time: guesses sent all at once gain
    nothing, and a password changed meanwhile opens nothing.
    """
    at = parts.clock.now()
    account = lockout.account(login, code)
    with parts.db.read() as tx:
        lockout.check(tx, account, address, at)
        org = store.org_of_code(tx, code)
        row = store.by_login(tx, org, login)
    with lockout.turn(address):
        right = passwords.matches(row.password_hash if row else "", password, parts.config.password_mb)
    if row is None or not right:
        _miss(parts, row, account, address)
        raise Unauthenticated(detail="accounts.wrong")
    with parts.db.transaction() as tx:
        lockout.check(tx, account, address, at)
        if (now := store.by_login(tx, org, login)) is None or now.password_hash != row.password_hash:
            raise Unauthenticated(detail="accounts.wrong")
        lockout.hit(tx, account, address)
        return open_session(tx, store.persons(tx, row.org, [row.id])[0], at, address, agent)


def _miss(parts: Parts, row: Any, account: str, address: str) -> None:
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        lockout.miss(tx, account, address, at)
        if row is not None:
            who = Identity(row.org, "person", row.id, row.name, address=address)
            audit.record(tx, who, at, "session.open", outcome="refused")


def open_session(tx: Transaction, person: Person, at: int, address: str, agent: str) -> str:
    """Make a session row and return its secret."""
    secret = new_secret("pms_")
    tx.execute(
        sessions.insert().values(
            id=digest(secret), org=person.org, person=person.id, created=at, seen=at, fresh=at,
            address=address, agent=agent[:200],
        )
    )  # fmt: skip
    store.update_person(tx, person.id, last_seen=at)
    audit.record(tx, identity_of(person, address=address), at, "session.open")
    return secret


def identity_of(person: Person, *, session: str = "", fresh: int = 0, address: str = "") -> Identity:
    """The identity a person acts under."""
    return Identity(
        person.org, "person", person.id, person.name, person.grants(), person.locale, address, session, fresh,
        tuple(dict.fromkeys(held.role for held in person.roles)),
    )  # fmt: skip


def by_session(parts: Parts, secret: str, address: str) -> Identity | None:
    """The identity behind a session cookie, or None when it is over; marks it as seen once a minute."""
    found = unattended(parts, secret, address)
    at, idle = parts.clock.now(), parts.config.session_idle_min * 60_000
    if found is None or at - (found.idle_end - idle) < min(TOUCH_MS, idle // 4):
        return found
    seen = sessions.update().where(sessions.c.id == found.session).values(seen=at)
    marks.mark(parts, lambda tx: tx.execute(seen))
    return replace(found, idle_end=at + idle)


def unattended(parts: Parts, secret: str, address: str) -> Identity | None:
    """The same for a request that no hand made, such as a page looking for news: it keeps no session alive."""
    at, session = parts.clock.now(), digest(secret)
    with parts.db.read() as tx:
        row = store.session(tx, session)
        person = store.person(tx, row.org, row.person) if row else None
    if row is None or person is None or row.person_ended:
        return None
    idle_end = row.seen + parts.config.session_idle_min * 60_000
    last_end = row.created + parts.config.session_hours * 3_600_000
    if at >= min(idle_end, last_end):
        return None
    fresh = max(row.fresh, marks.fresh(parts, session))
    found = identity_of(person, session=session, fresh=fresh, address=address)
    return replace(found, idle_end=idle_end, last_end=last_end)


def sign_out(parts: Parts, who: Identity) -> None:
    """End this session; its sockets close by the fact."""
    with parts.db.transaction() as tx:
        _end(tx, sessions.c.id == who.session)
        audit.record(tx, who, parts.clock.now(), "session.close")


def end_all(tx: Transaction, person: str, keep: str = "") -> None:
    """End every session of a person but ``keep``."""
    _end(tx, (sessions.c.person == person) & (sessions.c.id != keep))


def forget(parts: Parts) -> int:
    """Drop counters of wrong guesses and one-time links that mean nothing any more; return how many."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        return lockout.forget(tx, at) + store.forget_links(tx, at - LINKS_KEPT_MS)


def sweep(parts: Parts) -> int:
    """End sessions that ran out, so that their sockets close too; return how many."""
    at, config = parts.clock.now(), parts.config
    idle = sessions.c.seen <= at - config.session_idle_min * 60_000
    old = sessions.c.created <= at - config.session_hours * 3_600_000
    with parts.db.transaction() as tx:
        return _end(tx, sa.or_(idle, old))


def _end(tx: Transaction, where: sa.ColumnElement[bool]) -> int:
    ended = store.end_sessions(tx, where)
    for org, session in ended:
        tx.announce(SessionEnded(org, session))
    return len(ended)


def confirm(parts: Parts, who: Identity, password: str) -> None:
    """Ask for the password again, for acts that want a fresh proof; raise Invalid for a wrong one, TooMany as above."""
    at = parts.clock.now()
    with parts.db.read() as tx:
        person = store.person(tx, who.org, who.id)
        if person is None:
            raise Unauthenticated()
        account = lockout.account(person.login, store.code_of(tx, who.org))
        lockout.check(tx, account, who.address, at)
        row = store.by_login(tx, who.org, person.login)
    with lockout.turn(who.address):
        right = passwords.matches(row.password_hash if row else "", password, parts.config.password_mb)
    if right:
        _freshen(parts, who, account, at)
        return
    with parts.db.transaction() as tx:
        lockout.check(tx, account, who.address, at)
        lockout.miss(tx, account, who.address, at)
    raise Invalid((Violation("password", "accounts.wrong_password"),))


def _freshen(parts: Parts, who: Identity, account: str, at: int) -> None:
    def write(tx: Transaction) -> None:
        lockout.check(tx, account, who.address, at)
        tx.execute(sessions.update().where(sessions.c.id == who.session).values(fresh=at))

    if not marks.mark(parts, write):
        marks.keep_fresh(parts, who.session)


def by_token(parts: Parts, secret: str, address: str) -> Identity | None:
    """The identity behind an API token, or None when it does not count."""
    at = parts.clock.now()
    with parts.db.read() as tx:
        token = store.token_by_hash(tx, digest(secret))
        locale = store.locale_of(tx, token.org) if token else ""
    if token is None or token.revoked or (token.expires and token.expires <= at):
        return None
    if at - (token.last_seen or 0) >= TOUCH_MS:
        seen = tokens.update().where(tokens.c.id == token.id).values(last_seen=at)
        marks.mark(parts, lambda tx: tx.execute(seen))
    scopes = tuple(Grant(scope) for scope in token.scopes)
    return Identity(token.org, "token", token.id, token.name, scopes, locale, address)
