"""How long a warm start takes until the server listens, and what it holds then, beside the libraries it stands on.

``python -m tests.bench.start [rounds]``. The bare peers are ten lines that import, listen and print; runs take turns.
A caller knocks from the first instant on: when its connection is taken in line, and when it has its answer.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

from tests.site import ROOT, free_port, open_site

IDLE_S = 6
BARE = """
from gevent import monkey; monkey.patch_all()
{imports}
from flask import Flask
from gevent.pywsgi import WSGIServer
app = Flask("bare")
server = WSGIServer(("127.0.0.1", {port}), app, log=None)
server.start()
print("http://127.0.0.1:{port}", flush=True)
server.serve_forever()
"""
LIBRARIES = "import flask_socketio, flask_limiter, flask_wtf, sqlalchemy, pydantic, structlog, apscheduler"


class Caller(threading.Thread):
    """Knocks at a port until it is let in line, asks once, and notes both instants (seconds of ``perf_counter``)."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port, self.in_line, self.answered = port, 0.0, 0.0

    def run(self) -> None:
        line = self._knock()
        self.in_line = time.perf_counter()
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert line.recv(64).startswith(b"HTTP/1.1 ")
        self.answered = time.perf_counter()
        line.close()

    def _knock(self) -> socket.socket:
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port))
            except ConnectionRefusedError:
                time.sleep(0.005)


def one(command: list[str], env: dict[str, str], port: int, idle: float) -> tuple[float, ...]:
    """ms until a caller is in line, until it says its address, until the caller is answered; CPU ms; MB when idle."""
    caller = Caller(port)
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    caller.start()
    assert process.stdout is not None
    next(line for line in process.stdout if "http://127.0.0.1" in line)
    said, used = time.perf_counter(), _used(process.pid)
    caller.join(20)
    time.sleep(idle)
    held = _held(process.pid)
    process.terminate()
    process.wait(20)
    process.stdout.close()
    return (*((at - begun) * 1_000 for at in (caller.in_line, said, caller.answered)), used, held)


def _used(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000 / os.sysconf("SC_CLK_TCK")


def _held(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1_024


def commands(data: Path) -> dict[str, tuple[list[str], dict[str, str], int]]:
    """Each way of starting, with its environment and its port."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
    ports = [free_port() for _ in range(3)]
    bare = [
        [sys.executable, "-c", BARE.format(imports=more, port=port)]
        for more, port in zip(("", LIBRARIES), ports, strict=False)
    ]
    # A linked .venv belongs to another tree, whose door would not take this one for its own.
    door = ["-P", "-m", "server.cli"] if (ROOT / ".venv").is_symlink() else [str(ROOT / "run.py")]
    serve = [sys.executable, *door, "serve", "--host", "127.0.0.1", "--port", str(ports[2])]
    return {
        "bare Flask on gevent": (bare[0], env, ports[0]),
        "the same, our libraries imported": (bare[1], env, ports[1]),
        "run.py serve": (serve, env | {"PAOMADENG_DATA": str(data)}, ports[2]),
    }


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "var"
        first = open_site(data)
        time.sleep(20)  # the samples are typeset
        first.stop()
        ways = commands(data)
        rows: dict[str, list[tuple[float, ...]]] = {name: [] for name in ways}
        one(*ways["run.py serve"], 0)  # the first after a change to the code is not a warm one
        for _ in range(rounds):
            for name, way in ways.items():
                rows[name].append(one(*way, IDLE_S))
    print(f"median of {rounds} warm starts in turn (ms, least in brackets); memory {IDLE_S} s after\n")
    print(f"{'':34}{'in line':>14}{'says so':>14}{'answers':>14}{'CPU ms':>8}{'MB':>6}")
    for name, row in rows.items():
        *times, used, held = zip(*row, strict=True)
        cells = "".join(f"{f'{median(some):.0f} ({min(some):.0f})':>14}" for some in times)
        print(f"{name:34}{cells}{median(used):8.0f}{median(held):6.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
