"""The editor in a real Chromium: pixels while typing, nothing lost, two people at once, order by hand and by key."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import requests
from PIL import Image, ImageChops
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from tests.browser.conftest import Site
from tests.players.stand import until

Enter = Callable[..., BrowserContext]
ROWS = "rows => rows.map(row => (row.querySelector('textarea')?.value ?? row.querySelector('.cut').textContent))"
READ = """(canvas) => new Promise((done) => canvas.toBlob(async (blob) => {
  done([...new Uint8Array(await blob.arrayBuffer())]); }))"""
KNOWN = ("412", "422", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "WebSocket")
LINES = "先看清，再动手\n一班一清\n工完场清"


def complain(said: ConsoleMessage) -> None:
    """Fail on an error nobody provoked."""
    if said.type == "error" and not any(known in said.text for known in KNOWN):
        pytest.fail(said.text)


@pytest.fixture(scope="module")
def caller(site: Site) -> requests.Session:
    """Whoever else is at work on the site."""
    return site.token()


@pytest.fixture
def page(site: Site, sign_in: Enter) -> Page:
    """The editor with nothing in it, quick to fail on any error of its script."""
    page = sign_in(site).pages[0]
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", complain)
    page.emulate_media(reduced_motion="reduce")
    page.goto(site.url + "/playlists/new")
    return page


def write(page: Page, text: str) -> str:
    """Type a line, wait until it is kept, and return the playlist's id."""
    page.fill("#items textarea", text)
    page.wait_for_url("**/playlists/p*")
    saved(page)
    return page.url.rsplit("/", 1)[1]


def paste(page: Page, lines: str) -> None:
    page.click("text=粘贴多行")
    page.fill("dialog textarea", lines)
    page.click("text=加进列表")


def saved(page: Page) -> None:
    expect(page.locator(".acts")).to_contain_text("已自动保存")


