"""References to earlier messages and lists of names, as CAP writes them between spaces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cap.model import Reference
from server.cap.references import names, parse, write, write_names
from tests.server.cap import made, rules
from tests.server.cap.setting import TEN

ONE = Reference("met@city", "w-1", TEN)


@pytest.mark.parametrize(
    "text",
    [
        "met@city,w-1,2026-11-25T10:00:00+08:00",
        "  met@city,w-1,2026-11-25T02:00:00Z\n",
        "met@city, w-1, 2026-11-25T10:00:00.5+08:00",
        "met@city,\n  w-1,\n  2026-11-25T10:00:00",
    ],
)
def test_a_reference_is_read_however_it_is_spaced(text: str) -> None:
    assert parse(text, 480) == ((ONE,), ())


def test_an_identifier_keeps_its_colons_slashes_and_even_commas() -> None:
    found = parse("a,urn:x/1+2,b,2026-11-25T10:00:00+08:00", 0).references
    assert found == (Reference("a", "urn:x/1+2,b", TEN),)


def test_what_is_no_reference_is_told_and_the_others_count() -> None:
    found = parse("nonsense met@city,w-1,2026-11-25T10:00:00+08:00 a,b,c ,,", 0)
    assert found.references == (ONE,)
    assert found.unread == ("nonsense", "a,b,c", ",,")


def test_a_reference_without_a_sender_is_still_one() -> None:
    assert parse(",w-1,2026-11-25T10:00:00+08:00", 0).references == (Reference("", "w-1", TEN),)


@made.patient
@given(
    st.lists(st.builds(Reference, made.names, made.names, made.seconds), min_size=1, max_size=4).map(tuple),
    made.offsets,
)
def test_references_survive_and_are_written_by_the_rules(given: tuple[Reference, ...], offset_min: int) -> None:
    text = write(given, offset_min)
    assert rules.REFERENCES.fullmatch(text)
    assert parse(text, 0) == (given, ())


def test_quotes_hold_together_a_name_with_spaces() -> None:
    assert names('gate3  "值班 经理" "" x') == ("gate3", "值班 经理", "x")
    assert names('"left open') == ('"left', "open")


@made.patient
@given(made.some(made.unquoted))
def test_names_survive(given: tuple[str, ...]) -> None:
    assert names(write_names(given)) == given


def test_a_million_spaces_or_commas_are_read_at_once() -> None:
    assert parse(" " * 1_000_000 + "," * 1_000_000, 0).references == ()
