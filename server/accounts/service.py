"""Use cases around people: the first owner, inviting, roles, passwords, API tokens."""

from __future__ import annotations

from server import audit
from server.accounts import passwords, sessions, store
from server.accounts.model import NOWHERE, SCOPES, Identity, Person, Role, RoleGrant, Token, system
from server.db import Transaction
from server.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Violation
from server.ids import digest, new_id, new_secret
from server.naming import name_violations
from server.parts import Parts
from server.revisions import must_hold, revision_of
from server.tables import links, people, tokens

LINK_MS = 7 * 86_400_000
OWNER_LINK_MS = 86_400_000
FIRST_ROLES = (Role.OWNER, Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER, Role.SAFETY_OFFICER)
DAY_MS = 86_400_000


# the first owner and other one-time links ---------------------------------------------------------------------------


def owner_link(parts: Parts) -> str | None:
    """Return the secret of a new one-time owner link while nobody can sign in, else None; older ones are void."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        return owner_link_of(tx, store.first_org(tx).id, at, OWNER_LINK_MS)


def owner_link_of(tx: Transaction, org: str, at: int, lasts: int = LINK_MS) -> str | None:
    """The same for any organisation, within a transaction; ``lasts`` in ms."""
    if store.any_person(tx, org):
        return None
    store.drop_links(tx, org, "owner")
    return _new_link(tx, org, "owner", None, at, at + lasts)


def _new_link(tx: Transaction, org: str, kind: str, person: str | None, at: int, expires: int) -> str:
    secret = new_secret("")
    tx.execute(
        links.insert().values(
            secret_hash=digest(secret), org=org, kind=kind, person=person, created=at, expires=expires
        )
    )
    return secret


def look_at_link(parts: Parts, secret: str) -> tuple[str, Person | None]:
    """Return a link's kind (owner, invite, reset) and its person, if any yet; raise Gone when it does not count."""
    with parts.db.read() as tx:
        link = store.open_link(tx, digest(secret), parts.clock.now())
        if link is None:
            raise Gone(detail="accounts.link_gone")
        return link.kind, store.person(tx, link.org, link.person) if link.person else None


def code_of_link(parts: Parts, secret: str) -> str:
    """What people of a link's organisation add to their name when they sign in; "" for the first one or no link."""
    with parts.db.read() as tx:
        link = store.open_link(tx, digest(secret), parts.clock.now())
        return store.code_of(tx, link.org) if link else ""


def has_branches(parts: Parts) -> bool:
    """Whether this server has more than one organisation."""
    with parts.db.read() as tx:
        return store.has_branches(tx)


def accept_link(parts: Parts, secret: str, login: str, password: str, address: str, agent: str, locale: str) -> str:
    """Set the password behind a one-time link and return the secret of a session; the link is used up.

    Raises Gone when the link does not count, Invalid for a poor name or password.
    """
    kind, invited = look_at_link(parts, secret)
    login = invited.login if invited else login.strip()
    _check_login(login)
    _refuse_violations(passwords.violations(password, login))
    stored = passwords.hash_password(password, parts.config.password_mb)
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        org = _used(tx, digest(secret), at)
        person = invited.id if invited else _insert_person(tx, org, login, login, FIRST_ROLES, at, locale)
        store.update_person(tx, person, password_hash=stored)
        sessions.end_all(tx, person)
        audit.record(tx, system(org), at, f"link.{kind}", person)
        return sessions.open_session(tx, store.persons(tx, org, [person])[0], at, address, agent)


def _used(tx: Transaction, secret_hash: str, at: int) -> str:
    """Use a link up and return its organisation; raise Gone when someone was faster."""
    link = store.open_link(tx, secret_hash, at)
    if link is None or not store.use_link(tx, secret_hash, at):
        raise Gone(detail="accounts.link_gone")
    return str(link.org)


def _check_login(login: str) -> None:
    if not login:
        _refuse_violations((Violation("login", "field.missing"),))
    if len(login) > 80 or not login.isprintable():
        _refuse_violations((Violation("login", "accounts.login_wrong"),))


def _refuse_violations(found: tuple[Violation, ...]) -> None:
    if found:
        raise Invalid(found)


