"""The programs that are compared: how each is started and what its peers say to it."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.site import ROOT, free_port

HERE = Path(__file__).parent
UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
PLAIN = [[UPGRADE, '0{"sid"'], ["40", '40{"sid"'], ['420["hello",{"nonce":"n","protocol":1}]', "430["]]
PLAYER = [
    [UPGRADE, '0{"sid"'],
    ['40/player,{"token":"pmp_{n}"}', '40/player,{"sid"'],
    ['42/player,0["hello",{"nonce":"n","protocol":1,"player":"bench","pixels":[192,16]}]', '43/player,0[{"ok":true'],
]
SHOWN = '42/player,1["alert_shown",{"epoch":"{epoch}","id":"{id}","revision":{revision},"shown_at":1763000000000}]'
SUBSCRIBE = "\x82\x06\x00\x01\x00\x01a\x01"  # to the topic "a", QoS 1


@dataclass
class Contender:
    """A server program and the crowd that meets it; ``reply`` is what a peer proves an alert with, "" for nothing."""

    name: str
    command: Callable[[int], list[str]]
    steps: list[list[str]]
    reply: str = '421["alert_shown",{"id":"a1","revision":1}]'
    raw: bool = False
    window: int = 1_000  # connections under way at once
    cwd: Path = ROOT
    port: int = field(default_factory=free_port)
    server: Any = None
    crowd: Any = None

    def start(self) -> int:
        """Start the server; return the instant (monotonic ns) at which it listened."""
        self.server = _run(self.command(self.port), self.cwd, 0)
        return int(_line(self.server)["at"])

    def meet(self) -> None:
        """Start the crowd's process, which connects to nothing yet."""
        self.crowd = _run([sys.executable, "-m", "tests.bench.fanout.crowd"], ROOT, 1)

    def connect(self, count: int) -> dict[str, Any]:
        """Bring so many peers in."""
        order = {"do": "connect", "port": self.port, "steps": self.steps, "raw": self.raw, "count": count}
        order["window"] = self.window
        return self.ask(order)

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """Have the crowd do something and wait for it."""
        _say(self.crowd, order)
        return _line(self.crowd)

    def fire(self, mark: str, *, proof: bool) -> dict[str, Any]:
        """Broadcast; return began, issued, stamps of all arrivals and, when it was asked for, when all was proved."""
        _say(self.crowd, {"do": "hear", "mark": mark, "reply": self.reply if proof else "", "seconds": 20})
        time.sleep(0.05)
        _say(self.server, {"mark": mark, "proof": proof})
        found = _line(self.server)
        found |= _line(self.crowd)
        waits = proof and self.reply and found["heard"]
        return found | (_line(self.server) if waits and _has_line(self.server) else {})

    def used(self) -> tuple[float, float]:
        """Seconds of processor the server has used: for itself, and for the system on its behalf."""
        fields = Path(f"/proc/{self.server.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return int(fields[11]) / os.sysconf("SC_CLK_TCK"), int(fields[12]) / os.sysconf("SC_CLK_TCK")

    def rss(self) -> float:
        """kB the server holds."""
        with open(f"/proc/{self.server.pid}/status", encoding="ascii") as status:
            return next(float(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def kill(self) -> None:
        """End the server as a power cut would."""
        self.server.kill()
        self.server.communicate()

    def end(self) -> None:
        """End both."""
        for one in (self.server, self.crowd):
            one.kill()
            one.communicate()


class Mosquitto(Contender):
    """The broker, with a publisher of our own: it says nothing on its stdout and takes no orders."""

    fired = 0

    def start(self) -> int:
        """Start the broker and the publisher beside it."""
        folder = Path("/tmp") / f"paomadeng-bench-{self.port}.conf"
        settings = ("allow_anonymous true", "persistence false", "set_tcp_nodelay true", "log_type none")
        folder.write_text("\n".join((f"listener {self.port} 127.0.0.1", *settings, "")), encoding="ascii")
        command = ["mosquitto", "-c", str(folder)]
        self.server = subprocess.Popen(command, preexec_fn=lambda: _pin(0))
        self.publisher = _run([sys.executable, "-m", "tests.bench.fanout.publisher", str(self.port)], ROOT, 1)
        return int(_line(self.publisher)["at"])

    def fire(self, mark: str, *, proof: bool) -> dict[str, Any]:
        """Publish; every peer acknowledges, but the broker tells nobody. It numbers each peer's messages from 1."""
        self.fired += 1
        acknowledged = "\x40\x02" + chr(self.fired >> 8) + chr(self.fired & 255)
        _say(self.crowd, {"do": "hear", "mark": mark, "reply": acknowledged, "seconds": 20})
        time.sleep(0.05)
        _say(self.publisher, {"mark": mark})
        return _line(self.publisher) | _line(self.crowd)

    def end(self) -> None:
        """End all three."""
        self.publisher.kill()
        self.publisher.communicate()
        super().end()


def contenders(data: Path, node: Path | None) -> list[Contender]:
    """Those that can run on this machine; says which cannot."""

    def python(name: str, *more: str) -> Callable[[int], list[str]]:
        return lambda port: [sys.executable, "-m", f"tests.bench.fanout.{name}", str(port), *more]

    found = [
        Contender("the limit: bare epoll", python("limit"), [[UPGRADE, "\r\n\r\n"]], reply="x"),
        Contender("Paomadeng", python("ours", str(data)), PLAYER, reply=SHOWN),
        Contender("Flask-SocketIO", python("stock"), PLAIN, window=200),  # its listener's queue holds 256
    ]
    if node is not None:
        command = ["node", str(HERE / "node.mjs")]
        found.append(Contender("Node socket.io", lambda port: [*command, str(port)], PLAIN, cwd=node))
    if shutil.which("mosquitto"):
        hello = "\x10\x12\x00\x04MQTT\x04\x02\x00\x00\x00\x06{six}"
        found.append(Mosquitto("mosquitto QoS 1", lambda _: [], [[hello, "\x20\x02"], [SUBSCRIBE, "\x90"]], raw=True))
    else:
        print("no mosquitto here (apt-get install mosquitto): left out")
    return found


def installed_node(folder: Path) -> Path | None:
    """A folder with Node's socket.io in it, fetched by npm; None where there is no Node."""
    if shutil.which("npm") is None:
        print("no npm here: Node's socket.io left out")
        return None
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--silent", "socket.io@4"], cwd=folder, check=False
    )
    return folder if done.returncode == 0 else None


def _run(command: list[str], cwd: Path, core: int) -> Any:
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, cwd=cwd, text=True, preexec_fn=lambda: _pin(core), **pipes)


def _pin(core: int) -> None:
    """Keep a process on one core, and let it open as many sockets as the system allows."""
    import resource

    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[core % len(cores)]})
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _say(process: Any, order: dict[str, Any]) -> None:
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()


def _has_line(process: Any) -> bool:
    """Whether it says something within half a minute."""
    return bool(select.select([process.stdout], [], [], 30)[0])


def _line(process: Any) -> dict[str, Any]:
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("a program of the comparison has ended")
    found: dict[str, Any] = json.loads(line)
    return found
