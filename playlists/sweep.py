"""Which slots are on a region and which of them on top, from moment to moment."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from playlists.daypart import Occurrence, occurrences
from playlists.model import ALWAYS, Slot


class Stretch(NamedTuple):
    """[begins, ends) UTC ms with the numbers of the slots that are on, best first; the first ``top`` take turns.

    ``start`` is the latest true start among the occurrences of those on top.
    """

    begins: int
    ends: int
    active: tuple[int, ...]
    top: int
    start: int


def ranked(slots: Sequence[Slot]) -> list[Slot]:
    """The slots in the order in which they win: the higher priority, then the older, then by id."""
    return sorted(slots, key=lambda slot: (-slot.priority, slot.created, slot.id))


def slot_occurrences(slot: Slot, zone: str, begins: int, ends: int) -> Iterator[Occurrence]:
    """When a slot is on within [begins, ends); one whose hours are not limited has been since it begins, or since 0."""
    low = begins if slot.begins is None else max(begins, slot.begins)
    high = ends if slot.ends is None else min(ends, slot.ends)
    spans = (Occurrence(begins, ends, 0),) if slot.daypart == ALWAYS else occurrences(slot.daypart, zone, begins, ends)
    for span in spans:
        if span.begins < high and low < span.ends:
            yield Occurrence(max(span.begins, low), min(span.ends, high), max(span.start, slot.begins or 0))


def stretches(order: Sequence[Slot], zone: str, begins: int, ends: int) -> Iterator[Stretch]:
    """The stretches of [begins, ends) with at least one slot on; ``order`` comes from ``ranked``.

    One sweep over the boundaries: n slots with m occurrences take O(m log m + m n) with a tiny constant.
    """
    priorities = [-slot.priority for slot in order]
    started = [0] * len(order)
    active: list[int] = []
    now = begins
    for at, on, n, start in _boundaries(order, zone, begins, ends):
        if at > now and active:
            top = bisect_right(active, bisect_right(priorities, priorities[active[0]]) - 1)
            yield Stretch(now, at, tuple(active), top, max(started[n] for n in active[:top]))
        now = at
        if on:
            insort(active, n)
            started[n] = start
        else:
            del active[bisect_left(active, n)]


def _boundaries(order: Sequence[Slot], zone: str, begins: int, ends: int) -> list[tuple[int, bool, int, int]]:
    """(instant, goes on, slot number, true start); at one instant what ends comes before what begins."""
    found: list[tuple[int, bool, int, int]] = []
    for n, slot in enumerate(order):
        for span in slot_occurrences(slot, zone, begins, ends):
            found.append((span.begins, True, n, span.start))
            found.append((span.ends, False, n, 0))
    found.sort()
    return found
