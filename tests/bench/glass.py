"""What an edit takes from the desk's save to the frame that shows it: a real server, a real player, one clock.

``python -m tests.bench.glass [rounds]`` changes the running item again and again over HTTP and prints where time goes.
The page watches itself: its socket, its fetches, and the first frame drawn with the new programme.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Page

from tests.browser.wall import SHOWS, Desk, matches, text_on
from tests.players.stand import chromium, until
from tests.site import open_site

WATCH = """(() => {
const now = () => performance.timeOrigin + performance.now();
const marks = window.marks = {};
const Native = window.WebSocket;
window.WebSocket = class extends Native { constructor(...all) { super(...all);
  this.addEventListener("message", (m) => {
    if (String(m.data).includes("programme_published")) marks.nudge = marks.nudge || now(); }); } };
const fetched = window.fetch;
window.fetch = async (path, options) => {
  const name = String(path).includes("/media/") ? "media" : "programme";
  marks[name] = marks[name] || now();
  const answer = await fetched(path, options);
  marks[name + "_end"] = now();
  return answer; };
window.watch = () => { for (const name of Object.keys(marks)) delete marks[name];
  const held = paomadeng.programme;
  window.painted = new Promise((then) => {
    const look = () => requestAnimationFrame(paomadeng.programme === held ? look : () => {
      marks.painted = now(); then({ ...marks }); });
    look(); }); };
})()"""
STEPS = (
    ("the draft is stored (PUT)", "put", "saved"),
    ("it is submitted and committed (POST)", "saved", "submitted"),
    ("typeset, compiled, nudged", "submitted", "nudge"),
    ("programme and picture are fetched, side by side", "nudge", "fetched"),
    ("verified, decoded, drawn", "fetched", "painted"),
)


def change(desk: Desk, held: dict[str, Any], text: str) -> dict[str, float]:
    """Store and submit another text for the first item; ``held`` is the playlist as last answered."""
    url = f"{desk.site.url}/api/v1/playlists/{held['id']}"
    items = [{**held["items"][0], "text": text}]
    put = time.time() * 1_000
    saved = desk.http.put(url, json={"items": items}, headers={"If-Match": held["revision"]})
    stored = time.time() * 1_000
    submitted = desk.http.post(f"{url}/submit", json={})
    at = time.time() * 1_000
    assert saved.status_code == submitted.status_code == 200, (saved.text, submitted.text)
    held["revision"] = saved.json()["revision"]
    return {"put": put, "saved": stored, "submitted": at}


def one(desk: Desk, page: Page, held: dict[str, Any], text: str) -> dict[str, float]:
    """One edit, with every instant in ms since 1970."""
    page.evaluate("watch()")
    marks = change(desk, held, text)
    seen = page.evaluate("painted")
    return {**marks, **seen, "fetched": max(seen["programme_end"], seen["media_end"])}


def measure(rounds: int) -> list[dict[str, float]]:
    """Edit the line a screen is showing, ``rounds`` times; every time compare what the page shows with the server."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        site = open_site(Path(folder) / "var")
        try:
            desk = Desk(site, site.token())
            screen = desk.screen("东门")
            held = desk.line("安全生产人人有责，隐患排查时时不忘 0", screen["id"])
            page = browser.new_context(viewport={"width": 400, "height": 200}).new_page()
            page.add_init_script(WATCH)
            page.goto(f"{site.url}/screen?key={screen['key']}")
            assert until(lambda: page.evaluate(SHOWS))
            return [_checked(desk, page, screen, held, n) for n in range(-3, rounds)][3:]
        finally:
            site.kill()


def _checked(desk: Desk, page: Page, screen: dict[str, Any], held: dict[str, Any], n: int) -> dict[str, float]:
    text = f"安全生产人人有责，隐患排查时时不忘 {n}"
    marks = one(desk, page, held, text)
    assert text_on(desk, page, screen) == text
    assert until(lambda: matches(desk, page, screen))
    page.wait_for_timeout(100)
    return marks


def table(every: list[dict[str, float]]) -> None:
    """Print the whole and its steps."""
    print(f"edit to glass, {len(every)} edits of the running line, 192 x 16, one screen\n")
    print(f"{'ms':44}{'median':>9}{'p95':>9}{'worst':>9}")
    for what, first, last in (
        ("save to frame", "put", "painted"), ("submit to frame", "saved", "painted"), *STEPS,
    ):  # fmt: skip
        taken = [marks[last] - marks[first] for marks in every]
        cells = (median(taken), quantiles(taken, n=20)[-1], max(taken))
        print(f"{what:44}" + "".join(f"{cell:9.1f}" for cell in cells))


if __name__ == "__main__":
    table(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 40))