# people -------------------------------------------------------------------------------------------------------------


def people_list(parts: Parts, who: Identity) -> list[Person]:
    """Everyone of the organisation."""
    with parts.db.read() as tx:
        return store.persons(tx, who.org)


def get_person(parts: Parts, who: Identity, person: str) -> Person:
    """One person who has not left; raise NotFound."""
    with parts.db.read() as tx:
        return _there(tx, who, person)


def revision(person: Person) -> str:
    """What names a person's name, post and roles as they stand, for whoever changes them."""
    return revision_of(_audited(person))


def add_person(
    parts: Parts, who: Identity, login: str, roles: tuple[RoleGrant, ...], post: str = ""
) -> tuple[Person, str]:
    """Add a person and return them with the secret of a one-time link by which they set their password."""
    login = login.strip()
    _check_login(login)
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        person = _insert_person(tx, who.org, login, login, (), at, who.locale, post)
        _give(tx, who.org, person, roles)
        audit.record(tx, who, at, "person.add", person, after={"login": login, "roles": [r.role for r in roles]})
        return store.persons(tx, who.org, [person])[0], _new_link(tx, who.org, "invite", person, at, at + LINK_MS)


def add_person_with_password(parts: Parts, who: Identity, login: str, role: Role, password: str) -> Person:
    """Add a person whose password is known already (``run.py user add``)."""
    login = login.strip()
    _check_login(login)
    _refuse_violations(passwords.violations(password, login))
    stored, at = passwords.hash_password(password, parts.config.password_mb), parts.clock.now()
    with parts.db.transaction() as tx:
        person = _insert_person(tx, who.org, login, login, (role,), at, who.locale)
        store.update_person(tx, person, password_hash=stored)
        audit.record(tx, who, at, "person.add", person, after={"login": login, "roles": [role]})
        return store.persons(tx, who.org, [person])[0]


def _insert_person(
    tx: Transaction, org: str, login: str, name: str, roles: tuple[Role, ...], at: int, locale: str, post: str = ""
) -> str:
    if store.by_login(tx, org, login) is not None:
        raise Conflict(detail="accounts.login_taken", login=login)
    person = new_id("u")
    tx.execute(people.insert().values(id=person, org=org, login=login, name=name, post=post, locale=locale, created=at))
    store.set_roles(tx, org, person, [RoleGrant(role) for role in roles], new_id)
    return person


def _give(tx: Transaction, org: str, person: str, roles: tuple[RoleGrant, ...]) -> None:
    """Replace a person's roles; raise Invalid naming each that is for no group of this organisation."""
    known = store.groups_among(tx, org, {held.group for held in roles if held.group is not None})
    strange = (n for n, held in enumerate(roles) if held.group is not None and held.group not in known)
    _refuse_violations(tuple(Violation(f"roles.{n}.group", "screens.unknown_group") for n in strange))
    store.set_roles(tx, org, person, dict.fromkeys(roles), new_id)


def change_person(
    parts: Parts, who: Identity, person: str, *, name: str | None = None, post: str | None = None,
    roles: tuple[RoleGrant, ...] | None = None, held: str = "",
) -> Person:  # fmt: skip
    """Change a person's name, post or roles; the last owner stays one. Raise Invalid for an unknown group.

    Raises Stale when ``held`` names another revision than stands.
    """
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        before = _there(tx, who, person)
        must_hold(held, _audited(before))
        store.update_person(tx, person, name=name or before.name, post=before.post if post is None else post)
        if roles is not None:
            _give(tx, who.org, person, roles)
            _keep_an_owner(tx, who.org)
        after = _there(tx, who, person)
        audit.record(tx, who, at, "person.change", person, before=_audited(before), after=_audited(after))
        return after


def _there(tx: Transaction, who: Identity, person: str) -> Person:
    found = store.person(tx, who.org, person)
    if found is None or found.ended:
        raise NotFound()
    return found


def _audited(person: Person) -> dict[str, object]:
    return {"name": person.name, "post": person.post, "roles": [[r.role, r.group] for r in person.roles]}


