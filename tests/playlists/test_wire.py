"""Every value survives the wire, and whatever is not one is refused with its field."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given

from playlists import wire
from playlists.model import ALWAYS, Daypart, Item, Kind, Layout, Programme
from playlists.violation import Malformed, Rule
from tests.playlists import made

SLOGAN = {"id": "i1", "kind": "slogan", "text": "安全第一"}


def refused(read: object, value: object) -> list[tuple[str, str]]:
    with pytest.raises(Malformed) as caught:
        read(value)  # type: ignore[operator]
    return [(v.field, v.rule.value) for v in caught.value.violations]


@given(made.items)
def test_any_item_survives_the_wire(item: Item) -> None:
    assert wire.item_from_json(json.loads(wire.canonical(wire.item_to_json(item)))) == item


@given(made.layouts)
def test_any_layout_survives_the_wire(layout: Layout) -> None:
    assert wire.layout_from_json(json.loads(wire.canonical(wire.layout_to_json(layout)))) == layout


@given(made.dayparts | made.whole_days)
def test_any_daypart_survives_the_wire(daypart: Daypart) -> None:
    assert wire.daypart_from_json(wire.daypart_to_json(daypart)) == daypart


@given(made.programmes())
def test_any_programme_survives_the_wire_with_its_version(programme: Programme) -> None:
    data = wire.programme_bytes(programme)
    back = wire.programme_from_bytes(data)
    assert back == programme
    assert back.version == wire.version_of(programme)
    assert wire.programme_bytes(back) == data == wire.canonical(wire.programme_to_json(programme))


@given(made.programmes())
def test_a_programme_that_differs_has_another_version(programme: Programme) -> None:
    versions = {wire.version_of(programme), wire.version_of(replace(programme, blank=not programme.blank))}
    versions.add(wire.version_of(replace(programme, ends=programme.ends + 1)))
    assert len(versions) == 3
    assert wire.version_of(replace(programme, version="old")) in versions


def test_an_item_on_the_wire_leaves_out_what_is_empty() -> None:
    assert wire.item_to_json(Item("i1", Kind.SLOGAN, text="安全第一")) == SLOGAN


def test_chinese_stays_readable_in_canonical_bytes() -> None:
    assert wire.canonical({"b": 1, "a": "安"}) == '{"a":"安","b":1}'.encode()


def test_items_without_an_id_get_one_when_asked() -> None:
    ids = count()
    items = wire.items_from_json([{"kind": "slogan"}, SLOGAN], mint=lambda: f"new{next(ids)}")
    assert [item.id for item in items] == ["new0", "i1"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, [("", "wrong_type")]),
        ([], [("", "wrong_type")]),
        ({}, [("id", "missing"), ("kind", "missing")]),
        ({**SLOGAN, "colour": "red"}, [("colour", "unknown_field")]),
        ({**SLOGAN, "kind": "video"}, [("kind", "unknown_kind")]),
        ({**SLOGAN, "effect": "explode"}, [("effect", "unknown_effect")]),
        ({**SLOGAN, "text": 5}, [("text", "wrong_type")]),
        ({**SLOGAN, "text": None}, [("text", "wrong_type")]),
        ({**SLOGAN, "text": "\ud800"}, [("text", "control_character")]),
        ({**SLOGAN, "duration_ms": True}, [("duration_ms", "wrong_type")]),
        ({**SLOGAN, "duration_ms": 1e3}, [("duration_ms", "wrong_type")]),
        ({**SLOGAN, "duration_ms": 2**53}, [("duration_ms", "out_of_range")]),
        ({**SLOGAN, "style": {"colour": 1}}, [("style.colour", "wrong_type")]),
        ({**SLOGAN, "style": []}, [("style", "wrong_type")]),
        ({"id": 1, "kind": 2, "x": 3}, [("id", "wrong_type"), ("kind", "wrong_type"), ("x", "unknown_field")]),
    ],
)
def test_what_is_no_item_is_refused_for_every_reason(value: object, expected: list[tuple[str, str]]) -> None:
    assert refused(wire.item_from_json, value) == expected


def test_the_items_of_a_playlist_are_refused_together() -> None:
    found = refused(wire.items_from_json, [SLOGAN, 7, {**SLOGAN, "x": 1}, {"id": "i", "kind": "opera"}])
    assert found == [("items.1", "wrong_type"), ("items.2.x", "unknown_field"), ("items.3.kind", "unknown_kind")]
    assert refused(wire.items_from_json, {"a": 1}) == [("items", "wrong_type")]


def test_what_an_enumeration_allows_is_told() -> None:
    with pytest.raises(Malformed) as caught:
        wire.item_from_json({**SLOGAN, "effect": "explode"})
    (found,) = caught.value.violations
    assert (found.rule, found.params) == (Rule.UNKNOWN_EFFECT, {"allowed": "scroll page static fade"})


def test_a_layout_is_refused_with_the_path_of_its_region() -> None:
    value = {"name": "n", "width": 1, "height": 1, "regions": [{"name": "a", "x": 0, "y": 0, "width": 1, "h": 2}]}
    assert refused(wire.layout_from_json, value) == [("regions.0.height", "missing"), ("regions.0.h", "unknown_field")]


def test_a_daypart_reads_as_people_write_it() -> None:
    value = {"clock": "22:00-06:00", "weekdays": [1, 5], "first": "2026-06-01", "last": "2026-06-30"}
    assert wire.daypart_from_json(value) == Daypart(1320, 360, (1, 5), "2026-06-01", "2026-06-30")
    assert wire.daypart_to_json(wire.daypart_from_json(value)) == value
    assert wire.daypart_from_json({}) == ALWAYS


@pytest.mark.parametrize(
    "clock", ["", "8:00-16:00", "08:00", "08:60-16:00", "08:00-24:01", "25:00-01:00", "08:00–16:00"]
)
def test_a_clock_that_is_none_is_refused(clock: str) -> None:
    assert refused(wire.daypart_from_json, {"clock": clock}) == [("clock", "bad_clock")]


def test_weekdays_that_are_no_numbers_are_refused() -> None:
    assert refused(wire.daypart_from_json, {"weekdays": [1, "2"]}) == [("weekdays.1", "wrong_type")]
    assert refused(wire.daypart_from_json, {"weekdays": 1}) == [("weekdays", "wrong_type")]


@pytest.mark.parametrize("data", [b"", b"\xff", b"[" * 200_000, b"null", b'{"a":NaN}'])
def test_bytes_that_are_no_programme_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        wire.programme_from_bytes(data)


@given(made.programmes())
def test_a_programme_may_not_point_to_a_loop_it_does_not_have(programme: Programme) -> None:
    value = wire.programme_to_json(replace(programme, loops=()))
    fields = [field for field, _ in refused(wire.programme_from_json, value)]
    assert "channels.0.fallback" in fields
    assert "channels.1.fallback" in fields
