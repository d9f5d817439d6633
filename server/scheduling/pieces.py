"""Slots as the core takes them: the days on which one rests cut it into pieces."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from playlists import calendar, wire
from playlists.model import Daypart, Slot
from playlists.violation import Malformed
from server.scheduling.model import SlotRow


def pieces(row: SlotRow) -> tuple[Slot, ...]:
    """A slot, or its pieces that start on the days between those on which it rests."""
    try:
        daypart = wire.daypart_from_json(row.daypart)
    except Malformed:
        return ()
    whole = Slot(row.id, row.playlist, row.region, daypart, row.priority, row.begins, row.ends, row.created)
    found, first = [], daypart.first
    for day in sorted(row.pauses):
        if first <= day and not (daypart.last and daypart.last < day):
            found.append(_between(whole, first, _beside(day, -1)))
            first = _beside(day, 1)
    if not found:
        return (whole,)
    return tuple(piece for piece in (*found, _between(whole, first, daypart.last)) if _has_days(piece.daypart))


def _between(slot: Slot, first: str, last: str) -> Slot:
    return replace(slot, daypart=replace(slot.daypart, first=first, last=last))


def _has_days(daypart: Daypart) -> bool:
    return not (daypart.first and daypart.last and daypart.last < daypart.first)


def _beside(day: str, days: int) -> str:
    return date.fromordinal(calendar.ordinal(day) + days).isoformat()
