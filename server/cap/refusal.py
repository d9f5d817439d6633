"""Why bytes are not taken as a message of the Common Alerting Protocol."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from server.errors import Refused


class Reason(StrEnum):
    """The reasons; ``cap.refused.<reason>`` is each one's sentence."""

    TOO_LARGE = "too_large"
    TOO_COMPLEX = "too_complex"
    UNREADABLE_LETTERS = "unreadable_letters"
    DOCTYPE = "doctype"
    NOT_XML = "not_xml"
    NOT_CAP = "not_cap"
    FIELD = "field"


class CapRefused(Refused):
    """Bytes that are no message; the only thing the reader raises. ``reason`` says why."""

    def __init__(self, reason: Reason, **params: Any) -> None:
        super().__init__(detail=f"cap.refused.{reason}", reason=reason.value, **params)
        self.reason = reason