def _keep_an_owner(tx: Transaction, org: str) -> None:
    if not store.owners(tx, org):
        raise Conflict(detail="accounts.last_owner")


def end_person(parts: Parts, who: Identity, person: str) -> None:
    """Let a person go: sessions end, what they did stays, their login is free again; the last owner cannot."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        login = _there(tx, who, person).login
        store.update_person(tx, person, ended=at, password_hash="", login=f"{login[:60]} {person}")
        _keep_an_owner(tx, who.org)
        sessions.end_all(tx, person)
        audit.record(tx, who, at, "person.end", person)


def reset_link(parts: Parts, who: Identity, person: str) -> str:
    """Return the secret of a one-time link by which a person sets a new password; earlier ones are void."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        _there(tx, who, person)
        store.drop_links(tx, who.org, "reset", person)
        store.drop_links(tx, who.org, "invite", person)
        audit.record(tx, who, at, "person.reset_link", person)
        return _new_link(tx, who.org, "reset", person, at, at + LINK_MS)


def change_password(parts: Parts, who: Identity, old: str, new: str) -> None:
    """Change one's own password; every other session of this person ends. Raise Forbidden for a token."""
    _must_be_person(who)
    with parts.db.read() as tx:
        login = _there(tx, who, who.id).login
    _refuse_violations(passwords.violations(new, login))
    sessions.confirm(parts, who, old)
    stored = passwords.hash_password(new, parts.config.password_mb)
    with parts.db.transaction() as tx:
        store.update_person(tx, who.id, password_hash=stored)
        sessions.end_all(tx, who.id, keep=who.session)
        audit.record(tx, who, parts.clock.now(), "person.password", who.id)


def prefer(parts: Parts, who: Identity, *, locale: str | None = None, theme: str | None = None) -> None:
    """Keep a person's own language and theme; raise Forbidden for a token."""
    _must_be_person(who)
    values = {k: v for k, v in {"locale": locale, "theme": theme}.items() if v is not None}
    if values:
        with parts.db.transaction() as tx:
            store.update_person(tx, who.id, **values)


def _must_be_person(who: Identity) -> None:
    if who.kind != "person":
        raise Forbidden(detail="accounts.people_only")


# tokens -------------------------------------------------------------------------------------------------------------


def add_token(
    parts: Parts, who: Identity, name: str, scopes: tuple[str, ...], expires_days: int | None = None
) -> tuple[Token, str]:
    """Return a new API token and its secret, which is shown this once; raise Invalid for a poor name or unknown scope.

    Nobody can hand out more than they hold.
    """
    _refuse_violations(name_violations(name))
    _check_scopes(who, scopes)
    secret, at, token = new_secret("pmd_"), parts.clock.now(), new_id("t")
    expires = at + expires_days * DAY_MS if expires_days else None
    with parts.db.transaction() as tx:
        tx.execute(
            tokens.insert().values(
                id=token, org=who.org, name=name, secret_hash=digest(secret), scopes=list(scopes), created=at,
                expires=expires,
            )
        )  # fmt: skip
        audit.record(tx, who, at, "token.add", token, after={"name": name, "scopes": list(scopes)})
    return Token(token, who.org, name, scopes, at, expires, None, None), secret


def _check_scopes(who: Identity, scopes: tuple[str, ...]) -> None:
    strange = [scope for scope in scopes if scope not in (*SCOPES, "*")]
    if strange or not scopes:
        known = " ".join((*SCOPES, "*"))
        raise Invalid((Violation("scopes", "accounts.scope_unknown", (("known", known),)),))
    for scope in SCOPES if "*" in scopes else scopes:
        who.must(scope, NOWHERE)


def token_list(parts: Parts, who: Identity) -> list[Token]:
    """Every token, without secrets."""
    with parts.db.read() as tx:
        return store.token_list(tx, who.org)


def revoke_token(parts: Parts, who: Identity, token: str) -> None:
    """A token counts no more from this moment on."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        statement = tokens.update().where(tokens.c.org == who.org, tokens.c.id == token, tokens.c.revoked.is_(None))
        if tx.execute(statement.values(revoked=at)).rowcount == 0:
            raise NotFound()
        audit.record(tx, who, at, "token.revoke", token)
