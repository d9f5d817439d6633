"""The player's pixels in a real Chromium are the rendition's, where and when they should be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.players.fake_server import strip
from tests.players.stand import Stand, glass, picture, play, server, until

BLACK = (0, 0, 0)


@pytest.fixture
def stand() -> Iterator[Stand]:
    with server() as running:
        yield running


def at_column(png: bytes, x: int, width: int = 192, height: int = 16) -> Image.Image:
    """What a region shows when the strip's left edge stands at x."""
    shown = Image.new("RGB", (width, height), BLACK)
    shown.paste(picture(png), (x, 0))
    return shown


def column_of(page: Page, png: bytes) -> int | None:
    """The one column at which the strip stands on the glass; None when no whole pixel fits."""
    before = page.evaluate("paomadeng.x('main')")
    seen = glass(page).tobytes()
    after = page.evaluate("paomadeng.x('main')")
    return next((x for x in range(before + 1, after - 2, -1) if at_column(png, x).tobytes() == seen), None)


def comes(page: Page, png: bytes) -> bool:
    """Whether a page of the region's size comes on."""
    return until(lambda: glass(page).tobytes() == picture(png).tobytes())


def test_a_still_page_is_its_rendition_pixel_by_pixel(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still())
    page = play(browser, stand)
    assert glass(page).tobytes() == picture(strip(192, 16)).tobytes()


def test_around_a_small_screen_everything_is_black(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still())
    whole = glass(play(browser, stand), 400, 200)
    whole.paste(BLACK, (0, 0, 192, 16))
    assert whole.getbbox() is None


def test_a_strip_moves_by_whole_pixels(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.scroll(anchor=stand.now() - 3_000))
    page = play(browser, stand)
    columns = [column_of(page, strip(400, 16)) for _ in range(12)]
    assert None not in columns
    assert len(set(columns)) > 3


def test_a_strip_longer_than_a_tile_has_no_seam(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.scroll(width=4_500, speed=40, anchor=stand.now() - 48_000))
    page = play(browser, stand)
    assert until(lambda: page.evaluate("paomadeng.x('main')") < -1_900)
    assert column_of(page, strip(4_500, 16)) is not None
    assert page.evaluate("paomadeng.x('main')") > -2_048


def test_the_column_is_the_one_the_timeline_states(browser: Browser, stand: Stand) -> None:
    programme = stand.scroll()
    stand.publish(programme)
    page = play(browser, stand)
    x, now = page.evaluate("[paomadeng.x('main'), paomadeng.now()]")
    anchor = programme["channels"][0]["spans"][0]["anchor"]
    assert abs(x - (192 - (now - anchor) * 60 // 1000)) <= 1


def test_zoom_repeats_each_pixel(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still())
    page = play(browser, stand, 800, 200, "key=k1&zoom=3")
    page.wait_for_timeout(200)
    wanted = picture(strip(192, 16)).resize((576, 48), Image.Resampling.NEAREST)
    assert glass(page, 576, 48).tobytes() == wanted.tobytes()


def test_regions_lie_where_the_layout_puts_them(browser: Browser, stand: Stand) -> None:
    programme = stand.still(size=(64, 32), seed=1)
    left, right = strip(64, 32, 1), strip(64, 32, 2)
    showing = stand.showing(right, effect="static", speed=0, item="i2")
    programme["loops"].append({"playlists": ["p2"], "showings": [showing]})
    span = {**programme["channels"][0]["spans"][0], "loop": 2}
    region = {"name": "side", "x": 64, "y": 8, "width": 64, "height": 32}
    programme["channels"].append({"region": region, "spans": [span], "fallback": 1})
    stand.publish({**programme, "width": 128, "height": 40})
    seen = glass(play(browser, stand), 128, 40)
    wanted = Image.new("RGB", (128, 40))
    wanted.paste(picture(left), (0, 0))
    wanted.paste(picture(right), (64, 8))
    assert seen.tobytes() == wanted.tobytes()


def test_pages_follow_each_other(browser: Browser, stand: Stand) -> None:
    first, second = (
        stand.showing(strip(192, 16, seed), effect="page", speed=0, ms=700, item=f"i{seed}") for seed in (1, 2)
    )
    stand.publish(stand.programme(first, second))
    page = play(browser, stand)
    for seed in (1, 2, 1):
        assert comes(page, strip(192, 16, seed))


def test_a_fade_mixes_two_pages_and_then_shows_the_second_alone(browser: Browser, stand: Stand) -> None:
    pages = [stand.showing(strip(192, 16, seed), effect="fade", speed=0, ms=2_000) for seed in (1, 2)]
    stand.publish(stand.programme(*pages, colour="full"))
    page = play(browser, stand)
    assert until(lambda: page.evaluate("paomadeng.cue('main').showing === 1"))
    clean = {picture(strip(192, 16, seed)).tobytes() for seed in (1, 2)}
    assert until(lambda: glass(page).tobytes() not in clean, 0.3)
    assert until(lambda: glass(page).tobytes() == picture(strip(192, 16, 2)).tobytes())


def test_a_scaled_desktop_still_gets_one_lamp_per_pixel(browser: Browser, stand: Stand) -> None:
    stand.publish(stand.still())
    context = browser.new_context(viewport={"width": 400, "height": 200}, device_scale_factor=2)
    page = context.new_page()
    page.goto(f"{stand.url}/screen?key=k1")
    wanted = picture(strip(192, 16)).tobytes()
    assert until(lambda: picture(page.screenshot()).crop((0, 0, 192, 16)).tobytes() == wanted)
