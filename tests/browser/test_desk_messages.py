"""Messages from outside in a real Chromium: a source made on the pages, what it sends waits, is shown or ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from server.clock import SystemClock
from tests.browser.conftest import Site, open_site
from tests.browser.fleet import Wall, until
from tests.browser.test_desk_search import Enter

SENDER = "office@weather.example"
CAP = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>{name}</identifier><sender>office@weather.example</sender><sent>{sent}</sent>
  <status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
  <info><language>zh-CN</language><category>Met</category><event>暴雨</event><responseType>Prepare</responseType>
    <urgency>Expected</urgency><severity>Severe</severity><certainty>Likely</certainty><expires>{expires}</expires>
    <headline>{headline}</headline><description>两小时内雨量可能过百毫米</description><instruction>停止高处作业</instruction>
    <area><areaDesc>厂区</areaDesc></area></info>
</alert>"""


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Wall]]:
    """A site with one strip whose player is there."""
    site = open_site(tmp_path_factory.mktemp("messages") / "var")
    site.become_owner("厂办")
    screen = {"name": "东通道", "place": "三号窑", "width": 192, "height": 16, "colour": "single", "groups": []}
    made = site.token().post(f"{site.url}/api/v1/screens", json=screen).json()
    wall = Wall(site, made["key"])
    yield site, wall
    wall.end()
    site.kill()


@pytest.fixture
def page(plant: tuple[Site, Wall], sign_in: Enter) -> Page:
    context: BrowserContext = sign_in(plant[0], name="厂办")
    return context.pages[0]


def says(name: str, headline: str) -> bytes:
    """A message of the weather office, as it is now."""
    now = datetime.fromtimestamp(SystemClock().now() / 1000, UTC)
    sent, expires = ((now + timedelta(hours=n)).strftime("%Y-%m-%dT%H:%M:%S+00:00") for n in (0, 2))
    return CAP.format(name=name, sent=sent, expires=expires, headline=headline).encode()


def posted(site: Site, name: str, headline: str) -> requests.Response:
    headers = {"Content-Type": "application/cap+xml"}
    caller = site.token("alerts:issue")
    return caller.post(f"{site.url}/api/v1/cap", data=says(name, headline), headers=headers)


def add_source(page: Page, url: str) -> None:
    page.goto(f"{url}/settings/sources")
    page.locator("#add .pill", has_text="CAP").first.click()
    page.fill("#name-new", "气象台")
    page.fill("#senders-new", SENDER)
    page.check("#add input[name=policy][value=hold]")
    page.click("#add form .btn.p")
    page.wait_for_selector("li details[open] summary b:text('气象台')")


def test_what_a_source_sends_waits_until_an_officer_shows_or_ignores_it(plant: tuple[Site, Wall], page: Page) -> None:
    site, wall = plant
    add_source(page, site.url)
    page.goto(f"{site.url}/screens")
    assert posted(site, "m1", "暴雨橙色预警").status_code == 202
    page.click("text=1 条外部消息等人处理")
    page.click("text=暴雨橙色预警")
    expect(page.locator("main")).to_contain_text("停止高处作业")
    assert wall.told == []
    page.locator("label", has_text="全厂").locator("input").check()
    page.click("form .btn.lg >> nth=0")
    page.wait_for_selector("#shown")
    expect(page.locator("[data-go]")).to_be_disabled()
    page.focus("input.cell >> nth=0")
    page.keyboard.type(page.text_content("#shown") or "")
    page.click("[data-go]")
    page.wait_for_url(re.compile(r"/alerts/a\w+$"))
    expect(page.locator("#head")).to_contain_text("暴雨橙色预警")
    assert until(lambda: [one["headline"] for one in wall.told] == ["暴雨橙色预警"])
    expect(page.locator("#shown")).to_have_text("1")

    assert posted(site, "m2", "例行测试").status_code == 202
    page.goto(f"{site.url}/alerts/held")
    page.click("text=例行测试")
    page.wait_for_url(re.compile(r"/alerts/held/m\w+$"))
    page.click("[formaction$='/ignore']")
    page.click("dialog .btn:has-text('不理它')")
    page.wait_for_url(f"{site.url}/alerts/held")
    expect(page.locator("main")).to_contain_text("没有等人处理的消息")
    page.click("text=没上屏")
    expect(page.locator("main")).to_contain_text("例行测试")
    assert [one["headline"] for one in wall.told] == ["暴雨橙色预警"]


def test_a_source_is_changed_on_its_page_and_what_it_sends_then_passes_by(plant: tuple[Site, Wall], page: Page) -> None:
    site, _ = plant
    page.goto(f"{site.url}/settings/sources")
    if not page.locator("summary b", has_text="气象台").count():
        add_source(page, site.url)
    else:
        page.click("summary:has-text('气象台')")
    page.check("details[open] input[name=policy][value=ignore]")
    page.click("details[open] .btn.p")
    expect(page.locator("details[open] .badge.ok")).to_be_visible()
    expect(page.locator("summary", has_text="气象台")).to_contain_text("不理")
    assert posted(site, "m3", "大风蓝色预警").ok
    page.goto(f"{site.url}/alerts/held")
    expect(page.locator("main")).not_to_contain_text("大风蓝色预警")


def test_a_webhook_is_added_changed_and_refused_on_the_pages_alone(plant: tuple[Site, Wall], page: Page) -> None:
    site, _ = plant
    page.goto(f"{site.url}/settings/webhooks")
    page.fill("#add input[name=name]", "调度群")
    page.fill("#add input[name=address]", "ftp://example.com/x")
    page.click("#add .btn.p")
    expect(page.locator("#add [role=alert]")).to_be_visible()
    assert page.input_value("#add input[name=name]") == "调度群"
    page.fill("#add input[name=address]", "https://example.com/send?key=secret-key")
    page.click("#add .btn.p")
    row = page.locator("li", has=page.locator("b", has_text="调度群"))
    row.wait_for()
    assert "secret-key" not in page.content()
    if row.locator("details[open]").count() == 0:
        row.locator("summary").click()
    row.locator("label", has_text=re.compile("发布")).locator("input").uncheck()
    row.locator("input[name=name]").fill("夜班调度群")
    row.locator(".btn.p").click()
    expect(page.locator("li .badge.ok")).to_be_visible()
    expect(page.locator("summary", has_text="夜班调度群")).not_to_contain_text("发布")
