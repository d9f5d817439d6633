"""SQL of people, their roles, sessions, links and tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from server.accounts.model import Person, Role, RoleGrant, Token
from server.db import Transaction
from server.tables import attempts, branches, grants, links, organisations, people, screen_groups, sessions, tokens


def first_org(tx: Transaction) -> Any:
    """The first organisation's row, which lies below none, or None before the first start."""
    return tx.execute(sa.select(organisations).order_by(organisations.c.created).limit(1)).first()


def locale_of(tx: Transaction, org: str) -> str:
    """An organisation's own language."""
    return str(tx.execute(sa.select(organisations.c.locale).where(organisations.c.id == org)).scalar_one())


def any_person(tx: Transaction, org: str) -> bool:
    """Whether somebody of an organisation can sign in."""
    chosen = sa.select(people.c.id).where(people.c.org == org, people.c.password_hash != "")
    return tx.execute(chosen.limit(1)).first() is not None


def persons(tx: Transaction, org: str, ids: Iterable[str] | None = None) -> list[Person]:
    """People of ``org`` with their roles, those still there first, by name."""
    query = sa.select(people).where(people.c.org == org).order_by(people.c.ended.is_not(None), people.c.name)
    if ids is not None:
        query = query.where(people.c.id.in_(list(ids)))
    roles = _roles(tx, org)
    return [_person(row, roles.get(row.id, ())) for row in tx.execute(query)]


def person(tx: Transaction, org: str, wanted: str) -> Person | None:
    """One person, or None."""
    found = persons(tx, org, [wanted])
    return found[0] if found else None


def _roles(tx: Transaction, org: str) -> dict[str, tuple[RoleGrant, ...]]:
    held: dict[str, tuple[RoleGrant, ...]] = {}
    for row in tx.execute(sa.select(grants).where(grants.c.org == org).order_by(grants.c.role)):
        held[row.person] = (*held.get(row.person, ()), RoleGrant(Role(row.role), row.screen_group))
    return held


def _person(row: Any, roles: tuple[RoleGrant, ...]) -> Person:
    return Person(
        row.id, row.org, row.login, row.name, row.post, row.locale, row.theme, roles, row.created, row.last_seen,
        row.ended, waiting=not row.password_hash,
    )  # fmt: skip


def org_of_code(tx: Transaction, code: str) -> str | None:
    """The organisation whose people sign in with ``code``, the first one for "", or None."""
    if not code:
        return str(first_org(tx).id)
    return tx.execute(sa.select(branches.c.org).where(branches.c.code == code.upper())).scalar()


def has_branches(tx: Transaction) -> bool:
    """Whether any organisation lies below another."""
    return tx.execute(sa.select(branches.c.org).limit(1)).first() is not None


def code_of(tx: Transaction, org: str) -> str:
    """What people of an organisation add to their name when they sign in; "" for the first one."""
    return tx.execute(sa.select(branches.c.code).where(branches.c.org == org)).scalar() or ""


def by_login(tx: Transaction, org: str | None, login: str) -> Any:
    """The row of the person of ``org`` who signs in as ``login``, or None."""
    query = sa.select(people).where(sa.func.lower(people.c.login) == sa.func.lower(login), people.c.ended.is_(None))
    return tx.execute(query.where(people.c.org == org)).first()


def set_roles(tx: Transaction, org: str, person: str, roles: Iterable[RoleGrant], new_id: Any) -> None:
    """Replace a person's roles."""
    tx.execute(grants.delete().where(grants.c.org == org, grants.c.person == person))
    rows = [
        {"id": new_id("r"), "org": org, "person": person, "role": held.role.value, "screen_group": held.group}
        for held in roles
    ]
    if rows:
        tx.execute(grants.insert(), rows)


def groups_among(tx: Transaction, org: str, wanted: Iterable[str]) -> set[str]:
    """Those of the ids that name a group of ``org``."""
    query = sa.select(screen_groups.c.id).where(screen_groups.c.org == org, screen_groups.c.id.in_(list(wanted)))
    return set(tx.execute(query).scalars())


