"""From a fresh clone to one's own line on the glass, as a new user goes, through the pages only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PASSWORD, Site
from tests.browser.wall import Desk, columns, matches, text_on
from tests.players.stand import until

LINE = "下班先断电，再锁门；钥匙交值班室，明天见"
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
