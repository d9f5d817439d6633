"""The page Now and the screens' pages in a real Chromium: live tiles, another instant, the drawer, the kill switch."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
import requests
from PIL import Image, ImageChops
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.players.notices import possible
from tests.players.stand import until

FITS = "document.documentElement.scrollWidth <= innerWidth"
Enter = Callable[..., BrowserContext]
STRIP = ".tile[data-screen='{screen}'] canvas"
READ = """(canvas) => new Promise((done) => canvas.toBlob(async (blob) => {
  done([...new Uint8Array(await blob.arrayBuffer())]); }))"""


@pytest.fixture
def desk(site: Site, sign_in: Enter) -> Iterator[Page]:
    page = sign_in(site).pages[0]
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(site.url + "/")
    page.wait_for_selector(".tile canvas[aria-label]")
    yield page
    assert [fault for fault in faults if "503" not in fault] == []


def samples(caller: requests.Session, site: Site) -> list[dict[str, int | str]]:
    found: list[dict[str, int | str]] = caller.get(site.url + "/api/v1/screens").json()["items"]
    return found


def lit(page: Page, selector: str) -> Image.Image:
    return Image.open(io.BytesIO(bytes(page.eval_on_selector(selector, READ)))).convert("RGB")


def test_a_tile_shows_the_very_pixels_of_the_screen_and_moves(site: Site, desk: Page) -> None:
    strip = next(one for one in samples(site.token(), site) if one["height"] == 16)
    selector = STRIP.format(screen=strip["id"])
    assert until(lambda: lit(desk, selector).getbbox() is not None, 60)
    assert lit(desk, selector).size == (192, 16)
    seen = set()
    for _ in range(8):
        seen.add(lit(desk, selector).tobytes())
        desk.wait_for_timeout(700)
    assert len(seen) > 1


def drill(caller: requests.Session, site: Site) -> str:
    """Issue a drill to the strip of 16 rows; its id."""
    strip = next(one for one in samples(caller, site) if one["height"] == 16)
    order = {
        "status": "exercise", "severity": "minor", "headline": "全员疏散 南门", "instruction": "",
        "targets": {"screens": [strip["id"]]}, "expires_in_s": 600, "presentation": "takeover",
    }  # fmt: skip
    issued = caller.post(site.url + "/api/v1/alerts", json=order)
    assert issued.status_code == 201, issued.text
    return str(issued.json()["id"])


def clear(caller: requests.Session, site: Site, alert: str) -> None:
    assert caller.post(f"{site.url}/api/v1/alerts/{alert}/clear", json={}).status_code < 300


def test_an_alert_lies_over_the_tile_as_on_the_wall_and_the_tile_says_so(site: Site, desk: Page) -> None:
    caller = site.token()
    alert = drill(caller, site)
    tile = ".tile[data-state=drill]"
    desk.wait_for_selector(tile)
    assert "全员疏散 南门" in desk.inner_text(f"{tile} .pl")
    told = caller.get(site.url + "/api/v1/live-alerts").json()["items"][0]["alerts"][0]
    wanted = possible((192, 16), "single", told)
    assert until(lambda: lit(desk, f"{tile} canvas").tobytes() in wanted)
    clear(caller, site, alert)
    assert until(lambda: "【演练】【解除】" in desk.inner_text(f"{tile} .pl"))


def test_a_dark_screen_can_be_lit_again_while_an_alert_or_its_all_clear_lies_over_it(site: Site, desk: Page) -> None:
    caller = site.token()
    alert = drill(caller, site)
    clear(caller, site, alert)
    desk.wait_for_selector(".tile[data-state=drill]")
    strip = desk.get_attribute(".tile[data-state=drill]", "data-screen")
    order = f"{site.url}/api/v1/screens/{strip}/commands"
    assert caller.post(order, json={"kind": "blank"}).status_code < 300
    desk.click("#relight")
    assert until(lambda: not any(one["blanked"] for one in samples(caller, site)))


def test_another_instant_is_the_servers_own_picture_of_it(site: Site, desk: Page) -> None:
    caller = site.token()
    board = next(one for one in samples(caller, site) if one["width"] == 256)
    desk.emulate_media(reduced_motion="reduce")
    desk.reload()
    selector = STRIP.format(screen=board["id"])
    assert until(lambda: lit(desk, selector).getbbox() is not None, 60)
    begun = desk.evaluate("JSON.parse(document.getElementById('island').textContent).site.now")
    frame = f"{site.url}/api/v1/screens/{board['id']}/frame.png"
    frames = [caller.get(frame, params={"at": begun + later}) for later in range(0, 12_000, 500)]
    shown = lit(desk, selector)
    pictures = [Image.open(io.BytesIO(frame.content)).convert("RGB") for frame in frames]
    assert any(ImageChops.difference(shown, picture).getbbox() is None for picture in pictures)


def test_the_slider_moves_the_wall_by_keys_and_n_brings_back_now(desk: Page) -> None:
    desk.focus("#rail")
    desk.keyboard.press("Home")
    desk.keyboard.press("Shift+ArrowRight")
    assert desk.inner_text("#looking span") == "你在看 00:15 的样子"
    desk.focus("#rail")
    desk.keyboard.press("n")
    assert desk.is_hidden("#looking")


def test_a_key_in_a_pages_first_second_goes_nowhere_without_g(site: Site, desk: Page) -> None:
    desk.add_init_script("""addEventListener("DOMContentLoaded", () => setTimeout(() => {
        window.pressedAt = performance.now();
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "p", bubbles: true })); }))""")
    desk.goto(site.url + "/screens")
    pressed = desk.wait_for_function("window.pressedAt").json_value()
    assert pressed < 1000, "too late to tell"
    desk.wait_for_timeout(300)
    assert desk.url == site.url + "/screens"


def test_the_kill_switch_asks_once_and_everything_can_come_back(site: Site, desk: Page) -> None:
    caller = site.token()
    desk.click("#power")
    desk.click("dialog .btn.red")
    assert until(lambda: all(one["blanked"] for one in samples(caller, site)))
    assert until(lambda: "关停" in desk.inner_text("#say"))
    desk.click("#relight")
    assert until(lambda: not any(one["blanked"] for one in samples(caller, site)))


def test_what_went_dark_elsewhere_comes_back_too(site: Site, desk: Page) -> None:
    caller = site.token()
    first, *others = [one["id"] for one in samples(caller, site)]
    order = f"{site.url}/api/v1/screens/{{}}/commands"
    assert caller.post(order.format(first), json={"kind": "blank"}).status_code < 300
    desk.wait_for_selector("#relight")
    desk.route("**/api/v1/screens/*", lambda route: None)  # the page's news of single screens stay away
    for other in others:
        assert caller.post(order.format(other), json={"kind": "blank"}).status_code < 300
    desk.click("#relight")
    assert until(lambda: not any(one["blanked"] for one in samples(caller, site)))
    desk.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize("path", ["/", "/screens", "/screens/new", "/screens/groups", "/first-run", "/more", "/me"])
def test_a_phone_needs_no_sideways_scrolling(site: Site, sign_in: Enter, path: str) -> None:
    page = sign_in(site, width=390, height=844, locale="en-GB").pages[0]
    page.goto(site.url + path)
    page.wait_for_timeout(300)
    assert page.evaluate(FITS)


@pytest.fixture(params=["zh", "en"])
def phone(request: pytest.FixtureRequest, site: Site, sign_in: Enter) -> Iterator[Page]:
    """A phone's page in either language."""
    page = sign_in(site, width=390, height=844).pages[0]
    speak(page, site, request.param)
    yield page
    speak(page, site, "zh")


