"""The alert and drill pages in a real Chromium, with players that speak the real protocol."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PASSWORD, Site, open_site
from tests.browser.fleet import Wall, fleet, until

Enter = Callable[..., BrowserContext]
FOUR_BY_THREE = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}
LIT = """[...document.querySelectorAll("#shots canvas")].map((one) =>
  one.getContext("2d").getImageData(0, 0, one.width, one.height).data.some((value, n) => n % 4 < 3 && value > 200))"""
SCREENS = (("东通道", 192, 16, "single"), ("二层平台", 256, 64, "dual"), ("中控室", 1280, 720, "full"))


@dataclass
class Plant:
    """A site with a kiln of three screens, two of them online, and a gate; ``silent`` never proves anything."""

    site: Site
    group: str = ""
    keys: list[str] = field(default_factory=list)
    walls: list[Wall] = field(default_factory=list)
    caller: Any = None

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = self.caller.request(method, f"{self.site.url}/api/v1/{path}", json=body)
        assert answer.ok, answer.text
        return dict(answer.json()) if answer.text else {}

    def live(self) -> list[dict[str, Any]]:
        return [one for one in self.call("GET", "alerts")["items"] if one["phase"] == "live"]


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    site = open_site(tmp_path_factory.mktemp("alerts") / "var")
    site.become_owner("安全值班")
    made = Plant(site, caller=site.token())
    made.group = made.call("POST", "groups", {"name": "三号窑", "steps": 0})["id"]
    for name, width, height, colour in SCREENS:
        screen = {"name": name, "place": "三号窑", "width": width, "height": height, "colour": colour,
                  "groups": [made.group], "exit": "东出口", "muster_point": "南门"}  # fmt: skip
        made.keys.append(made.call("POST", "screens", screen)["key"])
    made.walls = fleet(site, made.keys[:2])
    yield made
    for wall in made.walls:
        wall.end()
    site.kill()


@pytest.fixture
def desk(browser: Browser, plant: Plant) -> Iterator[Callable[..., Page]]:
    """A browser signed in as the safety officer; whatever goes wrong on its pages fails the test."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def enter(path: str, size: dict[str, int] = FOUR_BY_THREE) -> Page:
        context = browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        page.goto(plant.site.url + "/sign-in")
        page.fill("#login", "安全值班")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(plant.site.url + "/")
        page.goto(plant.site.url + path)
        return page

    yield enter
    for context in opened:
        context.close()
    for one in plant.live():
        plant.call("POST", f"alerts/{one['id']}/clear", {})
    assert faults == []


def scrolls(page: Page) -> bool:
    return bool(
        page.evaluate(
            "document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth"
        )
    )


def comes(page: Page, true: str) -> None:
    """Wait until an expression is true on the page; its policy lets nobody else evaluate one there."""
    assert until(lambda: bool(page.evaluate(true))), true


def tab_to(page: Page, selector: str, most: int = 40) -> None:
    """Press Tab until the focus is on what is wanted."""
    for _ in range(most):
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def compose(page: Page, template: str = "gas") -> None:
    """Choose a hazard and the kiln, and see it on its screens."""
    page.locator(f"input[name=template][value={template}]").check(force=True)
    page.locator("input[name=groups]").first.check(force=True)
    comes(page, "document.querySelectorAll('#shots figure').length === 3")


def issue(page: Page) -> None:
    compose(page)
    page.click("#next:visible, #next-phone:visible")
    page.wait_for_selector("dialog[open] .cell")
    for digit in page.inner_text("dialog #shown"):
        page.keyboard.type(digit)
    page.click("dialog [data-go]")
    page.wait_for_url(re.compile(r"/alerts/a\w+$"))


def test_an_alert_goes_out_by_keyboard_alone_on_one_screen_without_scrolling(
    plant: Plant, desk: Callable[..., Page]
) -> None:
    page = desk("/alert")
    assert page.evaluate("document.activeElement.name") == "template"
    page.keyboard.press("ArrowRight")
    assert "煤气" in page.input_value("#headline")
    tab_to(page, "input[name=groups]")
    page.keyboard.press("Space")
    comes(page, "document.querySelectorAll('#shots figure').length === 3")
    assert "其中 1 块现在断联" in page.inner_text("#reach")
    assert "最窄的屏" in page.inner_text("#fits")
    assert until(lambda: all(page.evaluate(LIT))), "a panel stays dark"
    assert not scrolls(page)
    tab_to(page, "#next")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[role=alertdialog][open]")
    assert "真实紧急通知，不是演练" in page.inner_text("dialog")
    assert "中控室现在断联" in page.inner_text("dialog")
    assert page.is_disabled("dialog [data-go]")
    page.keyboard.type(page.inner_text("dialog #shown"))
    assert page.is_enabled("dialog [data-go]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/alerts/a\w+$"))
    page.wait_for_selector("#shown:text-is('2')")
    page.wait_for_selector("#missing:not([hidden])")
    assert "1 块联系不上，请派人去" in page.inner_text("#missing")
    assert [len(wall.told) for wall in plant.walls] == [1, 1]
    assert "走东出口" in plant.walls[0].told[0]["text"] or "东出口" in plant.walls[0].told[0]["text"]


