"""Every page of the desk in both languages and at two widths: no fault, no overflow, no foreign or missing word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.conftest import PASSWORD, Site, open_site

WIDTHS = (1440, 390)
PAGES = (
    *("/", "/first-run", "/more", "/me", "/people", "/library", "/playlists", "/playlists/{playlist}", "/review"),
    *("/schedule", "/schedule?view=list", "/schedule/new", "/screens", "/screens/new", "/screens/groups"),
    *("/screens/{screen}", "/settings/site", "/settings/doctor", "/settings/tokens", "/settings/audit"),
    *("/settings/backup", "/api/docs", "/search", "/search?q=s"),
    *("/alert", "/drill", "/alerts", "/settings/alerts", "/settings/alerts/new", "/settings/alerts/fire"),
)
KEY = re.compile(r"\b[a-z_]+\.[a-z_]+\.[a-z_]+\b")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
LOOK = """() => {
  const shown = (one) => one.getClientRects().length > 0;
  const fields = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")];
  const named = (one) => one.labels?.length || one.getAttribute("aria-label") || one.getAttribute("aria-labelledby");
  const buttons = [...document.querySelectorAll("button, a[href], summary")].filter(shown);
  return {
    text: document.title + " " + document.body.innerText,
    sideways: document.documentElement.scrollWidth > innerWidth,
    squeezed: [...document.querySelectorAll(".tile")].filter((one) => shown(one) && one.clientWidth < 160).length,
    headings: document.querySelectorAll("h1").length,
    unnamed: fields.filter((one) => !named(one)).map((one) => one.outerHTML.slice(0, 120)),
    mute: buttons.filter((one) => !one.textContent.trim() && !one.getAttribute("aria-label") && !one.title)
      .map((one) => one.outerHTML.slice(0, 120)),
    language: document.documentElement.lang,
  };
}"""
RING = """() => {
  const one = document.activeElement;
  const ringed = (place) => place && getComputedStyle(place).outlineStyle !== "none";
  const places = [one, one.closest(".tile"), one.querySelector(".th")];  // a tile and a rail show it elsewhere
  return one === document.body || places.some(ringed) ? "" : one.outerHTML.slice(0, 120);
}"""


@pytest.fixture(scope="module", params=["zh", "en"])
def staffed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A site in one language, with its owner."""
    site = open_site(tmp_path_factory.mktemp(request.param) / "var", {"PAOMADENG_LOCALE": request.param})
    site.become_owner("owner", request.param)
    yield site, request.param
    site.kill()


@pytest.fixture(scope="module")
def addresses(staffed: tuple[Site, str]) -> list[str]:
    site, _ = staffed
    caller = site.token()
    ids = {name: caller.get(f"{site.url}/api/v1/{name}s").json()["items"][0]["id"] for name in ("screen", "playlist")}
    return [site.url + page.format(**ids) for page in PAGES]


@pytest.fixture(scope="module", params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser, staffed: tuple[Site, str]) -> Iterator[Page]:
    """One page for all addresses, signed in."""
    site, language = staffed
    context = browser.new_context(
        viewport={"width": request.param, "height": 860}, locale={"zh": "zh-CN", "en": "en-GB"}[language]
    )
    desk = context.new_page()
    desk.goto(site.url + "/sign-in")
    desk.fill("#login", "owner")
    desk.fill("#password", PASSWORD)
    desk.press("#password", "Enter")
    desk.wait_for_url(site.url + "/")
    yield desk
    context.close()


def complaints(seen: dict[str, Any], language: str) -> list[str]:
    """What is wrong with a page, in words."""
    text = seen["text"].replace("中文", "")
    found = [f"unnamed field {one}" for one in seen["unnamed"]] + [f"mute {one}" for one in seen["mute"]]
    found += [f"key {one}" for one in KEY.findall(text) if "run.py" not in one]
    found += ["sideways"] if seen["sideways"] else []
    found += [f"{seen['squeezed']} squeezed tiles"] if seen["squeezed"] else []
    found += [f"{seen['headings']} h1"] if seen["headings"] != 1 else []
    found += [f"Chinese {one}" for one in CHINESE.findall(text)] if language == "en" else []
    return found + ([] if seen["language"].startswith(language) else [seen["language"]])


def test_every_page_is_whole_named_and_in_one_language(
    page: Page, staffed: tuple[Site, str], addresses: list[str]
) -> None:
    faults: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if said.type == "error" and "503" not in said.text:  # a programme still being compiled
            faults.append(f"{page.url} {said.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: faults.append(f"{page.url} {error}"))
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("load")
        page.wait_for_timeout(120)
        faults += [f"{address} {one}" for one in complaints(page.evaluate(LOOK), staffed[1])]
    assert set(faults) == set()


def test_the_focus_can_be_seen_wherever_tab_leads(page: Page, addresses: list[str]) -> None:
    hidden = []
    for address in addresses[:4]:
        page.goto(address)
        for _ in range(14):
            page.keyboard.press("Tab")
            hidden.append(page.evaluate(RING))
    assert {one for one in hidden if one} == set()


def test_an_error_is_told_in_the_language_of_the_pages(page: Page, staffed: tuple[Site, str]) -> None:
    site, language = staffed
    page.goto(site.url + "/nothing-here")
    assert page.inner_text("h1") == {"zh": "没有找到", "en": "Not found"}[language]
    assert complaints(page.evaluate(LOOK), language) == []
