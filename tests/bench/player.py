"""Measures the player: smoothness by a trace at a sixth of the processor, a nudge's way to the glass, weight.

``python -m tests.bench.player`` prints three tables. The page is taller than the strip: Chromium without a head
draws about one frame a second in windows of 32 px or less.
"""

from __future__ import annotations

import gzip
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.players.stand import Stand, chromium, play, server

DIST = Path(__file__).resolve().parents[2] / "players" / "dist"
SECONDS = 10
THROTTLE = 6
FRAME_US = 1_000_000 / 60
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline.frame", "toplevel", "cc", "benchmark"]
EDITS = 40
FRAME_AFTER = """() => { const held = paomadeng.programme; window.swapped = new Promise((then) => {
const look = () => requestAnimationFrame(paomadeng.programme === held ? look : () => then(Date.now()));
look(); }); }"""
MARQUEE = """<style>body{background:#000;margin:0}div{position:absolute;overflow:hidden;width:192px;height:16px}
p{margin:0;white-space:nowrap;color:red;font:16px monospace;animation:m 18s linear infinite}
@keyframes m{from{transform:translateX(192px)}to{transform:translateX(-2000px)}}</style><div><p>%s</p></div>"""


def traced(browser: Browser, page: Page) -> list[dict[str, Any]]:
    """Trace a page for a while, its script slowed down."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    page.wait_for_timeout(1_500)
    browser.start_tracing(page=page, categories=CATEGORIES)
    page.wait_for_timeout(SECONDS * 1_000)
    return list(json.loads(browser.stop_tracing())["traceEvents"])


def thread(events: list[dict[str, Any]], name: str) -> set[tuple[int, int]]:
    """Which (process, thread) pairs bear a name."""
    named = (event for event in events if event.get("name") == "thread_name" and event["args"]["name"] == name)
    return {(event["pid"], event["tid"]) for event in named}


def table(events: list[dict[str, Any]]) -> dict[str, str]:
    """What the trace says: frames drawn and late, the main thread's share, layouts."""
    draws = sorted(event["ts"] for event in events if event["name"] == "DrawFrame")
    busiest = max({event["pid"] for event in events if event["name"] == "DrawFrame"}, default=0)
    gaps = [after - before for before, after in pairwise(draws)]
    late = sum(round(gap / FRAME_US) - 1 for gap in gaps if gap > 1.5 * FRAME_US)
    main = thread(events, "CrRendererMain")
    tasks = [e for e in events if e["name"].endswith("RunTask") and (e["pid"], e["tid"]) in main and "dur" in e]
    busy = sum(task["dur"] for task in tasks if task["pid"] == busiest)
    span = draws[-1] - draws[0] if len(draws) > 1 else 1
    layouts = sum(1 for event in events if event["name"] == "Layout" and event["ph"] in "XB")
    return {
        "frames": str(len(draws)),
        "on time": f"{100 * (1 - late / max(1, len(draws) + late)):.2f} %",
        "main thread": f"{100 * busy / span:.1f} %",
        "layouts": str(layouts),
    }


def strip_page(browser: Browser, stand: Stand) -> Page:
    """A strip at 120 px/s in a page that is tall enough."""
    stand.publish(stand.scroll(width=4_000, speed=120, anchor=stand.now() - 3_000))
    return play(browser, stand, 400, 200)


def marquee_page(browser: Browser) -> Page:
    """What a page without a player would do."""
    page = browser.new_context(viewport={"width": 400, "height": 200}).new_page()
    page.set_content(MARQUEE % ("安全生产 " * 20))
    return page


def smoothness() -> None:
    """Print the first table."""
    rows = {}
    with server() as stand, chromium() as browser:
        rows["player"] = table(traced(browser, strip_page(browser, stand)))
    with chromium() as browser:
        rows["CSS marquee"] = table(traced(browser, marquee_page(browser)))
    print(f"{'':14}" + "".join(f"{head:>14}" for head in rows["player"]))
    for name, row in rows.items():
        print(f"{name:14}" + "".join(f"{cell:>14}" for cell in row.values()))


def nudges(stand: Stand, page: Page) -> list[int]:
    """Milliseconds from the server's nudge to the frame after the swap, for edits of the running item."""
    taken = []
    for seed in range(2, 2 + EDITS):
        programme = stand.still(seed=seed)
        page.evaluate(FRAME_AFTER)
        order = stand.post("programme", {"programme": programme})
        taken.append(page.evaluate("swapped") - order["at"])
    return sorted(taken)


def latency() -> None:
    """Print the second table."""
    with server() as stand, chromium() as browser:
        stand.publish(stand.still())
        taken = nudges(stand, play(browser, stand))
    print(f"\n{'nudge to glass':14}{'median':>14}{'p95':>14}{'worst':>14}")
    cells = (taken[len(taken) // 2], taken[len(taken) * 95 // 100], taken[-1])
    print(f"{'ms':14}" + "".join(f"{cell:14}" for cell in cells))


def weight() -> None:
    """Print the third table."""
    print(f"\n{'file':14}{'bytes':>14}{'gz':>14}")
    for path in sorted(DIST.iterdir()):
        data = path.read_bytes()
        print(f"{path.name:14}{len(data):14}{len(gzip.compress(data, 9, mtime=0)):14}")


if __name__ == "__main__":
    smoothness()
    latency()
    weight()
