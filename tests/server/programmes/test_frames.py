"""A frame names the pages that stand on each region, two of them while one fades into the other."""

from __future__ import annotations

import pytest

from playlists.model import Channel, Colour, Effect, Kind, Loop, Page, Programme, Region, Showing, Span
from server.errors import NotFound
from server.programmes.frames import KEPT_BYTES, Frames, Seen, regions, seen_on

MAIN = Region("main", 0, 0, 192, 16)


def programme(effect: Effect, colour: Colour = Colour.FULL) -> Programme:
    showings = tuple(Showing(m, Kind.SLOGAN, effect, 0, (Page(m, 192, 16, 5_000),)) for m in ("a.png", "b.png"))
    channel = Channel(MAIN, (Span(0, 100_000, 0, 0),), 1)
    return Programme("s1", 192, 16, colour, 0, 100_000, (channel,), (Loop(showings), Loop()))


def test_outside_a_fade_one_page_stands_alone() -> None:
    assert seen_on(programme(Effect.FADE), MAIN, 5_400) == [Seen("b.png", 0)]


def test_within_a_fade_the_page_before_lies_beneath() -> None:
    assert seen_on(programme(Effect.FADE), MAIN, 5_100) == [Seen("a.png", 0), Seen("b.png", 0, 0.25)]


@pytest.mark.parametrize("colour", [Colour.SINGLE, Colour.DUAL, Colour.SEVEN])
def test_lamps_of_few_colours_cut(colour: Colour) -> None:
    assert seen_on(programme(Effect.FADE, colour), MAIN, 5_100) == [Seen("b.png", 0)]


def test_after_its_last_day_a_programme_without_fallback_is_black() -> None:
    assert seen_on(programme(Effect.STATIC), MAIN, 100_000) == [Seen("", 0)]


def test_an_unknown_region_is_said() -> None:
    with pytest.raises(NotFound):
        regions(programme(Effect.STATIC), "side")


def test_the_frames_remembered_never_take_more_than_their_room() -> None:
    frames = Frames()
    for n in range(9):
        frames._keep((n,), bytes(10 * 1024 * 1024))
        frames._keep((n,), bytes(8 * 1024 * 1024))
    kept = [len(data) for data in frames._kept.values()]
    assert (frames._bytes, list(frames._kept)) == (sum(kept), [(n,) for n in range(2, 9)])
    assert frames._bytes <= KEPT_BYTES
