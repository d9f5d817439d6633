"""A box on plain HTTP, its browser under the policy that the recipe writes: it starts while the server is away.

The address is a name, for a browser takes 127.0.0.1 for safe. The policy lies where Chromium looks for it, in a view of
the files that this browser alone has.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, sync_playwright

from tests.browser.conftest import Site
from tests.browser.wall import SHOWS, Desk
from tests.deploy.recipe import POLICY, files, shown
from tests.players.stand import CHROMIUM, FLAGS, until

NAME = "plant.test"
SYSTEM = Path("/etc/chromium")
UNSHARE = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
WRAPPER = """#!/bin/sh
exec {unshare} sh -c 'mount --bind {folder} /etc/chromium && exec {chromium} "$@"' sh "$@"
"""


@contextmanager
def box(folder: Path) -> Iterator[Page]:
    """A page of a browser whose policies lie in ``folder`` and whose memory outlives it."""
    flags = [*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    with policed(folder) as chromium, sync_playwright() as play:
        context = play.chromium.launch_persistent_context(folder / "kept", executable_path=chromium, args=flags)
        yield context.pages[0]
        context.close()


@contextmanager
def policed(folder: Path) -> Iterator[Path]:
    """A Chromium that sees ``folder``'s policies; where no view of one's own may be had, they lie in the system's."""
    wrapper, etc = folder / "chromium", folder / "etc"
    wrapper.write_text(WRAPPER.format(unshare=" ".join(UNSHARE), folder=etc, chromium=CHROMIUM))
    wrapper.chmod(0o755)
    if subprocess.run([wrapper, "--version"], capture_output=True, check=False).returncode == 0:
        yield wrapper
        return
    copies = [SYSTEM / file.relative_to(etc) for file in etc.rglob("*.json")]
    for copy in copies:
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(etc / copy.relative_to(SYSTEM), copy)
    try:
        yield Path(CHROMIUM)
    finally:
        for copy in copies:
            copy.unlink()


def recipe(folder: Path, address: str) -> None:
    """Put what the recipe writes where the browser will look."""
    policy = folder / "etc" / Path(POLICY).relative_to(SYSTEM)
    policy.parent.mkdir(parents=True)
    policy.write_text(files(shown(address).stdout)[POLICY], encoding="utf-8")


@pytest.fixture
def address(fresh_site: Site) -> str:
    fresh_site.become_owner("厂办")
    desk = Desk(fresh_site, fresh_site.token())
    screen = desk.screen("东通道")
    desk.line("安全第一", screen["id"])
    return f"http://{NAME}:{fresh_site.port}/screen?key={screen['key']}"


def test_it_starts_while_the_server_is_away(tmp_path: Path, fresh_site: Site, address: str) -> None:
    recipe(tmp_path, address)
    with box(tmp_path) as page:
        page.goto(address)
        assert until(lambda: page.evaluate(SHOWS))
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_function("caches.keys().then((names) => names.length)")
    fresh_site.kill()
    with box(tmp_path) as page:
        page.goto(address)
        assert until(lambda: page.evaluate(SHOWS))


def test_without_the_policy_there_is_nothing_to_start_from(tmp_path: Path, fresh_site: Site, address: str) -> None:
    (tmp_path / "etc").mkdir()
    with box(tmp_path) as page:
        page.goto(address)
        assert until(lambda: page.evaluate(SHOWS))
        assert page.evaluate("[isSecureContext, 'serviceWorker' in navigator]") == [False, False]
    fresh_site.kill()
    with box(tmp_path) as page, pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        page.goto(address)
