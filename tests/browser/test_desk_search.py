"""Search over every page, by keys alone and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site

Enter = Callable[..., BrowserContext]
FIELD = "dialog.find input"


def opened(page: Page) -> Page:
    page.keyboard.press("/")
    page.wait_for_selector("dialog.find .hit")
    return page


def test_a_slash_a_part_of_a_name_and_enter_open_a_playlist(site: Site, sign_in: Enter) -> None:
    page = opened(sign_in(site).pages[0])
    page.keyboard.type("安全提")
    expect(page.locator(".hit")).to_have_text(["安全提示播出"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/playlists/p*")
    assert page.input_value("textarea.title") == "安全提示"


def test_words_of_an_item_are_found_marked_and_open_that_item(site: Site, sign_in: Enter) -> None:
    page = opened(sign_in(site).pages[0])
    page.keyboard.type("断电")
    hit = page.locator("[role=group]", has_text="播放列表里的字").locator(".hit").first
    expect(hit.locator("mark")).to_have_text("断电")
    hit.click()
    page.wait_for_url("**/playlists/p*")
    expect(page.locator("#items li.open textarea")).to_have_value(re.compile("断电"))


def test_what_the_box_has_no_room_for_is_a_page(site: Site, sign_in: Enter) -> None:
    page = opened(sign_in(site).pages[0])
    page.keyboard.type("，")
    page.locator(".hit", has_text="看更多").wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    expect(page.locator("main mark").first).to_have_text("，")


def test_arrows_choose_round_the_ends_and_the_field_says_which(site: Site, sign_in: Enter) -> None:
    page = opened(sign_in(site).pages[0])
    page.keyboard.press("ArrowUp")
    last = page.locator(".hit").last
    expect(last).to_have_attribute("aria-selected", "true")
    assert page.get_attribute(FIELD, "aria-activedescendant") == last.get_attribute("id")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hit").first).to_have_attribute("aria-selected", "true")


def test_letters_of_an_input_method_are_no_choice_yet(site: Site, sign_in: Enter) -> None:
    page = opened(sign_in(site).pages[0])
    composing = "(field) => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true}))"
    page.eval_on_selector(FIELD, composing)
    assert page.is_visible("dialog.find")
    assert page.url == site.url + "/"


def test_nothing_found_is_said_and_offers_a_way_on(site: Site, sign_in: Enter) -> None:
    page = opened(sign_in(site).pages[0])
    page.keyboard.type("没有的东西")
    expect(page.locator(".found")).to_contain_text("没有找到「没有的东西」")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.find")).to_have_count(0)


def test_a_slash_inside_a_field_is_a_slash(site: Site, sign_in: Enter) -> None:
    page = sign_in(site).pages[0]
    page.goto(site.url + "/playlists")
    page.focus(".main input[type=search]")
    page.keyboard.type("/")
    assert page.input_value(".main input[type=search]") == "/"
    assert page.locator("dialog.find").count() == 0


def test_a_phone_finds_it_under_more_and_has_room(site: Site, sign_in: Enter) -> None:
    page = sign_in(site, width=390, height=844).pages[0]
    page.goto(site.url + "/more")
    page.click("main [data-search]")
    page.locator(".hit", has_text="排期").first.wait_for()
    box = page.locator("dialog.find").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    page.locator(".hit", has_text="排期").first.click()
    page.wait_for_url(site.url + "/schedule")
