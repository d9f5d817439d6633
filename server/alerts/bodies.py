"""What the routes of alerts take and give."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from playlists.alert import Category, Certainty, Phase, Presentation, Response, Severity, Status, Urgency
from server.alerts import limits
from server.alerts.model import IssueAlert, State, Targets, UpdateAlert
from server.bodies import Body
from server.errors import Invalid, Violation
from server.paging import PageQuery

Id = Annotated[str, Field(min_length=1, max_length=40)]
Text = Annotated[str, Field(max_length=4_000)]  # how long it may be is said by the service, in characters that count
Seconds = Annotated[int, Field(ge=1, le=30 * 86_400)]


class TargetsBody(Body):
    """Screens, groups, or all; organisations below, or one's own, each with all that lies in it."""

    screens: list[Id] = Field(default=[], max_length=5_000)
    groups: list[Id] = Field(default=[], max_length=500)
    all: bool = False
    organisations: list[Id] = Field(default=[], max_length=500)

    def value(self) -> Targets:
        """The targets as the services take them; naming all makes screens and groups idle."""
        below = tuple(dict.fromkeys(self.organisations))
        if self.all:
            return Targets(everywhere=True, organisations=below)
        return Targets(tuple(dict.fromkeys(self.screens)), tuple(dict.fromkeys(self.groups)), organisations=below)


class NewAlert(Body):
    """What is to be said. ``status`` has no default: nobody sends the real thing by leaving something out.

    Without a ``template`` severity and headline are needed; with one it gives what is left out. ``expires_in_s`` left
    out is the template's or the severity's default; ``effective`` in UTC ms, left out: now; ``place`` is where it
    happened; ``identifier`` makes a repeated request a conflict instead of a second alert.
    """

    status: Status
    severity: Severity | None = None
    headline: Text | None = None
    instruction: Text | None = None
    description: Text = ""
    targets: TargetsBody
    presentation: Presentation | None = None
    urgency: Urgency | None = None
    certainty: Certainty | None = None
    category: Category | None = None
    response: Response | None = None
    expires_in_s: Seconds | None = None
    effective: Annotated[int, Field(ge=0, le=2**53)] | None = None
    template: Annotated[str, Field(max_length=40)] = ""
    place: Text = ""
    incident: Annotated[str, Field(max_length=200)] = ""
    identifier: Annotated[str, Field(max_length=250)] = ""
    code: bool = False

    def given(self) -> dict[str, Any]:
        """What of an order is said here, apart from template, status and targets."""
        values = self.model_dump(exclude={"targets", "expires_in_s", "template", "status"}, exclude_none=True)
        return values | ({} if self.expires_in_s is None else {"expires_s": self.expires_in_s})

    def order(self, source: str) -> IssueAlert:
        """The order of an alert without a template; raise Invalid without severity or headline."""
        missing = [name for name in ("severity", "headline") if getattr(self, name) is None]
        if missing or self.severity is None:
            raise Invalid(tuple(Violation(name, "field.missing") for name in missing))
        stands = limits.expiry(self.status, self.severity).default_s
        values: dict[str, Any] = {"expires_s": stands, "instruction": "", **self.given()}
        return IssueAlert(status=self.status, targets=self.targets.value(), source=source, **values)


class AlertChange(Body):
    """What a live alert is to say from now on; what is left out stays, ``expires_in_s`` counts from now."""

    headline: Text | None = None
    instruction: Text | None = None
    description: Text | None = None
    severity: Severity | None = None
    urgency: Urgency | None = None
    presentation: Presentation | None = None
    targets: TargetsBody | None = None
    expires_in_s: Seconds | None = None
    place: Text = ""

    def order(self) -> UpdateAlert:
        """The changes as the service takes them."""
        values = self.model_dump(exclude={"targets", "expires_in_s"})
        targets = None if self.targets is None else self.targets.value()
        return UpdateAlert(**values, targets=targets, expires_s=self.expires_in_s)


class ClearBody(Body):
    """Why it is over; for the record."""

    note: Text = ""


class CorrectBody(Body):
    """What the screens say instead; left out: the prepared words."""

    text: Text = ""


