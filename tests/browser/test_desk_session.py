"""The end of a session in a real Chromium: warned in time, prolonged by a hand, nothing typed is lost."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, Site

Enter = Callable[..., BrowserContext]
MINUTE = 60_000
TYPED = "写到一半的字"


@pytest.fixture
def typing(site: Site, sign_in: Enter) -> Page:
    """A page with something typed in it, whose own clock the test moves."""
    page = sign_in(site).pages[0]
    page.clock.install()
    page.goto(site.url + "/settings/site")
    page.fill("[name=name]", TYPED)
    return page


def unused(site: Site, minutes: int, column: str = "seen") -> None:
    """Let every session have been last used, or opened, so many minutes ago."""
    with sqlite3.connect(site.data / "paomadeng.db") as database:
        database.execute(f"UPDATE sessions SET {column} = {column} - ?", (minutes * MINUTE,))
    database.close()


def test_two_minutes_before_the_end_it_is_said_and_a_button_prolongs_it(site: Site, typing: Page) -> None:
    unused(site, 29)
    typing.clock.fast_forward("28:30")
    expect(typing.locator("dialog h2")).to_have_text(re.compile(r"^0:[1-5]\d 后退出登录$"))
    typing.click("dialog .btn.p")
    expect(typing.locator("dialog")).to_have_count(0)
    assert typing.evaluate("fetch('/session/left').then((a) => a.json())")["idle_ms"] > 29 * MINUTE
    assert typing.input_value("[name=name]") == TYPED


def test_typing_is_use_enough(site: Site, typing: Page) -> None:
    unused(site, 20)
    typing.clock.fast_forward("20:00")
    typing.locator("[name=name]").press("End")
    typing.wait_for_function("fetch('/session/left').then((a) => a.json()).then((told) => told.idle_ms > 1740000)")
    assert typing.locator("dialog").count() == 0


def test_after_the_end_one_signs_in_elsewhere_and_goes_on_where_one_was(site: Site, typing: Page) -> None:
    unused(site, 31)
    typing.clock.fast_forward("30:00")
    expect(typing.locator("dialog h2")).to_have_text("登录已经结束")
    with typing.context.expect_page() as opened:
        typing.click("dialog a")
    other = opened.value
    other.fill("#login", "厂办")
    other.fill("#password", PASSWORD)
    other.press("#password", "Enter")
    other.wait_for_url(site.url + "/")
    typing.bring_to_front()
    typing.evaluate("dispatchEvent(new Event('focus'))")
    expect(typing.locator("dialog")).to_have_count(0)
    assert typing.input_value("[name=name]") == TYPED
    typing.click("main form .btn.p")
    typing.wait_for_url("**/settings/site?saved=1")
    assert typing.input_value("[name=name]") == TYPED


def test_the_longest_time_is_said_without_a_promise_to_stay(site: Site, typing: Page) -> None:
    unused(site, 12 * 60 - 1, "created")
    typing.clock.fast_forward("28:30")
    expect(typing.locator("dialog p")).to_contain_text("不能再延")
    typing.click("dialog .btn")
    expect(typing.locator("dialog")).to_have_count(0)
