"""Screens on the desk: adding, changing, layouts, groups, keys, retiring."""

from __future__ import annotations

import re

import pytest
from werkzeug.datastructures import MultiDict

from playlists.model import Colour, Region
from server.accounts.model import Identity, Role
from server.errors import Invalid
from server.parts import Parts
from server.screens import groups, layouts, players, service
from server.screens.model import NewScreenOrder
from server.web.regions import regions_of
from tests.server.web.desk import Desk

FORM = {"name": "东门条屏", "width": "192", "height": "16", "colour": "single", "pitch_mm": "10", "distance_m": "20"}


@pytest.fixture
def desk(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.OWNER)


@pytest.fixture
def hall(parts: Parts, owner: Identity) -> str:
    return service.add(parts, owner, NewScreenOrder("大厅", 1280, 720, Colour.FULL)).screen.id


def test_a_new_screen_shows_its_key_once_with_the_kiosk_address(parts: Parts, owner: Identity, desk: Desk) -> None:
    text = desk.post("/screens", **FORM).text
    key = re.search(r"screen\?key=(pmk_[\w-]+)", text)
    assert key
    made = service.list_screens(parts, owner)[0]
    assert key[1] not in desk.text(f"/screens/{made.id}")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"width": "8"}, "64"), ({"width": "宽"}, "整数"), ({"pitch_mm": "a"}, "点间距"), ({"name": " "}, "")],
)
def test_a_wrong_screen_is_refused_with_what_was_typed_kept(desk: Desk, wrong: dict[str, str], words: str) -> None:
    answer = desk.post("/screens", **{**FORM, "place": "三号窑", **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="三号窑"' in answer.text


def test_a_screen_is_changed_and_a_taken_name_is_refused(parts: Parts, owner: Identity, desk: Desk, hall: str) -> None:
    kiln = groups.add_group(parts, owner, "三号窑")
    other = service.add(parts, owner, NewScreenOrder("东门", 192, 16, Colour.SINGLE)).screen.id
    changed = {**FORM, "place": "窑头", "exit": "东出口", "groups": kiln.id}
    assert desk.post(f"/screens/{other}", **changed).status_code == 303
    found = service.get(parts, owner, other)
    assert (found.place, found.exit, found.groups) == ("窑头", "东出口", (kiln.id,))
    taken = desk.post(f"/screens/{hall}", **FORM)
    assert taken.status_code == 422
    assert "已有一块屏叫这个名字" in taken.text


def test_layouts_are_chosen_drawn_and_taken_off(parts: Parts, owner: Identity, desk: Desk, hall: str) -> None:
    desk.post(f"/screens/{hall}/layout", layout="main_strip")
    strip = service.get(parts, owner, hall).layout
    assert strip
    assert [r.name for r in layouts.get_layout(parts, owner, strip).regions] == ["main", "strip"]
    own = MultiDict(
        [("layout", "own"), *rows(("main", 0, 0, 640, 720), ("side", 640, 0, 640, 720), ("", "", "", "", ""))]
    )
    assert desk.post(f"/screens/{hall}/layout", **own.to_dict(flat=False)).status_code == 303
    drawn = service.get(parts, owner, hall).layout
    assert drawn
    assert layouts.get_layout(parts, owner, drawn).regions[1] == Region("side", 640, 0, 640, 720)
    desk.post(f"/screens/{hall}/layout", layout="full")
    assert service.get(parts, owner, hall).layout is None


def test_overlapping_regions_are_refused(desk: Desk, hall: str) -> None:
    own = MultiDict([("layout", "own"), *rows(("main", 0, 0, 640, 720), ("side", 600, 0, 640, 720))])
    answer = desk.post(f"/screens/{hall}/layout", **own.to_dict(flat=False))
    assert answer.status_code == 422
    assert "没存上" in answer.text


def rows(*regions: tuple[object, ...]) -> list[tuple[str, str]]:
    names = ("name", "x", "y", "width", "height")
    return [(f"region_{name}", str(value)) for region in regions for name, value in zip(names, region, strict=True)]


@pytest.mark.parametrize("cells", [("main", "a", 0, 64, 16), ("main", -1, 0, 64, 16), ("main", "", 0, 64, 16)])
def test_a_figure_that_is_none_is_named(cells: tuple[object, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        regions_of(MultiDict(rows(cells)))
    assert [violation.field for violation in refused.value.violations] == ["regions.0.x"]


def test_groups_nest_ask_for_review_and_go(parts: Parts, owner: Identity, desk: Desk) -> None:
    desk.post("/screens/groups", name="车间", parent="", steps="1")
    shop = groups.list_groups(parts, owner)[0][0]
    desk.post("/screens/groups", name="三号窑", parent=shop.id, steps="0")
    kiln = next(one for one, _ in groups.list_groups(parts, owner) if one.name == "三号窑")
    assert (shop.steps, kiln.parent) == (1, shop.id)
    ring = desk.post(f"/screens/groups/{shop.id}", name="车间", parent=kiln.id, steps="1")
    assert (ring.status_code, "分组不能放进自己里面" in ring.text) == (422, True)
    assert desk.post(f"/screens/groups/{shop.id}/delete").status_code == 409
    desk.post(f"/screens/groups/{kiln.id}/delete")
    assert len(groups.list_groups(parts, owner)) == 1


def test_a_retired_screen_leaves_the_table(parts: Parts, owner: Identity, desk: Desk, hall: str) -> None:
    assert hall in desk.text("/screens")
    assert desk.post(f"/screens/{hall}/retire").location == "/screens"
    assert hall not in desk.text("/screens")
    assert desk.get(f"/screens/{hall}").status_code == 404


def test_a_player_is_disconnected(parts: Parts, owner: Identity, desk: Desk, hall: str) -> None:
    with parts.db.transaction() as tx:
        players.admit(tx, owner, parts.clock.now(), service.get(parts, owner, hall))
    (player,) = players.list_players(parts, owner, hall)
    desk.post(f"/screens/{hall}/players/{player.id}/revoke")
    assert players.list_players(parts, owner, hall) == ()


def test_who_may_not_change_screens_sees_no_forms_and_is_refused(parts: Parts, owner: Identity, hall: str) -> None:
    desk = Desk(parts, owner, Role.VIEWER)
    assert "/retire" not in desk.text(f"/screens/{hall}")
    assert desk.post(f"/screens/{hall}/retire").status_code == 403
    assert desk.get("/screens/new").status_code == 403
    assert hall in desk.text("/screens")


@pytest.mark.parametrize("path", ["/screens", "/screens/new", "/screens/groups"])
def test_english_pages_have_no_chinese_word_of_ours(parts: Parts, owner: Identity, path: str) -> None:
    text = Desk(parts, owner, Role.OWNER, "en").text(path)
    for ours in ("厂办老李", "样板一厂", "中文"):
        text = text.replace(ours, "")
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []


def test_a_hostile_name_stays_text(parts: Parts, owner: Identity, desk: Desk) -> None:
    bad = '"><img src=x onerror=alert(1)>'
    screen = service.add(parts, owner, NewScreenOrder(bad, 192, 16, Colour.SINGLE)).screen.id
    for path in ("/screens", f"/screens/{screen}"):
        assert "<img src=x" not in desk.text(path)
