"""Alerts as every part speaks of them: frozen values, and how long each has its turn on the glass."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TURN_LEAST_MS = 8_000
TURN_BASE_MS = 3_000
TURN_CHARACTER_MS = 350


class Status(StrEnum):
    """What a message is worth: the real thing, a drill, or a check of the road that no screen ever shows."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class Phase(StrEnum):
    """Where an alert stands; the glass shows every phase but ``waiting`` until the revision expires."""

    WAITING = "waiting"  # for the second person; on no screen yet
    LIVE = "live"
    CLEARED = "cleared"  # the all-clear
    CORRECTED = "corrected"  # it was a false alarm


class Severity(StrEnum):
    """CAP 1.2, highest first."""

    EXTREME = "extreme"
    SEVERE = "severe"
    MODERATE = "moderate"
    MINOR = "minor"


class Urgency(StrEnum):
    """CAP 1.2, most pressing first."""

    IMMEDIATE = "immediate"
    EXPECTED = "expected"
    FUTURE = "future"
    PAST = "past"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """CAP 1.2."""

    OBSERVED = "observed"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


class Category(StrEnum):
    """CAP 1.2."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class Response(StrEnum):
    """CAP 1.2: what people are to do."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Presentation(StrEnum):
    """Whether an alert fills the screen or lies over what plays."""

    TAKEOVER = "takeover"
    BANNER = "banner"


@dataclass(frozen=True, slots=True)
class Alert:
    """One revision of an alert as one screen is to show it: placeholders filled, words in the site's language.

    ``label`` is always printed (``Ⅰ级 红``, ``【演练】``, ``【解除】``); ``issued``, ``effective``, ``expires`` are UTC
    ms, the latter two a half-open stretch; ``code`` is the short code by which people acknowledge, "" without one,
    and ``qr`` the address' QR code, one string of hexadecimal digits a row, padded to whole digits on the right.
    """

    id: str
    revision: int
    phase: Phase
    status: Status
    severity: Severity
    urgency: Urgency
    presentation: Presentation
    label: str
    headline: str
    text: str
    issued: int
    effective: int
    expires: int
    code: str = ""
    qr: tuple[str, ...] = ()


def turn_ms(alert: Alert) -> int:
    """How long this alert stays before an equal one has its turn, in ms: long enough to read it once.

    Counted in code points, so that JavaScript (``Array.from``) and Python agree.
    """
    return max(TURN_LEAST_MS, TURN_BASE_MS + TURN_CHARACTER_MS * (len(alert.headline) + len(alert.text)))
