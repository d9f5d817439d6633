"""The player lives through pairing, edits, commands, dead servers, power cuts and wrong clocks."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.players.fake_server import strip
from tests.players.stand import Stand, glass, picture, play, server, until


@pytest.fixture
def stand() -> Iterator[Stand]:
    with server() as running:
        yield running


SOON = "new Promise((then) => setTimeout(() => then(paomadeng.x('main')), 200))"


def shows(page: Page, seed: int, seconds: float = 10) -> bool:
    """Whether the still page drawn from a seed comes on in time."""
    wanted = picture(strip(192, 16, seed)).tobytes()
    return until(lambda: glass(page).tobytes() == wanted, seconds)


def open_page(browser: Browser, stand: Stand, query: str = "") -> Page:
    page = browser.new_context(viewport={"width": 192, "height": 90}).new_page()
    page.goto(f"{stand.url}/screen{query}")
    return page


def test_the_key_leaves_the_address_bar_and_pairs(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still())
    page = play(browser, stand)
    assert page.url == f"{stand.url}/screen"
    assert shows(page, 1)


def test_an_unpaired_player_shows_a_code_until_staff_claim_it(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still())
    page = open_page(browser, stand)
    assert until(lambda: glass(page).getbbox() is not None)
    assert not shows(page, 1, 0.3)
    stand.set(claimed=True)
    assert shows(page, 1)


def test_beside_a_server_of_another_protocol_it_lives_by_http_and_loads_its_page_anew(
    browser: Browser, stand: Stand
) -> None:
    stand.set(protocol=2)
    stand.publish(stand.still())
    page = browser.new_context(viewport={"width": 192, "height": 90}).new_page()
    page.add_init_script(
        "const real = setTimeout; window.setTimeout = (call, ms) => real(call, ms < 60_000 ? ms : 3_000)"
    )
    page.goto(f"{stand.url}/screen?key=k1")
    assert shows(page, 1, 2)
    assert stand.events("hello")
    assert not stand.events("beat")
    stand.set(protocol=1)
    page.wait_for_event("load")
    assert until(lambda: stand.events("beat"))
    assert shows(page, 1)


def test_hello_tells_who_and_beats_tell_what_is_on(browser: Browser, stand: Stand) -> None:
    version = stand.publish(stand.still())
    play(browser, stand)
    hello = stand.events("hello")[0]
    assert (hello["protocol"], hello["pixels"], hello["programme"]) == (1, [400, 200], "")
    assert until(lambda: stand.events("beat"))
    beat = stand.events("beat")[-1]
    assert (beat["programme"], beat["cues"], beat["epoch"]) == (version, {"main": {"item": 0, "page": 0}}, "e1")


def test_an_edit_of_the_running_item_is_on_the_glass_at_once(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still(seed=1))
    page = play(browser, stand)
    stand.publish(stand.still(seed=2))
    assert shows(page, 2, 1)


def test_a_lost_nudge_is_healed_by_the_beat(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still(seed=1))
    page = play(browser, stand)
    stand.publish(stand.still(seed=2), nudge=False)
    assert shows(page, 2, 15)


def test_good_content_is_never_replaced_by_a_missing_rendition(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still(seed=1))
    page = play(browser, stand)
    broken = stand.still(seed=2)
    broken["loops"][0]["showings"][0]["pages"][0]["media"] = "0" * 64 + ".png"
    stand.publish(broken)
    assert until(lambda: "0" * 64 + ".png" in stand.heard()["fetched"])
    assert shows(page, 1)


def test_damaged_bytes_never_reach_the_glass(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still(seed=1))
    page = play(browser, stand)
    name = stand.media(strip(192, 16, 2))
    stand.set(forged=name)
    stand.publish(stand.still(seed=2))
    assert until(lambda: stand.heard()["fetched"].count(name) > 1)
    assert shows(page, 1)


def test_it_plays_on_while_the_server_is_dead_and_returns_by_itself(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.scroll())
    page = play(browser, stand)
    stand.stop()
    columns = [page.evaluate(SOON) for _ in range(5)]
    assert columns == sorted(columns, reverse=True)
    assert len(set(columns)) == 5
    stand.start()
    stand.publish(stand.still(seed=3))
    assert shows(page, 3, 20)


def test_it_reloads_while_the_server_is_dead(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still(seed=4))
    page = play(browser, stand)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(500)
    stand.stop()
    page.reload()
    assert shows(page, 4)


def test_a_revoked_player_asks_for_a_new_code_and_a_silent_server_does_not_revoke(
    browser: Browser, stand: Stand
) -> None:
    stand.publish(stand.still(seed=5))
    page = play(browser, stand)
    stand.stop()
    assert shows(page, 5)
    stand.start()
    stand.set(revoked=True)
    assert until(lambda: not shows(page, 5, 0), 20)


def test_a_clock_wrong_by_years_shows_the_same(browser: Browser, stand: Stand) -> None:
    stand.set(shift=9 * 365 * 86_400_000)
    stand.publish(stand.scroll())
    page = play(browser, stand)
    assert abs(page.evaluate("paomadeng.now()") - stand.now()) < 200
    assert 192 >= page.evaluate("paomadeng.x('main')") > 0


def test_what_was_played_is_told(browser: Browser, stand: Stand) -> None:
    pages = [stand.showing(strip(192, 16, n), effect="page", speed=0, ms=500, item=f"i{n}") for n in (1, 2)]
    stand.publish(stand.programme(*pages))
    page = play(browser, stand)
    page.wait_for_timeout(2_000)
    plays = until(lambda: stand.heard()["plays"], 40)
    assert {row["item"] for row in plays} == {"i1", "i2"}
    assert all(400 < row["ends"] - row["begins"] < 700 for row in plays[1:3])


def answered(stand: Stand, kind: str) -> dict[str, object]:
    """Send a command and wait for its answer."""
    stand.post("command", {"id": kind, "kind": kind})
    done = until(lambda: [event for event in stand.events("command_done") if event["id"] == kind])
    return dict(done[0])


def test_a_screenshot_is_the_glass(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still(seed=6))
    play(browser, stand)
    done = answered(stand, "screenshot")
    shot = picture(base64.b64decode(done["result"]["png"]))  # type: ignore[index]
    assert shot.tobytes() == picture(strip(192, 16, 6)).tobytes()


def test_blank_and_unblank(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still(seed=7))
    page = play(browser, stand)
    assert answered(stand, "blank")["ok"]
    assert until(lambda: glass(page).getbbox() is None)
    assert answered(stand, "unblank")["ok"]
    assert shows(page, 7)


def test_identify_lies_over_the_programme(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still(seed=8))
    page = play(browser, stand)
    assert answered(stand, "identify")["ok"]
    assert not shows(page, 8, 0)


def test_clear_cache_fetches_everything_again(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still(seed=9))
    page = play(browser, stand)
    before = len(stand.heard()["fetched"])
    assert answered(stand, "clear_cache")["ok"]
    assert until(lambda: len(stand.heard()["fetched"]) > before)
    assert shows(page, 9)


def test_an_unknown_command_is_refused(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still())
    play(browser, stand)
    assert answered(stand, "shell")["ok"] is False


def test_reload_comes_back_with_the_same_picture(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still(seed=2))
    page = play(browser, stand)
    assert answered(stand, "reload")["ok"]
    assert until(lambda: len(stand.events("hello")) > 1)
    assert shows(page, 2)


def test_the_code_fits_the_smallest_screens(browser: Browser, stand: Stand) -> None:
    page = browser.new_context(viewport={"width": 64, "height": 16}).new_page()
    page.goto(f"{stand.url}/screen")
    box = until(lambda: glass(page, 64, 16).getbbox())
    assert box is not None
    assert 30 <= box[2] - box[0] <= 64
    assert Image.open(io.BytesIO(page.screenshot())).size == (64, 16)


def test_hours_of_pages_leave_no_more_behind_than_minutes(browser: Browser, stand: Stand) -> None:
    pages = [stand.showing(strip(192, 16, n), effect="page", speed=0, ms=40, item=f"i{n}") for n in range(1, 9)]
    stand.publish(stand.programme(*pages))
    page = play(browser, stand)
    session = page.context.new_cdp_session(page)
    counts = []
    for _ in range(2):
        page.wait_for_timeout(4_000)
        session.send("HeapProfiler.collectGarbage")
        counts.append(session.send("Memory.getDOMCounters")["nodes"])
    assert counts[1] <= counts[0] + 20
