"""Review and schedule in a real Chromium: a piece decided on, changed meanwhile; a slot opened, dragged, taken off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, Site
from tests.players.stand import until

Enter = Callable[..., BrowserContext]


class Plant:
    """A group with a strip in it, and the interface to fill it."""

    def __init__(self, site: Site) -> None:
        self.url, self.caller = site.url, site.token()
        self.home = self.call("POST", "groups", {"name": "三号窑", "steps": 1})["id"]
        strip = {"name": "东通道", "width": 192, "height": 16, "colour": "single", "groups": [self.home]}
        self.screen = self.call("POST", "screens", strip)["id"]
        for name, role in (("安全科", "reviewer"), ("宣传科", "author")):
            site.run("user", "add", "--name", name, "--role", role, "--password-stdin", stdin=PASSWORD)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        answer: requests.Response = self.caller.request(method, f"{self.url}/api/v1/{path}", json=body, headers=headers)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json() if answer.text else {}
        return found

    def submitted(self, name: str, *lines: str) -> dict[str, Any]:
        items = [{"kind": "slogan", "text": line} for line in lines]
        made = self.call("POST", "playlists", {"name": name, "group": self.home, "items": items})
        return self.call("POST", f"playlists/{made['id']}/submit", {})

    def state(self, piece: dict[str, Any]) -> str:
        return str(self.call("GET", f"playlists/{piece['id']}")["state"])

    def slot(self, clock: str) -> str:
        made = self.submitted("下坡慢行", "下坡慢行")["id"]
        order = {"playlist": made, "targets": {"groups": [self.home]}, "daypart": {"clock": clock}}
        return str(self.call("POST", "slots", order)["id"])


@pytest.fixture(scope="module")
def plant(site: Site) -> Plant:
    return Plant(site)


@pytest.fixture
def watched() -> Iterator[Callable[[Page], Page]]:
    """Collect what goes wrong on pages, and fail for it."""
    faults: list[str] = []

    def watch(page: Page) -> Page:
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        return page

    yield watch
    assert faults == []


def test_a_piece_is_passed_on_a_phone_and_the_next_one_comes(
    site: Site, plant: Plant, sign_in: Enter, watched: Callable[[Page], Page]
) -> None:
    first, second = plant.submitted("头一件", "下班先断电", "出口在左手边"), plant.submitted("第二件", "先看现场")
    page = watched(sign_in(site, width=390, height=844, name="安全科").pages[0])
    page.clock.install()
    page.goto(f"{site.url}/review/{first['id']}")
    page.wait_for_selector("#shot canvas[aria-label='下班先断电']")
    page.click("#next")
    page.wait_for_selector("#shot canvas[aria-label='出口在左手边']")
    page.click("#approve")
    page.wait_for_selector(f"#piece[data-name='{second['name']}']")
    assert plant.state(first) == "step_1"
    page.clock.fast_forward(6000)
    expect(page.locator(".toast")).to_have_text("「头一件」第 1 版通过了，可以播了")
    assert plant.state(first) == "approved"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_approval_is_taken_back_within_six_seconds(
    site: Site, plant: Plant, sign_in: Enter, watched: Callable[[Page], Page]
) -> None:
    piece, _ = plant.submitted("要想一想", "先看现场"), plant.submitted("另一件", "再动手")
    page = watched(sign_in(site, name="安全科").pages[0])
    page.clock.install()
    page.goto(f"{site.url}/review/{piece['id']}")
    page.click("#approve")
    expect(page.locator("#list .gone")).to_contain_text("6 秒内可撤")
    page.click(".toast button")
    page.wait_for_selector("#piece[data-name='要想一想'] #approve")
    page.clock.fast_forward(60_000)
    assert plant.state(piece) == "step_1"


def test_whoever_leaves_at_once_has_decided(
    site: Site, plant: Plant, sign_in: Enter, watched: Callable[[Page], Page]
) -> None:
    piece = plant.submitted("定了", "先看现场")
    page = watched(sign_in(site, name="安全科").pages[0])
    page.clock.install()
    page.goto(f"{site.url}/review/{piece['id']}")
    page.click("#approve")
    page.wait_for_selector(".toast")
    page.goto(site.url + "/playlists")
    assert until(lambda: plant.state(piece) == "approved")


def test_an_approval_that_came_too_late_is_said(
    site: Site, plant: Plant, sign_in: Enter, watched: Callable[[Page], Page]
) -> None:
    piece, other = plant.submitted("晚了一步", "第一句"), plant.submitted("下一件", "先看现场")
    page = watched(sign_in(site, name="安全科").pages[0])
    page.clock.install()
    page.goto(f"{site.url}/review/{piece['id']}")
    page.click("#approve")
    page.wait_for_selector(".toast")
    items = [{"kind": "slogan", "text": "第二句"}]
    plant.call("PUT", f"playlists/{piece['id']}", {"items": items}, **{"If-Match": piece["revision"]})
    page.clock.fast_forward(6000)
    expect(page.locator("#refused")).to_contain_text("「晚了一步」没有处理成")
    assert plant.state(piece) == "draft"
    assert plant.state(other) == "step_1"


def test_a_piece_that_changed_meanwhile_is_looked_at_anew(
    site: Site, plant: Plant, sign_in: Enter, watched: Callable[[Page], Page]
) -> None:
    piece = plant.submitted("会改的", "第一句")
    page = watched(sign_in(site, name="安全科").pages[0])
    page.goto(f"{site.url}/review/{piece['id']}")
    page.wait_for_selector("#shot canvas")
    items = [{"kind": "slogan", "text": "第二句"}]
    plant.call("PUT", f"playlists/{piece['id']}", {"items": items}, **{"If-Match": piece["revision"]})
    plant.call("POST", f"playlists/{piece['id']}/submit", {})
    page.click("#newer")
    page.wait_for_selector("#shot canvas[aria-label='第二句']")
    assert "第 2 版" in page.inner_text("#approve")


def test_a_return_asks_for_a_reason_first(
    site: Site, plant: Plant, sign_in: Enter, watched: Callable[[Page], Page]
) -> None:
    piece = plant.submitted("要退的", "电话 6191")
    page = watched(sign_in(site, name="安全科").pages[0])
    page.clock.install()
    page.goto(f"{site.url}/review/{piece['id']}")
    page.wait_for_selector("#shot canvas")
    page.keyboard.press("b")
    page.click("dialog .btn.p")
    page.wait_for_selector("dialog .hint.bad")
    page.click("dialog label:has-text('内容不准确')")
    page.click("dialog .btn.p")
    page.click(".toast button")
    page.wait_for_url(f"{site.url}/review/{piece['id']}")  # the next piece stood there meanwhile
    page.wait_for_selector("#shot canvas")
    page.keyboard.press("b")
    page.click("dialog .btn.p")  # the reason is still there
    page.wait_for_selector(".toast")
    page.clock.fast_forward(6000)
    assert until(lambda: plant.call("GET", f"playlists/{piece['id']}")["history"][0].get("reason")) == "内容不准确"


def test_a_slot_is_opened_beside_its_cell_removed_and_brought_back(
    site: Site, plant: Plant, sign_in: Enter, watched: Callable[[Page], Page]
) -> None:
    slot = plant.slot("01:00-05:00")
    page = watched(sign_in(site, height=1000, name="宣传科").pages[0])
    page.goto(f"{site.url}/schedule?at=group:{plant.home}")
    cell = f".slot[data-slot='{slot}']"
    page.click(f"{cell} >> nth=0")
    page.click(".pop .btn.q:has-text('删除')")
    page.click("dialog .btn.p")
    page.wait_for_selector(cell, state="detached")
    page.click(".toast button")
    page.wait_for_selector(cell)
    assert page.locator(cell).count() == 7


def test_an_edge_is_dragged_in_steps_of_five_minutes(
    site: Site, plant: Plant, sign_in: Enter, watched: Callable[[Page], Page]
) -> None:
    slot = plant.slot("08:00-16:00")
    page = watched(sign_in(site, height=1000, name="宣传科").pages[0])
    page.goto(f"{site.url}/schedule?at=group:{plant.home}")
    box = page.locator(f".slot[data-slot='{slot}']").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 3 - 41, steps=5)
    page.mouse.up()
    page.wait_for_selector(".toast")
    assert plant.call("GET", f"slots/{slot}")["daypart"]["clock"] == "08:00-14:30"


def test_the_form_tells_what_a_slot_would_meet_before_it_is_saved(
    site: Site, plant: Plant, sign_in: Enter, watched: Callable[[Page], Page]
) -> None:
    plant.slot("17:00-19:00")
    other = plant.submitted("交班", "交班说清楚")["id"]
    page = watched(sign_in(site, height=1000, name="宣传科").pages[0])
    page.goto(f"{site.url}/schedule?at=group:{plant.home}")
    page.click(".head [data-form]")
    page.select_option("dialog #playlist", other)
    page.check("dialog input[name=hours][value=some]")
    page.fill("dialog input[name=from]", "18:00")
    page.fill("dialog input[name=until]", "17:30")
    page.wait_for_selector("dialog #overnight:not([hidden])")
    page.wait_for_selector("dialog #foreseen .note")
    assert "「下坡慢行」" in page.inner_text("dialog #foreseen")
