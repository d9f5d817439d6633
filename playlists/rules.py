"""What a playlist, a layout, a daypart and a slot must be; every violation is named, never just the first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from playlists.model import Daypart, Item, Kind, Layout, Playlist, Region, Slot
from playlists.text import clean, is_blank, line_violations, markdown_violations
from playlists.violation import UNFINISHED, Malformed, Rule, Violation

__all__ = [
    "UNFINISHED",
    "Malformed",
    "Rule",
    "Violation",
    "clean",
    "daypart_violations",
    "layout_violations",
    "playlist_violations",
    "slot_violations",
    "violations",
]

NAME_CHARACTERS = 200
ITEMS = 200
REGIONS = 16
SHORTEST_MS = 1_000
LONGEST_MS = 3_600_000
SMALLEST_PX = 8
LATEST_MS = 2**53 - 1
LAST_MINUTE = 1_440
HIGHEST_PRIORITY = 100

LIMITS = {"slogan": 500, "notice": 2_000, "body": 5_000, "title": 200, "person": 100}
"""Characters (code points) a text may have, by kind or by field."""

STYLES: dict[str, tuple[str, ...]] = {
    "colour": ("red", "green", "yellow", "blue", "cyan", "magenta", "white", "orange"),
    "speed": ("slow", "normal", "fast"),
    "align": ("left", "centre", "right"),
}
"""The presentation wishes an item may carry, each with its words."""

FIELDS: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Kind.SLOGAN: (("text",), ()),
    Kind.STORY: (("title", "body"), ("portrait", "person")),
    Kind.NOTICE: (("text",), ("title",)),
    Kind.IMAGE: (("asset",), ()),
}
"""Per kind: the fields it needs, then the fields it may have."""

_CONTENT = ("text", "title", "body", "portrait", "person", "asset")
_ASSETS = ("asset", "portrait")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def playlist_violations(playlist: Playlist) -> tuple[Violation, ...]:
    """Everything wrong with a playlist's name and items."""
    return (*_name_violations("name", playlist.name), *violations(playlist.items))


def violations(items: Sequence[Item]) -> tuple[Violation, ...]:
    """Everything wrong with the items of a playlist, with paths such as ``items.3.text``."""
    return tuple(_items_violations(items))


def _items_violations(items: Sequence[Item]) -> Iterator[Violation]:
    if not items:
        yield Violation("items", Rule.EMPTY)
    if len(items) > ITEMS:
        yield Violation("items", Rule.TOO_MANY, {"limit": ITEMS, "count": len(items)})
    first: dict[str, int] = {}
    for n, item in enumerate(items):
        if first.setdefault(item.id, n) != n:
            yield Violation(f"items.{n}.id", Rule.DUPLICATE, {"other": f"items.{first[item.id]}.id"})
        for violation in item_violations(item):
            yield violation.under(f"items.{n}")


def item_violations(item: Item) -> Iterator[Violation]:
    """Everything wrong with one item, with paths such as ``text``."""
    needed, optional = FIELDS[item.kind]
    if not _ID.fullmatch(item.id):
        yield Violation("id", Rule.BAD_ID)
    for name in _CONTENT:
        value: str = getattr(item, name)
        if name in needed and is_blank(value):
            yield Violation(name, Rule.NO_ASSET if name in _ASSETS else Rule.EMPTY)
        if value and name not in needed and name not in optional:
            yield Violation(name, Rule.NOT_FOR_KIND, {"kind": item.kind.value})
        elif value:
            yield from _field_violations(item.kind, name, value)
    yield from _range(item.duration_ms, "duration_ms", SHORTEST_MS, LONGEST_MS)
    yield from _style_violations(item.style)


def _field_violations(kind: Kind, name: str, value: str) -> Iterator[Violation]:
    if name in _ASSETS:
        if not _ID.fullmatch(value):
            yield Violation(name, Rule.BAD_ID)
    elif name == "body" or (name, kind) == ("text", Kind.NOTICE):
        yield from markdown_violations(name, value, LIMITS[name if name == "body" else "notice"])
    else:
        yield from line_violations(name, value, LIMITS[name if name != "text" else "slogan"])


def _style_violations(style: tuple[tuple[str, str], ...]) -> Iterator[Violation]:
    seen: set[str] = set()
    for key, word in style:
        field = f"style.{key}" if key in STYLES else "style"
        if key not in STYLES:
            yield Violation(field, Rule.UNKNOWN_STYLE, {"allowed": " ".join(STYLES)})
        elif word not in STYLES[key]:
            yield Violation(field, Rule.UNKNOWN_STYLE, {"allowed": " ".join(STYLES[key])})
        if key in seen:
            yield Violation(field, Rule.DUPLICATE, {"other": field})
        seen.add(key)


