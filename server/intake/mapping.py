"""A CAP message in our own words: how bad it is, how it lies on the glass, what of its text a screen can hold."""

from __future__ import annotations

import unicodedata

from playlists import text as rules
from playlists.alert import Category, Certainty, Presentation, Response, Severity, Status, Urgency
from server.alerts import limits
from server.alerts.model import IssueAlert, Targets, UpdateAlert
from server.cap import model as cap
from server.cap.choosing import Verdict, verdict
from server.words import say

CUT = "…"
_KEPT = "\u200c\u200d\u200e\u200f"  # joiners and direction marks, which emoji and right-to-left words need
_LOUD = (Severity.EXTREME, Severity.SEVERE)
_SOON = (Urgency.IMMEDIATE, Urgency.EXPECTED)
_SURE = (Certainty.OBSERVED, Certainty.LIKELY)


def order(
    message: cap.CapMessage, info: cap.CapInfo, *, most: Status, targets: Targets, source: str, locale: str, at: int
) -> IssueAlert:
    """The alert that a block of a message asks for; ``most`` is the most it may be, ``at`` is now in UTC ms."""
    status, severity = status_of(message, most), severity_of(info)
    effective = begins(info, at)
    return IssueAlert(
        status=status, severity=severity, headline=headline(info, locale),
        instruction=fitting(info.instruction, limits.INSTRUCTION),
        description=fitting(info.description, limits.DESCRIPTION),
        targets=targets, expires_s=stands_s(info, status, severity, at if effective is None else effective),
        urgency=info.urgency, certainty=info.certainty,
        category=info.categories[0] if info.categories else Category.OTHER,
        response=info.response_types[0] if info.response_types else Response.NONE,
        presentation=presentation(info), source=source, identifier=message.identifier, sender=message.sender,
        incident=" ".join(message.incidents)[: limits.PLACE], effective=effective,
    )  # fmt: skip


def changes(wanted: IssueAlert) -> UpdateAlert:
    """The same as a change of an alert that is live; what it does not say is taken away."""
    names = (
        "headline",
        "description",
        "instruction",
        "severity",
        "urgency",
        "presentation",
        "targets",
        "expires_s",
        "place",
    )
    return UpdateAlert(**{name: getattr(wanted, name) for name in names})


def status_of(message: cap.CapMessage, most: Status) -> Status:
    """Actual only when both the message and its source may be; everything else that shows is a drill."""
    actual = verdict(message) is Verdict.SHOW and most is Status.ACTUAL
    return Status.ACTUAL if actual else Status.EXERCISE


def severity_of(info: cap.CapInfo) -> Severity:
    """What the sender says; what nobody knows is yellow."""
    return info.severity or Severity.MODERATE


def presentation(info: cap.CapInfo) -> Presentation:
    """A stranger's words fill a screen only when they are grave, near and sure; anything unknown is a banner."""
    grave = info.severity in _LOUD and info.urgency in _SOON and info.certainty in _SURE
    return Presentation.TAKEOVER if grave else Presentation.BANNER


def headline(info: cap.CapInfo, locale: str) -> str:
    """The headline if it fits, else the event, else as much of the headline as fits."""
    full, event = (presentable(text).replace("\n", " ") for text in (info.headline, info.event))
    said = [text for text in (full, event) if not rules.is_blank(text)]
    fits = [text for text in said if len(text) <= limits.HEADLINE]
    return fits[0] if fits else fitting(said[0] if said else say("intake.unnamed", locale), limits.HEADLINE)


def fitting(text: str, limit: int) -> str:
    """The text without what no screen can show, cut to ``limit`` characters."""
    text = presentable(text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + CUT


def presentable(text: str) -> str:
    """The text without control characters, overrides of direction and the like, which the rules of alerts refuse."""
    cleaned = rules.clean(text)
    return rules.clean("".join(char for char in cleaned if _shows(char)))


def _shows(char: str) -> bool:
    return char == "\n" or char in _KEPT or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Cn")


def begins(info: cap.CapInfo, at: int) -> int | None:
    """When a block counts from, in UTC ms; None for now, also when it would be over before."""
    ahead = info.effective is not None and info.effective > at
    in_time = info.expires is None or (info.effective or 0) < info.expires
    return info.effective if ahead and in_time else None


def stands_s(info: cap.CapInfo, status: Status, severity: Severity, since: int) -> int:
    """How many seconds it stands from ``since`` (UTC ms): until it expires, but not longer than ours may.

    A drill of somebody else's stands no longer than ours usually do, so that nobody takes it for the real thing.
    """
    life = limits.expiry(status, severity)
    if info.expires is None:
        return life.default_s
    longest = life.longest_s if status is Status.ACTUAL else life.default_s
    return max(1, min(longest, -(-(info.expires - since) // 1000)))
