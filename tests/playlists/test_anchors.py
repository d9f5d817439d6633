"""An edit of what is running shows at once, at the same place, and leaves everything else in step."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from playlists import programme
from playlists.model import Daypart, Programme, Showing, Slot
from playlists.programme import Brief, anchors_after
from playlists.timeline import cue_at
from tests.playlists.made import HOUR_MS
from tests.playlists.test_programme import BEGINS, ENDS, SHOWINGS, brief, showing

SLOT = Slot("a", "p0", "main", Daypart(480, 960))
EDITED = BEGINS + 12 * HOUR_MS
edits = st.integers(EDITED, EDITED + HOUR_MS)


def running(made: Programme, at: int) -> tuple[str, str, int]:
    """The item, its text and its elapsed ms on the main region."""
    cue = cue_at(made, "main", at)
    assert cue is not None
    shown = made.loops[cue.loop].showings[cue.showing]
    return shown.item, shown.text, cue.elapsed_ms


def edited(before: Brief, at: int, *showings: Showing) -> Brief:
    """The brief after p0 was changed at an instant, anchors kept as the server keeps them."""
    changed = replace(before, showings={**before.showings, ("p0", "main"): showings})
    kept = anchors_after(programme.compile(before), programme.compile(changed), at)
    return replace(changed, anchors={**before.anchors, **kept})


@given(edits)
def test_the_running_item_goes_on_with_its_new_text_at_once(at: int) -> None:
    before = brief(SLOT)
    longer = [replace(showing(f"p0{n}", 5_500), text="new") for n in "ab"]
    item, _, elapsed = running(programme.compile(before), at)
    after = programme.compile(edited(before, at, showing("p0z", 9_999), *longer))
    assert running(after, at) == (item, "new", elapsed)


@given(edits, edits)
def test_a_second_edit_does_not_jump_either(one: int, other: int) -> None:
    first = edited(brief(SLOT), min(one, other), showing("p0b", 3_000), showing("p0a", 5_000))
    item, _, elapsed = running(programme.compile(first), max(one, other))
    second = edited(first, max(one, other), showing("p0c", 1_500), showing("p0a", 5_000), showing("p0b", 3_000))
    assert running(programme.compile(second), max(one, other))[::2] == (item, elapsed)


def test_occurrences_after_the_edit_begin_with_the_first_item() -> None:
    after = programme.compile(edited(brief(SLOT), EDITED, showing("p0z", 9_999), *SHOWINGS["p0", "main"]))
    assert running(after, BEGINS + 32 * HOUR_MS) == ("p0z", "p0z", 0)


def test_an_edit_of_what_does_not_run_keeps_no_anchor() -> None:
    before = brief(SLOT)
    assert edited(before, BEGINS, showing("p0z", 9_999)).anchors == {}
    assert edited(before, ENDS + 1, showing("p0z", 9_999)).anchors == {}
    assert edited(before, EDITED, *SHOWINGS["p0", "main"]).anchors == {}


def test_an_edit_that_leaves_nothing_to_show_keeps_no_anchor() -> None:
    assert edited(brief(SLOT), EDITED).anchors == {}