def test_wrong_digits_empty_the_cells_and_pasting_is_refused(plant: Plant, desk: Callable[..., Page]) -> None:
    page = desk("/alert")
    compose(page)
    page.click("#next")
    page.wait_for_selector("dialog[open] .cell")
    digits = page.inner_text("dialog #shown")
    page.keyboard.type("".join(str((int(one) + 1) % 10) for one in digits))
    assert page.eval_on_selector_all("dialog .cell", "all => all.map(one => one.value).join('')") == ""
    assert "不一致" in page.inner_text("#still")
    page.evaluate(
        """text => { const held = new DataTransfer(); held.setData('text/plain', text);
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: held, bubbles: true,
        cancelable: true})); }""",
        digits,
    )
    assert "不能粘贴" in page.inner_text("#still")
    assert page.is_disabled("dialog [data-go]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.input_value("#headline") != ""
    assert plant.live() == []


def test_on_a_phone_it_goes_out_and_is_cleared_with_one_hand(plant: Plant, desk: Callable[..., Page]) -> None:
    page = desk("/alert", PHONE)
    issue(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for_selector("#shown:text-is('2')")
    page.click(".stickyact a[href$='/clear']")
    page.click("dialog [data-go]")
    page.wait_for_selector(".live.g")
    assert until(lambda: {one["phase"] for one in plant.walls[0].told} == {"cleared"})


def test_every_page_says_what_is_live_and_follows(plant: Plant, desk: Callable[..., Page]) -> None:
    page, other = desk("/alert"), desk("/")
    assert other.query_selector("#bands .live.r") is None
    issue(page)
    other.wait_for_selector("#bands .live.r")
    other.wait_for_selector("[data-sos].on")
    other.wait_for_selector("#bands .live.r [data-proved]:has-text('2 / 3')")
    assert re.match(r"还有 (30:00|29:\d\d)", other.inner_text(".live.r [data-left]"))
    other.click("#bands .live.r a")
    other.wait_for_url(page.url)


def test_somebody_who_went_there_is_told_to_everyone(desk: Callable[..., Page]) -> None:
    page = desk("/alert")
    issue(page)
    page.wait_for_selector("#missing button")
    page.click("#missing button")
    comes(page, "!document.querySelector('#missing button')")
    assert "安全值班：有人去了" in page.inner_text("#missing-rows")


def test_the_table_is_narrowed_where_it_stands_and_by_its_address(plant: Plant, desk: Callable[..., Page]) -> None:
    body = {"status": "exercise", "severity": "minor", "headline": "集合", "instruction": "点名",
            "targets": {"all": True}, "expires_in_s": 300}  # fmt: skip
    page = desk(f"/alerts/{plant.call('POST', 'alerts', body)['id']}")
    page.wait_for_selector("#rows tr:nth-child(3)")
    page.evaluate("window.here = true")
    page.click("[data-only=missing]")
    comes(page, "document.querySelectorAll('#rows tr').length === 1")
    assert page.text_content("#rows .name") == "三号窑·中控室"
    assert page.evaluate("window.here")
    assert page.url.endswith("?only=missing")
    page.reload()
    assert page.locator("#rows tr").count() == 1


def test_words_are_changed_and_time_is_added_while_it_is_live(plant: Plant, desk: Callable[..., Page]) -> None:
    page = desk("/alert")
    issue(page)
    page.click("a[href$='/update']")
    page.fill("dialog [name=headline]", "改走西门")
    page.click("dialog [data-go]")
    page.wait_for_selector("#head .head1:text-is('改走西门')")
    assert until(lambda: plant.walls[0].told[0]["headline"] == "改走西门")
    page.click("a[href$='/extend']")
    page.click("dialog [data-go]")
    page.wait_for_selector("#head [data-left]:text-matches('5\\\\d:\\\\d\\\\d')")


def test_a_drill_runs_ends_and_leaves_a_report(plant: Plant, desk: Callable[..., Page]) -> None:
    page = desk("/drill")
    compose(page, "evacuation")
    assert page.inner_text(".lock").strip() == "【演练】"
    page.click("#next")
    page.wait_for_selector("dialog.blue[open]")
    assert page.query_selector("dialog .cell") is None
    page.click("dialog [data-go]")
    page.wait_for_url(re.compile(r"/alerts/a\w+$"))
    page.wait_for_selector("#shown:text-is('2')")
    assert plant.walls[0].told[0]["label"] == "【演练】"
    page.click("a[href$='/clear']:visible")
    page.click("dialog [data-go]")
    page.wait_for_selector(".live.g")
    page.click("a.btn[href$='/report']")
    page.wait_for_url("**/report")
    assert "演练报告" in page.inner_text("h1")
    assert "2 / 3" in page.inner_text(".figures")
    assert "中控室" in page.inner_text("table >> nth=0")
    page.emulate_media(media="print")
    assert page.is_hidden(".side")


def test_a_network_that_fails_while_issuing_says_whether_it_went_out(plant: Plant, desk: Callable[..., Page]) -> None:
    page = desk("/alert")
    compose(page)
    page.click("#next")
    page.wait_for_selector("dialog[open] .cell")
    page.keyboard.type(page.inner_text("dialog #shown"))
    page.route("**/alert/issue", lambda route: route.abort())
    page.click("dialog [data-go]")
    page.wait_for_selector("dialog #refused:has-text('刚才没有发出去')")
    assert plant.live() == []
    page.unroute("**/alert/issue")

    def lose_the_answer(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/alert/issue", lose_the_answer)
    page.click("dialog [data-go]")
    page.wait_for_url(re.compile(r"/alerts/a\w+$"))
    assert len(plant.live()) == 1


def test_a_page_left_open_asks_for_the_password_and_keeps_what_was_typed(desk: Callable[..., Page]) -> None:
    page = desk("/alert")
    compose(page)
    page.fill("#headline", "还没发的话")
    page.evaluate("document.querySelector('input[name=ticket]').value = 'stale'")
    page.click("#next")
    page.fill("#again", "不对")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog [role=alert]:has-text('密码不对')")
    page.fill("#again", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] .cell")
    assert page.input_value("#headline") == "还没发的话"
