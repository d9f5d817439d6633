"""A real server and a real player: what was written is what the lamps show, and it stays when the server goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Site
from tests.browser.wall import Desk, columns, matches, player, text_on
from tests.players.stand import glass, until

LONG = "看见冒烟先喊人，再报警；电话 119 或内线 6119。下班先断电，再锁门"


@pytest.fixture(scope="module")
def desk(site: Site) -> Desk:
    return Desk(site, site.token())


def test_a_scrolling_line_is_the_server_s_pixels_and_moves(browser: Browser, desk: Desk) -> None:
    screen = desk.screen("东门")
    desk.line(LONG, screen["id"])
    page = player(browser, desk.site, screen["key"])
    assert until(lambda: text_on(desk, page, screen) == LONG)
    assert until(lambda: matches(desk, page, screen))
    first = page.evaluate("paomadeng.x('main')")
    assert until(lambda: page.evaluate("paomadeng.x('main')") != first)


@pytest.mark.parametrize(
    ("width", "height", "colour"), [(64, 16, "single"), (256, 64, "dual"), (128, 48, "seven"), (1024, 64, "full")]
)
def test_every_kind_of_screen_shows_the_server_s_pixels(
    browser: Browser, desk: Desk, width: int, height: int, colour: str
) -> None:
    screen = desk.screen(f"{width}x{height}", width, height, colour)
    desk.line("安全第一", screen["id"])
    page = player(browser, desk.site, screen["key"], max(400, width), 200)
    assert until(lambda: text_on(desk, page, screen) == "安全第一")
    assert until(lambda: matches(desk, page, screen))


def test_an_edit_changes_the_running_line_at_once_and_where_it_stands(browser: Browser, desk: Desk) -> None:
    screen = desk.screen("西门")
    playlist = desk.line(LONG, screen["id"])
    page = player(browser, desk.site, screen["key"])
    assert until(lambda: text_on(desk, page, screen) == LONG)
    assert until(lambda: page.evaluate("paomadeng.x('main')") < 100)
    before = page.evaluate("paomadeng.x('main')")
    desk.rewrite(playlist, "看见火苗" + LONG[4:])
    assert until(lambda: text_on(desk, page, screen).startswith("看见火苗"))
    assert page.evaluate("paomadeng.x('main')") < before
    assert until(lambda: matches(desk, page, screen))


def test_a_killed_server_leaves_the_wall_playing_and_is_met_again(browser: Browser, fresh_site: Site) -> None:
    desk = Desk(fresh_site, fresh_site.token())
    screen = desk.screen("北门")
    playlist = desk.line(LONG, screen["id"])
    page = player(browser, fresh_site, screen["key"])
    assert until(lambda: text_on(desk, page, screen) == LONG)
    fresh_site.kill()
    seen = columns(page, 40)
    assert len(seen) > 20
    fresh_site.start()
    desk.rewrite(playlist, "服务器回来了，" + LONG)
    assert until(lambda: text_on(desk, page, screen).startswith("服务器回来了"), 40)


def test_after_a_restore_the_wall_shows_what_was_kept(browser: Browser, fresh_site: Site, tmp_path: Path) -> None:
    desk = Desk(fresh_site, fresh_site.token())
    screen = desk.screen("北门")
    playlist = desk.line(LONG, screen["id"])
    page = player(browser, fresh_site, screen["key"])
    assert until(lambda: text_on(desk, page, screen) == LONG)
    fresh_site.run("backup", str(tmp_path / "kept.tar"))
    desk.rewrite(playlist, "后来的话，" + LONG)
    assert until(lambda: text_on(desk, page, screen).startswith("后来的话"))
    fresh_site.stop()
    fresh_site.run("restore", str(tmp_path / "kept.tar"))
    fresh_site.start()
    assert until(lambda: text_on(desk, page, screen) == LONG, 60)


def test_a_player_with_a_revoked_token_asks_to_be_paired_again(browser: Browser, desk: Desk) -> None:
    screen = desk.screen("仓库")
    desk.line(LONG, screen["id"])
    page = player(browser, desk.site, screen["key"])
    players = desk.http.get(f"{desk.site.url}/api/v1/screens/{screen['id']}/players").json()["items"]
    desk.post(f"/screens/{screen['id']}/players/{players[0]['id']}/revoke", {}, status=204)
    assert until(lambda: page.evaluate("!paomadeng.programme"), 30)
    assert glass(page, 400, 200).getbbox() is not None
