"""Reading what programmes are compiled from: one handful of queries for any number of screens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from playlists.model import Colour, Layout, Region, Slot
from server.db import Transaction
from server.errors import NotFound
from server.pool import breathe
from server.programmes import store
from server.programmes.model import Finding, Looks, Sources
from server.scheduling import service as scheduling
from server.scheduling.mandatory import mandatory_for
from server.scheduling.model import SlotRow


def read(tx: Transaction, org: str, wanted: Collection[str]) -> Sources:
    """Everything the programmes of ``wanted`` depend on; retired and unknown screens are passed over."""
    zone, settings, airtime = store.organisation(tx, org)
    rows = store.living(tx, org, wanted)
    breathe()  # between parts: a thousand screens are a long read for those who wait for the hub
    ids = [row.id for row in rows]
    slots = scheduling.slots_by_screen(tx, org, ids)
    breathe()
    mandatory = mandatory_for(tx, org) if airtime else ()
    usual = settings.get("fallback")
    playlists = {slot.playlist for some in slots.values() for slot in some} | {row.fallback for row in rows} | {usual}
    approved = store.approved(tx, org, (playlist for playlist in playlists if playlist))
    owners = {one.row.playlist: one.org for one in mandatory}
    for owner in dict.fromkeys(owners.values()):
        approved |= store.approved(tx, owner, (playlist for playlist, of in owners.items() if of == owner))
    anchors, shapes = store.known_anchors(tx, org)
    breathe()
    looks, findings = _looks(rows, slots, approved, usual, [one.row for one in mandatory])
    held, asked = store.held_versions(tx, org, ids), tuple(piece for one in mandatory for piece in one.pieces())
    return Sources(org, zone, looks, approved, held, anchors, shapes, findings, asked, airtime, owners)


def layout_of(tx: Transaction, org: str, screen: str) -> Layout:
    """The layout a screen is shown in; raise NotFound when it is not in use."""
    rows = store.living(tx, org, [screen])
    if not rows:
        raise NotFound(detail="programmes.no_screen")
    return _layout(rows[0])


def _looks(
    rows: Iterable[Any],
    slots: dict[str, tuple[SlotRow, ...]],
    approved: dict[str, str],
    usual: str | None,
    mandatory: Sequence[SlotRow],
) -> tuple[dict[Looks, tuple[str, ...]], dict[str, tuple[Finding, ...]]]:
    alike: dict[Looks, list[str]] = {}
    known: dict[tuple[Any, ...], list[str]] = {}
    findings: dict[str, tuple[Finding, ...]] = {}
    core: dict[str, tuple[Slot, ...]] = {}
    layouts: dict[tuple[Any, ...], Layout] = {}
    for row in rows:
        for slot in slots[row.id]:
            if slot.id not in core:
                core[slot.id] = scheduling.pieces(slot)
        key = (row.layout, row.width, row.height)
        if key not in layouts:
            layouts[key] = _layout(row)
        layout = layouts[key]
        fallback = next((one for one in (row.fallback, usual) if one and one in approved), None)
        short = (key, row.colour, fallback, row.blanked, id(slots[row.id]))  # comparing looks themselves is slow
        if short not in known:
            mine = tuple(piece for slot in slots[row.id] for piece in core[slot.id])
            look = Looks(row.width, row.height, Colour(row.colour), layout, mine, fallback, row.blanked)
            known[short] = alike.setdefault(look, [])
        known[short].append(row.id)
        findings[row.id] = tuple(_strange(row, (*slots[row.id], *mandatory), layout))
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
