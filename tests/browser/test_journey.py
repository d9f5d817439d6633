"""From a fresh clone to one's own line on the glass, as a new user goes, through the pages only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, Site
from tests.browser.wall import SHOWS, Desk, columns, matches, player, text_on
from tests.players.stand import until

LINE = "下班先断电，再锁门；钥匙交值班室，明天见"
EDITED = "下班先断电，再锁门；钥匙交门卫，一起走"
COUNT = """window.addEventListener('click', (event) => { if (event.isTrusted) clicked(); }, true)"""


def counted(browser: Browser) -> tuple[Page, list[int]]:
    """A desktop page that counts the clicks made by a hand on every page it visits; complaints of the page fail it."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    clicks: list[int] = []
    page.expose_function("clicked", lambda: clicks.append(1))
    page.add_init_script(COUNT)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page, clicks


def pairing_player(browser: Browser, site: Site) -> tuple[Page, Callable[[], str]]:
    """The box behind the screen, which shows a code; and what reads it off the wall."""
    wall = browser.new_context(viewport={"width": 192, "height": 64}).new_page()
    wall.goto(f"{site.url}/screen")
    return wall, lambda: str(
        wall.evaluate("document.querySelector('canvas[aria-label]')?.getAttribute('aria-label') || ''")
    )


def test_from_the_owner_link_to_an_own_line_in_at_most_six_clicks(browser: Browser, fresh_site: Site) -> None:
    wall, code = pairing_player(browser, fresh_site)
    page, clicks = counted(browser)
    page.goto(fresh_site.owner_link)
    page.keyboard.type("厂办")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.get_by_role("button", name="设好密码").click()
    page.wait_for_url("**/first-run")
    assert until(code), "no code on the wall"
    page.locator(".cell").first.click()
    page.keyboard.type(code())
    page.locator("#sizes").get_by_text("192×16").click()
    page.locator("#quick input[name=text]").click()
    page.keyboard.type(LINE)
    page.locator("#quick button[type=submit]").click()
    desk = Desk(fresh_site, fresh_site.token())
    screen = next(found for found in desk.screens() if not found["sample"])
    assert (screen["width"], screen["height"]) == (192, 16)
    assert until(lambda: text_on(desk, wall, screen) == LINE, 20)
    assert until(lambda: matches(desk, wall, screen))
    assert len(columns(wall, 20)) > 5
    assert len(clicks) <= 6


def reviewed(browser: Browser, site: Site) -> tuple[Desk, dict[str, Any], Page]:
    """A screen whose group wants one review, its player, and an author and a reviewer who may sign in."""
    desk = Desk(site, site.token())
    group = desk.post("/groups", {"name": "三号窑", "steps": 1})["id"]
    size = {"name": "东通道", "width": 192, "height": 16, "colour": "single", "groups": [group]}
    screen = desk.post("/screens", size)
    for name, role in (("安全科", "reviewer"), ("宣传科", "author")):
        site.run("user", "add", "--name", name, "--role", role, "--password-stdin", stdin=PASSWORD)
    return desk, screen, player(browser, site, screen["key"])


def approve(page: Page, desk: Desk) -> None:
    """Open the piece that waits, once it does, and let it pass."""
    site = desk.site
    assert until(lambda: desk.http.get(f"{site.url}/api/v1/playlists").json()["items"][0]["state"] == "step_1")
    page.goto(site.url + "/review")
    page.locator("main a[href^='/review/']").first.click()
    page.click("#approve")


def test_an_authors_line_and_its_edit_wait_for_another_person_and_then_reach_the_glass(
    browser: Browser, fresh_site: Site, sign_in: Callable[..., BrowserContext]
) -> None:
    fresh_site.become_owner("厂办")
    desk, screen, wall = reviewed(browser, fresh_site)
    author, reviewer = (sign_in(fresh_site, name=name).pages[0] for name in ("宣传科", "安全科"))
    author.fill("#quick input[name=text]", LINE)
    author.click("#quick button[type=submit]")
    expect(author.locator("#quick .after")).to_be_visible()
    assert text_on(desk, wall, screen) != LINE
    approve(reviewer, desk)
    assert until(lambda: text_on(desk, wall, screen) == LINE, 30)
    assert until(lambda: matches(desk, wall, screen))
    author.goto(fresh_site.url + "/playlists")
    author.get_by_text(LINE[:8]).first.click()
    author.locator("#items li").first.locator(".bare").click()
    author.fill("#items textarea", EDITED)
    author.click(".submit")
    approve(reviewer, desk)
    assert until(lambda: text_on(desk, wall, screen) == EDITED, 30)
    assert until(lambda: matches(desk, wall, screen))
    wall.evaluate("navigator.serviceWorker.ready.then(() => true)")
    fresh_site.kill()
    assert len(columns(wall, 20)) > 5
    wall.reload()
    assert until(lambda: bool(wall.evaluate(SHOWS)))
    assert len(columns(wall, 20)) > 5
    fresh_site.start()
    assert until(lambda: matches(desk, wall, screen), 30)
