"""CAP's times: written in its one notation, read in any notation that leaves no doubt."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

SECOND_MS = 1000
MINUTE_S = 60
DAY_S = 86_400
FURTHEST_MIN = 14 * 60
"""The largest offset from UTC that XML Schema allows, in minutes."""
_EPOCH = date(1970, 1, 1).toordinal()
LATEST_MS = (date(9999, 12, 30).toordinal() - _EPOCH) * DAY_S * SECOND_MS
"""The last midnight (UTC) that can be written for every place; later ones, which mean "never", are read as this."""

# OASIS CAP 1.2, 3.3.2: no "Z", no fractions, the offset always written.
_STRICT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}")
_LENIENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,12})?)?"
    r" ?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)


class Moment(NamedTuple):
    """A time that was read: UTC ms in whole seconds, and whether it was written as CAP wants it."""

    ms: int
    is_strict: bool


def parse(text: str, offset_min: int) -> Moment | None:
    """Read a time, None when it is none; ``offset_min`` minutes east of UTC count for a time that names no zone.

    A time before 1970 is none: programs write it when they know no time.
    """
    found = _LENIENT.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
    offset = _offset(found[7], offset_min)
    if offset is None or not _is_clock(hour, minute, second := int(found[6] or 0)):
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    ms = (days * DAY_S + hour * 3600 + (minute - offset) * MINUTE_S + second) * SECOND_MS
    is_strict = bool(_STRICT.fullmatch(text)) and hour < 24 and second < 60
    return Moment(min(ms, LATEST_MS), is_strict) if ms >= 0 else None


def _is_clock(hour: int, minute: int, second: int) -> bool:
    """XML Schema knows 24:00:00, and the world knows leap seconds."""
    return (hour < 24 and minute < 60 and second <= 60) or (hour, minute, second) == (24, 0, 0)


def _offset(zone: str | None, unsaid_min: int) -> int | None:
    """Minutes east of UTC, None for an offset that no place has."""
    if not zone:
        return unsaid_min
    if zone in "Zz":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    size = hours * 60 + minutes
    if minutes > 59 or size > FURTHEST_MIN:
        return None
    return -size if zone[0] == "-" else size


def stamp(ms: int, offset_min: int) -> str:
    """Write ``YYYY-MM-DDThh:mm:ss±hh:mm`` for a place ``offset_min`` minutes east of UTC; UTC itself is ``-00:00``."""
    days, left = divmod(ms // SECOND_MS + offset_min * MINUTE_S, DAY_S)
    minutes, second = divmod(left, MINUTE_S)
    hours, away = divmod(abs(offset_min), 60)
    day = date.fromordinal(_EPOCH + days).isoformat()
    sign = "+" if offset_min > 0 else "-"
    return f"{day}T{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}{sign}{hours:02d}:{away:02d}"