def owners(tx: Transaction, org: str) -> set[str]:
    """Ids of people who are owners everywhere and have not left."""
    query = (
        sa.select(grants.c.person)
        .join(people, people.c.id == grants.c.person)
        .where(grants.c.org == org, grants.c.role == Role.OWNER.value, grants.c.screen_group.is_(None))
        .where(people.c.ended.is_(None))
    )
    return set(tx.execute(query).scalars())


def update_person(tx: Transaction, person: str, **values: Any) -> None:
    """Set columns of a person."""
    tx.execute(people.update().where(people.c.id == person).values(**values))


# links --------------------------------------------------------------------------------------------------------------


def open_link(tx: Transaction, secret_hash: str, at: int) -> Any:
    """The unused, unexpired link behind the hash, or None."""
    query = sa.select(links).where(links.c.secret_hash == secret_hash, links.c.used.is_(None), links.c.expires > at)
    return tx.execute(query).first()


def use_link(tx: Transaction, secret_hash: str, at: int) -> bool:
    """Use a link up; False when someone was faster."""
    statement = links.update().where(links.c.secret_hash == secret_hash, links.c.used.is_(None)).values(used=at)
    return tx.execute(statement).rowcount == 1


def drop_links(tx: Transaction, org: str, kind: str, person: str | None = None) -> None:
    """Forget unused links of a kind, for one person or for nobody yet."""
    where = links.c.person == person if person else links.c.person.is_(None)
    tx.execute(links.delete().where(links.c.org == org, links.c.kind == kind, links.c.used.is_(None), where))


# sessions -----------------------------------------------------------------------------------------------------------


def session(tx: Transaction, wanted: str) -> Any:
    """The session row with its person's, or None."""
    query = sa.select(sessions, people.c.ended.label("person_ended")).join(people, people.c.id == sessions.c.person)
    return tx.execute(query.where(sessions.c.id == wanted)).first()


def end_sessions(tx: Transaction, where: sa.ColumnElement[bool]) -> list[tuple[str, str]]:
    """Delete sessions and return the organisation and id of each."""
    ended = [(row.org, row.id) for row in tx.execute(sa.select(sessions.c.org, sessions.c.id).where(where))]
    if ended:
        tx.execute(sessions.delete().where(sessions.c.id.in_([session for _, session in ended])))
    return ended


# tokens -------------------------------------------------------------------------------------------------------------


def token_list(tx: Transaction, org: str) -> list[Token]:
    """Every token, newest first."""
    query = sa.select(tokens).where(tokens.c.org == org).order_by(tokens.c.created.desc())
    return [token_of(row) for row in tx.execute(query)]


def token_by_hash(tx: Transaction, secret_hash: str) -> Token | None:
    """The token behind a secret's hash, or None."""
    row = tx.execute(sa.select(tokens).where(tokens.c.secret_hash == secret_hash)).first()
    return token_of(row) if row else None


def token_of(row: Any) -> Token:
    """A row as a value."""
    return Token(
        row.id, row.org, row.name, tuple(row.scopes), row.created, row.expires, row.revoked, row.last_seen
    )  # fmt: skip


# attempts -----------------------------------------------------------------------------------------------------------


def attempt(tx: Transaction, key: str) -> Any:
    """The count of failures under a key, or None."""
    return tx.execute(sa.select(attempts).where(attempts.c.key == key)).first()


def save_attempt(tx: Transaction, key: str, failures: int, last: int, until: int) -> None:
    """Write the count of failures under a key."""
    changed = tx.execute(
        attempts.update().where(attempts.c.key == key).values(failures=failures, last=last, until=until)
    )
    if changed.rowcount == 0:
        tx.execute(attempts.insert().values(key=key, failures=failures, last=last, until=until))


def forget_attempts(tx: Transaction, before: int) -> int:
    """Remove every count last raised before that instant (UTC ms), its pause over; return how many."""
    return tx.execute(attempts.delete().where(attempts.c.last < before, attempts.c.until < before)).rowcount


def forget_links(tx: Transaction, before: int) -> int:
    """Remove links that ended before that instant (UTC ms), used or not; return how many."""
    return tx.execute(links.delete().where(links.c.expires < before)).rowcount


def clear_attempts(tx: Transaction, keys: Iterable[str]) -> None:
    """Forget failures."""
    tx.execute(attempts.delete().where(attempts.c.key.in_(list(keys))))
