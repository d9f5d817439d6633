"""An officer's whole way through the pages, with three real players on a real server: an alert, then a drill."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import Site
from tests.browser.wall import Desk, matches, player, text_on
from tests.players.notices import unlike
from tests.players.stand import glass, until

KINDS = [("东门", 96, 16, "single"), ("三号窑", 192, 16, "single"), ("食堂", 640, 360, "full")]
LINE = "班前会八点"
ON = "(alert => alert && [alert.id, alert.revision])(window.paomadeng ? paomadeng.alert() : null) || null"
FACES = "paomadeng.faces() === 2"
CLEARED_S = 10  # the least a site may choose
ALIKE = 0.01  # of a page of large letters, whose edges browser and server smooth each in its own way

Screens = list[tuple[dict[str, Any], Page]]


@pytest.fixture(scope="module")
def desk(site: Site) -> Desk:
    desk = Desk(site, site.token())
    held = desk.http.get(f"{site.url}/api/v1/alert-settings").json()
    wanted = {name: held[name] for name in ("phone", "unit", "second_person")} | {"cleared_s": CLEARED_S}
    assert desk.http.put(f"{site.url}/api/v1/alert-settings", json=wanted).status_code == 200
    return desk


@pytest.fixture(scope="module")
def screens(browser: Browser, desk: Desk) -> Iterator[Screens]:
    """Three kinds of screen in one group, each with a player that shows its programme and holds its faces."""
    group, made = desk.post("/groups", {"name": "一车间", "steps": 0})["id"], []
    for name, width, height, colour in KINDS:
        order = {"name": name, "width": width, "height": height, "colour": colour, "groups": [group]}
        screen = desk.post("/screens", order | {"exit": f"{name}出口"})
        desk.line(LINE, screen["id"])
        made.append((screen, player(browser, desk.site, screen["key"], max(400, width), max(200, height))))
    assert until(lambda: all(page.evaluate(FACES) for _, page in made), 30)
    assert until(lambda: resumed(desk, made), 30), "the programme is not on"
    yield made
    for _, page in made:
        page.context.close()


@pytest.fixture
def office(desk: Desk, screens: Screens, sign_in: Callable[..., BrowserContext]) -> Page:
    """The officer's browser, whose page is told not to be loaded anew."""
    return sign_in(desk.site, width=1024, height=768).pages[0]


def resumed(desk: Desk, screens: Screens) -> bool:
    """Whether every screen's programme is where it is due, pixel for pixel."""
    return all(text_on(desk, page, screen) == LINE and matches(desk, page, screen) for screen, page in screens)


def painted(desk: Desk, screens: Screens) -> bool:
    """Whether every glass holds the server's own pixels of the alert: exactly on strips, but for edges on the large."""
    return all(_painted(desk, page, screen) for screen, page in screens)


def _painted(desk: Desk, page: Page, screen: dict[str, Any]) -> bool:
    if screen["height"] == 16:
        return matches(desk, page, screen)
    at = int(page.evaluate("Math.floor(paomadeng.now())"))
    seen = glass(page, screen["width"], screen["height"])
    frames = [desk.frame(screen["id"], at + late).tobytes() for late in (0, 100, 500, 1_000)]
    return unlike(seen, frames) < ALIKE


def on(screens: Screens) -> list[Any]:
    """The (id, revision) on every glass, None where there is none."""
    return [page.evaluate(ON) for _, page in screens]


def choose(page: Page, path: str, template: str) -> None:
    """Open the form, choose what happened and where, and see it on all three kinds of screen."""
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + path)
    page.locator(f"input[name=template][value={template}]").check(force=True)
    page.locator("label.pick1", has_text="一车间").locator("input[name=groups]").check(force=True)
    page.wait_for_selector("#shots figure:nth-child(3)")
    assert "3" in page.inner_text("#reach")
    page.click("#next")
    page.wait_for_selector("dialog[open] [data-go]")


def proved(page: Page, late: Page) -> str:
    """Let it go, and see on the page it leads to, without a reload, two proofs and that of a player that comes late."""
    at = late.url
    late.goto("about:blank")
    page.click("dialog [data-go]")
    page.wait_for_url(re.compile(r"/alerts/a\w+$"))
    page.evaluate("window.here = true")
    page.wait_for_selector("#shown:text-is('2')")
    late.goto(at)
    page.wait_for_selector("#shown:text-is('3')")
    assert page.inner_text("#of") == "3"
    assert page.locator("#rows tr:has(.dot.on)").count() == 3
    assert page.is_hidden("#missing")
    assert page.evaluate("window.here")
    return page.url.rsplit("/", 1)[1]


def cleared(page: Page, screens: Screens, alert: str) -> None:
    """Clear it through the page, and see the all-clear on every glass and proved on the page."""
    page.click("a[href$='/clear']:visible")
    page.click("dialog [data-go]")
    page.wait_for_selector(".live.g")
    assert until(lambda: on(screens) == [[alert, 2]] * 3), "no all-clear"
    page.wait_for_selector("#shown:text-is('3')")


def test_an_alert_by_the_pages_is_on_three_screens_proved_cleared_and_gone(
    desk: Desk, screens: Screens, office: Page
) -> None:
    choose(office, "/alert", "gas")
    for digit in office.inner_text("dialog #shown"):
        office.keyboard.type(digit)
    alert = proved(office, screens[1][1])
    assert on(screens) == [[alert, 1]] * 3
    assert until(lambda: painted(desk, screens)), "the pixels are not the server's"
    cleared(office, screens, alert)
    assert until(lambda: painted(desk, screens), CLEARED_S), "the all-clear's pixels are not the server's"
    assert until(lambda: on(screens) == [None] * 3, CLEARED_S + 10), "the all-clear stays"
    assert until(lambda: resumed(desk, screens)), "the programme is not where it is due"


def test_a_drill_by_the_pages_leaves_a_report_of_three_screens_and_their_times(
    desk: Desk, screens: Screens, office: Page
) -> None:
    choose(office, "/drill", "evacuation")
    drill = proved(office, screens[1][1])
    assert until(lambda: painted(desk, screens)), "the pixels are not the server's"
    cleared(office, screens, drill)
    office.click("a.btn[href$='/report']")
    office.wait_for_url("**/report")
    office.goto(office.url + "?revision=1")
    assert "演练报告" in office.inner_text("h1")
    assert "3 / 3" in office.inner_text(".figures")
    rows = office.locator("table tbody tr").all_inner_texts()
    assert len(rows) == 3
    for name, *_ in KINDS:
        (row,) = (one for one in rows if name in one)
        assert len(re.findall(r"\d+\.\d\d", row)) >= 2, row  # received and painted, in seconds
    assert until(lambda: resumed(desk, screens), CLEARED_S + 15), "the programme is not where it is due"
