"""A real server in a process of its own, for tests that meet it from outside."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import requests

from server.config import read_config

PASSWORD = "下班先断电再锁门喽好"
ROOT = Path(__file__).parents[1]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running server: its address, the owner link it printed, and the means to stop and start it again."""

    data: Path
    port: int
    env: dict[str, str]
    process: subprocess.Popen[str] | None = None
    owner_link: str = ""
    host: str = "127.0.0.1"
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def database(self) -> str:
        """The address of its database."""
        return read_config(self.env)[0].url

    def start(self) -> None:
        """Start the server and wait for its address, reading the owner link if it prints one."""
        command = [sys.executable, "-m", "server.cli", "serve", "--host", self.host, "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.strip())
            if found := re.search(r"/welcome/\S+", line):
                self.owner_link = self.url + found[0]
                return
            if self.owner_link and self.url in line:
                return
        raise AssertionError("\n".join(self.said))

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self._gone()

    def stop(self) -> None:
        """End it as an administrator would."""
        assert self.process is not None
        self.process.terminate()
        self._gone()

    def _gone(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.wait(20)
        self.process.stdout.close()

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Run a command of the server beside it and return what it printed."""
        command = [sys.executable, "-m", "server.cli", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, input=stdin, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def become_owner(self, name: str, language: str = "zh") -> None:
        """Set the first password by the owner link, as a person does in the browser."""
        visitor = requests.Session()
        visitor.headers["Accept-Language"] = language
        found = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get(self.owner_link).text)
        assert found is not None
        form = {"csrf_token": found[1], "login": name, "password": PASSWORD}
        assert visitor.post(self.owner_link, data=form, allow_redirects=False).status_code == 303

    def token(self, scopes: str = "*") -> requests.Session:
        """An HTTP session with an API token."""
        caller = requests.Session()
        secret = self.run("token", "add", "--name", "test", "--scopes", scopes)
        caller.headers["Authorization"] = f"Bearer {secret}"
        return caller


def open_site(data: Path, settings: dict[str, str] | None = None) -> Site:
    """A server on ``data``, started; its database is of the engine this run of the tests is for."""
    from tests import postgres  # which asks us for a free port

    site = Site(data, free_port(), postgres.clean() | {"PAOMADENG_DATA": str(data)} | (settings or {}))
    site.start()
    return site
