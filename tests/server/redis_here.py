"""A real Redis on a free port, to be killed, held up and started again."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.site import free_port

SECRET = "between-nodes"


class Redis:
    """One server; its ``url`` stays the same over restarts."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://:{SECRET}@127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        program = shutil.which("redis-server")
        assert program, "redis-server is missing: apt-get install redis-server"
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--requirepass", SECRET, "--save", "")
        self.process = subprocess.Popen(
            [program, *options, "--dir", str(self.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, "redis-server did not start"

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; wait for its end when that is one."""
        assert self.process is not None
        self.process.send_signal(number)
        if number in (signal.SIGKILL, signal.SIGTERM):
            self.process.wait(10)


@contextmanager
def redis_in(folder: Path) -> Iterator[Redis]:
    """A Redis that is gone afterwards, held up or not."""
    made = Redis(folder)
    made.start()
    try:
        yield made
    finally:
        made.send(signal.SIGKILL)
