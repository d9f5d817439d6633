"""Many live alerts take the room of one: on the alert page nothing scrolls away, and every one of them is reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute

from server.clock import SystemClock
from tests.browser.conftest import PASSWORD, Site, open_site
from tests.browser.fleet import until
from tests.server.intake.setting import FIRST, STORM, cap

GRAVEST = "三号窑 煤气泄漏"
LIVE = [
    ("actual", "extreme", GRAVEST), ("exercise", "minor", "消防演练 请到集合点集合"),
    ("actual", "moderate", "暴雨黄色预警 收好室外物料"), ("actual", "severe", "二号皮带停机检修 绕行"),
    ("actual", "minor", "食堂停水 今晚恢复"), ("actual", "extreme", "成品库冒烟 从北门撤离"),
]  # fmt: skip
SCROLLS = "document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth"
COUNTS = "[...document.querySelectorAll('.counts i')].map((one) => one.className.replace('sev ', '') + one.textContent)"
SEEN = """[...document.querySelectorAll("#bands .live a")].filter((one) => {
  const box = one.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return box.width > 0 && one.contains(top);
}).length"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = open_site(tmp_path_factory.mktemp("bands") / "var")
    site.become_owner("安全值班")
    yield site
    site.kill()


@pytest.fixture(scope="module")
def caller(site: Site) -> requests.Session:
    """A site with two screens of a kiln, and with a message from outside that waits for somebody to decide."""
    caller = site.token()
    group = call(caller, site, "groups", {"name": "三号窑", "steps": 0})["id"]
    for name, width, height, colour in (("东通道", 192, 16, "single"), ("中控室", 640, 360, "full")):
        screen = {"name": name, "place": "三号窑", "width": width, "height": height, "colour": colour}
        call(caller, site, "screens", screen | {"groups": [group]})
    sent = SystemClock().now()
    told = replace(FIRST, sent=sent, infos=(replace(STORM, effective=sent, expires=sent + 3_600_000),))
    answer = caller.post(site.url + "/api/v1/cap", data=cap(told), headers={"Content-Type": "application/cap+xml"})
    assert answer.ok, answer.text
    return caller


def call(caller: requests.Session, site: Site, path: str, body: Any) -> dict[str, Any]:
    answer = caller.post(f"{site.url}/api/v1/{path}", json=body)
    assert answer.ok, answer.text
    return dict(answer.json())


@pytest.fixture(scope="module")
def live(site: Site, caller: requests.Session) -> Callable[[int], None]:
    """Have so many alerts be live; never fewer again, so tests with few stand above those with many."""
    issued: list[str] = []

    def sent(status: str, severity: str, headline: str) -> bool:
        order = {"status": status, "severity": severity, "headline": headline, "instruction": "走{出口}"}
        order |= {"targets": {"all": True}, "expires_in_s": 1_800}  # type: ignore[dict-item]
        answer = caller.post(site.url + "/api/v1/alerts", json=order)
        assert answer.status_code in (201, 429), answer.text  # so many in a row are slowed down
        return answer.status_code == 201

    def issue(most: int) -> None:
        for status, severity, headline in LIVE[len(issued) : most]:
            assert until(lambda said=(status, severity, headline): sent(*said), 30)  # type: ignore[misc]
            issued.append(headline)

    return issue