class NoteBody(Body):
    """What it was about, asked for afterwards."""

    note: Text


class VisitBody(Body):
    """The screen somebody was sent to."""

    screen: Id


class WarningAnswer(BaseModel):
    """Something that may be said and is hard to read."""

    field: str
    rule: str
    detail: str
    params: dict[str, Any]


class IssuedAnswer(BaseModel):
    """A revision that is out: ``targets`` counts its screens; ``stored`` false: only memory holds it."""

    id: str
    revision: int
    seq: int
    targets: int
    phase: Phase
    stored: bool = True
    detail: str | None = None
    warnings: list[WarningAnswer] = []


class TargetsAnswer(BaseModel):
    """Whom it is for."""

    screens: list[str]
    groups: list[str]
    all: bool
    organisations: list[str] = []

    @classmethod
    def of(cls, targets: Targets) -> TargetsAnswer:
        """The targets as HTTP tells them."""
        return cls(**targets.told())


class TallyAnswer(BaseModel):
    """Screens of the newest revision by state; ``acknowledged`` are among those ``shown``, the others apart."""

    targets: int
    pending: int
    sent: int
    received: int
    shown: int
    acknowledged: int
    unreachable: int


class RevisionAnswer(BaseModel):
    """One revision: who did what, and what it said."""

    revision: int
    at: int
    by: str
    by_name: str
    act: str
    body: dict[str, Any]


class AlertAnswer(BaseModel):
    """An alert as it stands; ``state`` is its phase or ``expired``, ``label`` what screens always print.

    ``stored`` false: the disk or the database did not take it; it is out, and screens that reconnect may miss it.
    ``above`` names the organisation above that issued it: those below read it, with the proof of their own screens.
    """

    id: str
    revision: int
    state: str
    phase: Phase
    status: Status
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    category: Category
    response: Response
    presentation: Presentation
    label: str
    headline: str
    description: str
    instruction: str
    targets: TargetsAnswer
    issued: int
    changed: int
    effective: int
    expires: int
    ended: int | None = None
    source: str
    identifier: str
    sender: str
    issuer: str
    issuer_name: str
    incident: str
    template: str
    note: str
    code: str
    stored: bool = True
    above: str = ""
    deliveries: TallyAnswer


class WholeAlertAnswer(AlertAnswer):
    """An alert with its history."""

    revisions: list[RevisionAnswer]


class AlertList(BaseModel):
    """A page of alerts, the newest first."""

    items: list[AlertAnswer]
    next: str | None = None


class AlertQuery(PageQuery):
    """Which page; tests are left out unless asked for. ``live``: what is on screens or waits, all of it."""

    tests: bool = False
    live: bool = False


class DeliveryAnswer(BaseModel):
    """One screen's row; times UTC ms, ``took_ms`` from the revision to the painted frame, by the player's clock.

    ``organisation`` is the name of the one below that the screen is in, "" for one's own.
    """

    screen: str
    name: str
    place: str
    online: bool
    state: State
    created: int
    sent: int | None = None
    received: int | None = None
    shown: int | None = None
    shown_at: int | None = None
    took_ms: int | None = None
    seen: int
    visited: int | None = None
    visited_by: str
    organisation: str = ""


class DeliveryList(BaseModel):
    """A page of screens in the order they were added."""

    items: list[DeliveryAnswer]
    next: str | None = None


class SightingAnswer(BaseModel):
    """Somebody said to have seen it at ``place``; ``name`` as they gave it, ``at`` UTC ms."""

    id: str
    screen: str
    place: str
    name: str
    at: int


class SightingList(BaseModel):
    """A page of acknowledgements, the first one first."""

    items: list[SightingAnswer]
    next: str | None = None


class DeliveryQuery(BaseModel):
    """Which page; ``only`` unproven leaves out the screens that showed it."""

    model_config = ConfigDict(extra="forbid", strict=False)
    only: Literal["unproven", ""] = ""
    cursor: str = Field(default="", max_length=80)
    limit: int = Field(default=100, ge=1, le=500)
