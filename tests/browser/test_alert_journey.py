"""An alert's whole way with a real server and real players: issued, painted, proved, ended, and the programme again."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site
from tests.browser.wall import Desk, matches, player, text_on
from tests.players.stand import until

KINDS = [("东门", 192, 16, "single"), ("三号窑", 256, 64, "dual"), ("食堂", 512, 128, "full")]
LINE = "下班先断电，再锁门，明天见"
ON = "(alert => alert && [alert.id, alert.revision])(window.paomadeng ? paomadeng.alert() : null) || null"
FACES = "paomadeng.faces() === 2"
CLEARED_S = 10  # the least a site may choose


@pytest.fixture(scope="module")
def desk(site: Site) -> Desk:
    desk = Desk(site, site.token())
    held = desk.http.get(f"{site.url}/api/v1/alert-settings").json()
    wanted = {name: held[name] for name in ("phone", "unit", "second_person")} | {"cleared_s": CLEARED_S}
    assert desk.http.put(f"{site.url}/api/v1/alert-settings", json=wanted).status_code == 200
    return desk


@pytest.fixture(scope="module")
def wall(browser: Browser, desk: Desk) -> list[tuple[dict[str, Any], Page]]:
    """Three kinds of screen, each with a player that shows a line and holds its faces."""
    made = []
    for name, width, height, colour in KINDS:
        screen = desk.screen(name, width, height, colour)
        desk.line(LINE, screen["id"])
        page = player(browser, desk.site, screen["key"], max(400, width), 200)
        made.append((screen, page))
    assert until(lambda: all(page.evaluate(FACES) for _, page in made), 30)
    assert until(lambda: all(text_on(desk, page, screen) == LINE for screen, page in made), 30)
    return made


def issue(desk: Desk, screens: list[dict[str, Any]], **more: Any) -> str:
    order: dict[str, Any] = {"status": "actual", "severity": "extreme", "presentation": "takeover", "expires_in_s": 600}
    order |= {"headline": "三号窑 煤气泄漏", "instruction": "走东门，到南广场集合"}
    order |= {"targets": {"screens": [one["id"] for one in screens]}}
    return str(desk.post("/alerts", order | more)["id"])


def on(page: Page) -> Any:
    """The (id, revision) on the glass, or None."""
    return page.evaluate(ON)


def counts(desk: Desk, alert: str) -> dict[str, int]:
    return dict(desk.http.get(f"{desk.site.url}/api/v1/alerts/{alert}").json()["deliveries"])


def test_an_alert_is_painted_proved_and_cleared_and_the_programme_goes_on_where_it_is_due(
    desk: Desk, wall: list[tuple[dict[str, Any], Page]]
) -> None:
    alert = issue(desk, [screen for screen, _ in wall])
    assert until(lambda: counts(desk, alert)["shown"] == len(wall)), counts(desk, alert)
    assert [on(page) for _, page in wall] == [[alert, 1]] * len(wall)
    assert until(lambda: matches(desk, wall[0][1], wall[0][0])), "the strip's pixels are not the server's"
    desk.post(f"/alerts/{alert}/clear", {}, status=200)
    assert until(lambda: [on(page) for _, page in wall] == [[alert, 2]] * len(wall)), "no all-clear"
    assert until(lambda: counts(desk, alert)["shown"] == len(wall)), "the all-clear is not proved"
    assert until(lambda: all(on(page) is None for _, page in wall), CLEARED_S + 10), "the all-clear stays"
    assert until(lambda: all(text_on(desk, page, screen) == LINE for screen, page in wall))
    assert until(lambda: matches(desk, wall[0][1], wall[0][0])), "the programme is not where it is due"


def test_a_player_without_power_at_issue_and_at_the_all_clear_is_right_when_it_comes_back(
    desk: Desk, wall: list[tuple[dict[str, Any], Page]]
) -> None:
    screen, page = wall[0]
    page.goto("about:blank")
    alert = issue(desk, [screen])
    assert until(lambda: counts(desk, alert)["unreachable"] == 1, 40), counts(desk, alert)
    page.goto(f"{desk.site.url}/screen")
    assert until(lambda: on(page) == [alert, 1], 20), "it did not catch up"
    assert until(lambda: counts(desk, alert)["shown"] == 1)
    page.goto("about:blank")
    desk.post(f"/alerts/{alert}/clear", {}, status=200)
    page.goto(f"{desk.site.url}/screen")
    assert until(lambda: on(page) == [alert, 2], 20), "the all-clear did not reach it"
    assert until(lambda: on(page) is None and text_on(desk, page, screen) == LINE, CLEARED_S + 20)


def test_where_a_proxy_lets_no_socket_through_an_alert_is_painted_and_proved_all_the_same(
    browser: Browser, desk: Desk
) -> None:
    screen = desk.screen("地磅房", 192, 16, "single")
    page = player(browser, desk.site, screen["key"], 400, 200)
    assert until(lambda: page.evaluate(FACES), 30)
    page.context.route("**/socket.io/**", lambda route: route.abort())
    page.context.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.reload()
    alert = issue(desk, [screen])
    assert until(lambda: on(page) == [alert, 1], 20), "it did not come by HTTP"
    assert until(lambda: counts(desk, alert)["shown"] == 1, 20), counts(desk, alert)
    desk.post(f"/alerts/{alert}/clear", {}, status=200)
    assert until(lambda: counts(desk, alert)["shown"] == 1 and on(page) == [alert, 2], 20), "no all-clear"
