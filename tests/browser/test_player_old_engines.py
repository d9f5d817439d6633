"""Chromium 64, 69, 72 and 80, frozen on the boxes behind LED walls, show the same pixels as today's."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.players.cdp import Engine
from tests.players.fake_server import strip
from tests.players.notices import possible, unlike
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


def test_the_pairing_code_is_drawn(engine: Engine, stand: Stand) -> None:
    engine.call("Page.navigate", url=f"{stand.url}/screen")
    assert until(lambda: glass(engine, 9).getbbox() is not None)
