"""Alerts on a real player: the right pixels at once, on every kind of screen, through dead networks and restarts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.players.fake_server import strip
from tests.players.notices import colours_of, possible, shown_by, unlike
from tests.players.stand import Stand, glass, picture, play, server, until

STRIP = (192, 16)
FACES = "paomadeng.faces() === 2"


@pytest.fixture
def stand() -> Iterator[Stand]:
    with server() as running:
        yield running


def player(browser: Browser, stand: Stand, size: tuple[int, int] = STRIP, colour: str = "single") -> Page:
    """A player of a screen of this kind that plays a still page and has its faces."""
    width, height = size
    stand.set(screen={"id": "s1", "name": "Gate 1", "width": width, "height": height, "colour": colour})
    stand.publish(stand.still(size=size, colour=colour))
    page = play(browser, stand, max(400, width), max(200, height))
    assert until(lambda: page.evaluate(FACES)), "no faces"
    return page


def shows(page: Page, alert: dict[str, Any], seconds: float = 5, size: tuple[int, int] = STRIP) -> bool:
    """Whether the glass holds exactly the alert's pixels, at any of its moments."""
    wanted = possible(size, "single", alert)
    return until(lambda: glass(page, *size).tobytes() in wanted, seconds)


def plays(page: Page, seconds: float = 5, size: tuple[int, int] = STRIP) -> bool:
    """Whether the programme is on, and nothing over it."""
    return until(lambda: glass(page, *size).tobytes() == picture(strip(*size)).tobytes(), seconds)


@pytest.mark.parametrize(
    ("size", "colour"), [((192, 16), "single"), ((192, 16), "dual"), ((320, 16), "dual"), ((240, 24), "single")]
)
def test_a_strip_shows_an_alert_pixel_by_pixel(
    browser: Browser, stand: Stand, size: tuple[int, int], colour: str
) -> None:
    page = player(browser, stand, size, colour)
    alert = stand.alert(headline="煤气泄漏 三号窑 撤离", text="走东出口，到南门集合")
    stand.alarm(alert)
    wanted = possible(size, colour, alert)
    assert until(lambda: glass(page, *size).tobytes() in wanted)


def test_what_cannot_be_paged_runs_by_whole_pixels(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand, (96, 16))
    alert = stand.alert(headline="煤气泄漏 三号窑 撤离", text="走东出口，到南门集合")
    stand.alarm(alert)
    assert until(lambda: page.evaluate("paomadeng.alert()"))
    columns = []
    for _ in range(8):
        before = page.evaluate("paomadeng.alert().x")
        seen = glass(page, 96, 16).tobytes()
        after = page.evaluate("paomadeng.alert().x")
        columns += [x for x in range(before + 1, after - 2, -1) if shown_by((96, 16), "single", alert, x) == seen][:1]
    assert len(columns) == 8
    assert len(set(columns)) > 3


@pytest.mark.parametrize(
    ("size", "colour"), [((256, 64), "dual"), ((192, 96), "seven"), ((512, 128), "full"), ((1920, 1080), "full")]
)
def test_boards_and_large_screens_show_it_in_their_own_colours_and_bold(
    browser: Browser, stand: Stand, size: tuple[int, int], colour: str
) -> None:
    page = player(browser, stand, size, colour)
    alert = stand.alert(headline="煤气泄漏 三号窑 撤离", text="走东出口，到南门集合", severity="severe", label="Ⅱ级 橙")
    stand.alarm(alert)
    assert until(lambda: page.evaluate("paomadeng.alert()"))
    assert until(lambda: unlike(glass(page, *size), possible(size, colour, alert)) < 0.02)
    few = {rgb for one in possible(size, colour, alert) for rgb in colours_of(Image.frombytes("RGB", size, one))}
    assert colour == "full" or colours_of(glass(page, *size)) <= few


def test_received_and_shown_are_proved_within_half_a_second(browser: Browser, stand: Stand) -> None:
    player(browser, stand)
    issued = stand.alarm(stand.alert())["now"]
    assert until(lambda: stand.events("alert_shown") and stand.events("alert_received"))
    shown = stand.events("alert_shown")
    assert [(one["epoch"], one["id"], one["revision"]) for one in shown] == [("e1", "a1", 1)]
    assert 0 <= shown[0]["shown_at"] - issued < 500


