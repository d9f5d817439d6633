"""A week as a grid: what is on beside what, where the gaps are, and how both are said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from server.scheduling.week_bodies import Day, Gap, Occurrence, Week
from server.web.when import day_word
from server.words import say

MINUTE = 60_000
HOUR = 60 * MINUTE
TINTS = "abcd"
INSET, SLIVER = 22, 58  # percent from which those stand that lie over others, and those that lie beneath all


@dataclass(frozen=True, slots=True)
class Cell:
    """An occurrence in its day: minutes from local midnight, and the part of the width it takes, in percent.

    ``turns`` are all that share exactly its time with it, itself the first.
    """

    slot: str
    playlist: str
    name: str
    priority: int
    begins: int
    ends: int
    left: int
    width: int
    state: str
    tint: str
    turns: tuple[Cell, ...] = ()

    @property
    def hours(self) -> str:
        """``8:00–16:00``."""
        return f"{clock(self.begins)}–{clock(self.ends)}"


def clock(minute: int) -> str:
    """``8:05`` of a minute of the day."""
    return f"{minute // 60}:{minute % 60:02d}"


def two_digits(minute: int) -> str:
    """``08:05``, as form fields want it."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def regions_of(week: Week) -> list[str]:
    """Every region that something is scheduled on, main first."""
    found = {occurrence.region for day in week.days for occurrence in day.occurrences} | {"main"}
    return sorted(found, key=lambda region: (region != "main", region))


def columns(week: Week, region: str, today: str, locale: str, playing: frozenset[str]) -> list[dict[str, Any]]:
    """The seven days; ``playing`` are the playlists that have an approved revision."""
    tints = _tints(week)
    return [_column(day, region, today, locale, playing, tints) for day in week.days]


def _column(
    day: Day, region: str, today: str, locale: str, playing: frozenset[str], tints: Mapping[str, str]
) -> dict[str, Any]:
    here = [one for one in day.occurrences if one.region == region]
    resting = [one for one in day.resting if one.region == region]
    weekday = date.fromisoformat(day.day).isoweekday()
    return {
        "day": day.day,
        "number": int(day.day[-2:]),
        "weekday": say(f"schedule_page.day.{weekday}", locale),
        "date": day_word(day.day, locale),
        "today": day.day == today,
        "cells": _cells(here, day, playing, tints),
        "resting": [_cell(one, day, (SLIVER, 100 - SLIVER), "rests", tints) for one in resting],
        "gaps": [_gap(gap, day) for gap in day.gaps if gap.region == region],
    }


def _tints(week: Week) -> dict[str, str]:
    seen = dict.fromkeys(one.playlist for day in week.days for one in (*day.occurrences, *day.resting))
    return {playlist: TINTS[n % len(TINTS)] for n, playlist in enumerate(seen)}


def _cells(found: Sequence[Occurrence], day: Day, playing: frozenset[str], tints: Mapping[str, str]) -> list[Cell]:
    """Slots that cover others lie over them, those beneath all stick out at the right, equals share the width."""
    states = [_state(one, found, playing) for one in found]
    beneath = [n for n, state in enumerate(states) if state == "hidden"]
    parts = dict(_shared(found, beneath, SLIVER))
    bunches = _bunches(found, states)
    shown = [n for n in bunches if n not in parts]
    for priority in {found[n].priority for n in shown}:
        level = [n for n in shown if found[n].priority == priority]
        under = [n for n in shown if found[n].priority < priority]
        over = any(_meet(found[n], found[m]) for n in level for m in under)
        parts.update(_shared(found, level, INSET if over else 0))
    made = [
        replace(_cell(found[n], day, part, states[n], tints), turns=_turns(found, bunches.get(n, []), day, tints))
        for n, part in parts.items()
    ]
    return sorted(made, key=lambda cell: (cell.begins, -cell.priority, cell.left))


def _bunches(found: Sequence[Occurrence], states: Sequence[str]) -> dict[int, list[int]]:
    """The first of each bunch that takes turns over exactly the same time, with all of it."""
    heads: dict[tuple[int, int, int, int], list[int]] = {}
    for n, one in enumerate(found):
        alone = 0 if states[n] == "turns" else n + 1
        heads.setdefault((one.begins, one.ends, one.priority, alone), []).append(n)
    return {some[0]: some for some in heads.values()}


