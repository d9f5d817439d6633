"""Use cases around layouts: those made for any size, and rectangles of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from playlists.model import Layout, Region
from playlists.rules import layout_violations
from server import audit
from server.accounts.model import NOWHERE, Identity
from server.db import Transaction
from server.errors import Conflict, Invalid, NotFound, Violation
from server.events import ScreenChanged
from server.ids import new_id
from server.parts import Parts
from server.revisions import must_hold, revision_of
from server.screens import store
from server.screens.model import LARGEST_SIDE, MOST_PIXELS, SMALLEST, LayoutKind, Screen, StoredLayout

ROW = 16  # bitmap faces are exact at multiples of 16 px

NAMES = {
    LayoutKind.FULL: "整屏",
    LayoutKind.MAIN_STRIP: "主区加底条",
    LayoutKind.MAIN_SIDE_STRIP: "主区加侧栏和底条",
}


def size_violations(width: int, height: int) -> tuple[Violation, ...]:
    """What is wrong with a size in px: 64x16 up to 3840x2160, either way up."""
    found = [
        Violation(name, "field.greater_than_equal", (("ge", low),))
        for name, side, low in (("width", width, SMALLEST[0]), ("height", height, SMALLEST[1]))
        if side < low
    ]
    if max(width, height) > LARGEST_SIDE or width * height > MOST_PIXELS:
        found.append(Violation("width", "screens.too_many_pixels"))
    return tuple(found)


def regions_for(kind: LayoutKind, width: int, height: int) -> tuple[Region, ...]:
    """The regions of a built-in layout for a size in px; raise Invalid where there is no room."""
    if kind is LayoutKind.FULL:
        return (Region("main", 0, 0, width, height),)
    strip = max(ROW, _in_rows(height // 8))
    if height < strip + ROW:
        raise Invalid((Violation("kind", "screens.no_room", (("height", 2 * ROW),)),))
    side = max(ROW * 2, _in_rows(width * 3 // 10)) if kind is LayoutKind.MAIN_SIDE_STRIP else 0
    above = height - strip
    regions = (Region("main", 0, 0, width - side, above), Region("strip", 0, above, width, strip))
    return (*regions, Region("side", width - side, 0, side, above)) if side else regions


def _in_rows(px: int) -> int:
    return px // ROW * ROW


def layout_of(tx: Transaction, screen: Screen) -> Layout:
    """The layout a screen shows: the one it hangs on, or the whole screen as one region called main."""
    found = store.layout(tx, screen.org, screen.layout) if screen.layout else None
    if found is not None:
        return Layout(found.name, found.width, found.height, found.regions)
    regions = regions_for(LayoutKind.FULL, screen.width, screen.height)
    return Layout(NAMES[LayoutKind.FULL], screen.width, screen.height, regions)


def list_layouts(parts: Parts, who: Identity, size: tuple[int, int] | None = None) -> tuple[StoredLayout, ...]:
    """The site's layouts, optionally only those for one size in px."""
    with parts.db.read() as tx:
        return store.all_layouts(tx, who.org, size)


def get_layout(parts: Parts, who: Identity, layout: str) -> StoredLayout:
    """One layout; raise NotFound."""
    with parts.db.read() as tx:
        return _existing(tx, who.org, layout)


def add_layout(
    parts: Parts, who: Identity, name: str, width: int, height: int, regions: Sequence[Region]
) -> StoredLayout:
    """Make a layout of one's own rectangles; raise Invalid naming every one that overlaps or lies outside."""
    at = parts.clock.now()
    made = StoredLayout(new_id("l"), name.strip(), width, height, tuple(regions), at)
    _check(made)
    with parts.db.transaction() as tx:
        who.must("screens", NOWHERE)
        store.insert_layout(tx, who.org, made)
        audit.record(tx, who, at, "layout.add", made.id, after=_told(made))
    return made


def make_layout(parts: Parts, who: Identity, kind: LayoutKind, width: int, height: int, name: str = "") -> StoredLayout:
    """Return the built-in layout for a size, made when it is not there yet; raise Invalid where there is no room."""
    violations = size_violations(width, height)
    if violations:
        raise Invalid(violations)
    regions = regions_for(kind, width, height)
    for found in list_layouts(parts, who, (width, height)):
        if found.regions == regions and name in ("", found.name):
            return found
    return add_layout(parts, who, name or f"{NAMES[kind]} {width}×{height}", width, height, regions)


def revision(layout: StoredLayout) -> str:
    """What names a layout as it stands, for whoever changes it."""
    return revision_of(_told(layout))


def change_layout(parts: Parts, who: Identity, layout: str, changes: Mapping[str, Any], held: str = "") -> StoredLayout:
    """Rename a layout or move its regions; every screen that hangs on it changes with it.

    Raises Stale when ``held`` names another revision than stands.
    """
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        before = _existing(tx, who.org, layout)
        who.must("screens", NOWHERE)
        must_hold(held, _told(before))
        after = replace(before, **changes)
        _check(after)
        store.update_layout(tx, who.org, after)
        audit.record(tx, who, at, "layout.change", layout, before=_told(before), after=_told(after))
        if after.regions != before.regions:
            for screen in store.screens_with_layout(tx, who.org, layout):
                tx.announce(ScreenChanged(who.org, screen))
    return after


def delete_layout(parts: Parts, who: Identity, layout: str) -> None:
    """Remove a layout; raise Conflict while screens hang on it."""
    at = parts.clock.now()
    with parts.db.transaction() as tx:
        before = _existing(tx, who.org, layout)
        who.must("screens", NOWHERE)
        hanging = store.screens_with_layout(tx, who.org, layout)
        if hanging:
            raise Conflict(detail="screens.layout_in_use", screens=len(hanging))
        store.delete_layout(tx, who.org, layout)
        audit.record(tx, who, at, "layout.delete", layout, before=_told(before))


def _existing(tx: Transaction, org: str, layout: str) -> StoredLayout:
    found = store.layout(tx, org, layout)
    if found is None:
        raise NotFound()
    return found


def _check(made: StoredLayout) -> None:
    found = list(size_violations(made.width, made.height))
    for broken in layout_violations(Layout(made.name, made.width, made.height, made.regions)):
        found.append(Violation(broken.field, f"rules.{broken.rule}", tuple(sorted(broken.params.items()))))
    if found:
        raise Invalid(tuple(found))


def _told(layout: StoredLayout) -> dict[str, Any]:
    regions = [[region.name, region.x, region.y, region.width, region.height] for region in layout.regions]
    return {"name": layout.name, "width": layout.width, "height": layout.height, "regions": regions}