def texts(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("#items > li", ROWS)
    return found


def stored(caller: requests.Session, page: Page, playlist: str) -> dict[str, Any]:
    origin = page.url.split("/playlists")[0]
    found: dict[str, Any] = caller.get(f"{origin}/api/v1/playlists/{playlist}").json()
    return found


def lit(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(bytes(page.eval_on_selector(".preview canvas", READ)))).convert("RGB")


def test_what_is_typed_is_seen_as_the_renditions_very_pixels_and_kept(
    site: Site, caller: requests.Session, page: Page
) -> None:
    playlist = write(page, "先看清，再动手")
    profile = {"width": 192, "height": 16, "colour": "single"}
    asked = {"item": stored(caller, page, playlist)["items"][0], "profile": profile}
    made = caller.post(f"{site.url}/api/v1/previews", json=asked).json()
    picture = Image.open(io.BytesIO(caller.get(f"{site.url}/media/{made['pages'][0]['media']}").content)).convert("RGB")
    assert until(lambda: ImageChops.difference(lit(page), picture).getbbox() is None)
    assert stored(caller, page, playlist)["name"] == "先看清，再动手"


def test_a_line_too_long_is_cut_in_two_by_one_press(page: Page) -> None:
    write(page, "看见冒烟先喊人，再报警；电话 119 或内线 6119。")
    page.click("text=分成两条")
    assert texts(page) == ["看见冒烟先喊人，再报警", "电话 119 或内线 6119。"]


def test_rows_move_by_key_and_go_back_by_escape(page: Page) -> None:
    paste(page, LINES)
    saved(page)
    rows = texts(page)
    page.locator(".drag").nth(0).focus()
    for key in ("Space", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator("#spoken")).to_contain_text("第 2 条")
    assert until(lambda: texts(page)[1] == rows[0])
    page.keyboard.press("Escape")
    assert until(lambda: texts(page) == rows)


def test_rows_move_by_hand_and_the_order_is_kept(caller: requests.Session, page: Page) -> None:
    write(page, "先看清，再动手")
    paste(page, "一班一清\n工完场清")
    page.wait_for_timeout(300)
    boxes = [page.locator(".drag").nth(n).bounding_box() for n in (0, 2)]
    (x, top), (_, bottom) = [(box["x"] + 6, box["y"]) for box in boxes if box]
    page.mouse.move(x, top + 10)
    page.mouse.down()
    for y in (top + 40, bottom, bottom + 24):
        page.mouse.move(x, y, steps=5)
    page.wait_for_timeout(200)
    page.mouse.up()
    wanted = ["一班一清", "工完场清", "先看清，再动手"]
    assert until(lambda: texts(page) == wanted)
    playlist = page.url.rsplit("/", 1)[1]
    assert until(lambda: [one["text"] for one in stored(caller, page, playlist)["items"]] == wanted)


def test_a_deleted_item_comes_back_where_it_was(page: Page) -> None:
    paste(page, LINES)
    rows = texts(page)
    page.locator("#items li").nth(1).locator("summary").click()
    page.click("#items details[open] >> text=删除")
    assert until(lambda: texts(page) == [rows[0], *rows[2:]])
    page.click("text=撤销 >> nth=-1")
    assert until(lambda: texts(page) == rows)


def test_pasted_lines_that_are_there_or_too_long_are_told_before_they_are_added(page: Page) -> None:
    write(page, "一班一清")
    page.click("text=粘贴多行")
    page.fill("dialog textarea", f"一班一清\n{'长' * 501}\n工完场清")
    expect(page.locator("dialog")).to_contain_text("会加 1 条")
    expect(page.locator("dialog .note.warn")).to_contain_text("一班一清")
    expect(page.locator("dialog .note.bad")).to_contain_text("第 2 行，501 字")


def test_text_written_without_a_net_is_kept_and_saved_when_it_returns(caller: requests.Session, page: Page) -> None:
    playlist = write(page, "有网的时候")
    page.context.set_offline(True)
    page.fill("#items textarea", "断网的时候")
    expect(page.locator(".note.warn[role=alert]")).to_contain_text("文字还在")
    page.context.set_offline(False)
    assert until(lambda: stored(caller, page, playlist)["items"][0]["text"] == "断网的时候", 20)


def test_text_that_never_reached_the_server_outlives_the_page(caller: requests.Session, page: Page) -> None:
    playlist = write(page, "先写的")
    page.route("**/api/v1/playlists/**", lambda route: route.abort())
    page.fill("#items textarea", "关了页面也不能丢")
    expect(page.locator(".note.warn[role=alert]")).to_be_visible()
    page.on("dialog", lambda asked: asked.accept())
    page.unroute("**/api/v1/playlists/**")
    page.reload()
    expect(page.locator(".note.warn")).to_contain_text("已经找回来了")
    assert until(lambda: stored(caller, page, playlist)["items"][0]["text"] == "关了页面也不能丢", 20)


def test_two_who_save_at_once_lose_nothing_and_may_combine(site: Site, caller: requests.Session, page: Page) -> None:
    playlist = write(page, "我写的")
    held = stored(caller, page, playlist)
    page.fill("#items textarea", "我改的")
    theirs = [{**held["items"][0], "text": "对方改的"}, {"kind": "slogan", "text": "对方加的"}]
    answer = caller.put(
        f"{site.url}/api/v1/playlists/{playlist}", json={"items": theirs}, headers={"If-Match": f'"{held["revision"]}"'}
    )
    assert answer.status_code == 200
    meeting = page.locator(".meeting")
    expect(meeting).to_contain_text("我改的")
    expect(meeting).to_contain_text("对方改的")
    meeting.get_by_role("button", name="合起来").click()
    assert until(lambda: texts(page) == ["我改的", "对方改的", "对方加的"])
    assert until(lambda: len(stored(caller, page, playlist)["items"]) == 3)


def test_what_blocks_submitting_is_opened_and_said(page: Page) -> None:
    paste(page, LINES)
    page.click("summary:has-text('加一条')")
    page.click("#add .menu >> text=标语")
    page.locator("#items li").nth(0).locator(".bare").click()
    page.click(".submit")
    expect(page.locator("#items li.open .note.bad")).to_contain_text("这里还空着")


def test_a_list_is_published_and_put_on_a_screen_without_leaving_the_page(page: Page) -> None:
    write(page, "工完场清")
    page.click("text=排到…")
    page.click("dialog .pickrow.screen >> nth=0")
    page.click("text=下一步：时间")
    page.click("dialog .btn.p")
    expect(page.locator(".where .list")).to_contain_text("全天")
    page.click(".submit")
    expect(page.locator(".note.ok")).to_contain_text("已发布")
    expect(page.locator(".say")).to_contain_text("已排到 1 块屏上播")


def test_half_typed_sounds_of_an_input_method_are_neither_saved_nor_taken_for_enter(
    caller: requests.Session, page: Page
) -> None:
    playlist = write(page, "安全")
    area = page.locator("#items textarea")
    area.dispatch_event("compositionstart")
    area.fill("安全 sheng chan")
    area.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    page.wait_for_timeout(1500)
    assert [one["text"] for one in stored(caller, page, playlist)["items"]] == ["安全"]
    area.fill("安全生产")
    area.dispatch_event("compositionend")
    assert until(lambda: [one["text"] for one in stored(caller, page, playlist)["items"]] == ["安全生产"])


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_no_width_makes_the_page_scroll_sideways(site: Site, sign_in: Enter, width: int) -> None:
    page = sign_in(site, width=width, locale="en-GB").pages[0]
    for path in ("/playlists", "/playlists/new"):
        page.goto(site.url + path)
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
