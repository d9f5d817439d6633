"""Reading what programmes are compiled from: one handful of queries for any number of screens."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from playlists import calendar, wire
from playlists.model import Colour, Daypart, Layout, Region, Slot
from playlists.violation import Malformed
from server.db import Transaction
from server.programmes import store
from server.programmes.model import Finding, Looks, Sources
from server.scheduling import service as scheduling
from server.scheduling.model import SlotRow


def read(tx: Transaction, org: str, wanted: Collection[str]) -> Sources:
    """Everything the programmes of ``wanted`` depend on; retired and unknown screens are passed over."""
    zone, settings = store.organisation(tx, org)
    rows = store.living(tx, org, wanted)
    ids = [row.id for row in rows]
    slots = scheduling.slots_by_screen(tx, org, ids)
    usual = settings.get("fallback")
    playlists = {slot.playlist for some in slots.values() for slot in some} | {row.fallback for row in rows} | {usual}
    approved = store.approved(tx, org, (playlist for playlist in playlists if playlist))
    anchors, shapes = store.known_anchors(tx, org)
    looks, findings = _looks(rows, slots, approved, usual)
    return Sources(org, zone, looks, approved, store.held_versions(tx, org, ids), anchors, shapes, findings)


def _looks(
    rows: Iterable[Any], slots: dict[str, tuple[SlotRow, ...]], approved: dict[str, str], usual: str | None
) -> tuple[dict[Looks, tuple[str, ...]], dict[str, tuple[Finding, ...]]]:
    alike: dict[Looks, list[str]] = {}
    findings: dict[str, tuple[Finding, ...]] = {}
    core: dict[str, tuple[Slot, ...]] = {}
    layouts: dict[tuple[Any, ...], Layout] = {}
    for row in rows:
        for slot in slots[row.id]:
            if slot.id not in core:
                core[slot.id] = pieces(slot)
        key = (row.layout, row.width, row.height)
        if key not in layouts:
            layouts[key] = _layout(row)
        layout = layouts[key]
        fallback = next((one for one in (row.fallback, usual) if one and one in approved), None)
        mine = tuple(piece for slot in slots[row.id] for piece in core[slot.id])
        look = Looks(row.width, row.height, Colour(row.colour), layout, mine, fallback, row.blanked)
        alike.setdefault(look, []).append(row.id)
        findings[row.id] = tuple(_strange(row, slots[row.id], layout))
    return {look: tuple(screens) for look, screens in alike.items()}, findings


def _layout(row: Any) -> Layout:
    fits = row.regions is not None and (row.layout_width, row.layout_height) == (row.width, row.height)
    if not fits:
        return Layout("full", row.width, row.height, (Region("main", 0, 0, row.width, row.height),))
    regions = tuple(Region(r["name"], r["x"], r["y"], r["width"], r["height"]) for r in row.regions)
    return Layout(row.layout_name, row.width, row.height, regions)


def _strange(row: Any, slots: tuple[SlotRow, ...], layout: Layout) -> Iterable[Finding]:
    if row.regions is not None and (row.layout_width, row.layout_height) != (row.width, row.height):
        yield Finding("programmes.layout_size", params={"name": row.layout_name})
    known = {region.name for region in layout.regions}
    for slot in slots:
        if slot.region not in known:
            yield Finding("programmes.no_region", slot.playlist, region=slot.region, params={"region": slot.region})


def pieces(row: SlotRow) -> tuple[Slot, ...]:
    """A slot as the core takes it: the days on which it rests cut it into pieces that start on the days between."""
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
