"""Playlists on the desk: the list, its pictures, the editor's page, and who may do what."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from playlists.model import Colour
from server.accounts.model import Identity, Role
from server.editorial import service as editorial
from server.editorial import views
from server.editorial.bodies import PlaylistQuery
from server.parts import Parts
from server.scheduling import service as scheduling
from server.scheduling.model import SlotOrder, Targets
from server.screens import layouts
from server.screens import service as screens
from server.screens.model import LayoutKind, NewScreenOrder
from tests.server.web.desk import Desk

LINE = {"kind": "slogan", "text": "一班一清，工完场清"}
HOSTILE = '</script><b onclick="x">&"'


@pytest.fixture
def desk(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.AUTHOR)


@pytest.fixture
def playlist(parts: Parts, owner: Identity) -> str:
    return editorial.create(parts, owner, "交接班", [LINE]).id


def add_screen(parts: Parts, owner: Identity, name: str, width: int = 192, height: int = 16) -> str:
    return screens.add(parts, owner, NewScreenOrder(name, width, height, Colour.SINGLE)).screen.id


def island(text: str) -> dict[str, Any]:
    found = re.search(r'id="island">(.*?)</script>', text, re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_the_list_tells_what_plays_where_in_which_state(
    parts: Parts, owner: Identity, desk: Desk, playlist: str
) -> None:
    assert "还没排到屏上" in desk.text("/playlists")
    add_screen(parts, owner, "西门")
    gate = add_screen(parts, owner, "东门条屏")
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=(gate,))))
    editorial.submit(parts, owner, playlist)
    text = desk.text("/playlists")
    assert "东门条屏" in text
    assert "西门" not in text
    assert '<span class="badge ink">播出</span>' in text


def test_a_hostile_name_stays_text_in_the_list_and_in_the_editor(parts: Parts, owner: Identity, desk: Desk) -> None:
    made = editorial.create(parts, owner, HOSTILE, [{"kind": "slogan", "text": HOSTILE}])
    for path in ("/playlists", f"/playlists/{made.id}"):
        assert "<b onclick" not in desk.text(path)
    told = island(desk.text(f"/playlists/{made.id}"))["data"]["playlist"]
    assert (told["name"], told["items"][0]["text"]) == (HOSTILE, HOSTILE)


@pytest.mark.parametrize(("state", "shown"), [("draft", True), ("waiting", False), ("playing", False), ("?", True)])
def test_the_list_narrows_down_by_state(desk: Desk, playlist: str, state: str, shown: bool) -> None:
    assert (f'data-playlist="{playlist}"' in desk.text(f"/playlists?state={state}")) is shown


def test_the_list_finds_by_name_and_says_when_nothing_does(desk: Desk, playlist: str) -> None:
    assert playlist in desk.text("/playlists?q=交接")
    assert "没有名字带「早会」的播放列表" in desk.text("/playlists?q=早会")


def test_an_empty_list_shows_a_real_line_and_one_way_on(desk: Desk) -> None:
    text = desk.text("/playlists")
    assert "还没有播放列表" in text
    picture = desk.get("/playlists/example.png")
    assert picture.data.startswith(b"\x89PNG")


def test_the_list_pages_by_cursor(parts: Parts, owner: Identity, desk: Desk) -> None:
    made = [editorial.create(parts, owner, f"列表 {n}", [LINE]).id for n in range(31)]
    first = desk.text("/playlists")
    following = re.search(r"cursor=([\w.]+)", first)
    assert following
    rest = desk.text(f"/playlists?cursor={following[1]}")
    assert sum(f'data-playlist="{one}"' in first for one in made) == 30
    assert sum(f'data-playlist="{one}"' in rest for one in made) == 1


def test_a_thumbnail_is_the_strip_itself_and_kept_for_good(parts: Parts, owner: Identity, desk: Desk) -> None:
    made = editorial.create(parts, owner, "短句", [LINE])
    picture = desk.get(f"/playlists/{made.id}/{made.revision}.png")
    assert (picture.mimetype, int.from_bytes(picture.data[16:20]), int.from_bytes(picture.data[20:24])) == (
        "image/png",
        192,
        16,
    )
    assert "immutable" in picture.headers["Cache-Control"]
    assert desk.get(f"/playlists/{made.id}/{'0' * 64}.png").status_code == 404


def test_a_playlist_is_copied_and_deleted_by_plain_forms(parts: Parts, desk: Desk, playlist: str) -> None:
    copied = desk.post(f"/playlists/{playlist}/copy")
    assert copied.status_code == 303
    assert copied.headers["Location"] != f"/playlists/{playlist}"
    assert desk.post(f"/playlists/{playlist}/delete").status_code == 303
    assert desk.get(f"/playlists/{playlist}").status_code == 404


def test_a_new_playlist_is_not_made_before_a_word_is_written(parts: Parts, owner: Identity, desk: Desk) -> None:
    told = island(desk.text("/playlists/new"))["data"]
    assert told.get("playlist") is None
    assert views.listing(parts, owner, PlaylistQuery())[0].items == ()


def test_the_editor_looks_at_the_regions_where_the_playlist_plays(
    parts: Parts, owner: Identity, desk: Desk, playlist: str
) -> None:
    layout = layouts.make_layout(parts, owner, LayoutKind.MAIN_STRIP, 256, 96)
    hall = add_screen(parts, owner, "大厅", 256, 96)
    screens.change(parts, owner, hall, {"layout": layout.id})
    add_screen(parts, owner, "东门")
    region = next(one.name for one in layout.regions if one.name != "main")
    scheduling.add(parts, owner, SlotOrder(playlist, Targets(screens=(hall,)), region=region))
    told = island(desk.text(f"/playlists/{playlist}"))["data"]
    shape = next(one for one in layout.regions if one.name == region)
    assert [(one["width"], one["height"], one["screens"]) for one in told["profiles"]] == [
        (shape.width, shape.height, ["大厅"])
    ]


def test_an_unscheduled_playlist_is_looked_at_on_every_profile_of_the_site(
    parts: Parts, owner: Identity, desk: Desk, playlist: str
) -> None:
    assert island(desk.text(f"/playlists/{playlist}"))["data"]["profiles"][0]["screens"] == []
    for name, size in (("甲", (256, 64)), ("乙", (192, 16)), ("丙", (192, 16))):
        add_screen(parts, owner, name, *size)
    told = desk.client.get(f"/playlists/{playlist}/places").get_json()
    assert [(one["width"], sorted(one["screens"])) for one in told["profiles"]] == [(192, ["丙", "乙"]), (256, ["甲"])]


def test_who_may_only_read_sees_no_way_to_change(parts: Parts, owner: Identity, playlist: str) -> None:
    desk = Desk(parts, owner, Role.VIEWER)
    text = desk.text("/playlists")
    assert 'href="/playlists/new"' not in text
    assert f"/playlists/{playlist}/copy" not in text
    assert desk.get("/playlists/new").status_code == 403
    assert island(desk.text(f"/playlists/{playlist}"))["data"]["playlist"]["may"] == []
    assert desk.post(f"/playlists/{playlist}/delete").status_code == 403


def test_nobody_is_shown_the_way_in(parts: Parts, owner: Identity, playlist: str) -> None:
    desk = Desk(parts, owner, None)
    assert desk.get(f"/playlists/{playlist}").headers["Location"] == f"/sign-in?next=/playlists/{playlist}"
    assert desk.client.get(f"/playlists/{playlist}/places").status_code in (401, 403)


def test_the_english_page_holds_no_chinese_of_ours(parts: Parts, owner: Identity) -> None:
    made = editorial.create(parts, owner, "Hand-over", [{"kind": "slogan", "text": "Look first"}])
    desk = Desk(parts, owner, Role.AUTHOR, "en")
    for path in ("/playlists", f"/playlists/{made.id}", "/playlists/new"):
        text = re.sub(r"<title>.*?</title>|厂办老李|样板一厂|中文", "", desk.text(path))
        assert re.findall(r"[\u4e00-\u9fff]+", text) == []
