"""A slot in words: its hours, days, dates, screens and priority, as a person would say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from playlists import wire
from playlists.model import Daypart
from playlists.violation import Malformed
from server.scheduling.model import DEFAULT_PRIORITY, SlotRow, Targets
from server.scheduling.week_bodies import MandatoryAnswer
from server.words import say

WEEK = (1, 2, 3, 4, 5, 6, 7)
NAMED_DAYS = {WEEK: "every_day", (1, 2, 3, 4, 5): "workdays", (6, 7): "weekend"}
ALL_DAY = 1_440
FEW = 3  # names told before the rest is counted


@dataclass(frozen=True, slots=True)
class Told:
    """A slot in the reader's words."""

    hours: str
    days: str
    dates: str
    where: str
    priority: str

    @property
    def when(self) -> str:
        """Days and hours in one breath."""
        return f"{self.days} {self.hours}"


def tell(row: SlotRow, names: Mapping[str, str], zone: str, locale: str) -> Told:
    """Say a slot; ``names`` gives the names of screens, groups and organisations."""
    daypart = _daypart(row.daypart)
    where = places(row.targets, names, locale)
    if row.share is not None:
        where = say("schedule_page.mandatory", locale, names=where, n=row.share)
    return Told(hours(daypart, locale), days(daypart, locale), _dates(row, daypart, zone, locale), where,
                priority_word(row.priority, locale))  # fmt: skip


def tell_times(row: SlotRow | MandatoryAnswer, zone: str, locale: str) -> str:
    """Days, hours and, when they are limited, dates."""
    daypart = _daypart(row.daypart)
    told = f"{days(daypart, locale)} {hours(daypart, locale)}"
    limited = daypart.first or daypart.last or row.begins is not None or row.ends is not None
    return say("schedule_page.join", locale).join((told, _dates(row, daypart, zone, locale))) if limited else told


def hours(daypart: Daypart, locale: str) -> str:
    """``全天``, ``8:00–16:00``, or with what crossing midnight means."""
    if (daypart.start, daypart.end) == (0, ALL_DAY):
        return say("schedule_page.all_day", locale)
    told = f"{_clock(daypart.start)}–{_clock(daypart.end)}"
    crosses = daypart.end <= daypart.start
    return say("schedule_page.overnight", locale, hours=told) if crosses else told


def days(daypart: Daypart, locale: str) -> str:
    """``每天``, ``工作日`` or the days one by one."""
    named = NAMED_DAYS.get(tuple(sorted(daypart.weekdays)))
    if named:
        return say(f"schedule_page.{named}", locale)
    join = say("schedule_page.join", locale)
    return join.join(say(f"schedule_page.day.{day}", locale) for day in sorted(daypart.weekdays))


def places(targets: Targets, names: Mapping[str, str], locale: str) -> str:
    """Where a slot plays, a few names and then how many more."""
    every = (say("schedule_page.everywhere", locale),) if targets.everywhere else ()
    own = () if targets.everywhere else (*targets.groups, *targets.screens)
    known = [*every, *(names[key] for key in (*own, *targets.organisations) if key in names)]
    return listed(known, locale) or say("schedule_page.nowhere", locale)


def listed(known: Sequence[str], locale: str) -> str:
    """A few names joined, the rest counted."""
    told = say("schedule_page.join", locale).join(known[:FEW])
    return say("schedule_page.and_more", locale, names=told, n=len(known)) if len(known) > FEW else told


def priority_word(priority: int, locale: str) -> str:
    """``普通``, ``优先`` or ``垫底``, with its number when it is not the usual one."""
    word = "normal" if priority == DEFAULT_PRIORITY else "high" if priority > DEFAULT_PRIORITY else "low"
    told = say(f"schedule_page.priority.{word}", locale)
    return told if word == "normal" else f"{told} {priority}"


def _dates(row: SlotRow | MandatoryAnswer, daypart: Daypart, zone: str, locale: str) -> str:
    first = daypart.first or (_day_of(row.begins, zone) if row.begins is not None else "")
    last = daypart.last or (_day_of(row.ends - 1, zone) if row.ends is not None else "")
    told = {"first": day_word(first, locale), "last": day_word(last, locale)}
    if first and first == last:
        return say("schedule_page.on", locale, **told)
    if not first and not last:
        return say("schedule_page.always", locale)
    return say(f"schedule_page.{'between' if first and last else 'since' if first else 'until'}", locale, **told)


def day_word(day: str, locale: str) -> str:
    """``11月18日`` or ``18 Nov`` of an ISO date; "" stays empty."""
    if not day:
        return ""
    found = date.fromisoformat(day)
    if locale == "zh":
        return f"{found.month}月{found.day}日"
    return f"{found.day} {found:%b}"


def _day_of(at: int, zone: str) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone)).date().isoformat()


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def _daypart(held: Mapping[str, Any]) -> Daypart:
    try:
        return wire.daypart_from_json(dict(held))
    except Malformed:
        return Daypart()
