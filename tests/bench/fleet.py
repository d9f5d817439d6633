"""A thousand players on raw websockets: memory, connecting, and one edit that reaches them all.

``python -m tests.bench.fleet [players]``. The server is a process of its own; this one plays the fleet and, on a second
thread, asks ``/healthz`` without pause: its slowest answer is the longest time for which the server did nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import selectors
import socket
import struct
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from statistics import median

import requests

from server import tables
from server.config import Config
from server.realtime.frames import unmasked
from server.start import open_parts, prepare
from tests.browser.wall import Desk
from tests.site import Site, open_site

EDITS = 5
BEAT_S = 10
MASK = b"\x5a\x17\xc3\x2e"
UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def fill(data: Path, count: int, url: str = "") -> None:
    """A plant with ``count`` more screens, each with a player whose token is ``pmp_<number>``."""
    parts = open_parts(Config(data=data, database_url=url))
    prepare(parts)
    with parts.db.transaction() as tx:
        org = tx.execute(tables.organisations.select()).one().id
        size = {"width": 192, "height": 16, "colour": "single", "created": 1}
        rows = [{"id": f"f{n}", "org": org, "name": f"f{n}", "key_hash": f"{n:064d}", **size} for n in range(count)]
        tx.execute(tables.screens.insert(), rows)
        held = [
            {"id": f"q{n}", "org": org, "screen": f"f{n}", "token_hash": _hash(n), "paired": 1} for n in range(count)
        ]
        tx.execute(tables.players.insert(), held)
    parts.db.close()


def _hash(n: int) -> str:
    return hashlib.sha256(f"pmp_{n}".encode()).hexdigest()


class Player:
    """One socket of the fleet and what it has heard."""

    def __init__(self, n: int, port: int) -> None:
        self.n, self.held, self.heard = n, b"", list[float]()
        self.ready = False
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.sendall(UPGRADE.format(port=port).encode())

    def send(self, text: str) -> None:
        data = text.encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
        self.socket.sendall(b"\x81" + size + MASK + unmasked(MASK, data))

    def read(self) -> None:
        """Take what came and answer it as a player does."""
        data = self.socket.recv(65_536)
        if not data:
            raise ConnectionError(f"player {self.n} was cut off")
        self.held += data
        if self.held.startswith(b"HTTP"):
            head, end, rest = self.held.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head, head
            self.held = rest
        while (text := self._frame()) is not None:
            self._answer(text)

    def _frame(self) -> str | None:
        if len(self.held) < 2:
            return None
        size, at = self.held[1], 2
        if size == 126:
            size, at = struct.unpack_from(">H", self.held, 2)[0] if len(self.held) > 3 else 1 << 16, 4
        if len(self.held) < at + size:
            return None
        text, self.held = self.held[at : at + size].decode(), self.held[at + size :]
        return text

    def _answer(self, text: str) -> None:
        if text.startswith("0"):
            self.send("40/player," + json.dumps({"token": f"pmp_{self.n}"}))
        elif text == "2":
            self.send("3")
        elif text.startswith("40/player"):
            self.send('42/player,1["hello",{"nonce":"n","protocol":1,"player":"bench","pixels":[192,16]}]')
        elif text.startswith("43/player,1["):
            assert '"ok":true' in text, text
            self.ready = True
        elif "programme_published" in text:
            self.heard.append(time.perf_counter())

    def beat(self) -> None:
        self.send('42/player,2["beat",{"programme":"","health":{"frames":1}}]')


class Fleet:
    """The players and the loop that reads for all of them."""

    def __init__(self, port: int) -> None:
        self.port, self.players, self.waiting = port, list[Player](), selectors.DefaultSelector()
        self._beaten = time.perf_counter()

    def join(self, count: int) -> float:
        """Let so many in; seconds until the last has its answer to hello."""
        begun = time.perf_counter()
        for n in range(count):
            player = Player(n, self.port)
            self.players.append(player)
            self.waiting.register(player.socket, selectors.EVENT_READ, player)
            self.turn(0)
        while not all(player.ready for player in self.players):
            self.turn(0.05)
        return time.perf_counter() - begun

    def turn(self, seconds: float) -> None:
        """Read what is there, and beat when it is time."""
        for key, _ in self.waiting.select(seconds):
            key.data.read()
        if time.perf_counter() - self._beaten > BEAT_S:
            self._beaten = time.perf_counter()
            for player in self.players:
                if player.ready:
                    player.beat()

    def idle(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.turn(0.1)


class Pulse(threading.Thread):
    """Asks without pause and keeps how long each answer took, in ms."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.taken, self.going = url + "/healthz", list[float](), True

    def run(self) -> None:
        caller = requests.Session()
        while self.going:
            asked = time.perf_counter()
            with suppress(requests.RequestException):
                caller.get(self.url, timeout=30)
            self.taken.append((time.perf_counter() - asked) * 1_000)
            time.sleep(0.001)


