"""Sources of messages, and messages with what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from playlists.alert import Status
from server.alerts.model import IssueAlert, StoredAlert, Targets
from server.cap.model import CapInfo
from server.errors import Problem, Violation

ANY_SENDER = "*"


class Kind(StrEnum):
    """How a source reaches us: it calls with a signature, it posts CAP, or its feed is fetched."""

    HOOK = "hook"
    CAP = "cap"
    FEED = "feed"


class Policy(StrEnum):
    """What a source's messages need: a person, nothing, or nobody cares."""

    HOLD = "hold"
    SHOW = "show"
    IGNORE = "ignore"


class State(StrEnum):
    """What became of a message."""

    HELD = "held"
    SHOWN = "shown"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody outside who may send messages.

    ``status`` is the most its messages may be. ``senders`` are the CAP senders it speaks for, ``*`` for any;
    ``blocked`` are events, by name or code, that never pass. ``template`` words a hook's alerts. ``address`` is a
    feed's, fetched every ``every_s`` seconds; ``polled`` (UTC ms, None for never) and ``said`` tell of the last time,
    the latter as a key of the catalogue with its parameters. One that is not ``enabled`` is as if it were not there.
    """

    id: str
    org: str
    name: str
    kind: Kind
    policy: Policy
    status: Status
    secret: str
    senders: tuple[str, ...]
    address: str
    template: str
    targets: Targets
    blocked: tuple[str, ...]
    every_s: int
    enabled: bool
    polled: int | None
    said: Violation | None
    created: int

    def speaks_for(self, sender: str) -> bool:
        """Whether messages of a CAP sender are this source's."""
        return any(known in (ANY_SENDER, sender.lower()) for known in map(str.lower, self.senders))


@dataclass(frozen=True, slots=True)
class SourceOrder:
    """What a source is to be; None leaves a field as it is, or as is usual for a new one."""

    policy: Policy | None = None
    status: Status | None = None
    senders: tuple[str, ...] | None = None
    address: str | None = None
    template: str | None = None
    targets: Targets | None = None
    blocked: tuple[str, ...] | None = None
    every_s: int | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that came, and what became of it.

    ``source`` None: nobody we know. ``sent`` and ``received`` are UTC ms; ``document`` is the message itself, "" once
    it is ignored. ``why`` says why it was not simply shown. ``alert`` is the alert it became or ended, "" for none.
    """

    id: str
    org: str
    source: str | None
    identifier: str
    sender: str
    sent: int
    received: int
    headline: str
    document: str
    warnings: tuple[Violation, ...]
    state: State
    alert: str = ""
    decided: int | None = None
    decided_by: str = ""

    @property
    def why(self) -> Violation | None:
        """Why it was not simply shown."""
        return next((found for found in self.warnings if found.rule.startswith("intake.why.")), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What somebody who sent a message is told.

    ``repeated`` when it had come before; ``stored`` is False while only memory holds its alert.
    """

    message: str
    state: State
    alert: str = ""
    why: Violation | None = None
    repeated: bool = False
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a held message would come to if it were released now.

    ``wanted`` is the alert it asks for, None when it only ends others; ``live`` are those it would change or end.
    ``over`` is the key of a sentence that says why nothing would come of it, "" when something would. ``info`` is the
    block of a CAP message that would be shown.
    """

    wanted: IssueAlert | None
    live: tuple[StoredAlert, ...]
    over: str = ""
    info: CapInfo | None = None


class BadSignature(Problem):
    """A call that its source did not sign, or not now; unknown sources are told the same."""

    status, slug = 401, "bad-signature"


class Replayed(Problem):
    """A signed call that came before, letter by letter."""

    status, slug = 409, "replayed"


class NotXml(Problem):
    """A body that does not even claim to be CAP."""

    status, slug = 415, "not-xml"


class FetchFailed(Problem):
    """What is at an address could not be had, or may not be asked for."""

    status, slug = 502, "fetch-failed"
