"""What the routes of the ways in take and give."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from playlists.alert import Severity, Status
from server.alerts.bodies import Seconds, TargetsAnswer, TargetsBody, Text
from server.bodies import Body
from server.intake.model import Kind, Policy, SourceOrder, State
from server.paging import PageQuery

Line = Annotated[str, Field(max_length=250)]
Lines = Annotated[list[Line], Field(max_length=200)]


class SourceBody(Body):
    """What a source is to be; what is left out stays, or is as usual for a new one."""

    policy: Policy | None = None
    status: Status | None = None
    senders: Lines | None = None
    address: Annotated[str, Field(max_length=2_000)] | None = None
    template: Annotated[str, Field(max_length=40)] | None = None
    targets: TargetsBody | None = None
    blocked: Lines | None = None
    every_s: Annotated[int, Field(ge=30, le=86_400)] | None = None
    enabled: bool | None = None

    def order(self) -> SourceOrder:
        """The order as the service takes it."""
        values: dict[str, Any] = self.model_dump(exclude={"targets", "senders", "blocked", "name", "kind"})
        for name in ("senders", "blocked"):
            said = getattr(self, name)
            values[name] = None if said is None else tuple(said)
        return SourceOrder(**values, targets=None if self.targets is None else self.targets.value())


class NewSource(SourceBody):
    """A new source: its name, which never changes, and how it reaches us."""

    name: Annotated[str, Field(max_length=200)]
    kind: Kind


class SourceAnswer(BaseModel):
    """A source; its secret is told only once. ``path`` is where a hook calls; ``polled`` in UTC ms."""

    id: str
    name: str
    kind: Kind
    policy: Policy
    status: Status
    senders: list[str]
    address: str
    template: str
    targets: TargetsAnswer
    blocked: list[str]
    every_s: int
    enabled: bool
    polled: int | None = None
    said: str = ""
    created: int
    path: str = ""


class NewSourceAnswer(SourceAnswer):
    """A source with its secret; nobody can read it again. "" when it needs none."""

    secret: str = ""


class SecretAnswer(BaseModel):
    """A new secret; the old one no longer counts."""

    secret: str


class SourceList(BaseModel):
    """A page of sources."""

    items: list[SourceAnswer]
    next: str | None = None


class NoteAnswer(BaseModel):
    """Something about a message that a person should know."""

    field: str
    rule: str
    detail: str
    params: dict[str, Any]


class OutcomeAnswer(BaseModel):
    """What became of a message: shown (as an alert, or it ended one), held for a person, ignored.

    ``stored`` false: the disk or the database did not take its alert; it is out all the same.
    """

    id: str
    state: State
    alert: str | None = None
    why: str | None = None
    detail: str | None = None
    repeated: bool = False
    stored: bool = True
    others: list[OutcomeAnswer] = []


class MessageAnswer(BaseModel):
    """A message that came; times UTC ms. ``document`` only of a single one, "" once it is ignored."""

    id: str
    source: str | None = None
    source_name: str
    identifier: str
    sender: str
    sent: int
    received: int
    headline: str
    state: State
    alert: str | None = None
    why: str | None = None
    notes: list[NoteAnswer]
    decided: int | None = None
    decided_by: str = ""
    document: str | None = None


class MessageList(BaseModel):
    """A page of messages, the newest first."""

    items: list[MessageAnswer]
    next: str | None = None


class MessageQuery(PageQuery):
    """Which page, and messages of which state; left out: held."""

    state: State = State.HELD


class ReleaseBody(Body):
    """To whom a held message goes; left out: to those its source is for."""

    targets: TargetsBody | None = None


class HookBody(Body):
    """What a signed call says.

    ``act`` clear ends what an earlier call with the same ``id`` said. What is left out comes from the source's
    template; ``headline`` is needed where the source has none. ``place`` fills ``{地点}``.
    """

    act: Annotated[str, Field(pattern="^(issue|clear)$")] = "issue"
    id: Annotated[str, Field(max_length=200, pattern=r"^[^\s,<&]*$")] = ""
    status: Status | None = None
    severity: Severity | None = None
    headline: Text = ""
    instruction: Text = ""
    description: Text = ""
    place: Text = ""
    expires_in_s: Seconds | None = None