def _name_violations(field: str, name: str) -> Iterator[Violation]:
    if is_blank(name):
        yield Violation(field, Rule.EMPTY)
    yield from line_violations(field, name, NAME_CHARACTERS)


def _range(value: int | None, field: str, low: int, high: int) -> Iterator[Violation]:
    if value is not None and not low <= value <= high:
        yield Violation(field, Rule.OUT_OF_RANGE, {"low": low, "high": high})


def layout_violations(layout: Layout) -> tuple[Violation, ...]:
    """Everything wrong with a layout; ``overlap`` is told once per pair, at the later region."""
    return tuple(_layout_violations(layout))


def _layout_violations(layout: Layout) -> Iterator[Violation]:
    yield from _name_violations("name", layout.name)
    if not layout.regions:
        yield Violation("regions", Rule.EMPTY)
    if len(layout.regions) > REGIONS:
        yield Violation("regions", Rule.TOO_MANY, {"limit": REGIONS, "count": len(layout.regions)})
        return  # comparing every pair of a hostile list would take long
    for n, region in enumerate(layout.regions):
        for violation in _region_violations(region, layout):
            yield violation.under(f"regions.{n}")
    for (i, a), (j, b) in combinations(enumerate(layout.regions), 2):
        if a.name == b.name:
            yield Violation(f"regions.{j}.name", Rule.DUPLICATE, {"other": f"regions.{i}.name"})
        if _overlap(a, b):
            yield Violation(f"regions.{j}", Rule.OVERLAP, {"other": a.name})


def _region_violations(region: Region, layout: Layout) -> Iterator[Violation]:
    yield from _name_violations("name", region.name)
    for side in ("width", "height"):
        if getattr(region, side) < SMALLEST_PX:
            yield Violation(side, Rule.TOO_SMALL, {"low": SMALLEST_PX})
    right, bottom = region.x + region.width, region.y + region.height
    if region.x < 0 or region.y < 0 or right > layout.width or bottom > layout.height:
        yield Violation("", Rule.OUTSIDE, {"width": layout.width, "height": layout.height})


def _overlap(a: Region, b: Region) -> bool:
    across = max(a.x, b.x) < min(a.x + a.width, b.x + b.width)
    return across and max(a.y, b.y) < min(a.y + a.height, b.y + b.height)


def daypart_violations(daypart: Daypart) -> tuple[Violation, ...]:
    """Everything wrong with a daypart."""
    return tuple(_daypart_violations(daypart))


def _daypart_violations(daypart: Daypart) -> Iterator[Violation]:
    yield from _range(daypart.start, "start", 0, LAST_MINUTE - 1)
    yield from _range(daypart.end, "end", 0, LAST_MINUTE)
    if daypart.start == daypart.end:
        yield Violation("clock", Rule.NO_HOURS)
    if not daypart.weekdays:
        yield Violation("weekdays", Rule.NO_WEEKDAYS)
    for n, day in enumerate(daypart.weekdays):
        yield from _range(day, f"weekdays.{n}", 1, 7)
        if day in daypart.weekdays[:n]:
            yield Violation(f"weekdays.{n}", Rule.DUPLICATE, {"other": f"weekdays.{daypart.weekdays.index(day)}"})
    bad = [name for name in ("first", "last") if not _is_date(getattr(daypart, name))]
    yield from (Violation(name, Rule.BAD_DATE) for name in bad)
    if not bad and daypart.first and daypart.last and daypart.last < daypart.first:
        yield Violation("last", Rule.ENDS_BEFORE_BEGINS)


def _is_date(text: str) -> bool:
    try:
        return not text or (bool(_DATE.fullmatch(text)) and bool(date.fromisoformat(text)))
    except ValueError:
        return False


def slot_violations(slot: Slot) -> tuple[Violation, ...]:
    """Everything wrong with a slot, its daypart included (paths such as ``daypart.first``)."""
    return tuple(_slot_violations(slot))


def _slot_violations(slot: Slot) -> Iterator[Violation]:
    for name in ("playlist", "region"):
        if is_blank(getattr(slot, name)):
            yield Violation(name, Rule.EMPTY)
    yield from _range(slot.priority, "priority", 0, HIGHEST_PRIORITY)
    yield from _range(slot.begins, "begins", 0, LATEST_MS)
    yield from _range(slot.ends, "ends", 0, LATEST_MS)
    if slot.begins is not None and slot.ends is not None and slot.ends <= slot.begins:
        yield Violation("ends", Rule.ENDS_BEFORE_BEGINS)
    yield from (violation.under("daypart") for violation in daypart_violations(slot.daypart))
