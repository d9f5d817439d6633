"""A real nginx before nodes of this machine: as deploy/nginx has it, without TLS, which would only heat the machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.gate import outside
from tests.site import free_port

KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass
class Nginx:
    """One nginx; its port stays the same when it is killed and started again. ``asked`` logs every request."""

    folder: Path
    nodes: Sequence[str]  # host and port of each
    port: int = field(default_factory=free_port)
    asked: bool = False
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where everybody comes in."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[list[str]]:
        """Of each request: status, each node it was tried at, what each said, and the request."""
        return [line.split("|") for line in (self.folder / "asked.log").read_text().splitlines()]

    def start(self) -> None:
        """Start it and wait until it listens."""
        binary = outside.program("nginx") or pytest.skip("nginx is missing: apt-get install nginx-light")
        (self.folder / "nginx.conf").write_text(self._told())
        command = [binary, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-g", "daemon off;"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
        while not self.listens:
            assert self.process.poll() is None, (self.folder / "nginx.log").read_text()

    def kill(self) -> None:
        """End all its processes at once, as a crash would."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    @property
    def listens(self) -> bool:
        """Whether somebody takes connections at its port."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _told(self) -> str:
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = " ".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in KINDS)
        servers = " ".join(f"server {node} max_fails=2 fail_timeout=3s;" for node in self.nodes)
        log = f"access_log {self.folder}/asked.log asked;" if self.asked else "access_log off;"
        return f"""{user} pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log;
        worker_processes 1; worker_rlimit_nofile 65536; events {{ worker_connections 32768; }}
        http {{ {temporary}
          log_format asked '$status|$upstream_addr|$upstream_status|$request'; {log}
          map $http_upgrade $upgraded {{ default upgrade; '' ''; }}
          upstream nodes {{ least_conn; {servers} keepalive 32; keepalive_timeout 20s; }}
          server {{ listen 127.0.0.1:{self.port} backlog=4096; client_max_body_size 200m;
            proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
            proxy_connect_timeout 2s; proxy_read_timeout 60s;
            proxy_next_upstream error timeout; proxy_next_upstream_timeout 5s;
            location / {{ proxy_pass http://nodes; proxy_set_header Connection ''; }}
            location /socket.io/ {{ proxy_pass http://nodes; proxy_buffering off;
              proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $upgraded; }} }} }}"""
