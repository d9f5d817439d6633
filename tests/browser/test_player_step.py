"""Two players of one screen stand in step, to the frame; nothing else may run beside these."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site
from tests.browser.wall import Desk, player, text_on
from tests.players.stand import play, server, until

LINE = "看见冒烟先喊人，再报警；电话 119 或内线 6119。下班先断电，再锁门"
FRAME_MS = 1_000 / 60
RECORD = """(speed) => new Promise((then) => { const rows = []; const look = () => {
rows.push(performance.timeOrigin + performance.now() + paomadeng.x("main") * 1000 / speed);
rows.length < 60 ? requestAnimationFrame(look) : then(rows); }; requestAnimationFrame(look); })"""


def start(page: Page, speed: int) -> float:
    """When the strip began, by the latest of sixty frames: wall time of a frame plus its column over the speed."""
    return float(max(page.evaluate(RECORD, speed)))


def test_two_players_stand_on_the_same_column_within_a_frame(browser: Browser) -> None:
    with server() as stand:
        stand.publish(stand.scroll(width=4_000, speed=120))
        one, two = play(browser, stand), play(browser, stand)
        one.wait_for_timeout(3_000)
        assert abs(start(one, 120) - start(two, 120)) <= FRAME_MS


def test_two_players_of_a_real_server_stand_in_step(browser: Browser, site: Site) -> None:
    desk = Desk(site, site.token())
    screen = desk.screen("南门")
    desk.line(LINE, screen["id"])
    pages = [player(browser, site, screen["key"]) for _ in range(2)]
    assert until(lambda: all(text_on(desk, page, screen) == LINE for page in pages))
    pages[0].wait_for_timeout(2_000)
    assert abs(start(pages[0], 60) - start(pages[1], 60)) <= FRAME_MS
