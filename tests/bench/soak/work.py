"""What people and machines do in a quarter of an hour; whatever is not answered as it should be is kept."""

from __future__ import annotations

import io
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import ThreadingHTTPServer
from random import Random
from subprocess import CalledProcessError
from threading import Thread
from typing import Any

import requests
import websocket
from PIL import Image

from server.intake import signing
from tests.bench.soak.outside import CAP, Receiver, listen
from tests.bench.soak.plant import GROUP, Hand, Server, Shifts
from tests.site import PASSWORD

PLAYLISTS, DESKS, SIGN_INS = 12, 5, 10
HOUR_MS, PAGE_MS = 3_600_000, 90_000
PAGES = ("/", "/playlists", "/screens", "/schedule", "/library", "/alerts")
DRILL = {"status": "exercise", "severity": "severe", "instruction": "到东门广场集合", "presentation": "takeover"}
FAILURES = (requests.RequestException, OSError, KeyError, CalledProcessError, websocket.WebSocketException)
PROVED_S, DRILL_S = 30.0, 600


class Work:
    """Everybody who does something; ``answers`` holds ms by what was asked, ``wrong`` what went wrong."""

    def __init__(self, server: Server, hand: Hand, fleet: Shifts, seed: int, plays: int) -> None:
        self._server, self._hand, self._fleet, self._plays = server, hand, fleet, plays
        self._dice, self._number = Random(seed), 0
        self.answers: dict[str, list[float]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self._editor, self._reviewer, self._officer = (self._caller(name) for name in ("editor", "reviewer", "officer"))
        self._players = [requests.Session() for _ in range(2)]
        self._people: list[requests.Session] = []
        self._desks: list[websocket.WebSocket] = []
        self._assets: list[tuple[int, str]] = []
        self._alert = ""

    # setting up -----------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Playlists and where they play, who is told, who may call."""
        self._server.run("user", "add", "--name", "zhang", "--role", "owner", "--password-stdin", stdin=PASSWORD)
        receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        Thread(target=receiver.serve_forever, daemon=True).start()
        for name, port in (("kept", receiver.server_address[1]), ("dead", 9)):
            self._do("POST", "/webhooks", {"name": name, "format": "generic", "address": f"http://127.0.0.1:{port}/"})
        self._hook = self._do("POST", "/alert-sources", {"name": "panel", "kind": "hook", "policy": "hold"})
        order = {"name": "weather", "kind": "cap", "policy": "hold", "senders": ["weather.example"]}
        self._do("POST", "/alert-sources", order)
        self._playlists = [self._playlist(number) for number in range(PLAYLISTS)]

    def _playlist(self, number: int) -> str:
        items = [{"kind": "slogan", "text": f"第 {number} 组：安全生产 {n}"} for n in range(6)]
        made: str = self._do("POST", "/playlists", {"name": f"{number} 号节目单", "items": items})["id"]
        self._do("POST", f"/playlists/{made}/submit", {})
        self._do("POST", f"/playlists/{made}/approve", {}, by=self._reviewer, fine=(200, 409, 422))
        groups = len(self._fleet.members) // GROUP
        to = {"all": True} if number == 0 else {"groups": [f"k{n}" for n in range(number % PLAYLISTS, groups, 11)][:5]}
        self._do("POST", "/slots", {"playlist": made, "targets": to}, fine=(201, 409, 422))
        return made

    def _caller(self, name: str) -> requests.Session:
        caller = requests.Session()
        secret = self._server.run("token", "add", "--name", name, "--scopes", "*")
        caller.headers["Authorization"] = f"Bearer {secret}"
        return caller

    # a quarter ------------------------------------------------------------------------------------------------------

    def quarter(self, number: int) -> None:
        """The work of quarter ``number`` of the day; returns when it is done."""
        self.answers.clear()
        with ThreadPoolExecutor(4) as pool:
            work = [self._plays_of(half, number) for half in range(2)] + [lambda: self._staff(number)]
            for one in [pool.submit(self._safe, each) for each in work]:
                one.result()

    def _safe(self, act: Callable[[], None]) -> None:
        try:
            act()
        except FAILURES as error:
            self.wrong[f"{type(error).__name__}: {str(error)[:160]}"] += 1

    def _staff(self, number: int) -> None:
        for act, every in (
            (self._drill, 16), (self._alarm, 48), (self._shift, 32), (self._sites_line, 4), (self._edit, 1),
            (self._edit, 1), (self._upload, 1), (self._preview, 1), (self._desk_pages, 1), (self._guess, 2),
            (self._panel, 1), (self._weather, 4), (self._screen, 4), (self._command, 1), (self._back_up, 24),
        ):  # fmt: skip
            if number % every == 0:
                self._safe(act)
                self.done[act.__name__.strip("_")] += 1

    # publicity ------------------------------------------------------------------------------------------------------

    def _sites_line(self) -> None:
        self._rewrite(self._playlists[0])

    def _edit(self) -> None:
        self._rewrite(self._dice.choice(self._playlists[1:]))

    def _rewrite(self, playlist: str, picture: str = "") -> None:
        held = self._do("GET", f"/playlists/{playlist}")
        self._number += 1
        items = [one for one in held["items"] if not (picture and one["kind"] == "image")]
        items[0] = {**items[0], "text": f"第 {self._number} 次改：安全第一，预防为主"}
        items += [{"kind": "image", "asset": picture}] if picture else []
        self._do("PUT", f"/playlists/{playlist}", {"items": items}, held=held["revision"])
        sent = self._do("POST", f"/playlists/{playlist}/submit", {})
        if sent.get("state") not in ("approved", "published"):
            self._do("POST", f"/playlists/{playlist}/approve", {}, by=self._reviewer, fine=(200, 409, 422))

    def _upload(self) -> None:
        """A new picture takes the place of the last one, which is put aside."""
        self._number += 1
        file = io.BytesIO()
        Image.frombytes("RGB", (160, 120), self._dice.randbytes(160 * 120 * 3)).save(file, "PNG")
        data = {"file": (f"{self._number}.png", file.getvalue())}
        made = self._call(self._editor, "POST", "/api/v1/assets", "upload", files=data).json()["id"]
        place = 1 + self._number % (PLAYLISTS - 1)
        self._rewrite(self._playlists[place], made)
        for old in [one for one in self._assets if one[0] == place]:
            self._do("DELETE", f"/assets/{old[1]}", fine=(204, 409))
            self._assets.remove(old)
        self._assets.append((place, made))

    def _preview(self) -> None:
        self._number += 1
        item = {"id": "i1", "kind": "notice", "title": "提示", "text": f"第 {self._number} 条：" + "戴好安全帽。" * 12}
        self._do("POST", "/previews", {"item": item, "screen": "f1"}, fine=(200, 201))

    # people ---------------------------------------------------------------------------------------------------------

    def _shift(self) -> None:
        """Another shift: half of those before sign out, the rest just go; ten sign in, five leave a page open."""
        for number, person in enumerate(self._people):
            if number % 2:
                word = re.search(
                    r'name="csrf_token" value="([^"]+)"', person.get(self._server.url + "/", timeout=60).text
                )
                headers = {"X-CSRF-Token": word[1] if word else ""}
                self._call(person, "DELETE", "/api/v1/session", "sign-out", headers=headers, fine=(204,))
        for desk in self._desks:
            desk.close()
        self._people, self._desks = [self._signed_in() for _ in range(SIGN_INS)], []
        for person in self._people[:DESKS]:
            cookie = "; ".join(f"{one.name}={one.value}" for one in person.cookies)
            address = self._server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
            desk = websocket.create_connection(address, timeout=20, cookie=cookie, origin=self._server.url)
            desk.send("40/desk,")
            self._desks.append(desk)
            Thread(target=listen, args=(desk,), daemon=True).start()

    def _signed_in(self) -> requests.Session:
        person = requests.Session()
        person.headers["Accept"] = "text/html"  # a page that a hand opened keeps its session alive
        self._call(person, "POST", "/api/v1/session", "sign-in", json={"login": "zhang", "password": PASSWORD})
        return person

    def _desk_pages(self) -> None:
        for number, person in enumerate(self._people):
            self._call(person, "GET", PAGES[number % len(PAGES)], "page", allow_redirects=False, fine=(200, 302, 303))

    def _guess(self) -> None:
        self._number += 1
        address = {"X-Forwarded-For": f"10.1.{self._number // 250}.{self._number % 250}"}
        told = {"login": f"someone{self._number}", "password": "falsch genug"}
        self._call(requests, "POST", "/api/v1/session", "guess", json=told, headers=address, fine=(401, 429))

    # machines -------------------------------------------------------------------------------------------------------

    def _panel(self) -> None:
        self._number += 1
        body = json.dumps({"id": f"tank-{self._number}", "headline": "煤气浓度高", "severity": "minor"}).encode()
        at = str(self._hand.now() // 1_000)
        headers = {signing.TIMESTAMP: at, signing.SIGNATURE: signing.sign(self._hook["secret"], at, body)}
        path = self._hook["path"]
        self._call(requests, "POST", path, "panel", data=body, headers=headers, fine=(200, 201, 202))
        self._decide()

    def _weather(self) -> None:
        self._number += 1
        sent = time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(self._hand.now() / 1_000 + 8 * 3_600))
        data = CAP.format(name=f"w{self._number}", sent=sent).encode()
        headers = {"Content-Type": "application/cap+xml"}
        self._call(self._officer, "POST", "/api/v1/cap", "cap", data=data, headers=headers, fine=(200, 201, 202))
        self._decide()

    def _decide(self) -> None:
        """What is held is ignored, but every fourth."""
        for number, one in enumerate(self._do("GET", "/messages?state=held", by=self._officer)["items"]):
            if number % 4 != 3:
                self._do("POST", f"/messages/{one['id']}/ignore", {}, by=self._officer, fine=(200, 409))

    def _screen(self) -> None:
        """A screen is put up and paired, and another taken down; somebody else asks for a code and goes away."""
        self._number += 1
        order = {"name": f"新屏 {self._number}", "width": 192, "height": 16, "colour": "single", "groups": ["k2"]}
        made = self._do("POST", "/screens", order)
        self._call(requests, "POST", "/player/pair", "pair", json={"key": made["key"]})
        self._call(requests, "POST", "/player/pairings", "pair", json={"pixels": [192, 16]}, fine=(201,))
        self._do("DELETE", f"/screens/{made['id']}", fine=(200, 204))

    def _command(self) -> None:
        self._do("POST", f"/screens/f{self._dice.randrange(40)}/commands", {"kind": "identify"}, fine=(200, 201, 202))

    def _back_up(self) -> None:
        self._server.run("backup", str(self._server.data.parent / "backup.tar"))

    def _plays_of(self, half: int, number: int) -> Callable[[], None]:
        """A quarter of all players, or half of it, tell what they played in the last hour."""
        return lambda: self._report(half, number)

    def _report(self, half: int, number: int) -> None:
        caller, now = self._players[half], self._hand.now()
        count = len(self._fleet.members)
        for player in range(number % 4 + 4 * half, count, 8):
            if player in self._fleet.off:
                continue
            begins = [now - HOUR_MS + n * HOUR_MS // (4 * self._plays) for n in range(4 * self._plays)]
            plays = [
                {"id": f"{player}-{number}-{n}-{at}", "region": "main", "item": f"i{n % 6}", "playlist":
                 self._playlists[n % 3], "media": f"{n % 6:064x}.png", "begins": at, "ends": at + PAGE_MS}
                for n, at in enumerate(begins)
            ]  # fmt: skip
            token = {"Authorization": f"Bearer pmp_{player}"}
            self._call(caller, "POST", "/player/plays", "plays", json={"plays": plays}, headers=token)
            self.done["plays"] += len(plays)

    # alerts ---------------------------------------------------------------------------------------------------------

    def _drill(self) -> None:
        """All screens, each proves; every other drill is cleared, the rest end by themselves."""
        self._number += 1
        order = {**DRILL, "headline": f"疏散演练 {self._number}", "targets": {"all": True}, "expires_in_s": DRILL_S}
        made, began = self._do("POST", "/alerts", order, by=self._officer), time.monotonic()
        while len(self._shown(made)) < self._fleet.on - 12 and time.monotonic() < began + PROVED_S:
            time.sleep(0.05)
        self.answers["drill, all proved"].append((time.monotonic() - began) * 1_000)
        if self._number % 2:
            self._do("POST", f"/alerts/{made['id']}/clear", {}, by=self._officer)

    def _shown(self, made: Any) -> dict[int, int]:
        tally = self._fleet.tallies.get((made["id"], made["revision"]))
        return tally.shown if tally else {}

    def _alarm(self) -> None:
        """The real thing for one workshop: issued, changed, cleared."""
        order = {**DRILL, "status": "actual", "headline": "煤气泄漏", "targets": {"groups": ["k3"]}}
        made = self._do("POST", "/alerts", order, by=self._officer)["id"]
        self._do("POST", f"/alerts/{made}/update", {"headline": "煤气泄漏，走南门"}, by=self._officer)
        self._do("POST", f"/alerts/{made}/clear", {}, by=self._officer)

    # asking ---------------------------------------------------------------------------------------------------------

    def _do(
        self, method: str, path: str, body: Any = None, *, by: requests.Session | None = None, held: str = "",
        fine: tuple[int, ...] = (200, 201, 202),
    ) -> Any:  # fmt: skip
        headers = {"If-Match": held} if held else {}
        answer = self._call(by or self._editor, method, f"/api/v1{path}", "api", json=body, headers=headers, fine=fine)
        return answer.json() if answer.content else {}

    def _call(
        self, caller: Any, method: str, path: str, what: str, fine: tuple[int, ...] = (200, 201), **more: Any
    ) -> requests.Response:
        began = time.perf_counter()
        answer: requests.Response = caller.request(method, self._server.url + path, timeout=60, **more)
        self.answers[what].append((time.perf_counter() - began) * 1_000)
        if answer.status_code not in fine:
            name = "/".join(word for word in path.split("?")[0].split("/") if not any(map(str.isdigit, word)))
            self.wrong[f"{method} {name}: {answer.status_code} {answer.text[:160]}"] += 1
        return answer
