"""Library, people and settings through their pages: what is uploaded, refused, invited, made, ended and taken away."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from typing import Any

import pytest
import requests
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import PASSWORD, Site
from tests.players.stand import until

Enter = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def caller(site: Site) -> requests.Session:
    return site.token()


@pytest.fixture
def page(site: Site, sign_in: Enter) -> Page:
    page = sign_in(site).pages[0]
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def png(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 360), colour).save(out, "PNG")
    return out.getvalue()


def file(name: str, data: bytes) -> Any:
    return {"name": name, "mimeType": "image/png", "buffer": data}


def assets(site: Site, caller: requests.Session) -> set[str]:
    return {one["name"] for one in caller.get(f"{site.url}/api/v1/assets").json()["items"]}


def test_a_picture_is_sent_under_a_bar_and_hangs_on_the_shelf(site: Site, page: Page, caller: requests.Session) -> None:
    page.goto(site.url + "/library")
    held: list[Route] = []
    page.route("**/api/v1/assets", lambda route: held.append(route))
    page.set_input_files("#files", file("窑口.png", png("orange")))
    expect(page.locator("#uploads li progress")).to_be_visible()
    expect(page.locator("#uploads li")).to_contain_text("窑口.png")
    assert until(lambda: len(held) == 1)
    held[0].continue_()
    tile = page.locator("#shelf .tile", has_text="窑口")
    expect(tile).to_contain_text("640×360")
    expect(page.locator("#uploads li")).to_have_count(0)
    assert until(lambda: tile.locator("img").evaluate("one => one.naturalWidth") > 0)
    assert "窑口" in assets(site, caller)


def test_a_file_that_lies_is_refused_in_words_and_the_next_one_is_taken(
    site: Site, page: Page, caller: requests.Session
) -> None:
    page.goto(site.url + "/library")
    page.set_input_files("#files", [file("合同.png", b"PK\x03\x04 no picture"), file("厂区.png", png("green"))])
    refused = page.locator("#uploads li [role=alert]")
    expect(refused).to_contain_text("「合同.png」没收下：")
    expect(page.locator("#shelf .tile", has_text="厂区")).to_be_visible()
    assert "合同" not in assets(site, caller)
    page.get_by_role("button", name="知道了").click()
    expect(refused).to_have_count(0)


def test_a_picture_is_renamed_deleted_and_brought_back(site: Site, page: Page, caller: requests.Session) -> None:
    page.goto(site.url + "/library")
    page.set_input_files("#files", file("旧名.png", png("navy")))
    tile = page.locator("#shelf .tile", has_text="旧名")
    tile.get_by_role("button", name="改名").click()
    page.fill("dialog input", "新名")
    page.locator("dialog .btn.p").click()
    renamed = page.locator("#shelf .tile", has_text="新名")
    renamed.get_by_role("button", name="删除").click()
    expect(renamed).to_have_count(0)
    assert until(lambda: "新名" not in assets(site, caller))
    page.locator(".toast button").click()
    expect(renamed).to_be_visible()
    assert until(lambda: "新名" in assets(site, caller))


def test_a_person_is_invited_enters_by_the_link_and_is_shown_out(site: Site, page: Page, browser: Any) -> None:
    page.goto(site.url + "/people")
    page.fill("#login", "窑炉班")
    page.locator("#add input[value=author]").check()
    page.locator("#add .btn.p").click()
    link = page.locator(".addr").inner_text()
    guest = browser.new_context(locale="zh-CN").new_page()
    guest.goto(link.replace(link.split("/welcome/")[0], site.url))
    guest.fill("#password", PASSWORD)
    guest.press("#password", "Enter")
    guest.wait_for_url(site.url + "/**")
    guest.goto(site.url + "/playlists")
    expect(guest.locator("h1")).to_have_text("播放列表")
    assert guest.goto(site.url + "/people").status == 403
    page.goto(site.url + "/people")
    row = page.locator("li", has_text="窑炉班")
    row.locator("summary").click()
    row.get_by_role("button", name="停用").click()
    page.locator("dialog .btn.p").click()
    expect(page.locator("li.gone", has_text="窑炉班")).to_be_visible()
    guest.goto(site.url + "/playlists")
    assert "/sign-in" in guest.url
    guest.context.close()


def test_a_token_is_shown_once_works_and_ends(site: Site, page: Page) -> None:
    page.goto(site.url + "/settings/tokens")
    page.fill("#token-name", "门禁系统")
    page.locator("input[name=scopes][value=read]").check()
    page.locator("form[action='/settings/tokens'] .btn.p").click()
    caller = requests.Session()
    caller.headers["Authorization"] = f"Bearer {page.locator('.addr').inner_text()}"
    assert caller.get(f"{site.url}/api/v1/screens").status_code == 200
    page.goto(site.url + "/settings/tokens")
    expect(page.locator(".addr")).to_have_count(0)
    page.locator("li", has_text="门禁系统").get_by_role("button").click()
    page.locator("dialog .btn.p").click()
    assert until(lambda: caller.get(f"{site.url}/api/v1/screens").status_code == 401)


def test_what_was_done_stands_in_the_audit_log_and_a_backup_is_whole(site: Site, page: Page) -> None:
    page.goto(site.url + "/settings/audit")
    expect(page.locator("main")).to_contain_text("厂办")
    page.goto(site.url + "/settings/backup")
    with page.expect_download() as saving:
        page.locator("form[action='/settings/backup'] .btn.p").click()
    with tarfile.open(saving.value.path()) as archive:
        assert any(name.endswith(".db") for name in archive.getnames())
