"""Identities, roles and the scopes they hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from server.errors import Forbidden, Unauthenticated

WHOLE_SITE = ("people", "settings", "audit")  # never for one group alone: whoever appoints owners could become one
SCOPES = ("read", "content", "review", "alerts:issue", "screens", "people", "settings", "audit")


class Role(StrEnum):
    """What a person is on the desk; one person may hold several."""

    OWNER = "owner"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    PUBLISHER = "publisher"
    SAFETY_OFFICER = "safety_officer"
    AUDITOR = "auditor"
    VIEWER = "viewer"


ROLE_SCOPES: dict[Role, tuple[str, ...]] = {
    Role.OWNER: ("read", "screens", "people", "settings", "audit"),
    Role.AUTHOR: ("read", "content"),
    Role.REVIEWER: ("read", "review"),
    Role.PUBLISHER: ("read", "review", "content"),
    Role.SAFETY_OFFICER: ("read", "alerts:issue"),
    Role.AUDITOR: ("read", "audit"),
    Role.VIEWER: ("read",),
}


NOWHERE: frozenset[str] = frozenset()  # a thing in no group: only a grant without one reaches it


@dataclass(frozen=True, slots=True)
class Grant:
    """A scope, everywhere (``group`` None) or for one group of screens and those below it."""

    scope: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who acts: ``kind`` is person, token, player, system or nobody; ``session`` is the session row, if any.

    ``idle_end`` and ``last_end`` (ms) are when that session ends when it is not used, and in any case.
    """

    org: str
    kind: str
    id: str
    name: str
    grants: tuple[Grant, ...] = ()
    locale: str = "zh"
    address: str = ""
    session: str = ""
    fresh: int = 0
    roles: tuple[Role, ...] = field(default=())
    screen: str = ""
    idle_end: int = 0
    last_end: int = 0

    def may(self, scope: str, groups: frozenset[str] | None = None) -> bool:
        """Whether this identity holds ``scope``; with ``groups`` (of a thing, ancestors included), for that thing.

        What concerns the whole site is held everywhere or not at all.
        """
        groups = NOWHERE if scope in WHOLE_SITE else groups
        return any(
            grant.scope in (scope, "*") and (grant.group is None or groups is None or grant.group in groups)
            for grant in self.grants
        )

    def must(self, scope: str, groups: frozenset[str] | None = None) -> None:
        """Raise Unauthenticated when nobody is signed in, Forbidden when this identity lacks the scope."""
        if self.kind == "nobody":
            raise Unauthenticated()
        if not self.may(scope, groups):
            raise Forbidden(scope=scope)


def nobody(org: str, locale: str, address: str = "") -> Identity:
    """The identity of a request without a credential."""
    return Identity(org, "nobody", "", "", locale=locale, address=address)


def system(org: str) -> Identity:
    """The identity of the program itself: first start, jobs, the command line."""
    return Identity(org, "system", "system", "system", grants=(Grant("*"),))


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A role, everywhere or for one group of screens."""

    role: Role
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may sign in; times in ms, ``last_seen`` and ``ended`` None for never."""

    id: str
    org: str
    login: str
    name: str
    post: str
    locale: str
    theme: str
    roles: tuple[RoleGrant, ...]
    created: int
    last_seen: int | None
    ended: int | None
    waiting: bool

    def grants(self) -> tuple[Grant, ...]:
        """Every scope the roles give."""
        return tuple(Grant(scope, held.group) for held in self.roles for scope in ROLE_SCOPES[held.role])


@dataclass(frozen=True, slots=True)
class Token:
    """A credential for programs; the secret itself is shown once and only its hash kept."""

    id: str
    org: str
    name: str
    scopes: tuple[str, ...]
    created: int
    expires: int | None
    revoked: int | None
    last_seen: int | None
