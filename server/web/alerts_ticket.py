"""What a form for an alert carries: for whom it was opened, when, the alert's identifier and the digits to copy."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace

from flask import current_app, g
from itsdangerous import BadSignature, URLSafeSerializer

from playlists.alert import Status
from server.accounts import freshness
from server.accounts.freshness import NotFresh
from server.api import parts
from server.ids import new_id

OPEN_MS = 15 * 60_000  # a form stays good for so long after the password: nothing is asked between press and alert


@dataclass(frozen=True, slots=True)
class Ticket:
    """One form: ``opened`` UTC ms; ``identifier`` makes a second press the same alert; ``digits`` once asked for."""

    session: str
    kind: str
    identifier: str
    opened: int
    digits: str = ""

    def signed(self) -> str:
        """As the form carries it."""
        return str(_signer().dumps(asdict(self)))

    def asking(self) -> Ticket:
        """With four digits to copy."""
        return replace(self, digits=self.digits or f"{secrets.randbelow(9_000) + 1_000}")

    def renewed(self) -> Ticket:
        """After the password was given once more."""
        return replace(self, opened=parts().clock.now())


def new_ticket(kind: Status) -> Ticket:
    """The ticket of a form that is opened now; raise NotFresh when the password is wanted first."""
    if not freshness.is_fresh(parts(), g.who):
        raise NotFresh()
    return Ticket(g.who.session, kind.value, new_id("d"), parts().clock.now())


def held(signed: str, kind: Status) -> Ticket:
    """The ticket that came with a form; raise NotFresh when it is another session's, of another page, or too old."""
    ticket = read(signed)
    if ticket is None or (ticket.session, ticket.kind) != (g.who.session, kind.value):
        raise NotFresh()
    if parts().clock.now() - ticket.opened >= OPEN_MS and not freshness.is_fresh(parts(), g.who):
        raise NotFresh()
    return ticket


def read(signed: str) -> Ticket | None:
    """A ticket we signed, or None."""
    try:
        return Ticket(**_signer().loads(signed))
    except (BadSignature, TypeError):
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="alert-form")
