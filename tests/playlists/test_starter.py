"""The shipped playlists: readable, in both languages, short enough for a strip, typed as their language is."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

import playlists
from media.starter import draw
from playlists.folder import ParsedPlaylist, parse_playlist, write_playlist
from playlists.rules import violations
from playlists.wire import items_from_json

FOLDER = Path(playlists.__file__).parent / "starter"
FILES = {f"{path.parent.name}/{path.stem}": path.read_text("utf-8") for path in sorted(FOLDER.glob("*/*.md"))}
PARSED = {name: parse_playlist(text, name) for name, text in FILES.items()}
CHINESE = [name for name in FILES if name.startswith("zh/")]
ENGLISH = [name for name in FILES if name.startswith("en/")]
STRIP_COLUMNS = 60  # 30 full-width characters
STILL_COLUMNS = 24  # what stands on 192 x 16
HAN = r"[\u3400-\u9fff]"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _texts(playlist: ParsedPlaylist) -> list[str]:
    return [str(item[key]) for item in playlist.items for key in ("text", "title", "body") if key in item]


def _of(name: str, kind: str) -> list[str]:
    return [str(item.get("text", "")) for item in PARSED[name].items if item["kind"] == kind]


@pytest.mark.parametrize("name", FILES)
def test_every_starter_file_reads_without_a_fault(name: str) -> None:
    playlist = PARSED[name]
    assert playlist.errors == ()
    assert playlist.items
    assert (playlist.name != name, playlist.language) == (True, name.split("/")[0])


@pytest.mark.parametrize("name", FILES)
def test_every_starter_playlist_survives_export_and_import(name: str) -> None:
    playlist = PARSED[name]
    assert parse_playlist(write_playlist(playlist.name, playlist.items), "x").items == playlist.items


@pytest.mark.parametrize("name", FILES)
def test_every_starter_playlist_obeys_the_rules_of_the_desk(name: str) -> None:
    items = [item | {"id": f"i{number}"} for number, item in enumerate(PARSED[name].items)]
    assert violations(items_from_json(items)) == ()


def test_both_languages_hold_the_same_playlists_with_as_many_items() -> None:
    shapes = [[[item["kind"] for item in PARSED[name].items] for name in names] for names in (CHINESE, ENGLISH)]
    assert [name[3:] for name in CHINESE] == [name[3:] for name in ENGLISH]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_slogans_fit_a_strip_and_most_of_them_stand_still(language: str) -> None:
    widths = [_columns(text) for text in _of(f"{language}/01-slogans", "slogan")]
    assert len(widths) >= 12
    assert max(widths) <= STRIP_COLUMNS
    assert sum(width <= STILL_COLUMNS for width in widths) * 2 >= len(widths)
    assert any(width > STILL_COLUMNS for width in widths)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_there_are_at_least_eight_notices_each_with_a_title_and_a_short_text(language: str) -> None:
    notices = PARSED[f"{language}/02-notices"].items
    assert len(notices) >= 8
    assert all(notice["title"] and _columns(str(notice["text"])) <= 160 for notice in notices)


@pytest.mark.parametrize("name", [name for name in FILES if PARSED[name].kind in ("story", "series")])
def test_a_story_says_where_its_facts_come_from(name: str) -> None:
    assert PARSED[name].facts


@pytest.mark.parametrize("name", FILES)
def test_every_picture_a_playlist_names_is_drawn(name: str) -> None:
    named = {str(item[key]) for item in PARSED[name].items for key in ("asset", "portrait") if key in item}
    assert named <= set(draw())


@pytest.mark.parametrize("name", CHINESE)
def test_chinese_is_typed_with_full_width_punctuation(name: str) -> None:
    for text in _texts(PARSED[name]):
        assert not re.search(r"[,;:?!()\"']", text), text
        assert not re.search(HAN + r"\.|" + HAN + r"[ \t]+" + HAN, text), text


@pytest.mark.parametrize("name", ENGLISH)
def test_english_holds_no_chinese_and_no_full_width_signs(name: str) -> None:
    for text in [PARSED[name].name, *_texts(PARSED[name])]:
        assert all(unicodedata.east_asian_width(character) not in "WF" for character in text), text


@pytest.mark.parametrize("name", FILES)
def test_nothing_shouts_and_nothing_is_said_twice(name: str) -> None:
    texts = _texts(PARSED[name])
    assert len(set(texts)) == len(texts)
    assert not [text for text in texts if re.search("[!！]|  ", text)]
