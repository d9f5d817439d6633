"""The cue of an instant, the next change, what must be there for it, and edits without a jump."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from playlists import wire
from playlists.model import Channel, Colour, Cue, Effect, Kind, Loop, Page, Programme, Region, Showing, Span
from playlists.timeline import cue_at, next_change, re_anchor, resources
from tests.playlists import made
from tests.vectors import make_timeline

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "timeline.json").read_text("utf-8"))
PROGRAMMES = [wire.programme_from_json(one) for one in VECTORS["programmes"]]
instants = st.integers(0, 30_000)


def test_the_vectors_are_what_their_maker_makes() -> None:
    assert make_timeline.TARGET.read_text("utf-8") == make_timeline.text()


def test_every_cue_is_the_one_of_the_vectors() -> None:
    for one in VECTORS["cues"]:
        cue = one["cue"] and Cue(**one["cue"])
        assert cue_at(PROGRAMMES[one["programme"]], one["region"], one["at"]) == cue, one


def test_every_next_change_is_the_one_of_the_vectors() -> None:
    for one in VECTORS["cues"]:
        assert next_change(PROGRAMMES[one["programme"]], one["region"], one["at"]) == one["next"], one


def test_the_media_of_every_stretch_are_those_of_the_vectors() -> None:
    for one in VECTORS["resources"]:
        found = resources(PROGRAMMES[one["programme"]], one["begins"], one["ends"])
        assert list(found) == one["media"], one


@given(made.programmes(), instants)
def test_the_cue_does_not_change_its_page_before_the_next_change(programme: Programme, at: int) -> None:
    ends = next_change(programme, "main", at) or at + 100_000
    assert ends > at
    now = cue_at(programme, "main", at)
    for later in (at + 1, (at + ends) // 2, ends - 1):
        if at < later < ends:
            then = cue_at(programme, "main", later)
            assert then == (now and replace(now, elapsed_ms=now.elapsed_ms + later - at, x=then.x if then else 0))


@given(made.programmes(), instants)
def test_what_a_cue_shows_is_among_the_resources_of_its_instant(programme: Programme, at: int) -> None:
    found = set()
    for region in ("main", "strip"):
        if cue := cue_at(programme, region, at):
            found.add(programme.loops[cue.loop].showings[cue.showing].pages[cue.page].media)
    assert set(resources(programme, at, at + 1)) == found


def strip(speed: int, width: int, duration: int) -> Programme:
    showing = Showing("i1", Kind.SLOGAN, Effect.SCROLL, speed, (Page("a.png", width, 16, duration),))
    channel = Channel(Region("main", 0, 0, 192, 16), (Span(0, 100_000, 0, 0),), 0)
    return Programme("s1", 192, 16, Colour.SINGLE, 0, 100_000, (channel,), (Loop((showing,), ("p1",)),))


@pytest.mark.parametrize(("at", "x"), [(0, 192), (16, 192), (17, 191), (1_000, 132), (9_399, -371), (9_400, 192)])
def test_a_scroll_runs_from_the_right_edge_until_it_has_left(at: int, x: int) -> None:
    cue = cue_at(strip(60, 372, 9_400), "main", at)
    assert cue is not None
    assert cue.x == x


def test_a_blanked_programme_shows_and_needs_nothing() -> None:
    dark = replace(strip(60, 372, 9_400), blank=True)
    assert cue_at(dark, "main", 5) is None
    assert next_change(dark, "main", 5) is None
    assert resources(dark, 0, 100_000) == ()


def shown(loop: Loop, anchor: int, at: int) -> tuple[str, int] | None:
    """The item that runs, and how far it is."""
    one = Programme("s", 1, 1, Colour.FULL, 0, 0, (Channel(Region("r", 0, 0, 1, 1), (), 0),), (loop,))
    cue = cue_at(one, "r", at - anchor)
    if cue is None:
        return None
    showing = loop.showings[cue.showing]
    return showing.item, sum(page.duration_ms for page in showing.pages[: cue.page]) + cue.elapsed_ms


anchors = st.integers(0, 20_000)


@given(made.turning_loops, anchors, made.turning_loops, anchors)
def test_an_item_that_stays_goes_on_where_it_was(old: Loop, anchor: int, new: Loop, later: int) -> None:
    at = anchor + later
    item, elapsed = shown(old, anchor, at) or ("", 0)
    kept = {one.item: one.duration_ms for one in new.showings if one.duration_ms}
    assume(item in kept)
    assert shown(new, re_anchor(old, anchor, new, at), at) == (item, min(elapsed, kept[item] - 1))


@given(made.turning_loops, anchors, made.turning_loops, anchors)
def test_when_the_running_item_is_gone_the_next_one_left_starts(old: Loop, anchor: int, new: Loop, later: int) -> None:
    at = anchor + later
    running, _ = shown(old, anchor, at) or ("", 0)
    new = replace(new, showings=tuple(one for one in new.showings if one.item != running))
    assume(new.length_ms)
    place = [one.item for one in old.showings].index(running)
    order = [one.item for one in (*old.showings[place:], *old.showings[:place])]
    left = [item for item in order if any(one.item == item and one.duration_ms for one in new.showings)]
    item, elapsed = shown(new, re_anchor(old, anchor, new, at), at) or ("", -1)
    assert elapsed == 0
    assert item == (left or [next(one.item for one in new.showings if one.duration_ms)])[0]


@given(made.loops, anchors, made.loops, anchors)
def test_an_anchor_is_never_negative(old: Loop, anchor: int, new: Loop, at: int) -> None:
    assert re_anchor(old, anchor, new, at) >= 0


@given(made.turning_loops, anchors, anchors)
def test_a_loop_that_did_not_change_does_not_jump(loop: Loop, anchor: int, later: int) -> None:
    at = anchor + later
    again = re_anchor(loop, anchor, loop, at)
    assert (again - anchor) % loop.length_ms == 0


def test_an_item_that_stands_twice_goes_on_at_its_own_place() -> None:
    one = Showing("i1", Kind.SLOGAN, Effect.STATIC, 0, (Page("a.png", 192, 16, 1_000),))
    other = replace(one, item="i2")
    old, new = Loop((one, other, one)), Loop((other, one, other, one))
    assert re_anchor(old, 0, new, 2_500) == 2_500 - 3_500 + new.length_ms
    assert re_anchor(old, 100_000, new, 102_500) == 102_500 - 3_500


def test_an_item_left_without_any_time_counts_as_gone() -> None:
    one = Showing("i1", Kind.SLOGAN, Effect.STATIC, 0, (Page("a.png", 192, 16, 1_000),))
    two, three = replace(one, item="i2"), replace(one, item="i3")
    new = Loop((replace(one, pages=()), three, two))
    assert shown(new, re_anchor(Loop((one, two, three)), 0, new, 90_500), 90_500) == ("i2", 0)


def test_after_black_the_first_item_starts_at_once() -> None:
    loop = strip(60, 372, 9_400).loops[0]
    assert re_anchor(Loop(), 0, loop, 77_777) == 77_777
    assert re_anchor(loop, 0, Loop(), 77_777) == 77_777
