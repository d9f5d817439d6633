"""What a reviewer is told has changed is exactly what has changed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from playlists.model import Item, Kind
from server.editorial.changes import Run, changes, runs

_text = st.text(st.sampled_from("安全第一，质量。ab \n"), max_size=40)
_items = st.lists(
    st.builds(Item, id=st.sampled_from("abcdefgh"), kind=st.just(Kind.SLOGAN), text=_text), unique_by=lambda i: i.id
)


def item(key: str, text: str = "x") -> Item:
    return Item(key, Kind.SLOGAN, text)


@given(_text, _text)
def test_the_runs_hold_both_texts_whole(before: str, after: str) -> None:
    found = runs(before, after)
    assert "".join(run.text for run in found if run.op != "added") == before
    assert "".join(run.text for run in found if run.op != "removed") == after


@given(st.text(st.sampled_from("安，。"), min_size=601, max_size=2000), _text)
def test_long_texts_are_compared_whole_too(before: str, middle: str) -> None:
    after = before[:300] + middle + before[300:]
    found = runs(before, after)
    assert "".join(run.text for run in found if run.op != "added") == before
    assert "".join(run.text for run in found if run.op != "removed") == after


@given(_items, _items)
def test_every_item_that_differs_is_told_once_and_no_other(before: list[Item], after: list[Item]) -> None:
    told = {change.item: change.kind for change in changes(before, after)}
    old, new = {i.id: i for i in before}, {i.id: i for i in after}
    assert len(told) == len(changes(before, after))
    assert {key for key, kind in told.items() if kind == "added"} == new.keys() - old.keys()
    assert {key for key, kind in told.items() if kind == "removed"} == old.keys() - new.keys()
    assert {key for key, kind in told.items() if kind == "changed"} == {k for k in old.keys() & new if old[k] != new[k]}
    if [i.id for i in before] == [i.id for i in after]:
        assert "moved" not in told.values()


@given(_items, st.randoms())
def test_leaving_out_what_moved_leaves_the_old_order(before: list[Item], random: object) -> None:
    after = sorted(before, key=lambda one: (hash((one.id, repr(random))), one.id))
    moved = {change.item for change in changes(before, after) if change.kind == "moved"}
    assert [i for i in before if i.id not in moved] == [i for i in after if i.id not in moved]


def test_the_one_item_that_was_dragged_is_the_one_that_moved() -> None:
    before = [item(key) for key in "abcd"]
    told = changes(before, [before[3], *before[:3]])
    assert [(change.item, change.kind) for change in told] == [("d", "moved")]


def test_a_changed_letter_is_shown_alone() -> None:
    assert runs("安全第一", "安全唯一") == (
        Run("安全", "same"),
        Run("第", "removed"),
        Run("唯", "added"),
        Run("一", "same"),
    )


def test_another_colour_is_a_change_without_words() -> None:
    red = replace(item("a"), style=(("colour", "red"),))
    assert [(change.kind, change.wishes, change.texts) for change in changes([item("a")], [red])] == [
        ("changed", ("style",), ())
    ]