def speak(page: Page, site: Site, language: str) -> None:
    page.goto(site.url + "/more")
    switch = page.locator(f"main form[action='/language'] button[value={language}]")
    if switch.count():
        switch.click()
        page.wait_for_selector(f"html[lang^={language}]")


def test_a_phone_needs_none_either_under_a_drill_and_its_all_clear(site: Site, phone: Page) -> None:
    caller = site.token()
    alert = drill(caller, site)
    phone.goto(site.url + "/")
    phone.wait_for_selector(".live.b")
    assert phone.evaluate(FITS)
    clear(caller, site, alert)
    phone.wait_for_selector(".live.g")
    assert phone.evaluate(FITS)


def test_the_alert_page_needs_no_scrolling_under_the_band_of_a_live_drill(fresh_site: Site, sign_in: Enter) -> None:
    fresh_site.become_owner("厂办")
    drill(fresh_site.token(), fresh_site)
    page = sign_in(fresh_site, width=1024, height=768).pages[0]
    page.goto(fresh_site.url + "/alert")
    page.wait_for_selector(".live.b")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_screens_page_draws_regions_while_they_are_typed(site: Site, desk: Page) -> None:
    hall = next(one for one in samples(site.token(), site) if one["width"] == 1280)
    desk.goto(f"{site.url}/screens/{hall['id']}")
    desk.locator("summary", has_text="版式").click()
    desk.check("[name=layout][value=own]")
    row = desk.locator("#rows tbody tr").nth(1)
    for name, value in {"name": "side", "x": "600", "y": "0", "width": "100", "height": "100"}.items():
        row.locator(f"[name=region_{name}]").fill(value)
    assert desk.locator("#draw rect").count() == 2
    assert "重叠" in desk.inner_text("#drawsay")


def test_a_panel_is_measured_only_once_it_comes_into_view(site: Site, sign_in: Enter) -> None:
    page = sign_in(site, height=240).pages[0]
    page.goto(f"{site.url}/screens")
    last = page.locator(".tile canvas").last
    expect(page.locator(".tile canvas").first).not_to_have_attribute("width", "0")
    expect(last).to_have_attribute("width", "0")
    page.locator(".tile").last.scroll_into_view_if_needed()
    expect(last).not_to_have_attribute("width", "0")
