"""Which slots are on top of a region, from moment to moment."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from playlists.daypart import Occurrence, occurrences
from playlists.model import Mandatory, Slot


class Stretch(NamedTuple):
    """[begins, ends) UTC ms in which the slots numbered ``top`` take turns, in order; none when none is on.

    ``start`` is the latest true start among their occurrences, 0 when there are none.
    """

    begins: int
    ends: int
    top: tuple[int, ...]
    start: int


def ranked(slots: Sequence[Slot], region: str) -> list[Slot]:
    """A region's slots in the order in which they win: the higher priority, then the older, then by id."""
    mine = [slot for slot in slots if slot.region == region]
    return sorted(mine, key=lambda slot: (-slot.priority, slot.created, slot.id))


def obeyed(mandatory: Sequence[Mandatory], region: str) -> list[Mandatory]:
    """A region's mandatory slots in the order in which they take part: from the highest above, the older, by id."""
    mine = [one for one in mandatory if one.slot.region == region]
    return sorted(mine, key=lambda one: (one.depth, one.slot.created, one.slot.id))


def slot_occurrences(slot: Slot, zone: str, begins: int, ends: int) -> tuple[Occurrence, ...]:
    """When a slot is on within [begins, ends); one without limited hours has been on since it begins, or since 0."""
    spans = occurrences(slot.daypart, zone, begins, ends)
    if slot.begins is None and slot.ends is None:
        return spans
    low = slot.begins or 0
    high = ends if slot.ends is None else slot.ends
    cut = (Occurrence(max(one.begins, low), min(one.ends, high), max(one.start, low)) for one in spans)
    return tuple(one for one in cut if one.begins < one.ends)


def stretches(order: Sequence[Slot], zone: str, begins: int, ends: int) -> Iterator[Stretch]:
    """[begins, ends) cut wherever what is on top changes; ``order`` comes from ``ranked``.

    One pass over the sorted boundaries, in which what happens beneath the top costs next to nothing.
    """
    limits = _group_ends(order)
    active: list[int] = []
    started = [0] * len(order)
    top: tuple[int, ...] = ()
    start, since, now = 0, begins, begins
    limit, changed = len(order), False
    for at, on, n, began in [*_boundaries(order, zone, begins, ends), (ends, 2, 0, 0)]:
        if at > now and changed:
            if (latest := _top(active, limits, started)) != (top, start):
                if since < now:
                    yield Stretch(since, now, top, start)
                (top, start), since = latest, now
            limit, changed = limits[top[0]] if top else len(order), False
        now = at
        changed = changed or n < limit
        if on == 1:
            insort(active, n)
            started[n] = began
        elif on == 0:
            del active[bisect_left(active, n)]
    if since < ends:
        yield Stretch(since, ends, top, start)


def with_mandatory(
    own: Iterator[Stretch], order: Sequence[Mandatory], zone: str, begins: int, ends: int
) -> Iterator[tuple[Stretch, tuple[int, ...]]]:
    """``own`` stretches cut where mandatory slots begin or end, each with the numbers of all that are on in it.

    ``order`` comes from ``obeyed``; ``start`` is the latest of both.
    """
    if not order:
        yield from ((one, ()) for one in own)
        return
    above = list(stretches([replace(one.slot, priority=0) for one in order], zone, begins, ends))
    at = 0
    for one in own:
        while above[at].ends <= one.begins:
            at += 1
        for other in above[at:]:
            if other.begins >= one.ends:
                break
            cut = max(one.begins, other.begins), min(one.ends, other.ends)
            yield Stretch(*cut, one.top, max(one.start, other.start)), other.top


def _group_ends(order: Sequence[Slot]) -> list[int]:
    """For each slot the number after the last one of its priority."""
    limits = [len(order)] * len(order)
    for n in range(len(order) - 2, -1, -1):
        limits[n] = limits[n + 1] if order[n].priority == order[n + 1].priority else n + 1
    return limits


def _top(active: list[int], limits: list[int], started: list[int]) -> tuple[tuple[int, ...], int]:
    if not active:
        return (), 0
    top = tuple(active[: bisect_left(active, limits[active[0]])])
    return top, max(started[n] for n in top)


def _boundaries(order: Sequence[Slot], zone: str, begins: int, ends: int) -> list[tuple[int, int, int, int]]:
    """(instant, 1 on or 0 off, slot number, true start); at one instant what ends comes before what begins."""
    found: list[tuple[int, int, int, int]] = []
    for n, slot in enumerate(order):
        for span in slot_occurrences(slot, zone, begins, ends):
            found.append((span.begins, 1, n, span.start))
            found.append((span.ends, 0, n, 0))
    found.sort()
    return found
