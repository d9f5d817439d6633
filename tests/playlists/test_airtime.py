"""Mandatory showings fill what they may of a loop, never more, and leave the rest as it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists import programme, wire
from playlists.airtime import MOST_SHOWINGS, spliced
from playlists.model import ALWAYS, Daypart, Mandatory, Programme, Showing, Slot
from playlists.programme import Brief, left_out
from playlists.timeline import cue_at
from tests.playlists.made import HOUR_MS
from tests.playlists.test_programme import BEGINS, brief, briefs, hours, showing, told

durations = st.integers(500, 60_000)
percents = st.integers(1, 50)


def named(prefix: str, found: list[int]) -> tuple[Showing, ...]:
    return tuple(replace(showing(f"{prefix}{n}", each), playlist=prefix) for n, each in enumerate(found))


owns = st.lists(durations, min_size=1, max_size=12).map(lambda found: named("own", found))
above = st.lists(durations, min_size=1, max_size=8).map(lambda found: named("above", found))


def length(showings: tuple[Showing, ...], playlist: str = "") -> int:
    return sum(one.duration_ms for one in showings if playlist in ("", one.playlist))


# one loop ------------------------------------------------------------------------------------------------------------


@given(owns, above, percents)
def test_the_mandatory_part_is_never_over_the_cap(
    own: tuple[Showing, ...], forced: tuple[Showing, ...], n: int
) -> None:
    found = spliced(own, forced, n)
    assert 100 * length(found, "above") <= n * length(found)
    assert len(found) <= max(MOST_SHOWINGS, len(own))


@given(owns, above, percents)
def test_both_keep_their_order_and_come_whole(own: tuple[Showing, ...], forced: tuple[Showing, ...], n: int) -> None:
    found = spliced(own, forced, n)
    mine = tuple(one for one in found if one.playlist == "own")
    theirs = tuple(one for one in found if one.playlist == "above")
    shown = forced[: len(set(theirs))]
    assert mine == own * (len(mine) // len(own))
    assert theirs == shown * (len(theirs) // len(shown) if shown else 0)


@given(owns, above, st.integers(20, 50))
def test_every_mandatory_showing_appears_where_a_turn_has_room(
    own: tuple[Showing, ...], forced: tuple[Showing, ...], n: int
) -> None:
    room = n * length(own) * ((MOST_SHOWINGS - len(forced)) // len(own)) >= length(forced) * (100 - n)
    assert (set(forced) <= set(spliced(own, forced, n))) or not room


@given(owns, above, percents)
def test_the_share_is_as_great_as_whole_turns_allow(
    own: tuple[Showing, ...], forced: tuple[Showing, ...], n: int
) -> None:
    """No other number of turns comes closer by a point or more."""
    found = spliced(own, forced, n)
    shown = sorted({one for one in found if one.playlist == "above"}, key=forced.index)
    if not shown:
        return
    share = 100 * length(found, "above") / length(found)
    mine, theirs = length(own), length(tuple(shown))
    for turns in range(1, (MOST_SHOWINGS - len(shown)) // len(own) + 1):
        times = min((MOST_SHOWINGS - turns * len(own)) // len(shown), turns * mine * n // (theirs * (100 - n)))
        assert 100 * times * theirs / (turns * mine + times * theirs) < max(share + 1, share * (1 + 1e-9))


@given(owns, above, percents)
def test_they_are_spread(own: tuple[Showing, ...], forced: tuple[Showing, ...], n: int) -> None:
    """At every own showing's end the mandatory ones so far are those whose part of the own time has passed."""
    found = spliced(own, forced, n)
    mine, every, passed, given_ = length(found, "own"), Counter(one.playlist for one in found)["above"], 0, 0
    for one in found:
        if one.playlist == "own":
            assert passed * every // mine == given_
            passed += one.duration_ms
        else:
            given_ += 1
    assert given_ == every


@given(owns)
def test_without_any_or_without_airtime_nothing_changes(own: tuple[Showing, ...]) -> None:
    assert spliced(own, (), 50) == own
    assert spliced(own, named("above", [1_000]), 0) == own
    assert spliced((), named("above", [1_000]), 0) == ()
    assert spliced(own, named("above", [0]), 50) == own


@given(above, percents)
def test_where_there_is_nothing_of_ones_own_they_turn_alone(forced: tuple[Showing, ...], n: int) -> None:
    assert spliced((), forced, n) == forced
    assert spliced(named("own", [0]), forced, n) == forced


def test_an_example() -> None:
    found = spliced(named("own", [6_000, 3_000]), named("above", [1_000]), 10)
    assert [one.item for one in found] == ["own0", "own1", "above0"]
    found = spliced(named("own", [1_000, 2_000]), named("above", [1_000, 2_000]), 20)
    assert [one.item for one in found] == ["own0", "own1"] * 2 + ["above0"] + ["own0", "own1"] * 2 + ["above1"]


def test_what_would_make_too_long_a_turn_is_left_out_from_the_end() -> None:
    own, forced = named("own", [1_000]), named("above", [1_000, 900_000, 1_000])
    found = spliced(own, forced, 1)
    assert {one.item for one in found} == {"own0", "above0"}
    assert spliced(own, forced[1:], 1) == own


# a programme ---------------------------------------------------------------------------------------------------------

SHOWN = {("m0", "main"): named("m0", [2_000, 1_000]), ("m1", "main"): named("m1", [3_000])}
mandatories = st.builds(
    Mandatory,
    st.builds(
        Slot, st.sampled_from("abcd"), st.sampled_from(("m0", "m1", "gone")), st.sampled_from(("main", "strip")),
        st.sampled_from((ALWAYS, Daypart(480, 960), Daypart(1_320, 360))), created=st.integers(0, 3),
    ),
    percents,
    st.integers(0, 3),
)  # fmt: skip


