"""Chromium 64, 69, 72 and 80, frozen on the boxes behind LED walls, show the same pixels as today's."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.players.cdp import Engine
from tests.players.fake_server import strip
from tests.players.notices import possible, shown_by, unlike
from tests.players.stand import Stand, picture, server, until

HOME = Path(__file__).resolve().parents[1] / "players" / "old-engines"
NUMBERS = ("64", "69", "72", "80")


@pytest.fixture(scope="module")
def programs() -> dict[str, str]:
    """Each engine's program, installed at the first call; skips, saying why, where that cannot be."""
    if not shutil.which("npm"):
        pytest.skip("old engines need npm")
    if not (HOME / "node_modules").is_dir():
        done = subprocess.run(["npm", "ci"], cwd=HOME, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode:
            pytest.skip("old engines could not be fetched (npm ci in tests/players/old-engines)")
    lines = subprocess.run(["node", "unpack.mjs"], cwd=HOME, capture_output=True, text=True, check=True).stdout
    return dict(line.split(" ", 1) for line in lines.splitlines())


@pytest.fixture
def stand() -> Iterator[Stand]:
    with server() as running:
        yield running


@pytest.fixture(params=NUMBERS)
def engine(request: pytest.FixtureRequest, programs: dict[str, str]) -> Iterator[Engine]:
    with Engine(programs[request.param], 400, 200) as running:
        assert f"Chrome/{request.param}." in running.evaluate("navigator.userAgent")
        yield running


@pytest.fixture
def oldest(programs: dict[str, str]) -> Iterator[Engine]:
    """The oldest of them, with room for the largest screen."""
    with Engine(programs[NUMBERS[0]], 1920, 1080) as running:
        yield running


def glass(engine: Engine, height: int = 16) -> Image.Image:
    return picture(engine.screenshot()).crop((0, 0, 192, height))


def playing(engine: Engine, stand: Stand) -> None:
    """Pair by key and wait for the programme."""
    engine.call("Page.navigate", url=f"{stand.url}/screen?key=k1")
    assert until(lambda: engine.evaluate("!!window.paomadeng && paomadeng.programme")), "no programme"


def at_column(png: bytes, x: int) -> bytes:
    shown = Image.new("RGB", (192, 16))
    shown.paste(picture(png), (x, 0))
    return shown.tobytes()


def test_a_still_page_is_its_rendition(engine: Engine, stand: Stand) -> None:
    stand.publish(stand.still())
    playing(engine, stand)
    wanted = picture(strip(192, 16)).tobytes()
    assert until(lambda: glass(engine).tobytes() == wanted)


def test_a_strip_moves_by_whole_pixels(engine: Engine, stand: Stand) -> None:
    stand.publish(stand.scroll(width=400, anchor=stand.now() - 3_000))
    playing(engine, stand)
    columns = []
    for _ in range(5):
        before = engine.evaluate("paomadeng.x('main')")
        seen = glass(engine).tobytes()
        after = engine.evaluate("paomadeng.x('main')")
        fits = [x for x in range(before + 2, after - 3, -1) if at_column(strip(400, 16), x) == seen]
        columns += fits[:1]
    assert len(columns) == 5
    assert len(set(columns)) > 2


def test_an_edit_of_the_running_item_is_on_at_once(engine: Engine, stand: Stand) -> None:
    stand.publish(stand.still(seed=1))
    playing(engine, stand)
    stand.publish(stand.still(seed=2))
    wanted = picture(strip(192, 16, 2)).tobytes()
    assert until(lambda: glass(engine).tobytes() == wanted, 3)


@pytest.mark.parametrize(("size", "colour"), [((192, 16), "single"), ((256, 64), "dual")])
def test_an_alert_is_painted_proved_and_ends_by_itself(
    engine: Engine, stand: Stand, size: tuple[int, int], colour: str
) -> None:
    stand.set(screen={"id": "s1", "name": "Gate 1", "width": size[0], "height": size[1], "colour": colour})
    stand.publish(stand.still(size=size, colour=colour))
    playing(engine, stand)
    assert until(lambda: engine.evaluate("paomadeng.faces() === 2"))
    alert = stand.alert(headline="煤气泄漏 三号窑 撤离", text="走东出口，到南门集合", expires=stand.now() + 8_000)
    stand.alarm(alert)
    assert until(lambda: stand.events("alert_shown") and stand.events("alert_received"))
    seen = picture(engine.screenshot()).crop((0, 0, *size))
    assert unlike(seen, possible(size, colour, alert)) < (0.01 if size[1] > 16 else 0.000_001)
    wanted = picture(strip(*size)).tobytes()
    assert until(lambda: picture(engine.screenshot()).crop((0, 0, *size)).tobytes() == wanted, 12)


def under_alert(engine: Engine, stand: Stand, size: tuple[int, int], colour: str, **changes: Any) -> dict[str, Any]:
    """The alert a screen of that kind shows, once it is on the glass and proved."""
    stand.set(screen={"id": "s1", "name": "Gate 1", "width": size[0], "height": size[1], "colour": colour})
    stand.publish(stand.still(size=size, colour=colour))
    playing(engine, stand)
    assert until(lambda: engine.evaluate("paomadeng.faces() === 2"))
    alert = stand.alert(**changes)
    stand.alarm(alert)
    assert until(lambda: stand.events("alert_shown") and stand.events("alert_received"))
    return alert


def shown(engine: Engine, size: tuple[int, int]) -> Image.Image:
    return picture(engine.screenshot()).crop((0, 0, *size))


DRILL = {"status": "exercise", "severity": "minor", "label": "【演练】", "headline": "消防演练"}


@pytest.mark.parametrize(
    ("size", "colour", "changes"),
    [((96, 16), "single", {"headline": "火灾"}),
     ((192, 96), "seven", {}), ((512, 128), "full", DRILL), ((1920, 1080), "full", {"text": "走东出口，到南门集合"})],
    ids=["least", "seven", "full-drill", "largest"],
)  # fmt: skip
def test_the_oldest_shows_it_on_every_kind_of_screen(
    oldest: Engine, stand: Stand, size: tuple[int, int], colour: str, changes: dict[str, Any]
) -> None:
    alert = under_alert(oldest, stand, size, colour, **changes)
    wanted = possible(size, colour, alert)
    limit = 0.02 if size[1] > 16 else 0.000_001
    assert until(lambda: unlike(shown(oldest, size), wanted) < limit)


@pytest.mark.parametrize(
    "changes", [{"headline": "煤气泄漏 三号窑 撤离", "text": "走东出口"}, DRILL], ids=["actual", "drill"]
)
def test_what_cannot_be_paged_runs_by_whole_pixels_in_the_oldest(
    oldest: Engine, stand: Stand, changes: dict[str, Any]
) -> None:
    size = (96, 16)
    alert = under_alert(oldest, stand, size, "single", **changes)
    columns = []
    for _ in range(5):
        before = oldest.evaluate("paomadeng.alert().x")
        seen = shown(oldest, size).tobytes()
        after = oldest.evaluate("paomadeng.alert().x")
        columns += [x for x in range(before + 2, after - 3, -1) if shown_by(size, "single", alert, x) == seen][:1]
    assert len(columns) == 5
    assert len(set(columns)) > 2


def test_a_banner_lies_over_the_programme_in_the_oldest(oldest: Engine, stand: Stand) -> None:
    size, above, below = (256, 64), (0, 0, 256, 48), (0, 48, 256, 64)
    banner = under_alert(oldest, stand, size, "dual", presentation="banner")
    assert shown(oldest, size).crop(above).tobytes() == picture(strip(*size)).crop(above).tobytes()
    wanted = {Image.frombytes("RGB", size, one).crop(below).tobytes() for one in possible(size, "dual", banner)}
    assert until(lambda: shown(oldest, size).crop(below).tobytes() in wanted)


def test_the_pairing_code_is_drawn(engine: Engine, stand: Stand) -> None:
    engine.call("Page.navigate", url=f"{stand.url}/screen")
    assert until(lambda: glass(engine, 9).getbbox() is not None)
