"""Two people at one form of the desk: the second sees both texts and chooses, with the keys of the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site

Enter = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def caller(site: Site) -> requests.Session:
    return site.token()


@pytest.fixture
def page(site: Site, sign_in: Enter) -> Page:
    page = sign_in(site, width=390, height=844).pages[0]
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def meet(site: Site, caller: requests.Session, page: Page, typed: str, other: str) -> str:
    """Type into the form of a screen, let another one save first, and save."""
    url = f"{site.url}/api/v1/screens"
    screen: str = caller.get(url).json()["items"][0]["id"]
    page.goto(f"{site.url}/screens/{screen}")
    page.locator("#attributes summary").click()
    page.fill("#f-place", typed)
    assert caller.put(f"{url}/{screen}", json={"place": other}).status_code == 200
    page.locator("#attributes").get_by_role("button", name="保存").click()
    note = page.locator("#meanwhile")
    expect(note).to_contain_text("test 先存了一版")
    expect(note.locator("tbody tr")).to_have_text([f"地点{other}{typed}"])
    expect(note).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return f"{url}/{screen}"


def test_mine_is_kept_by_one_press(site: Site, caller: requests.Session, page: Page) -> None:
    stored = meet(site, caller, page, "南门外", "东门内")
    assert caller.get(stored).json()["place"] == "东门内"
    expect(page.locator("#f-place")).to_have_value("南门外")
    page.get_by_role("button", name="存这里填的").click()
    expect(page.locator("#meanwhile")).to_have_count(0)
    assert caller.get(stored).json()["place"] == "南门外"


def test_theirs_is_taken_by_one_press(site: Site, caller: requests.Session, page: Page) -> None:
    stored = meet(site, caller, page, "西门外", "北门内")
    page.get_by_role("link", name="用现在存着的").click()
    expect(page.locator("#meanwhile")).to_have_count(0)
    expect(page.locator("#attributes")).to_have_attribute("open", "")
    expect(page.locator("#f-place")).to_have_value("北门内")
    assert caller.get(stored).json()["place"] == "北门内"