several = st.lists(mandatories, max_size=4, unique_by=lambda one: one.slot.id)


def with_above(before: Brief, *mandatory: Mandatory, airtime: int = 30) -> Brief:
    return replace(before, showings={**before.showings, **SHOWN}, mandatory=mandatory, airtime=airtime)


def items(made: Programme, at: int = BEGINS) -> list[str]:
    cue = cue_at(made, "main", at)
    return [] if cue is None else [one.item for one in made.loops[cue.loop].showings]


@given(
    briefs(),
    st.lists(mandatories, max_size=4, unique_by=lambda one: one.slot.id),
    st.integers(0, 50),
    st.randoms(use_true_random=False),
)
def test_no_loop_is_over_the_cap_and_the_order_of_the_inputs_does_not_matter(
    given_brief: Brief, some: list[Mandatory], airtime: int, rng: object
) -> None:
    made = programme.compile(with_above(given_brief, *some, airtime=airtime))
    for channel in made.channels:
        assert (channel.spans[0].begins, channel.spans[-1].ends) == (given_brief.begins, given_brief.ends)
        assert all(a.ends == b.begins for a, b in zip(channel.spans, channel.spans[1:], strict=False))
        assert all(span.anchor <= span.begins < span.ends for span in channel.spans)
    for loop in made.loops:
        forced = sum(one.duration_ms for one in loop.showings if one.playlist in ("m0", "m1"))
        assert 100 * forced <= airtime * loop.length_ms or not set(loop.playlists) - {"m0", "m1"}
    assert all(a != b for n, a in enumerate(made.loops) for b in made.loops[:n])
    rng.shuffle(some)  # type: ignore[attr-defined]
    again = programme.compile(with_above(given_brief, *some, airtime=airtime))
    assert wire.programme_bytes(again) == wire.programme_bytes(made)


@given(briefs(), st.lists(mandatories, max_size=3))
def test_without_airtime_or_mandatory_slots_it_is_the_same_programme(given_brief: Brief, some: list[Mandatory]) -> None:
    before = wire.programme_bytes(programme.compile(given_brief))
    assert wire.programme_bytes(programme.compile(with_above(given_brief, *some, airtime=0))) == before
    assert wire.programme_bytes(programme.compile(with_above(given_brief))) == before


def test_mandatory_slots_cut_the_day_where_they_begin_and_end() -> None:
    made = programme.compile(with_above(
        brief(Slot("a", "p0", "main", Daypart(540, 1_020)), fallback=()),
        Mandatory(Slot("m", "m0", "main", Daypart(480, 600)), 10),
        Mandatory(Slot("n", "m1", "main", Daypart(570, 660)), 10),
    ))  # fmt: skip
    spans = made.channels[0].spans
    assert told(made)[1:6] == [
        (8, "m0", 8), (9, "p0+m0", 9), (9, "p0+m0+m1", 9), (10, "p0+m1", 9), (11, "p0", 9),
    ]  # fmt: skip
    assert [span.ends for span in spans[:6]] == [
        BEGINS + round(at * HOUR_MS) for at in (8, 9, 9.5, 10, 11, 17)
    ]  # fmt: skip


@pytest.mark.parametrize(("shares", "airtime", "most"), [((10,), 30, 10), ((10, 10), 30, 20), ((40,), 30, 30)])
def test_shares_add_up_to_what_the_receiver_allows(shares: tuple[int, ...], airtime: int, most: int) -> None:
    some = [Mandatory(Slot(str(n), f"m{n}", "main"), share) for n, share in enumerate(shares)]
    made = programme.compile(with_above(brief(), *some, airtime=airtime))
    (loop,) = [one for one in made.loops if "m0" in one.playlists]
    share = 100 * sum(one.duration_ms for one in loop.showings if one.playlist[:1] == "m") / loop.length_ms
    assert most - 1 < share <= most


def test_the_highest_above_comes_first_and_each_playlist_once() -> None:
    made = programme.compile(with_above(
        brief(fallback=()),
        Mandatory(Slot("a", "m0", "main", created=1), 10, depth=1), Mandatory(Slot("b", "m1", "main", created=2), 10),
        Mandatory(Slot("c", "m0", "main", created=3), 10, depth=1),
    ))  # fmt: skip
    assert items(made) == ["m10", "m00", "m01"]


def test_what_found_no_room_is_told_by_playlist_region_and_item() -> None:
    long = {("m1", "main"): named("m1", [4_000_000])}
    asked = with_above(brief(), *(Mandatory(Slot(name, name, "main"), 1) for name in ("m0", "m1")), airtime=1)
    asked = replace(asked, showings={**asked.showings, **long})
    assert left_out(asked, programme.compile(asked)) == (("m1", "main", "m10"),)
    assert left_out(brief(), programme.compile(brief())) == ()


def test_a_change_of_airtime_lets_the_running_item_go_on() -> None:
    before = with_above(brief(Slot("a", "p0", "main")), Mandatory(Slot("m", "m0", "main"), 30), airtime=10)
    at = BEGINS + 12 * HOUR_MS + 1_234
    changed = replace(before, airtime=25)
    old, new = programme.compile(before), programme.compile(changed)
    kept = programme.anchors_after(old, new, at)
    after = programme.compile(replace(changed, anchors=kept))
    assert items(old) != items(new)
    assert running(after, at) == running(old, at)
    assert hours(after.channels[0].spans[0].anchor) <= 12


def running(made: Programme, at: int) -> tuple[str, int]:
    cue = cue_at(made, "main", at)
    assert cue is not None
    return made.loops[cue.loop].showings[cue.showing].item, cue.elapsed_ms
