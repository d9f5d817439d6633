"""Playlists, layouts, dayparts and slots are refused for every reason at once, each with its field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playlists.model import ALWAYS, Daypart, Item, Kind, Layout, Playlist, Region, Slot
from playlists.rules import daypart_violations, layout_violations, playlist_violations, slot_violations, violations
from playlists.violation import UNFINISHED, Rule, Violation

SLOGAN = Item("i1", Kind.SLOGAN, text="安全第一")
STORY = Item("i2", Kind.STORY, title="一位老师傅", body="正文", portrait="a1", person="李师傅")
NOTICE = Item("i3", Kind.NOTICE, text="进入车间\n请戴安全帽", title="提示")
IMAGE = Item("i4", Kind.IMAGE, asset="a2")
SOUND = (SLOGAN, STORY, NOTICE, IMAGE)
FULL = Layout("全屏", 192, 16, (Region("main", 0, 0, 192, 16),))
SLOT = Slot("s1", "p1", "main")


def told(found: tuple[Violation, ...]) -> list[tuple[str, str]]:
    return [(v.field, v.rule.value) for v in found]


def test_a_sound_playlist_breaks_no_rule() -> None:
    assert playlist_violations(Playlist("p1", "早班", SOUND)) == ()


def test_an_empty_playlist_and_an_empty_name_are_refused() -> None:
    assert told(playlist_violations(Playlist("p1", " ", ()))) == [("name", "empty"), ("items", "empty")]


def test_every_violation_of_every_item_is_told() -> None:
    items = (SLOGAN, replace(NOTICE, text="", title="t\nt"), replace(SLOGAN, text="\x00", duration_ms=1))
    assert told(violations(items)) == [
        ("items.1.text", "empty"),
        ("items.1.title", "line_break"),
        ("items.2.id", "duplicate"),
        ("items.2.text", "empty"),
        ("items.2.text", "control_character"),
        ("items.2.duration_ms", "out_of_range"),
    ]


@pytest.mark.parametrize(
    ("item", "field", "limit"),
    [
        (SLOGAN, "text", 500),
        (NOTICE, "text", 2_000),
        (NOTICE, "title", 200),
        (STORY, "body", 5_000),
        (STORY, "title", 200),
        (STORY, "person", 100),
    ],
)
def test_a_text_has_its_limit(item: Item, field: str, limit: int) -> None:
    fits, over = "字" * limit, "字" * (limit + 1)
    assert violations([replace(item, **{field: fits})]) == ()  # type: ignore[arg-type]
    (found,) = violations([replace(item, **{field: over})])  # type: ignore[arg-type]
    assert (found.field, found.rule, found.params["limit"]) == (f"items.0.{field}", Rule.TOO_LONG, limit)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Item("i", Kind.SLOGAN), [("text", "empty")]),
        (Item("i", Kind.STORY), [("title", "empty"), ("body", "empty")]),
        (Item("i", Kind.NOTICE), [("text", "empty")]),
        (Item("i", Kind.IMAGE), [("asset", "no_asset")]),
    ],
)
def test_what_a_kind_needs_must_be_there_before_it_is_submitted(item: Item, expected: list[tuple[str, str]]) -> None:
    found = violations([item])
    assert told(found) == [(f"items.0.{field}", rule) for field, rule in expected]
    assert all(v.rule in UNFINISHED for v in found)


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"title": "t"}, "title", Rule.NOT_FOR_KIND),
        ({"asset": "a1"}, "asset", Rule.NOT_FOR_KIND),
        ({"text": "a\nb"}, "text", Rule.LINE_BREAK),
        ({"id": ""}, "id", Rule.BAD_ID),
        ({"id": "../x"}, "id", Rule.BAD_ID),
        ({"id": "i" * 101}, "id", Rule.BAD_ID),
        ({"duration_ms": 999}, "duration_ms", Rule.OUT_OF_RANGE),
        ({"duration_ms": 3_600_001}, "duration_ms", Rule.OUT_OF_RANGE),
        ({"style": (("size", "x"),)}, "style", Rule.UNKNOWN_STYLE),
        ({"style": (("colour", "octarine"),)}, "style.colour", Rule.UNKNOWN_STYLE),
        ({"style": (("colour", "red"), ("colour", "red"))}, "style.colour", Rule.DUPLICATE),
    ],
)
def test_a_slogan_is_refused_with_its_field(change: dict[str, object], field: str, rule: Rule) -> None:
    found = violations([replace(SLOGAN, **change)])  # type: ignore[arg-type]
    assert told(found) == [(f"items.0.{field}", rule.value)]


@pytest.mark.parametrize("duration", [None, 1_000, 3_600_000])
def test_a_duration_from_a_second_to_an_hour_is_sound(duration: int | None) -> None:
    assert violations([replace(SLOGAN, duration_ms=duration)]) == ()


def test_an_asset_is_an_id_and_no_path() -> None:
    assert told(violations([replace(IMAGE, asset="../etc/passwd")])) == [("items.0.asset", "bad_id")]


@pytest.mark.parametrize(("item", "field"), [(NOTICE, "text"), (STORY, "body")])
def test_rows_of_brackets_are_refused_in_markdown(item: Item, field: str) -> None:
    hostile = replace(item, **{field: "[" * 101})  # type: ignore[arg-type]
    assert told(violations([hostile])) == [(f"items.0.{field}", "too_many_brackets")]


def test_a_playlist_has_at_most_two_hundred_items() -> None:
    items = [replace(SLOGAN, id=f"i{n}") for n in range(201)]
    assert violations(items[:200]) == ()
    assert violations(items) == (Violation("items", Rule.TOO_MANY, {"limit": 200, "count": 201}),)


def region(x: int, y: int, width: int, height: int, name: str = "main") -> Region:
    return Region(name, x, y, width, height)


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ((), [("regions", "empty")]),
        ((region(0, 0, 192, 16),), []),
        ((region(0, 0, 96, 16), region(96, 0, 96, 16, "side")), []),
        ((region(1, 0, 192, 16),), [("regions.0", "outside")]),
        ((region(-1, 0, 20, 16),), [("regions.0", "outside")]),
        ((region(0, 1, 20, 16),), [("regions.0", "outside")]),
        ((region(0, -1, 20, 16),), [("regions.0", "outside")]),
        ((region(0, 0, 7, 16),), [("regions.0.width", "too_small")]),
        ((region(0, 0, 8, 7),), [("regions.0.height", "too_small")]),
        ((region(0, 0, 97, 16), region(96, 0, 96, 16, "side")), [("regions.1", "overlap")]),
        ((region(0, 0, 96, 16), region(96, 0, 96, 16)), [("regions.1.name", "duplicate")]),
        ((region(0, 0, 96, 16, " "),), [("regions.0.name", "empty")]),
        (tuple(region(0, 0, 8, 8, f"r{n}") for n in range(17)), [("regions", "too_many")]),
    ],
)
def test_a_layout_is_judged_by_its_rectangles(regions: tuple[Region, ...], expected: list[tuple[str, str]]) -> None:
    assert told(layout_violations(replace(FULL, regions=regions))) == expected


def test_a_region_inside_another_overlaps_it_once() -> None:
    outer, inner = region(0, 0, 192, 16), region(50, 4, 8, 8, "inner")
    found = layout_violations(replace(FULL, regions=(outer, inner)))
    assert found == (Violation("regions.1", Rule.OVERLAP, {"other": "main"}),)


@pytest.mark.parametrize(
    ("daypart", "expected"),
    [
        (ALWAYS, []),
        (Daypart(1320, 360), []),
        (Daypart(480, 0), []),
        (Daypart(480, 480), [("clock", "no_hours")]),
        (Daypart(0, 0), [("clock", "no_hours")]),
        (Daypart(1440, 480), [("start", "out_of_range")]),
        (Daypart(-1, 1441), [("start", "out_of_range"), ("end", "out_of_range")]),
        (Daypart(weekdays=()), [("weekdays", "no_weekdays")]),
        (Daypart(weekdays=(1, 8)), [("weekdays.1", "out_of_range")]),
        (Daypart(weekdays=(1, 1)), [("weekdays.1", "duplicate")]),
        (Daypart(first="2026-06-30", last="2026-06-01"), [("last", "ends_before_begins")]),
        (Daypart(first="2026-06-30", last="2026-06-30"), []),
        (Daypart(first="2026-02-30"), [("first", "bad_date")]),
        (Daypart(first="20260630", last="0000-01-01"), [("first", "bad_date"), ("last", "bad_date")]),
    ],
)
def test_a_daypart_has_hours_days_and_dates(daypart: Daypart, expected: list[tuple[str, str]]) -> None:
    assert told(daypart_violations(daypart)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"begins": 5, "ends": 6}, []),
        ({"begins": 5, "ends": 5}, [("ends", "ends_before_begins")]),
        ({"begins": -1}, [("begins", "out_of_range")]),
        ({"priority": 101}, [("priority", "out_of_range")]),
        ({"playlist": "", "region": ""}, [("playlist", "empty"), ("region", "empty")]),
        ({"daypart": Daypart(weekdays=())}, [("daypart.weekdays", "no_weekdays")]),
    ],
)
def test_a_slot_has_sense(change: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert told(slot_violations(replace(SLOT, **change))) == expected  # type: ignore[arg-type]
