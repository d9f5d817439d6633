"""Draws the pictures in the documents from the real program: `python -m tests.gate.pictures`."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext

from tests.browser.conftest import PASSWORD, Site, open_site
from tests.browser.wall import Desk
from tests.players.stand import chromium

HERE = Path(__file__).parents[2] / "docs" / "pictures"
LINE = "下班先断电　再锁门"


def now_page(site: Site, context: BrowserContext, name: str) -> None:
    """The wall, signed in."""
    page = context.new_page()
    page.goto(site.url + "/sign-in")
    page.fill("#login", "厂办")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(site.url + "/")
    page.wait_for_timeout(2_500)
    page.screenshot(path=HERE / name)


def strip(desk: Desk) -> None:
    """A strip's pixels, each enlarged to five."""
    screen = desk.screen("strip")
    desk.line(LINE, screen["id"])
    url = f"{desk.site.url}/api/v1/screens/{screen['id']}/strip.png"
    answer = desk.http.get(url)
    while answer.status_code == 503:
        answer = desk.http.get(url)
    picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
    picture.resize((picture.width * 5, picture.height * 5), Image.Resampling.NEAREST).save(HERE / "strip.png")


def main() -> None:
    """Start a site per language and look at it."""
    HERE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for language, locale in (("zh", "zh-CN"), ("en", "en-GB")):
            site = open_site(Path(folder) / language, {"PAOMADENG_LOCALE": language})
            site.become_owner("厂办", language)
            context = browser.new_context(viewport={"width": 1280, "height": 860}, locale=locale)
            now_page(site, context, f"now-{language}.png")
            if language == "zh":
                strip(Desk(site, site.token()))
            context.close()
            site.kill()


if __name__ == "__main__":
    main()
