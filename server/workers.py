"""Several nodes of one machine at one port: a parent starts them, starts again what dies, and ends them all.

The system hands each new connection to one of them (SO_REUSEPORT). The parent loads nothing of the server.
"""

from __future__ import annotations

import signal
import socket
import subprocess  # nosec B404
import sys
import time
from contextlib import suppress
from types import FrameType

from server import lock
from server.config import BadSetting, Config
from server.words import say

LOOK_S = 0.2
AGAIN_S = 1.0  # before a node that died is started again
PATIENCE_S = 30  # for the end of nodes that hand their players over


def supervise(config: Config, count: int) -> int:
    """Run ``count`` nodes until SIGTERM or SIGINT; raise BadSetting where several cannot work together."""
    if not (config.database_url and config.redis_url) or not hasattr(socket, "SO_REUSEPORT"):
        raise BadSetting(say("start.workers", config.locale))
    holding = lock.take(config.data)
    if holding is None:
        raise BadSetting(say("start.other", config.locale, data=config.data))
    with holding:
        return Workers(config, count).run()


class Workers:
    """The nodes of this machine, as processes."""

    def __init__(self, config: Config, count: int) -> None:
        self._config = config
        self._running: dict[int, subprocess.Popen[str] | None] = dict.fromkeys(range(count))
        self._due = dict.fromkeys(range(count), 0.0)
        self._ends = False

    def run(self) -> int:
        """Start the first and wait until it listens, for it may migrate; then keep them all running."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        if not self._first_listens():
            return 1
        while not self._ends:
            self._look()
            time.sleep(LOOK_S)
        return self._stop()

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ends = True

    def _first_listens(self) -> bool:
        first = self._start(0)
        assert first.stdout is not None
        said = first.stdout.readline()
        print(said, end="", flush=True)
        return bool(said)

    def _start(self, number: int) -> subprocess.Popen[str]:
        config = self._config
        command = [sys.executable, "-m", "server.cli", "serve", "--worker", str(number), "--data", str(config.data)]
        command += ["--host", config.host, "--port", str(config.port)]
        told = subprocess.PIPE if number == 0 and not self._due[0] else None
        made = subprocess.Popen(command, stdout=told, text=True)  # nosec B603 - this program itself
        self._running[number] = made
        return made

    def _look(self) -> None:
        for number, process in self._running.items():
            if process is not None and process.poll() is not None:
                self._running[number], self._due[number] = None, time.monotonic() + AGAIN_S
            if self._running[number] is None and time.monotonic() >= self._due[number]:
                self._start(number)

    def _stop(self) -> int:
        alive = [process for process in self._running.values() if process is not None]
        for process in alive:
            process.terminate()
        end = time.monotonic() + PATIENCE_S
        for process in alive:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, end - time.monotonic()))
            process.kill()
            process.wait()
        return 0
