"""A node of several: a server process on a port of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.site import ROOT, Site


@dataclass
class Node:
    """A server process; both nodes share a data folder, as ``--workers`` has them."""

    site: Site
    number: int
    tree: Path = ROOT  # where its program lies
    prefix: Sequence[str] = ()  # what its command begins with, such as to run it on a machine of its own

    def start(self) -> None:
        command = [*self.prefix, sys.executable, "-m", "server.cli", "serve", "--worker", str(self.number)]
        command += ["--host", self.site.host, "--port", str(self.site.port)]
        with (self.site.data / f"node{self.number}.log").open("a") as log:
            self.site.process = subprocess.Popen(
                command, cwd=self.tree, env=self.site.env, stdout=subprocess.DEVNULL, stderr=log, text=True
            )
        while True:
            try:
                requests.get(self.site.url + "/healthz", timeout=5)
                return
            except requests.RequestException:
                assert self.site.process.poll() is None, Path(self.site.data / f"node{self.number}.log").read_text()

    def send(self, number: signal.Signals) -> None:
        assert self.site.process is not None
        self.site.process.send_signal(number)
        if number in (signal.SIGKILL, signal.SIGTERM):
            self.site.process.wait(30)

    def get(self, path: str) -> Any:
        return requests.get(self.site.url + path, timeout=10).json()
