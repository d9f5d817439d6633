"""Hands for tests with a real player: make content by HTTP, compare the glass with the server's own pixels."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import requests
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site
from tests.players.stand import glass, until

SHOWS = "window.paomadeng && paomadeng.programme && paomadeng.frames > 2"


@dataclass
class Desk:
    """The HTTP interface with an API token, as a script uses it."""

    site: Site
    http: requests.Session

    def post(self, path: str, body: Any, status: int = 201) -> dict[str, Any]:
        answer = self.http.post(f"{self.site.url}/api/v1{path}", json=body)
        assert answer.status_code == status, answer.text
        return dict(answer.json()) if answer.content else {}

    def screen(self, name: str, width: int = 192, height: int = 16, colour: str = "single") -> dict[str, Any]:
        """A screen with its key."""
        return self.post("/screens", {"name": name, "width": width, "height": height, "colour": colour})

    def screens(self) -> list[dict[str, Any]]:
        """Every screen."""
        return list(self.http.get(f"{self.site.url}/api/v1/screens").json()["items"])

    def line(self, text: str, screen: str, **style: Any) -> dict[str, Any]:
        """A playlist of one slogan, published and scheduled on one screen."""
        playlist = self.post("/playlists", {"name": text[:20], "items": [{"kind": "slogan", "text": text, **style}]})
        self.post(f"/playlists/{playlist['id']}/submit", {}, status=200)
        self.post("/slots", {"playlist": playlist["id"], "targets": {"screens": [screen]}})
        return playlist

    def rewrite(self, playlist: dict[str, Any], text: str) -> None:
        """Change the text of a playlist's first item and publish it."""
        url = f"{self.site.url}/api/v1/playlists/{playlist['id']}"
        held = self.http.get(url).json()
        items = [{**held["items"][0], "text": text}, *held["items"][1:]]
        saved = self.http.put(url, json={"items": items}, headers={"If-Match": held["revision"]})
        assert saved.status_code == 200, saved.text
        self.post(f"/playlists/{playlist['id']}/submit", {}, status=200)

    def frame(self, screen: str, at: int) -> Image.Image:
        """The exact pixels of an instant."""
        url = f"{self.site.url}/api/v1/screens/{screen}/frame.png?at={at}"
        return Image.open(io.BytesIO(self.http.get(url).content)).convert("RGB")

    def programme(self, screen: str) -> dict[str, Any]:
        """What the screen's player gets."""
        return dict(self.http.get(f"{self.site.url}/api/v1/screens/{screen}/programme").json())


def player(browser: Browser, site: Site, key: str, width: int = 400, height: int = 200) -> Page:
    """A player of its own that pairs by key; returns once it shows something."""
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(f"{site.url}/screen?key={key}")
    assert until(lambda: page.evaluate(SHOWS)), "the player shows nothing"
    return page


def text_on(desk: Desk, page: Page, screen: dict[str, Any]) -> str:
    """The text of the running item: by the player's own cue, in the programme it says it holds."""
    version, cue = page.evaluate("[paomadeng.programme, paomadeng.cue('main')]")
    programme = desk.programme(screen["id"])
    if cue is None or programme["version"] != version:
        return ""
    return str(programme["loops"][cue["loop"]]["showings"][cue["showing"]]["text"])


def matches(desk: Desk, page: Page, screen: dict[str, Any]) -> bool:
    """Whether the glass shows the server's own pixels of an instant between just before and just after the picture."""
    size = (screen["width"], screen["height"])
    before = page.evaluate("Math.floor(paomadeng.now())")
    seen = glass(page, *size).tobytes()
    after = page.evaluate("Math.ceil(paomadeng.now())")
    step = 8  # ms, half a frame: a strip at 60 px/s moves one pixel in two of these
    return any(desk.frame(screen["id"], at).tobytes() == seen for at in range(before - 2 * step, after + step, step))


def columns(page: Page, looks: int) -> set[int]:
    """The columns a strip stood on, looked at ``looks`` times, 50 ms apart."""
    found = set()
    for _ in range(looks):
        page.wait_for_timeout(50)
        found.add(int(page.evaluate("paomadeng.x('main')")))
    return found