def _turns(found: Sequence[Occurrence], some: Sequence[int], day: Day, tints: Mapping[str, str]) -> tuple[Cell, ...]:
    return tuple(_cell(found[n], day, (0, 100), "turns", tints) for n in some) if len(some) > 1 else ()


def _cell(one: Occurrence, day: Day, part: tuple[int, int], state: str, tints: Mapping[str, str]) -> Cell:
    begins, ends = _minute(one.begins, day), _minute(one.ends, day)
    return Cell(one.slot, one.playlist, one.name, one.priority, begins, ends, *part, state, tints[one.playlist])


def _meet(one: Occurrence, other: Occurrence) -> bool:
    return one.begins < other.ends and other.begins < one.ends


def _minute(at: int, day: Day) -> int:
    return round((at - day.begins) / MINUTE)


def _gap(gap: Gap, day: Day) -> dict[str, Any]:
    low, high = _minute(gap.begins, day), _minute(gap.ends, day)
    return {"begins": low, "ends": high, "from": two_digits(low), "until": two_digits(high),
            "hours": f"{clock(low)}–{clock(high)}", "minutes": high - low, "mandatory": gap.mandatory}  # fmt: skip


def _state(one: Occurrence, others: Sequence[Occurrence], playing: frozenset[str]) -> str:
    """What happens to an occurrence: waits for review, hidden, takes turns, is partly covered, or plays."""
    if one.playlist not in playing:
        return "waits"
    met = [other for other in others if other is not one and other.playlist in playing and _meet(one, other)]
    above = [other for other in met if other.priority > one.priority]
    if above and _covered(one, above):
        return "hidden"
    if any(other.priority == one.priority for other in met):
        return "turns"
    return "partly" if above else "plays"


def _covered(one: Occurrence, above: Sequence[Occurrence]) -> bool:
    now = one.begins
    for other in sorted(above, key=lambda other: other.begins):
        if other.begins > now:
            return False
        now = max(now, other.ends)
    return now >= one.ends


def _shared(found: Sequence[Occurrence], some: Sequence[int], left: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Left edge and width in percent of some occurrences that may share the column from ``left`` on."""
    lanes = _lanes([found[n] for n in some])
    for n, (lane, count) in zip(some, lanes, strict=True):
        width = (100 - left) // count
        yield n, (left + lane * width, width)


def _lanes(found: Sequence[Occurrence]) -> list[tuple[int, int]]:
    """For each occurrence its lane, and how many lanes those share that touch each other."""
    order = sorted(range(len(found)), key=lambda n: (found[n].begins, n))
    lane_of: dict[int, int] = {}
    lanes: dict[int, int] = {}
    bunch: list[int] = []
    free: list[int] = []
    for n in order:
        if bunch and found[n].begins >= max(free):
            lanes.update(dict.fromkeys(bunch, len(free)))
            bunch, free = [], []
        lane = next((at for at, ends in enumerate(free) if ends <= found[n].begins), len(free))
        free[lane : lane + 1] = [found[n].ends]
        lane_of[n] = lane
        bunch.append(n)
    lanes.update(dict.fromkeys(bunch, len(free)))
    return [(lane_of[n], lanes[n]) for n in range(len(found))]


def gap_words(week: Week, region: str, locale: str) -> str:
    """How much of the week nothing is scheduled for, in one sentence."""
    hours = [sum(gap.ends - gap.begins for gap in day.gaps if gap.region == region) / HOUR for day in week.days]
    total = sum(hours)
    if total < 1 / 60:
        return say("schedule_page.full", locale)
    if all(hour > 23.9 for hour in hours):
        return say("schedule_page.nothing", locale)
    days = [n for n, hour in enumerate(hours, 1) if hour >= 1 / 60]
    if len(days) == 1:
        return say("schedule_page.gap_day", locale, day=say(f"schedule_page.day.{days[0]}", locale), n=_round(total))
    return say("schedule_page.gap_week", locale, n=_round(total))


def _round(hours: float) -> str:
    return f"{hours:.1f}".removesuffix(".0")
