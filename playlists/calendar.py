"""Local days and minutes as UTC instants; with daypart.py the only place that knows time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from playlists.model import DAY_MS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnknownZone(ValueError):
    """A name that is no IANA time zone on this machine."""


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError) as error:
        raise UnknownZone(name) from error


def is_zone(name: str) -> bool:
    """True for an IANA time zone, such as ``Asia/Shanghai``."""
    try:
        return bool(_zone(name))
    except UnknownZone:
        return False


@lru_cache(maxsize=65_536)
def instant(zone: str, day: int, minute: int) -> int:
    """UTC ms of ``minute`` minutes on the wall clock of local ``day`` (proleptic ordinal); 1440 is the next midnight.

    Where the clock jumps forward, the skipped minutes all mean the instant of the jump; where it falls back, a
    repeated minute means its first pass. So a later minute is never an earlier instant, and two dayparts that meet
    on the clock meet in time.
    """
    tz = _zone(zone)
    wall = datetime.fromordinal(day) + timedelta(minutes=minute)
    first = _utc_ms(wall.replace(tzinfo=tz))
    if local(zone, first) == wall:
        return first
    return _jump(tz, _utc_ms(wall.replace(tzinfo=tz, fold=1)), first)


def _jump(tz: ZoneInfo, before: int, after: int) -> int:
    """The instant between two at which the zone's offset changes."""
    old = _at(before).astimezone(tz).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if _at(middle).astimezone(tz).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def local(zone: str, at: int) -> datetime:
    """The wall clock of the zone at an instant, without zone information."""
    return _at(at).astimezone(_zone(zone)).replace(tzinfo=None, fold=0)


def offset_min(zone: str, at: int) -> int:
    """How many minutes the zone's wall clock is before UTC at an instant, rounded down."""
    return (_utc_ms(local(zone, at).replace(tzinfo=UTC)) - at) // 60_000


def local_day(zone: str, at: int) -> int:
    """The ordinal of the local date at an instant."""
    return local(zone, at).toordinal()


def ordinal(day: str) -> int:
    """The ordinal of a date ``YYYY-MM-DD``."""
    return date.fromisoformat(day).toordinal()


def day_bounds(zone: str, at: int, days: int) -> tuple[int, int]:
    """[local midnight before ``at``, the midnight ``days`` days later) in UTC ms; today .. today + 8 is 9 days."""
    today = local_day(zone, at)
    return instant(zone, today, 0), instant(zone, today + days, 0)


def _utc_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _at(at: int) -> datetime:
    return _EPOCH + timedelta(days=at // DAY_MS, milliseconds=at % DAY_MS)