def rss(site: Site) -> float:
    """MB the server holds."""
    assert site.process is not None
    with open(f"/proc/{site.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1_024


def cpu(site: Site) -> float:
    """Seconds of processor the server has used."""
    assert site.process is not None
    fields = Path(f"/proc/{site.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def edits(site: Site, fleet: Fleet, desk: Desk) -> list[tuple[float, float, float, float]]:
    """(ms to the first nudge, ms to the last, longest stall in ms, CPU ms) of each edit of a line that all show."""
    playlist = desk.post("/playlists", {"name": "全厂", "items": [{"kind": "slogan", "text": "安全生产 0"}]})
    desk.post(f"/playlists/{playlist['id']}/submit", {}, status=200)
    desk.post("/slots", {"playlist": playlist["id"], "targets": {"all": True}})
    fleet.idle(8)
    found = []
    for n in range(EDITS):
        for player in fleet.players:
            player.heard.clear()
        pulse, used = Pulse(site.url), cpu(site)
        pulse.start()
        begun = time.perf_counter()
        writer = threading.Thread(target=desk.rewrite, args=(playlist, f"安全生产 {n + 1}"))
        writer.start()
        while not all(player.heard for player in fleet.players) and time.perf_counter() < begun + 60:
            fleet.turn(0.01)
        writer.join()
        pulse.going = False
        heard = [player.heard[0] - begun for player in fleet.players]
        pulse.join()
        found.append((min(heard) * 1_000, max(heard) * 1_000, max(pulse.taken), (cpu(site) - used) * 1_000))
        fleet.idle(2)
    return found


def measure(count: int) -> None:
    """Print memory and times."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "var"
        open_site(data).stop()  # a first start sets the samples; idle is measured warm
        fill(data, count)
        site = open_site(data)
        try:
            _report(site, count)
        finally:
            site.kill()


def _report(site: Site, count: int) -> None:
    fleet, desk = Fleet(site.port), Desk(site, site.token())
    time.sleep(10)
    idle = rss(site)
    joined = fleet.join(count)
    used = cpu(site)
    fleet.idle(2 * BEAT_S)
    share = (cpu(site) - used) / (2 * BEAT_S)
    full = rss(site)
    print(f"{count} players, websockets, one node\n")
    print(f"{'idle, programmes compiled':52}{idle:9.0f} MB")
    print(f"{'with the fleet, beating':52}{full:9.0f} MB{(full - idle) * 1_024 / count:9.1f} kB per player")
    print(f"{'joining, to the last answer to hello':52}{joined:9.1f} s{count / joined:9.0f} players/s")
    print(f"{'processor while they only beat':52}{100 * share:9.1f} %")
    found = edits(site, fleet, desk)
    for what, n in (("to the first", 0), ("to the last", 1), ("longest stall meanwhile", 2), ("processor", 3)):
        taken = sorted(one[n] for one in found)
        print(f"{'edit of a line all show: ' + what:52}{median(taken):9.0f} ms{taken[-1]:9.0f} worst")


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
