"""A real server in a fresh folder, its owner signed in, and a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.players.stand import chromium
from tests.site import PASSWORD, Site, open_site

__all__ = ["PASSWORD", "Site", "open_site"]


@pytest.fixture
def fresh_site(tmp_path: Path) -> Iterator[Site]:
    """A server of this test's own that nobody has signed in to."""
    site = open_site(tmp_path / "var")
    yield site
    if site.process is not None and site.process.poll() is None:
        site.kill()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server shared by a module's tests, with an owner called 厂办."""
    site = open_site(tmp_path_factory.mktemp("site") / "var")
    site.become_owner("厂办")
    yield site
    site.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    with chromium() as running:
        yield running


@pytest.fixture
def sign_in(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser of one's own at a width and in a language, signed in through the page."""
    opened: list[BrowserContext] = []

    def enter(
        site: Site, *, width: int = 1440, height: int = 900, locale: str = "zh-CN", name: str = "厂办"
    ) -> BrowserContext:
        context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
        opened.append(context)
        page = context.new_page()
        page.goto(site.url + "/sign-in")
        page.fill("#login", name)
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(site.url + "/")
        return context

    yield enter
    for context in opened:
        context.close()
