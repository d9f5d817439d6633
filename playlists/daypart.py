"""When a daypart is on: its occurrences on the clock of a place, as UTC spans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from playlists import calendar
from playlists.model import Daypart

_WEEK = 7
_MINUTES = 1_440


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Half-open stretch [begins, ends) of UTC ms within a window; ``start`` is when it truly began, maybe before.

    ``start`` is 0 when it has no beginning. It does not depend on the window, so it can anchor a loop.
    """

    begins: int
    ends: int
    start: int


@lru_cache(maxsize=4_096)
def occurrences(daypart: Daypart, zone: str, begins: int, ends: int) -> tuple[Occurrence, ...]:
    """The daypart's occurrences that meet [begins, ends), in order, never touching when it lasts whole days.

    A stretch past midnight belongs to the day it starts on, whose weekday and date decide. Clock changes follow
    ``calendar.instant``. Whole days in a row are one occurrence, so that nothing restarts at midnight.
    """
    if begins >= ends:
        return ()
    runs = _joined(_days(daypart, zone, begins, ends))
    return tuple(Occurrence(max(a, begins), min(b, ends), a) for a, b in runs if a < ends and b > begins)


def _days(daypart: Daypart, zone: str, begins: int, ends: int) -> Iterator[tuple[int, int]]:
    """[start, end) of each of its days that may matter to the window."""
    today, final = calendar.local_day(zone, begins), calendar.local_day(zone, ends)
    first = calendar.ordinal(daypart.first) if daypart.first else 0
    last = calendar.ordinal(daypart.last) if daypart.last else final
    whole = daypart.start == 0 and daypart.end == _MINUTES
    if whole and len(set(daypart.weekdays)) == _WEEK:
        start = calendar.instant(zone, first, 0) if first else 0
        yield start, calendar.instant(zone, min(last, final) + 1, 0)
        return
    over = _MINUTES if daypart.end <= daypart.start else 0
    for day in range(max(today - _WEEK if whole else today - 1, first), min(final, last) + 1):
        if (day - 1) % _WEEK + 1 in daypart.weekdays:
            yield calendar.instant(zone, day, daypart.start), calendar.instant(zone, day, daypart.end + over)


def _joined(stretches: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches, those that touch made one, empty ones left out."""
    runs: list[tuple[int, int]] = []
    for start, end in stretches:
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end)
        elif start < end:
            runs.append((start, end))
    return runs
