"""Webhooks and what they are told: values, and the limits of each vendor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

State = Literal["waiting", "sent", "failed"]


class Format(StrEnum):
    """Who listens: any program, 企业微信, 钉钉 or 飞书."""

    GENERIC = "generic"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


class Moment(StrEnum):
    """What of an alert is told: that it was issued or updated, that screens do not prove it, that it ended."""

    ISSUED = "issued"
    UNPROVEN = "unproven"
    ENDED = "ended"
    TRIAL = "trial"  # somebody pressed "try it"; no webhook asks for it


ASKED = (Moment.ISSUED, Moment.UNPROVEN, Moment.ENDED)
MOST_A_MINUTE = {Format.WECOM: 20, Format.DINGTALK: 20, Format.FEISHU: 100, Format.GENERIC: 300}
"""As the vendors document it; beyond that they drop messages, or the whole webhook for a while."""

WEBHOOKS = 20  # of one site
WAITS_MS = (5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000)
"""How long after each failed try the next one comes; after the last, a message has failed."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Somebody who is told. ``address`` and ``secret`` open a chat group to whoever has them and are never listed."""

    id: str
    org: str
    name: str
    format: Format
    address: str
    secret: str
    moments: tuple[Moment, ...]
    enabled: bool
    created: int


@dataclass(frozen=True, slots=True)
class WebhookOrder:
    """What a webhook is to be; None leaves a field as it is, a new one needs name, format and address."""

    name: str | None = None
    format: Format | None = None
    address: str | None = None
    secret: str | None = None
    moments: tuple[Moment, ...] | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """One message in the queue or in the log; times UTC ms, ``done`` and ``failed`` None while it is neither.

    ``said`` is what the other side answered, or a key of the word catalogue.
    """

    id: str
    org: str
    webhook: str
    alert: str
    revision: int
    moment: Moment
    body: dict[str, Any]
    created: int
    due_at: int
    tries: int
    done: int | None
    failed: int | None
    said: str

    @property
    def state(self) -> State:
        """What became of it so far."""
        return "sent" if self.done is not None else "failed" if self.failed is not None else "waiting"
