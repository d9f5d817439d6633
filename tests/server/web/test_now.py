"""The page Now, the kill switch, the first run, a person's own pages."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from playlists.model import Colour
from server.accounts.model import Identity, Role
from server.api import plain
from server.parts import Parts
from server.screens import groups, players, service
from server.screens.model import NewScreenOrder, Report
from server.screens.routes import screen_answer
from server.web import kept, wall
from tests.server.web.desk import Desk

STRIP = NewScreenOrder("东门条屏", 192, 16, Colour.SINGLE)


def add(parts: Parts, owner: Identity, name: str, width: int = 192, height: int = 16, group: str = "") -> str:
    order = replace(STRIP, name=name, width=width, height=height, groups=(group,) if group else ())
    return service.add(parts, owner, order).screen.id


@pytest.fixture
def desk(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.OWNER)


def island(text: str) -> dict[str, object]:
    found = re.search(r'id="island">(.*?)</script>', text, re.S)
    assert found
    read: dict[str, object] = json.loads(found[1])
    return read


def test_nobody_is_shown_to_the_door(parts: Parts, owner: Identity) -> None:
    answer = Desk(parts, owner, None).get("/")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/")


def test_an_empty_wall_says_what_to_do(desk: Desk) -> None:
    assert "还没有屏幕" in desk.text("/")
    assert 'href="/first-run"' in desk.text("/")


def test_every_screen_hangs_under_its_group_with_nested_names(parts: Parts, owner: Identity, desk: Desk) -> None:
    shop = groups.add_group(parts, owner, "烧成车间")
    kiln = groups.add_group(parts, owner, "三号窑", shop.id)
    add(parts, owner, "东通道", group=kiln.id)
    text = desk.text("/")
    assert "烧成车间 / 三号窑" in text
    assert "192×16 单色" in text


def test_a_hostile_name_stays_text(parts: Parts, owner: Identity, desk: Desk) -> None:
    add(parts, owner, "<script>alert(1)</script>")
    text = desk.text("/")
    assert "<script>alert" not in text
    data = island(text)["data"]
    assert isinstance(data, dict)
    assert data["screens"][0]["name"] == "<script>alert(1)</script>"


def test_an_english_wall_has_no_chinese_word_of_ours(parts: Parts, owner: Identity) -> None:
    add(parts, owner, "Gate")
    text = Desk(parts, owner, Role.OWNER, "en").text("/").replace("厂办老李", "").replace("样板一厂", "")
    assert re.findall(r"[\u4e00-\u9fff]+", text.replace("中文", "")) == []


def test_who_may_not_write_or_switch_off_has_no_buttons_for_it(parts: Parts, owner: Identity) -> None:
    add(parts, owner, "东门")
    text = Desk(parts, owner, Role.VIEWER).text("/")
    assert ('id="quick"' in text, 'id="power"' in text) == (False, False)


def test_the_kill_switch_reaches_a_group_and_those_in_it(parts: Parts, owner: Identity, desk: Desk) -> None:
    shop = groups.add_group(parts, owner, "车间")
    inside = groups.add_group(parts, owner, "三号窑", shop.id)
    dark, lit = add(parts, owner, "东通道", group=inside.id), add(parts, owner, "食堂")
    answer = desk.call("/now/power", {"targets": {"groups": [shop.id]}, "blank": True})
    assert answer.get_json() == {"screens": 1}
    assert [service.get(parts, owner, one).blanked for one in (dark, lit)] == [True, False]
    desk.call("/now/power", {"targets": {"all": True}, "blank": False})
    assert not service.get(parts, owner, dark).blanked


def test_one_who_may_only_read_cannot_switch_off(parts: Parts, owner: Identity) -> None:
    screen = add(parts, owner, "东门")
    answer = Desk(parts, owner, Role.VIEWER).call("/now/power", {"targets": {"all": True}, "blank": True})
    assert answer.status_code == 403
    assert not service.get(parts, owner, screen).blanked


@pytest.mark.parametrize("body", [[], "x", {"targets": 3}, {"targets": {"screens": [1, 2]}}, {}])
def test_a_kill_switch_that_cannot_be_read_is_refused(desk: Desk, body: object) -> None:
    assert desk.call("/now/power", body).status_code in (400, 422)


def test_the_first_run_shows_the_players_address_and_samples_can_go(parts: Parts, owner: Identity, desk: Desk) -> None:
    sample = service.add(parts, owner, replace(STRIP, name="样板·大门", sample=True)).screen.id
    text = desk.text("/first-run")
    assert "http://localhost/screen" in text
    assert sample in text
    assert desk.post("/first-run/samples").location == "/"
    assert sample not in desk.text("/first-run")


def test_a_password_is_changed_only_by_one_who_knows_it(desk: Desk) -> None:
    refused = desk.post("/me", old="falsch falsch", new="先看清楚再动手干活儿")
    assert refused.status_code >= 400
    short = desk.post("/me", old="下班先断电再锁门喽好", new="短")
    assert short.status_code == 422
    assert desk.post("/me", old="下班先断电再锁门喽好", new="先看清楚再动手干活儿").location == "/me?changed=1"


def test_rows_of_tiles_are_level(parts: Parts) -> None:
    def screen(width: int, height: int) -> dict[str, object]:
        told = {"id": "s", "name": "n", "place": "", "colour": "single", "blanked": False, "players": 0}
        return {**told, "sample": True, "width": width, "height": height}

    from flask import Flask, g

    app = Flask("test")
    app.extensions["paomadeng"] = parts
    with app.test_request_context():
        g.who = Identity("o1", "person", "u1", "x")
        tiles = wall.level([screen(1280, 720), screen(192, 16), screen(256, 64), screen(512, 16)])
    assert [tile["span"] for tile in tiles] == ["c12", "c12", "c8", "c4"]


def paired(parts: Parts, owner: Identity, screen: str, version: str) -> None:
    """A player of the screen tells that it is there."""
    with parts.db.transaction() as tx:
        player = players.admit(tx, owner, 1, service.living(tx, owner.org, screen)).player
    told = Report(player, 1_000, online=True, programme="v1", version=version, body={"cues": {"main": {}}})
    players.report(parts, [told])


def test_the_wall_tells_a_screen_as_http_does_but_for_its_cue(parts: Parts, owner: Identity) -> None:
    add(parts, owner, "西通道", group=groups.add_group(parts, owner, "车间").id)
    paired(parts, owner, add(parts, owner, "东通道"), "9")
    for screen in service.list_screens(parts, owner):
        expected = plain(screen_answer(screen))
        expected["presence"].pop("cue", None)
        assert wall.told(screen) == expected


def tiles(text: str) -> str:
    """The part of a page that lists screens, without its data."""
    return text[text.index('class="grp"') : text.index('id="island"')]


@pytest.mark.parametrize("path", ["/", "/screens"])
@pytest.mark.parametrize(
    "changes", [{"name": "南通道"}, {"width": 256}, {"height": 48}, {"colour": Colour.FULL}, {"place": "三号窑"}]
)
def test_a_kept_tile_is_written_anew_when_its_screen_changes(
    parts: Parts, owner: Identity, desk: Desk, path: str, changes: dict[str, object]
) -> None:
    screen = add(parts, owner, "东通道")
    before = tiles(desk.text(path))
    service.change(parts, owner, screen, changes)
    changed = tiles(desk.text(path))
    kept.clear()
    assert changed == tiles(desk.text(path))
    assert changed != before


@pytest.mark.parametrize("path", ["/", "/screens"])
def test_a_kept_tile_follows_its_player_and_its_reader(parts: Parts, owner: Identity, desk: Desk, path: str) -> None:
    screen = add(parts, owner, "东通道")
    assert 'data-state="new"' in tiles(desk.text(path))
    paired(parts, owner, screen, "9.9.9")
    text = tiles(desk.text(path))
    assert ('data-state="playing"' in text, "9.9.9" in text, "单色" in text) == (True, path == "/screens", True)
    desk.client.set_cookie("lang", "en")
    assert "单色" not in tiles(desk.text(path))