@pytest.fixture
def desk(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    opened: list[BrowserContext] = []

    def enter(path: str, width: int = 1024, height: int = 768, locale: str = "zh", **more: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        opened.append(context)
        context.add_cookies([{"name": "lang", "value": locale, "url": site.url}])
        page = context.new_page()
        page.goto(site.url + "/sign-in")
        page.fill("#login", "安全值班")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(site.url + "/")
        page.goto(site.url + path)
        return page

    yield enter
    for context in opened:
        context.close()


def one_screen(page: Page, many: int) -> None:
    """Nothing of the alert page and the drill's is beyond its first screen, the note of what waits included."""
    assert page.locator("#outside a").count() == 1
    assert page.inner_text("#bands > .live .head1") == (LIVE[5][2] if many == 6 else GRAVEST)
    assert str(many - 1) in page.inner_text("#bands summary")
    assert ("还有" in page.inner_text("[data-left]")) == (page.get_attribute("html", "lang") == "zh-CN")
    assert not page.evaluate(SCROLLS)
    page.goto(page.url.replace("/alert", "/drill"))
    assert not page.evaluate(SCROLLS)


def question(page: Page) -> None:
    """Fill the form in and ask, as a browser without script does."""
    page.check("input[name=template][value=gas]", force=True)
    page.check("input[name=groups] >> nth=0", force=True)
    page.click("#next:visible, #next-phone:visible")


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_two_take_the_room_of_one(desk: Callable[..., Page], live: Callable[[int], None], locale: str) -> None:
    live(2)
    one_screen(desk("/alert", locale=locale), 2)


def test_a_page_learns_what_happened_before_its_socket_had_joined(
    desk: Callable[..., Page], live: Callable[[int], None]
) -> None:
    live(2)
    page, held = desk("/playlists"), list[WebSocketRoute]()
    page.route_web_socket("**/socket.io/**", lambda way: way.connect_to_server() if held else held.append(way))
    page.reload()
    assert until(lambda: bool(held))
    live(3)
    assert "另有 1 条" in page.inner_text("#bands summary")
    held[0].close()
    assert until(lambda: "另有 2 条" in page.inner_text("#bands summary"))


def test_an_open_list_stays_open_and_true_while_alerts_come_and_go(
    desk: Callable[..., Page], live: Callable[[int], None]
) -> None:
    live(2)
    page = desk("/playlists")
    page.click("#bands summary")
    page.focus("#bands .rest a")
    link = page.evaluate("document.activeElement.href")
    live(3)
    assert until(lambda: page.evaluate(SEEN) == 3)
    assert page.evaluate("document.activeElement.href") == link
    page.mouse.click(30, 560)
    assert until(lambda: page.evaluate(SEEN) == 1)


@pytest.mark.parametrize(("many", "locale"), [(many, locale) for many in (3, 6) for locale in ("zh", "en")])
def test_the_alert_page_is_one_screen_however_many_are_live(
    desk: Callable[..., Page], live: Callable[[int], None], many: int, locale: str
) -> None:
    live(many)
    one_screen(desk("/alert", locale=locale), many)


def test_so_is_the_question_without_a_script(desk: Callable[..., Page], live: Callable[[int], None]) -> None:
    live(6)
    page = desk("/alert", java_script_enabled=False)
    question(page)
    page.wait_for_url("**/alert/check")
    box = page.locator("[data-go]").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 768


def test_the_colour_of_each_is_seen_and_all_are_reached_by_keyboard(
    site: Site, desk: Callable[..., Page], live: Callable[[int], None]
) -> None:
    live(6)
    page = desk("/playlists")
    assert page.evaluate(COUNTS) == ["r1", "o1", "y1", "b2"]
    assert page.evaluate(SEEN) == 1
    page.focus("#bands > .live a")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert until(lambda: page.evaluate(SEEN) == 6)
    page.keyboard.press("Escape")
    assert page.evaluate(SEEN) == 1
    assert page.evaluate("document.activeElement.matches('#bands summary')")
    page.keyboard.press("Enter")
    for _ in range(5):
        page.keyboard.press("Tab")
    last = page.evaluate("document.activeElement.href")
    page.keyboard.press("Enter")
    page.wait_for_url(last)


def test_on_a_phone_they_fold_too_and_open_at_a_touch(desk: Callable[..., Page], live: Callable[[int], None]) -> None:
    live(6)
    page = desk("/", 390, 844, has_touch=True, is_mobile=True)
    box = page.locator("#bands summary").bounding_box()
    assert box
    assert box["height"] >= 44
    assert page.locator("#bands").bounding_box()["height"] < 230  # type: ignore[index]
    page.tap("#bands summary")
    page.locator("#bands .rest a >> nth=4").scroll_into_view_if_needed()
    page.tap("#bands .rest a >> nth=4")
    page.wait_for_url("**/alerts/a*")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
