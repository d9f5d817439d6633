"""Lines break where Chinese and Latin composition allow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media import ink, lines
from media.characters import NOT_AT_END, NOT_AT_START
from media.faces import Type

UNIFONT = Type(16)
TEXTS = st.text("安全生产，。！？（）《》“”abc 119-、…国家%", min_size=1, max_size=40)


def broken(text: str, characters: int) -> list[str]:
    return lines.greedy(text, 16 * characters, UNIFONT)


def test_a_comma_does_not_begin_a_line() -> None:
    assert broken("看见冒烟先喊人，再报警", 8)[0] == "看见冒烟先喊人，"


def test_a_line_that_ends_with_a_comma_may_use_its_blank_half() -> None:
    assert lines.greedy("先喊人，再报警", 3 * 16 + 8, UNIFONT) == ["先喊人，", "再报警"]


def test_an_opening_bracket_does_not_end_a_line() -> None:
    assert broken("安全生产（六月）", 5) == ["安全生产", "（六月）"]


def test_a_latin_word_stays_whole() -> None:
    assert broken("Safety comes first", 4) == ["Safety", "comes", "first"]


def test_figures_stay_with_their_percent_sign() -> None:
    assert broken("合格率达到 99.5%", 6) == ["合格率达到", "99.5%"]


def test_a_word_longer_than_a_line_is_torn_rather_than_lost() -> None:
    assert "".join(broken("Donaudampfschifffahrt", 4)) == "Donaudampfschifffahrt"


def test_a_mark_stays_on_its_letter() -> None:
    assert list(ink.clusters("e\u0301国\u0301a")) == ["e\u0301", "国\u0301", "a"]


def test_balanced_lines_end_with_their_clauses() -> None:
    text = "看见冒烟先喊人，再报警；电话 119 或内线 6119。"
    assert lines.balanced(text, 12 * 16, UNIFONT, 2) == ["看见冒烟先喊人，再报警；", "电话 119 或内线 6119。"]


def test_balanced_lines_do_not_cut_words_of_two_characters() -> None:
    assert lines.balanced("安全运行无事故", 5 * 16, UNIFONT, 2) == ["安全运行", "无事故"]


@given(TEXTS, st.integers(3, 12))
def test_nothing_but_spaces_is_lost_by_breaking(text: str, characters: int) -> None:
    assert "".join(broken(text, characters)).replace(" ", "") == text.replace(" ", "")


@given(TEXTS, st.integers(1, 12))
def test_no_line_is_wider_than_the_column(text: str, characters: int) -> None:
    assert all(ink.room(line, UNIFONT) <= 16 * characters for line in broken(text, characters))


@given(st.text("安全生产国家，。！（《", min_size=1, max_size=40))
def test_marks_keep_to_their_side_whenever_the_line_has_room(text: str) -> None:
    said = broken(text, 60)
    assert said == [text]
    for box in lines.boxes(text)[1:]:
        assert box[0] not in NOT_AT_START
    for box in lines.boxes(text)[:-1]:
        assert box[-1] not in NOT_AT_END