def test_the_beat_tells_which_alert_is_on(browser: Browser, stand: Stand) -> None:
    player(browser, stand)
    stand.alarm(stand.alert())
    cues = until(lambda: [one["cues"] for one in stand.events("beat") if "alert" in one["cues"]], 15)
    assert cues[0] == {"main": {"item": 0, "page": 0}, "alert": {"id": "a1", "revision": 1}}


def test_clearing_it_brings_the_programme_back(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand)
    stand.alarm(stand.alert())
    assert until(lambda: page.evaluate("paomadeng.alert()"))
    stand.alarm()
    assert plays(page)


def test_the_programme_went_on_beneath_it(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.scroll(width=4_000, anchor=stand.now() - 3_000))
    page = play(browser, stand)
    stand.alarm(stand.alert())
    assert until(lambda: page.evaluate("paomadeng.alert()"))
    stand.alarm()
    assert until(lambda: not page.evaluate("paomadeng.alert()"))
    before = page.evaluate("paomadeng.x('main')")
    seen = glass(page).tobytes()
    columns = range(before, before - 40, -1)
    assert any(_at(strip(4_000, 16), x) == seen for x in columns)


def _at(png: bytes, x: int) -> bytes:
    shown = Image.new("RGB", STRIP)
    shown.paste(picture(png), (x, 0))
    return shown.tobytes()


def test_it_ends_by_itself_at_its_instant_while_the_network_is_gone(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand)
    now = stand.now()
    alert = stand.alert(expires=now + 3_000)
    stand.alarm(alert)
    assert shows(page, alert, 2)
    stand.stop()
    assert until(lambda: page.evaluate("paomadeng.now()") >= now + 3_050)
    assert page.evaluate("paomadeng.alert()") is None
    assert plays(page, 1)


