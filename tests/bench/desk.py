"""The desk with 10,000 items and 1,000 screens: how long the server takes for each list, how much a first load weighs.

``python -m tests.bench.desk`` prints two tables; ``/healthz`` of the same application, asked in turn, is the floor.
"""

from __future__ import annotations

import gzip
import re
import time
from statistics import median, quantiles

from flask.testing import FlaskClient

from server import tables
from server.accounts import service as accounts
from server.accounts.model import Role, system
from server.accounts.sessions import COOKIE, sign_in
from server.app import create_app
from server.parts import Parts
from server.programmes.compiler import Compiler
from tests.bench.compile import site
from tests.site import PASSWORD

SCREENS, ROUNDS = 1_000, 20
PAGES = ("/", "/playlists", "/screens", "/schedule", "/library")
LISTS = (
    "/api/v1/screens",
    "/api/v1/playlists",
    "/api/v1/slots",
    "/api/v1/assets",
    "/api/v1/wall",
    "/search/found?q=安",
)
FLOOR = "/healthz"
IMPORT = re.compile(r'(?:from|import)\s*"(\.[^"]+\.js)"')
LINK = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:js|css))[^"]*"')


def signed_in(parts: Parts) -> FlaskClient:
    """A browser of the owner; the plant gets the rows that a first start would make."""
    with parts.db.transaction() as tx:
        tx.execute(tables.position.insert().values(id=1, epoch="e" * 32, seq=0))
    accounts.add_person_with_password(parts, system("o1"), "厂办", Role.OWNER, PASSWORD)
    browser = create_app(parts)[0].test_client()
    browser.set_cookie(COOKIE, sign_in(parts, "厂办", PASSWORD, "127.0.0.1", "bench"))
    return browser


def taken(browser: FlaskClient, path: str) -> tuple[float, float, int]:
    """(wall ms, processor ms, bytes) of one answer."""
    wall, used = time.perf_counter(), time.process_time()
    answer = browser.get(path)
    data = answer.data
    found = (time.perf_counter() - wall) * 1_000, (time.process_time() - used) * 1_000, len(data)
    assert answer.status_code == 200, (path, answer.status_code)
    return found


def times(browser: FlaskClient) -> None:
    """Print the first table; the paths take turns, so that a busy machine slows all alike."""
    paths = [FLOOR, *PAGES, *(path for path in LISTS if browser.get(path).status_code == 200)]
    rows: dict[str, list[tuple[float, float, int]]] = {path: [] for path in paths}
    for n in range(ROUNDS + 1):
        for path in paths:
            found = taken(browser, path)
            if n:
                rows[path].append(found)
    print(f"{SCREENS} screens, 500 playlists, 10,000 items; {ROUNDS} answers each, one after another\n")
    print(f"{'path':22}{'median ms':>11}{'p95 ms':>9}{'CPU ms':>9}{'kB':>8}{'kB gz':>8}")
    for path, row in rows.items():
        wall = [one[0] for one in row]
        small = len(gzip.compress(browser.get(path).data, 6)) / 1_024
        cells = f"{median(wall):11.1f}{quantiles(wall, n=20)[-1]:9.1f}{median(one[1] for one in row):9.1f}"
        print(f"{path:22}{cells}{row[0][2] / 1_024:8.1f}{small:8.1f}")


def weights(browser: FlaskClient) -> None:
    """Print the second table: the page, its style sheet and every script it loads before anybody asks for more."""
    print(f"\n{'first load of':22}{'files':>7}{'kB':>9}{'kB gz':>9}")
    for path in PAGES:
        page = browser.get(path)
        files = {path: page.data}
        waiting = LINK.findall(page.text)
        while waiting:
            address = waiting.pop()
            if address not in files:
                files[address] = browser.get(address).data
                waiting += [f"/static/{name[2:]}" for name in IMPORT.findall(files[address].decode())]
        small = sum(len(gzip.compress(data, 9, mtime=0)) for data in files.values())
        print(f"{path:22}{len(files):7}{sum(map(len, files.values())) / 1_024:9.1f}{small / 1_024:9.1f}")


def main() -> None:
    with site(SCREENS) as parts:
        compiler = Compiler(parts)
        compiler.touch_all()
        compiler.run_pending()
        browser = signed_in(parts)
        times(browser)
        weights(browser)


if __name__ == "__main__":
    main()
