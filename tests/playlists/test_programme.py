"""A compiled programme fills its window, follows priorities and does not depend on the order of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists import programme, wire
from playlists.calendar import UnknownZone, day_bounds
from playlists.model import Colour, Daypart, Effect, Kind, Page, Programme, Showing, Slot
from playlists.programme import Anchor, Brief, loop_key
from playlists.sweep import slot_occurrences
from tests.playlists.made import DAY_MS, HOUR_MS, LAYOUT, MAIN, PLAYLISTS, STRIP, ZONES, slot_lists

NOON = 1_780_286_400_000  # 2026-06-01 12:00 in Shanghai
BEGINS, ENDS = day_bounds("Asia/Shanghai", NOON, 9)


def showing(item: str, *durations: int) -> Showing:
    pages = tuple(Page(f"{item}-{n}.png", 192, 16, duration) for n, duration in enumerate(durations))
    return Showing(item, Kind.SLOGAN, Effect.STATIC, 0, pages, item)


SHOWINGS = {
    (p, region): (showing(f"{p}a", 4_000), showing(f"{p}b", 3_000))
    for p in "p0 p1 p2 p4".split()
    for region in ("main", "strip")
}


def brief(*slots: Slot, anchors: Mapping[str, Anchor] | None = None, fallback: tuple[str, ...] = ("p4",)) -> Brief:
    return Brief(
        screen="s1",
        width=192,
        height=32,
        colour=Colour.SINGLE,
        layout=LAYOUT,
        zone="Asia/Shanghai",
        begins=BEGINS,
        ends=ENDS,
        slots=slots,
        showings=SHOWINGS,
        fallback={"main": fallback},
        anchors=anchors or {},
    )


def told(made: Programme, channel: int = 0) -> list[tuple[int, str, int]]:
    """(hours after the window began, playlists, anchor in hours after it began) of each span."""
    spans = made.channels[channel].spans
    return [(hours(s.begins), "+".join(made.loops[s.loop].playlists), hours(s.anchor)) for s in spans]


def hours(at: int) -> int:
    return (at - BEGINS) // HOUR_MS


@st.composite
def briefs(draw: st.DrawFn) -> Brief:
    zone = draw(st.sampled_from(ZONES))
    begins, ends = day_bounds(zone, draw(st.integers(DAY_MS, 4_000_000_000_000)), draw(st.integers(1, 9)))
    fallback = {"main": tuple(draw(st.lists(st.sampled_from(PLAYLISTS), max_size=2)))}
    slots = tuple(draw(slot_lists(begins, ends)))
    return replace(brief(), zone=zone, begins=begins, ends=ends, slots=slots, fallback=fallback)


@given(briefs())
def test_every_instant_of_the_window_has_exactly_one_span(given_brief: Brief) -> None:
    for channel in programme.compile(given_brief).channels:
        assert (channel.spans[0].begins, channel.spans[-1].ends) == (given_brief.begins, given_brief.ends)
        assert all(a.ends == b.begins for a, b in pairwise(channel.spans))
        assert all(span.anchor <= span.begins < span.ends for span in channel.spans)


@given(briefs())
def test_neighbouring_spans_differ_and_loops_are_listed_once(given_brief: Brief) -> None:
    made = programme.compile(given_brief)
    for channel in made.channels:
        assert all((a.loop, a.anchor) != (b.loop, b.anchor) for a, b in pairwise(channel.spans))
    assert all(a != b for n, a in enumerate(made.loops) for b in made.loops[:n])
    used = {s.loop for c in made.channels for s in c.spans} | {c.fallback for c in made.channels}
    assert used == set(range(len(made.loops)))


@given(briefs())
def test_the_loop_of_every_span_is_what_the_slots_say(given_brief: Brief) -> None:
    made = programme.compile(given_brief)
    for channel in made.channels:
        for span in channel.spans:
            for at in (span.begins, (span.begins + span.ends) // 2, span.ends - 1):
                assert made.loops[span.loop].playlists == scheduled(given_brief, channel.region.name, at)


def scheduled(given_brief: Brief, region: str, at: int) -> tuple[str, ...]:
    """The playlists at an instant, slot by slot."""
    window = given_brief.zone, given_brief.begins, given_brief.ends
    mine = [s for s in given_brief.slots if s.region == region and (s.playlist, region) in given_brief.showings]
    on = [s for s in mine if any(o.begins <= at < o.ends for o in slot_occurrences(s, *window))]
    top = sorted((s.created, s.id, s.playlist) for s in on if s.priority == max(t.priority for t in on))
    below = [p for p in given_brief.fallback.get(region, ()) if (p, region) in given_brief.showings]
    return tuple(dict.fromkeys([p for *_, p in top] or below))


@given(briefs(), st.randoms(use_true_random=False))
def test_the_order_of_the_inputs_does_not_matter(given_brief: Brief, rng: object) -> None:
    slots, shown = list(given_brief.slots), list(SHOWINGS.items())
    rng.shuffle(slots)  # type: ignore[attr-defined]
    rng.shuffle(shown)  # type: ignore[attr-defined]
    again = programme.compile(replace(given_brief, slots=tuple(slots), showings=dict(shown)))
    first = programme.compile(given_brief)
    assert wire.programme_bytes(again) == wire.programme_bytes(first)
    assert again.version == first.version == wire.version_of(first)


@given(briefs())
def test_what_is_on_does_not_change_when_the_window_rolls_on(given_brief: Brief) -> None:
    ends = given_brief.ends + DAY_MS
    later = programme.compile(replace(given_brief, begins=given_brief.ends - HOUR_MS, ends=ends))
    earlier = programme.compile(given_brief)
    for old, new in zip(earlier.channels, later.channels, strict=True):
        was, now = old.spans[-1], new.spans[0]
        if was.begins <= later.begins:
            assert (was.anchor, earlier.loops[was.loop]) == (now.anchor, later.loops[now.loop])


def test_the_higher_priority_wins_and_what_it_covers_goes_on_behind_it() -> None:
    below = Slot("a", "p0", "main", priority=10)
    above = Slot("b", "p1", "main", Daypart(480, 960, first="2026-06-02", last="2026-06-02"), priority=90)
    start = -BEGINS // HOUR_MS
    assert told(programme.compile(brief(below, above))) == [(0, "p0", start), (32, "p1", 32), (40, "p0", start)]


def test_equal_priorities_take_turns_in_the_order_of_their_making() -> None:
    late = Slot("a", "p0", "main", created=2)
    early, twin = Slot("c", "p1", "main", created=1), Slot("b", "p2", "main", created=1)
    made = programme.compile(brief(late, early, twin))
    assert told(made)[0][1] == "p2+p1+p0"
    assert [one.item for one in made.loops[0].showings] == ["p2a", "p2b", "p1a", "p1b", "p0a", "p0b"]


def test_a_mix_turns_from_the_occurrence_that_joined_last() -> None:
    early, late = Daypart(480, 960), Daypart(600, 960)
    made = programme.compile(brief(Slot("a", "p0", "main", early), Slot("b", "p1", "main", late)))
    assert told(made)[1:3] == [(8, "p0", 8), (10, "p0+p1", 10)]


def test_a_playlist_scheduled_twice_takes_one_turn() -> None:
    made = programme.compile(brief(Slot("a", "p0", "main"), Slot("b", "p1", "main"), Slot("c", "p0", "main")))
    assert made.loops[0].playlists == ("p0", "p1")


def test_a_playlist_with_nothing_to_show_is_passed_over() -> None:
    empty = Slot("a", "p3", "main", priority=90)
    assert told(programme.compile(brief(empty, Slot("b", "p0", "main"))))[0][1] == "p0"
    assert told(programme.compile(brief(empty)))[0][1] == "p4"
    no_time = {("p3", "main"): (showing("p3a", 0),), **SHOWINGS}
    assert told(programme.compile(replace(brief(empty), showings=no_time)))[0][1] == "p4"


def test_a_region_without_slots_or_fallback_is_black() -> None:
    made = programme.compile(brief())
    assert told(made, 1) == [(0, "", -BEGINS // HOUR_MS)]
    assert made.loops[made.channels[1].fallback].showings == ()


def test_equal_loops_of_two_regions_are_one() -> None:
    made = programme.compile(replace(brief(), fallback={"main": ("p4",), "strip": ("p4",)}))
    assert len(made.loops) == 1
    other = {**SHOWINGS, ("p4", "strip"): (showing("p4a", 9_000),)}
    made = programme.compile(replace(brief(), fallback={"main": ("p4",), "strip": ("p4",)}, showings=other))
    assert len(made.loops) == 2


def test_a_slot_that_begins_within_the_day_starts_its_loop_then() -> None:
    begins = BEGINS + 10 * HOUR_MS
    made = programme.compile(brief(Slot("a", "p0", "main", begins=begins, ends=begins + HOUR_MS)))
    assert told(made)[1:] == [(10, "p0", 10), (11, "p4", -BEGINS // HOUR_MS)]


def test_a_zone_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownZone):
        programme.compile(replace(brief(Slot("a", "p0", "main", Daypart(1, 2))), zone="Mars/Base"))


def test_a_loop_key_names_playlists_size_and_colour_and_nothing_else() -> None:
    keys = {loop_key(p, r, c) for p in (["a"], ["b"], ["a", "b"], ["b", "a"]) for r in (MAIN,) for c in Colour}
    assert len(keys) == 16
    assert loop_key(["a"], MAIN, Colour.FULL) == loop_key(["a"], STRIP, Colour.FULL)
    assert loop_key(["a"], MAIN, Colour.FULL) != loop_key(["a"], replace(MAIN, height=8), Colour.FULL)


def test_an_occurrence_that_began_before_the_edit_turns_from_the_stored_anchor() -> None:
    slot = Slot("a", "p0", "main", Daypart(480, 960))
    edited = BEGINS + 12 * HOUR_MS
    stored = {loop_key(["p0"], MAIN, Colour.SINGLE): Anchor(edited, edited - 2_500)}
    spans = [s for s in programme.compile(brief(slot, anchors=stored)).channels[0].spans if hours(s.begins) % 24 == 8]
    assert (edited - 2_500 - spans[0].anchor) % 7_000 == 0
    assert spans[0].anchor <= spans[0].begins
    assert [s.anchor for s in spans[1:]] == [s.begins for s in spans[1:]]


def test_the_fallback_turns_from_its_stored_anchor() -> None:
    stored = {loop_key(["p4"], MAIN, Colour.SINGLE): Anchor(BEGINS, BEGINS - 1_234)}
    assert programme.compile(brief(anchors=stored)).channels[0].spans[0].anchor == BEGINS - 1_234


def test_an_anchor_of_an_empty_loop_does_no_harm() -> None:
    stored = {loop_key([], STRIP, Colour.SINGLE): Anchor(ENDS, ENDS)}
    made = programme.compile(brief(anchors=stored))
    assert made.channels[1].spans[0].anchor <= BEGINS


def test_a_blank_brief_is_a_blank_programme_with_another_version() -> None:
    dark, lit = programme.compile(replace(brief(), blank=True)), programme.compile(brief())
    assert dark.blank
    assert dark.version != lit.version