def test_after_a_power_cut_it_is_back_without_any_server_until_it_expires(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(500)
    alert = stand.alert(expires=stand.now() + 6_000)
    stand.alarm(alert)
    assert until(lambda: stand.events("alert_received"))
    stand.stop()
    page.reload()
    assert shows(page, alert, 4)
    assert until(lambda: page.evaluate("paomadeng.alert() === null"), 8)
    page.reload()
    page.wait_for_timeout(300)
    assert page.evaluate("paomadeng.alert()") is None
    assert plays(page)


def test_repeated_reordered_and_lost_messages_do_no_harm(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand)
    older = stand.alarm(stand.alert(), times=3)
    assert until(lambda: stand.events("alert_shown"))
    newer = stand.alert(id="a2", headline="停电")
    stand.alarm(newer, times=2)
    stand.post("tell", {"event": "alerts_changed", "payload": older})
    assert shows(page, newer)
    page.wait_for_timeout(300)
    assert page.evaluate("paomadeng.alert().id") == "a2"
    stand.alarm(push=False)
    assert plays(page, 15)
    assert sorted(one["id"] for one in stand.events("alert_shown")) == ["a1", "a2"]


def test_another_epoch_is_asked_for_and_proved_anew(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand)
    stand.alarm(stand.alert())
    assert until(lambda: stand.events("alert_shown"))
    hellos = len(stand.events("hello"))
    stand.set(epoch="e2", seq=0)
    stand.alarm(stand.alert())
    assert until(lambda: len(stand.events("hello")) > hellos)
    assert until(lambda: [one["epoch"] for one in stand.events("alert_shown")] == ["e1", "e2"])
    assert page.evaluate("paomadeng.alert().id") == "a1"


def test_a_drill_says_so(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand, colour="dual")
    drill = stand.alert(status="exercise", label="【演练】")
    stand.alarm(drill)
    wanted = possible(STRIP, "dual", drill)
    assert until(lambda: glass(page).tobytes() in wanted)
    assert (60, 240, 80) in colours_of(glass(page).crop((0, 0, 64, 16)))


FLASHES = """new Promise((then) => { const pen = document.querySelector("#alert canvas").getContext("2d");
let flips = 0, last = null, end = performance.now() + 4000; const look = () => {
const now = pen.getImageData(0, 0, 1, 1).data.join(); flips += last !== null && now !== last; last = now;
performance.now() < end ? requestAnimationFrame(look) : then(flips); }; look(); })"""


@pytest.mark.parametrize(("size", "colour"), [((256, 64), "dual"), ((192, 16), "single")])
def test_it_flashes_once_a_second(browser: Browser, stand: Stand, size: tuple[int, int], colour: str) -> None:
    page = player(browser, stand, size, colour)
    stand.alarm(stand.alert())
    assert until(lambda: page.evaluate("paomadeng.alert()"))
    assert 7 <= page.evaluate(FLASHES) <= 9


def test_an_alert_does_not_wait_for_its_face_and_is_painted_again_when_it_comes(browser: Browser, stand: Stand) -> None:
    stand.set(faces=False)
    stand.publish(stand.still())
    page = play(browser, stand)
    alert = stand.alert()
    stand.alarm(alert)
    assert until(lambda: stand.events("alert_shown"), 2)
    assert not shows(page, alert, 0)
    assert (255, 45, 25) in colours_of(glass(page))
    stand.set(faces=True)
    assert shows(page, alert, 12)


def test_a_face_is_fetched_once(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand)
    page.reload()
    assert until(lambda: page.evaluate("window.paomadeng && paomadeng.faces() === 2"))
    faces = [name for name in stand.heard()["fetched"] if not name.endswith(".png")]
    assert len(faces) == 2


def test_a_banner_lies_over_the_programme(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand, (256, 64), "dual")
    banner = stand.alert(presentation="banner")
    stand.alarm(banner)
    assert until(lambda: page.evaluate("paomadeng.alert()"))
    seen = glass(page, 256, 64)
    assert seen.crop((0, 0, 256, 48)).tobytes() == picture(strip(256, 64)).crop((0, 0, 256, 48)).tobytes()
    below = {
        Image.frombytes("RGB", (256, 64), one).crop((0, 48, 256, 64)).tobytes()
        for one in possible((256, 64), "dual", banner)
    }
    assert until(lambda: glass(page, 256, 64).crop((0, 48, 256, 64)).tobytes() in below)


def test_an_alert_shows_on_a_blanked_screen_and_before_any_programme(browser: Browser, stand: Stand) -> None:
    page = browser.new_context(viewport={"width": 400, "height": 200}).new_page()
    page.goto(f"{stand.url}/screen?key=k1")
    assert until(lambda: page.evaluate(f"window.paomadeng && {FACES}"))
    alert = stand.alert()
    stand.alarm(alert)
    assert shows(page, alert)
    stand.publish({**stand.still(), "blank": True})
    assert until(lambda: page.evaluate("paomadeng.programme"))
    assert shows(page, alert)
    stand.alarm()
    assert until(lambda: glass(page).getbbox() is None)


def test_a_screenshot_shows_the_alert(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand)
    alert = stand.alert()
    stand.alarm(alert)
    assert shows(page, alert)
    stand.post("command", {"id": "c1", "kind": "screenshot"})
    done = until(lambda: stand.events("command_done"))
    assert Stand.shot(done[0]).tobytes() in possible(STRIP, "single", alert)


def test_without_sockets_alerts_come_and_are_proved_by_http(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand)
    stand.set(sockets=False)
    stand.stop()
    stand.start()
    stand.set(sockets=False)
    alert = stand.alert()
    stand.alarm(alert)
    assert shows(page, alert, 8)
    assert until(lambda: stand.events("http_shown") and stand.events("http_received"), 8)
    shown = stand.events("http_shown")
    assert [(one["epoch"], one["id"], one["revision"]) for one in shown] == [("e1", "a1", 1)]
    assert isinstance(shown[0]["shown_at"], int)
    stand.alarm()
    assert until(lambda: page.evaluate("paomadeng.alert() === null"), 8)
    assert len(stand.events("http_shown")) == len(stand.events("http_received")) == 1


NO_WEBSOCKET = """window.WebSocket = class {
constructor() { setTimeout(() => this.onerror(new Event("error")), 5); } close() {} };"""


def test_where_websockets_are_blocked_polling_carries_alerts_and_proofs(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still())
    page = browser.new_context(viewport={"width": 400, "height": 200}).new_page()
    page.add_init_script(NO_WEBSOCKET)
    page.goto(f"{stand.url}/screen?key=k1")
    assert until(lambda: stand.events("hello"))
    alert = stand.alert()
    stand.alarm(alert)
    assert until(lambda: stand.events("alert_shown"), 5)


def test_who_is_no_player_any_more_shows_no_alert(browser: Browser, stand: Stand) -> None:
    page = player(browser, stand)
    stand.alarm(stand.alert())
    assert until(lambda: page.evaluate("paomadeng.alert()"))
    stand.set(revoked=True)
    stand.post("command", {"id": "c1", "kind": "clear_cache"})
    assert until(lambda: page.evaluate("paomadeng.alert() === null"), 20)
