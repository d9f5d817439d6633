"""A fake server and real browsers for the player's tests."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.players.fake_server import serve, strip

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOUR = 3_600_000
T = TypeVar("T")
WARM = get_context("forkserver")
"""Fake servers are forked from one that has imported everything; a hundred tests start one each."""
WARM.set_forkserver_preload(["pytest", "tests.players.fake_server"])


def until(look: Callable[[], T], seconds: float = 30) -> T:
    """Look again and again until what is seen is true; the last thing seen when it never is."""
    end = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < end:
        time.sleep(0.02)
    return seen


class Stand:
    """The fake server as a process of its own, so that it can die."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        self.process = WARM.Process(target=serve, args=(self.port,), daemon=True)
        self.process.start()
        assert until(self.answers), "the fake server does not answer"

    def stop(self) -> None:
        self.process.kill()
        self.process.join()

    def answers(self) -> bool:
        try:
            return bool(self.heard())
        except OSError:
            return False

    def heard(self) -> dict[str, Any]:
        """Events, plays and fetches so far, and the server's now."""
        with urllib.request.urlopen(f"{self.url}/fake/heard", timeout=5) as answer:
            return dict(json.load(answer))

    def events(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.heard()["heard"] if event["event"] == name]

    def post(self, path: str, body: object) -> dict[str, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        order = urllib.request.Request(f"{self.url}/fake/{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(order, timeout=5) as answer:
            return dict(json.load(answer))

    def set(self, **values: object) -> None:
        self.post("set", values)

    def media(self, png: bytes) -> str:
        return str(self.post("media", png)["name"])

    def publish(self, programme: dict[str, Any], nudge: bool = True) -> str:
        return str(self.post("programme", {"programme": programme, "nudge": nudge})["version"])

    @staticmethod
    def shot(done: dict[str, Any]) -> Image.Image:
        """The picture in a screenshot's answer."""
        return picture(base64.b64decode(done["result"]["png"]))

    def alarm(self, *alerts: dict[str, Any], **how: object) -> dict[str, Any]:
        """Make these the live alerts; the live set as it was pushed."""
        return self.post("alerts", {"alerts": alerts, **how})

    def alert(self, **changes: Any) -> dict[str, Any]:
        """An alert as it comes over the wire, live for a minute."""
        now = self.now()
        return {
            "id": "a1", "revision": 1, "phase": "live", "status": "actual", "severity": "extreme",
            "urgency": "immediate", "presentation": "takeover", "label": "Ⅰ级 红", "headline": "全员疏散 南门",
            "text": "", "issued": now, "effective": now, "expires": now + 60_000, "code": "", "qr": [], **changes,
        }  # fmt: skip

    def now(self) -> int:
        return int(self.heard()["now"])

    def showing(self, png: bytes, **changes: object) -> dict[str, Any]:
        """A showing of one page; scrolls at 60 px/s unless told otherwise."""
        width, height = Image.open(io.BytesIO(png)).size
        shown = {
            "item": "i1",
            "kind": "slogan",
            "effect": "scroll",
            "speed": 60,
            "text": "x",
            "playlist": "p1",
            "ms": 10_000,
            **changes,
        }
        page = {"media": self.media(png), "width": width, "height": height, "duration_ms": shown.pop("ms")}
        return {**shown, "pages": [page]}

    def programme(self, *showings: dict[str, Any], size: tuple[int, int] = (192, 16), **changes: Any) -> dict[str, Any]:
        """One region, one loop that turns since `anchor`."""
        now = self.now()
        begins, ends = now - HOUR, now + 24 * HOUR
        span = {"begins": begins, "ends": ends, "loop": 0, "anchor": changes.pop("anchor", now)}
        region = {"name": "main", "x": 0, "y": 0, "width": size[0], "height": size[1]}
        return {
            "screen": "s1",
            "width": size[0],
            "height": size[1],
            "colour": "single",
            "begins": begins,
            "ends": ends,
            "blank": False,
            "channels": [{"region": region, "spans": [span], "fallback": 1}],
            "loops": [{"playlists": ["p1"], "showings": list(showings)}, {"playlists": [], "showings": []}],
            **changes,
        }

    def scroll(self, width: int = 400, seed: int = 1, **changes: Any) -> dict[str, Any]:
        """A programme of one strip that scrolls through 192 x 16."""
        speed = changes.pop("speed", 60)
        ms = -(-(192 + width) * 1000 // speed)
        return self.programme(self.showing(strip(width, 16, seed), ms=ms, speed=speed), **changes)

    def still(self, seed: int = 1, size: tuple[int, int] = (192, 16), **changes: Any) -> dict[str, Any]:
        """A programme of one page that stands."""
        return self.programme(self.showing(strip(*size, seed), effect="static", speed=0), size=size, **changes)


@contextmanager
def server() -> Iterator[Stand]:
    """A fake server that ends with the block."""
    stand = Stand()
    try:
        yield stand
    finally:
        stand.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Today's Chromium, without a head."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def play(browser: Browser, stand: Stand, width: int = 400, height: int = 200, query: str = "key=k1") -> Page:
    """A page of its own that has paired by key and shows the fake server's programme."""
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(f"{stand.url}/screen?{query}")
    assert until(lambda: page.evaluate("window.paomadeng && paomadeng.programme")), "no programme"
    page.evaluate("new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))")
    return page


def glass(page: Page, width: int = 192, height: int = 16) -> Image.Image:
    """What stands in the page's top left corner."""
    shot = page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height})
    return Image.open(io.BytesIO(shot)).convert("RGB")


def picture(png: bytes) -> Image.Image:
    """A rendition's pixels."""
    return Image.open(io.BytesIO(png)).convert("RGB")
