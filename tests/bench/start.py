"""How long a warm start takes until the server listens, and what it holds then, beside the libraries it stands on.

``python -m tests.bench.start [rounds]``. The bare peers are ten lines that import, listen and print; runs take turns.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
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


def one(command: list[str], env: dict[str, str], idle: float) -> tuple[float, float, float]:
    """(ms until it says its address, processor ms until then, MB after ``idle`` seconds)."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    next(line for line in process.stdout if "http://127.0.0.1" in line)
    taken = (time.perf_counter() - begun) * 1_000
    used = _used(process.pid)
    time.sleep(idle)
    held = _held(process.pid)
    process.terminate()
    process.wait(20)
    process.stdout.close()
    return taken, used, held


def _used(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000 / os.sysconf("SC_CLK_TCK")


def _held(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1_024


def commands(data: Path) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Each way of starting, with its environment."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PAOMADENG_")}
    ports = [free_port() for _ in range(3)]
    bare = [
        [sys.executable, "-c", BARE.format(imports=more, port=port)]
        for more, port in zip(("", LIBRARIES), ports, strict=False)
    ]
    serve = [sys.executable, str(ROOT / "run.py"), "serve", "--host", "127.0.0.1", "--port", str(ports[2])]
    return {
        "bare Flask on gevent": (bare[0], env),
        "the same, our libraries imported": (bare[1], env),
        "run.py serve": (serve, env | {"PAOMADENG_DATA": str(data)}),
    }


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "var"
        first = open_site(data)
        time.sleep(20)  # the samples are typeset
        first.stop()
        ways = commands(data)
        rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, (command, env) in ways.items():
                rows[name].append(one(command, env, IDLE_S))
    print(f"median of {rounds} warm starts in turn; memory {IDLE_S} s after\n")
    print(f"{'':36}{'ms':>8}{'least':>8}{'CPU ms':>8}{'MB':>7}")
    for name, row in rows.items():
        wall = [one[0] for one in row]
        rest = f"{median(one[1] for one in row):8.0f}{median(one[2] for one in row):7.0f}"
        print(f"{name:36}{median(wall):8.0f}{min(wall):8.0f}{rest}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
