"""What a message of the Common Alerting Protocol says, as frozen values; CAP's words where the core has none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from playlists.alert import Category, Certainty, Response, Severity, Urgency
from server.errors import Violation

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
OLDER_NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.1"
MEDIA_TYPE = "application/cap+xml"
LARGEST = 2 * 1024 * 1024
"""The most bytes that are read; a valid message of 882 kB is known."""
UNKNOWN = "Unknown"
"""CAP's word where nobody knows."""
DEFAULT_LANGUAGE = "en-US"
"""What an info block without a language is in, by the standard."""


class Status(StrEnum):
    """How a message is meant; only the first two ever reach a screen."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MsgType(StrEnum):
    """What a message does; ``UPDATE`` and ``CANCEL`` supersede what they refer to."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    """Whom a message is for."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Reference(NamedTuple):
    """An earlier message; ``sent`` in UTC ms, whole seconds."""

    sender: str
    identifier: str
    sent: int


class Named(NamedTuple):
    """A value under a name that the sender chose: an event code, a parameter, a geocode."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class CapArea:
    """A place in words, with shapes as the sender wrote them: nothing here does geometry."""

    description: str
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude: str = ""
    ceiling: str = ""


@dataclass(frozen=True, slots=True)
class CapInfo:
    """What one info block tells, in one language.

    ``effective``, ``onset`` and ``expires`` are UTC ms in whole seconds, None when not said. ``description`` and
    ``instruction`` may have lines, every other text is one line; "" means not said. ``web`` is never followed. A
    ``severity`` of None is CAP's Unknown.
    """

    event: str
    categories: tuple[Category, ...] = ()
    urgency: Urgency = Urgency.UNKNOWN
    severity: Severity | None = None
    certainty: Certainty = Certainty.UNKNOWN
    language: str = DEFAULT_LANGUAGE
    response_types: tuple[Response, ...] = ()
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective: int | None = None
    onset: int | None = None
    expires: int | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    areas: tuple[CapArea, ...] = ()


@dataclass(frozen=True, slots=True)
class CapMessage:
    """One message.

    ``sent`` is UTC ms in whole seconds. ``identifier`` may hold ``: + /`` and worse: it is no file name and no part of
    an address. ``note`` may have lines. ``warnings`` is what the reader let pass; it does not count when two messages
    are compared.
    """

    identifier: str
    sender: str
    sent: int
    status: Status
    msg_type: MsgType
    scope: Scope = Scope.PUBLIC
    source: str = ""
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[CapInfo, ...] = ()
    warnings: tuple[Violation, ...] = field(default=(), compare=False)
