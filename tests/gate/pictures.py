"""Draws the pictures in the documents from the real program: `python -m tests.gate.pictures`."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import BrowserContext

from tests.browser.conftest import PASSWORD, Site, open_site
from tests.browser.wall import Desk
from tests.players.stand import chromium, until

HERE = Path(__file__).parents[2] / "docs" / "pictures"
LINE = "下班先断电　再锁门"
OWNERS = {"zh": "厂办", "en": "Office"}
LAMP, LIT, UNLIT = 6, 255, 34  # px across a lamp with its gap; how bright it is
ALL_LIT = """() => [...document.querySelectorAll(".tile canvas")].every((one) => {
  const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
  let lit = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] > 96) lit++;
  return lit > one.width * one.height / 12;
})"""


def now_page(site: Site, context: BrowserContext, language: str) -> None:
    """The wall, signed in, once every screen of it shows enough."""
    page = context.new_page()
    page.goto(site.url + "/sign-in")
    page.fill("#login", OWNERS[language])
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(site.url + "/")
    page.wait_for_function(ALL_LIT, timeout=120_000, polling=50)
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(HERE / f"now-{language}.png", optimize=True)


def strip(desk: Desk) -> None:
    """A strip's pixels as round lamps, lit and unlit."""
    screen = desk.screen("strip")
    desk.line(LINE, screen["id"])
    assert until(lambda: LINE[:5] in str(desk.programme(screen["id"])), 60)
    answer = desk.http.get(f"{desk.site.url}/api/v1/screens/{screen['id']}/strip.png")
    pixels = Image.open(io.BytesIO(answer.content)).convert("RGB")
    size = (pixels.width * LAMP, pixels.height * LAMP)
    lamps = Image.new("L", (LAMP, LAMP))
    ImageDraw.Draw(lamps).ellipse((0, 0, LAMP - 2, LAMP - 2), fill=LIT)
    mask = Image.new("L", size)
    for x in range(0, size[0], LAMP):
        for y in range(0, size[1], LAMP):
            mask.paste(lamps, (x, y))
    lit = ImageChops.lighter(pixels, Image.new("RGB", pixels.size, (UNLIT, UNLIT // 3, UNLIT // 3)))
    glass = Image.new("RGB", size, (8, 6, 6))
    glass.paste(lit.resize(size, Image.Resampling.NEAREST), (0, 0), mask)
    glass.quantize(64, dither=Image.Dither.NONE).save(HERE / "strip.png", optimize=True)


def main() -> None:
    """Start a site per language and look at it."""
    HERE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for language, locale in (("zh", "zh-CN"), ("en", "en-GB")):
            site = open_site(Path(folder) / language, {"PAOMADENG_LOCALE": language})
            try:
                site.become_owner(OWNERS[language], language)
                context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=locale)
                now_page(site, context, language)
                if language == "zh":
                    strip(Desk(site, site.token()))
            finally:
                site.kill()


if __name__ == "__main__":
    main()
