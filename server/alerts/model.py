"""Alerts as the server keeps them: orders, stored revisions, deliveries and proofs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from playlists.alert import Category, Certainty, Phase, Presentation, Response, Severity, Status, Urgency
from server.accounts.model import Identity
from server.errors import Problem, Violation

SCOPE = "alerts:issue"


class Act(StrEnum):
    """What made a revision."""

    ISSUE = "issue"
    APPROVE = "approve"
    UPDATE = "update"
    CLEAR = "clear"
    CORRECT = "correct"


class State(StrEnum):
    """How far one screen is: ``shown`` and ``received`` are proved, ``unreachable`` is unproven and offline."""

    PENDING = "pending"
    SENT = "sent"
    RECEIVED = "received"
    SHOWN = "shown"
    ACKNOWLEDGED = "acknowledged"
    UNREACHABLE = "unreachable"


class ProofKind(StrEnum):
    """What a player proves: that it is on its disk, that it is painted."""

    RECEIVED = "received"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Targets:
    """The screens an alert is for: single ones, whole groups with those below them, or everything.

    ``organisations`` are those below, or one's own, each with all that lies in it now or later.
    """

    screens: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    everywhere: bool = False
    organisations: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """The targets as JSON has them; without organisations where none is named."""
        below = {"organisations": list(self.organisations)} if self.organisations else {}
        return {"screens": list(self.screens), "groups": list(self.groups), "all": self.everywhere, **below}


@dataclass(frozen=True, slots=True)
class IssueAlert:
    """What is to be said.

    ``expires_s`` counts from ``effective`` (UTC ms; None is now). ``place`` is where it happened, for ``{地点}``; ""
    names the targets. ``source`` is desk, api, cli, ``hook:<name>`` or ``cap:<name>``; together with ``identifier`` (""
    makes one) it is unique. ``code`` asks people to acknowledge.
    """

    status: Status
    severity: Severity
    headline: str
    instruction: str
    targets: Targets
    expires_s: int
    urgency: Urgency = Urgency.IMMEDIATE
    certainty: Certainty = Certainty.OBSERVED
    category: Category = Category.SAFETY
    response: Response = Response.EXECUTE
    presentation: Presentation = Presentation.TAKEOVER
    description: str = ""
    template: str = ""
    source: str = "api"
    identifier: str = ""
    sender: str = ""
    incident: str = ""
    code: bool = False
    effective: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class UpdateAlert:
    """What a live alert is to say from now on; None leaves a field as it is, ``expires_s`` counts from now."""

    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    severity: Severity | None = None
    urgency: Urgency | None = None
    presentation: Presentation | None = None
    targets: Targets | None = None
    expires_s: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """A revision that is out.

    ``targets`` counts its screens that owe proof and ``samples`` the others, ``stored`` is False while only memory
    holds it, ``warnings`` are about its words.
    """

    alert_id: str
    revision: int
    seq: int
    targets: int
    phase: Phase = Phase.LIVE
    stored: bool = True
    warnings: tuple[Violation, ...] = ()
    samples: int = 0


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """The newest revision of an alert, as its row has it; times UTC ms, ``ended`` None while nobody ended it.

    ``above`` is the name of the organisation above that issued it, as those below see it; "" for one's own.
    """

    id: str
    org: str
    identifier: str
    sender: str
    revision: int
    phase: Phase
    status: Status
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    category: Category
    response: Response
    presentation: Presentation
    headline: str
    description: str
    instruction: str
    everywhere: bool
    issued: int
    changed: int
    effective: int
    expires: int
    ended: int | None
    source: str
    issuer: str
    issuer_name: str
    incident: str
    template: str
    note: str
    code: str
    screens: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    above: str = ""

    @property
    def targets(self) -> Targets:
        """Whom it is for."""
        return Targets(self.screens, self.groups, self.everywhere, self.organisations)

    def state(self, at: int) -> str:
        """Its phase, or ``expired`` once a live or waiting one is over."""
        running = self.phase in (Phase.LIVE, Phase.WAITING)
        return "expired" if running and self.expires <= at else self.phase.value


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision as history keeps it: who did what at ``at`` (UTC ms), and what it said."""

    revision: int
    at: int
    by: str
    by_name: str
    act: Act
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One screen's row of the newest revision; times UTC ms, None for what has not happened.

    ``shown_at`` is when it was painted, by the player's clock; ``took_ms`` from the revision to that. ``organisation``
    is the name of the one below that the screen is in, "" for one's own.
    """

    screen: str
    name: str
    place: str
    online: bool
    state: State
    created: int
    sent: int | None
    received: int | None
    shown: int | None
    shown_at: int | None
    took_ms: int | None
    seen: int
    visited: int | None
    visited_by: str
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """A template to be; ``words`` by locale: title, headline, instruction. ``name`` is for scripts, such as fire."""

    name: str
    words: dict[str, dict[str, str]]
    category: Category
    response: Response
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    presentation: Presentation
    expires_s: int


@dataclass(frozen=True, slots=True)
class Template:
    """A template as stored, at its ``place`` in the list; ``changed`` (UTC ms, always growing) is its revision."""

    id: str
    org: str
    name: str
    place: int
    words: dict[str, dict[str, str]]
    category: Category
    response: Response
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    presentation: Presentation
    expires_s: int
    changed: int
    deleted: int | None


class Proof(NamedTuple):
    """What a player says of an alert; ``shown_at`` (UTC ms, its corrected clock) only when shown."""

    player: Identity
    kind: ProofKind
    epoch: str
    id: str
    revision: int
    shown_at: int | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody says to have seen an alert at ``place``; ``name`` as they gave it or "", ``at`` UTC ms."""

    id: str
    screen: str
    place: str
    name: str
    at: int


class NotLive(Problem):
    """The alert is over, or on no screen yet."""

    status, slug = 409, "not-live"
