"""Typed text is cleaned of what does no harm and named for what may not stay."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.text import clean, is_blank, line_violations, markdown_violations, text_violations
from playlists.violation import Rule

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\u2028d\u0085e", "a\nb\nc\nd\ne"),
        ("  安全\t第一 \n", "安全 第一"),
        ("e\u0301", "é"),
        ("安\u200b全\ufeff", "安全"),
        ("\u3000\u3000各位", "\u3000\u3000各位"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("葛\U000e0100", "葛\U000e0100"),
        ("שלום\u200f!", "שלום\u200f!"),
    ],
)
def test_clean_text_is_what_was_meant(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(ANY_TEXT)
def test_cleaning_loses_nothing_that_can_be_seen(text: str) -> None:
    def seen(value: str) -> str:
        whole = unicodedata.normalize("NFC", value)
        return "".join(c for c in whole if c.isalnum() or unicodedata.category(c)[0] in "PS")

    assert seen(clean(text)) == seen("".join(c for c in text if not is_junk(c)))


def is_junk(character: str) -> bool:
    return clean(f"a{character}a") == "aa"


@pytest.mark.parametrize("text", ["", " ", "\n\u3000", "\u200b\u200d", "\u3164", "\u2800", "\x00", "\u0301"])
def test_what_nobody_can_see_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["安", "!", "👍", " a "])
def test_what_can_be_seen_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize(
    "text", ["安全生产 a\nb", "👨\u200d👩\u200d👧 ❤️ 🏴\U000e0067\U000e0062\U000e007f", "שלום\u200f"]
)
def test_ordinary_text_breaks_no_rule(text: str) -> None:
    assert not list(text_violations("text", text, 100))


@pytest.mark.parametrize(
    ("character", "rule"),
    [
        *((c, Rule.CONTROL_CHARACTER) for c in "\x00\x07\t\x1b\x7f\x80\x9f\ud800\ufffe\U0010ffff"),
        *((c, Rule.DIRECTION_OVERRIDE) for c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
        *((c, Rule.INVISIBLE_CHARACTER) for c in "\u00ad\u200b\u2060\u2064\u2028\ufeff\ufff9\U000e0041"),
    ],
)
def test_a_forbidden_character_is_named(character: str, rule: Rule) -> None:
    (found,) = text_violations("items.0.text", f"安{character}全{character}", 100)
    assert (found.field, found.rule) == ("items.0.text", rule)
    assert found.params == {"characters": f"U+{ord(character):04X}"}


def test_every_broken_rule_of_a_text_is_told() -> None:
    found = {v.rule for v in line_violations("text", "\u202e\x00\u200b\n" + "x" * 10, 5)}
    assert found == {
        Rule.DIRECTION_OVERRIDE,
        Rule.CONTROL_CHARACTER,
        Rule.INVISIBLE_CHARACTER,
        Rule.LINE_BREAK,
        Rule.TOO_LONG,
    }


def test_the_length_is_counted_in_characters() -> None:
    assert not list(text_violations("text", "😀" * 5, 5))
    (found,) = text_violations("text", "😀" * 6, 5)
    assert (found.rule, found.params) == (Rule.TOO_LONG, {"limit": 5, "length": 6})


@pytest.mark.parametrize("bracket", ["[", "(", "<", "![", "[ ", "[\n", "\\["])
def test_more_than_a_hundred_brackets_in_a_row_are_refused(bracket: str) -> None:
    assert not list(markdown_violations("body", "x" + bracket * 100 + "x", 20_000))
    (found,) = markdown_violations("body", "x" + bracket * 101 + "x", 20_000)
    assert (found.rule, found.params) == (Rule.TOO_MANY_BRACKETS, {"limit": 100, "total": 200})


def test_many_brackets_apart_are_no_row() -> None:
    assert not list(markdown_violations("body", "[a](b) " * 200, 20_000))


def test_looking_for_brackets_in_a_hostile_text_is_quick() -> None:
    hostile = ("[" + " " * 199) * 100
    assert not list(markdown_violations("body", hostile, 20_000))
