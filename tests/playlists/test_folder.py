"""Playlists as files: what is written reads back, and what cannot be read is named by its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists import frontmatter
from playlists.folder import parse_playlist, write_playlist
from playlists.frontmatter import Fault

_odd = st.sampled_from(
    ["# a", "## a", "- a", "\\# a", "![a](b.png)", "<!-- with {} -->", "---", "a\r\nb", " a ", "-->", "安全第一"]
)
_word = st.one_of(st.text(min_size=1, max_size=30), _odd)
_lines = st.lists(st.one_of(st.just(""), _word), min_size=1, max_size=5).map("\n".join).filter(bool)
_style = st.dictionaries(st.one_of(st.sampled_from(["colour", "speed"]), _word), _word, min_size=1, max_size=2)


def _items(kind: str, **needed: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, object]]:
    effect = st.sampled_from(["scroll", "page", "fade"])
    wishes = {"duration_ms": st.integers(1, 10**9), "effect": effect, "style": _style}
    more = wishes | ({"portrait": _word, "person": _word} if kind == "story" else {})
    return st.fixed_dictionaries({"kind": st.just(kind), **needed}, optional=more)


_any_item = st.one_of(
    _items("slogan", text=_lines),
    _items("notice", title=_word, text=_lines),
    _items("story", title=_word, body=_lines),
    _items("image", asset=_word),
)
_alike = st.one_of(
    st.lists(_items("slogan", text=_lines), max_size=4),
    st.lists(_items("story", title=_word, body=_lines), max_size=4),
)
_headed = st.sampled_from(["{}", "---\nname: a\n---\n{}", "---\n{}\n---\n"])


@given(name=_word, items=st.one_of(st.lists(_any_item, max_size=6), _alike))
def test_every_playlist_reads_back_as_it_was_written(name: str, items: list[dict[str, object]]) -> None:
    read = parse_playlist(write_playlist(name, items), "hint")
    assert (read.name, list(read.items), read.errors) == (name, items, ())


@given(fields=st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), _lines, max_size=4), body=_lines)
def test_front_matter_reads_back_as_it_was_written(fields: dict[str, str], body: str) -> None:
    front = frontmatter.parse(frontmatter.write(fields, body))
    assert (dict(front.fields), front.body, front.faults) == (fields, frontmatter.unix_lines(body + "|")[:-1], ())


@given(head=_headed, more=_lines)
def test_no_text_at_all_breaks_the_reader(head: str, more: str) -> None:
    text = head.replace("{}", more)
    read = parse_playlist(text, "hint")
    assert all(1 <= fault.line <= len(frontmatter.unix_lines(text).split("\n")) for fault in read.errors)


def test_ids_stay_out_of_the_file() -> None:
    assert "i7" not in write_playlist("门口", [{"id": "i7", "kind": "slogan", "text": "当心叉车"}])


def test_a_plain_list_of_slogans_is_written_as_a_person_would() -> None:
    slogans = [{"kind": "slogan", "text": text, "effect": "static"} for text in ("当心叉车", "戴好口罩")]
    assert write_playlist("门口", slogans, "zh") == (
        "---\nname: 门口\nkind: slogans\nlanguage: zh\neffect: static\n---\n\n- 当心叉车\n- 戴好口罩\n"
    )


def test_a_picture_line_becomes_an_image_named_by_its_file() -> None:
    read = parse_playlist("---\nkind: slogans\n---\n- 一\n\n![窑](kiln.png)\n- 二\n", "a")
    assert [item["kind"] for item in read.items] == ["slogan", "image", "slogan"]
    assert read.items[1] == {"kind": "image", "asset": "kiln.png"}


def test_the_front_matter_gives_every_story_its_portrait_and_style() -> None:
    head = "---\nkind: story\nportrait: stone.png\neffect: fade\nstyle: colour=red, speed=slow\n---\n"
    story = {"kind": "story", "title": "题", "body": "## 小题\n\n- 文", "portrait": "stone.png", "effect": "fade"}
    read = parse_playlist(head + "# 题\n\n## 小题\n\n- 文\n", "a")
    assert read.items == (story | {"style": {"colour": "red", "speed": "slow"}},)


def test_a_line_that_would_begin_an_item_is_written_with_a_backslash() -> None:
    story = {"kind": "story", "title": "题", "body": "一\n# 二\n\\# 三\n- 四"}
    text = write_playlist("a", [story])
    assert text.endswith("\n# 题\n\n一\n\\# 二\n\\\\# 三\n- 四\n")
    assert parse_playlist(text, "x").items == (story,)


def test_a_file_without_a_name_is_called_by_the_hint() -> None:
    assert parse_playlist("- 一\n", "gate").name == "gate"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("---\nname: a\n- 一\n", Fault(1, "front_unclosed")),
        ("---\nname: a\nname: b\n---\n- 一", Fault(3, "front_twice", "name")),
        ("---\nwhat ever\n---\n- 一", Fault(2, "front_not_a_field", "what ever")),
        ("---\nname: a: b\n---\n- 一", Fault(2, "front_quote_it", "name")),
        ("---\ncolour: red\n---\n- 一", Fault(2, "front_unknown_field", "colour")),
        ("---\nkind: poem\n---\n- 一", Fault(2, "front_bad_kind", "poem")),
        ("---\nstyle: red\n---\n- 一", Fault(2, "front_bad_style", "red")),
        ("---\nkind: slogans\n---\n- 一\n二\n", Fault(5, "stray_line", "二")),
        ("---\nkind: slogans\n---\n", Fault(4, "nothing_here")),
        ("---\nkind: notices\n---\n\n## 用电\n\n", Fault(5, "title_without_text", "用电")),
        ("---\nkind: story\n---\n# 一\n文\n# 二\n文\n", Fault(6, "one_story_only")),
        ("<!-- item {bad} -->", Fault(1, "comment_not_json")),
        ('<!-- item {"a":' + "[" * 100_000 + "} -->", Fault(1, "comment_not_json")),
        ('<!-- with {"duration_ms": "long"} -->\n- 一', Fault(1, "comment_bad_field", "duration_ms")),
        ('- 一\n<!-- with {"effect": "fade"} -->', Fault(2, "wish_without_item")),
        ('---\nkind: slogans\n---\n<!-- item {"kind": "notice"} -->', Fault(4, "not_of_this_kind", "slogans")),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text: str, fault: Fault) -> None:
    assert parse_playlist(text, "a").errors == (fault,)


def test_one_bad_line_loses_no_other() -> None:
    read = parse_playlist("---\nkind: slogans\n---\n- 一\n迷路\n- 二\n", "a")
    assert [item["text"] for item in read.items] == ["一", "二"]
