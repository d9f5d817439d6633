"""A real proxy before a real server, with the shipped configuration: only ports and folders are put in its place."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import websocket

from tests.gate import outside
from tests.site import ROOT, Site, free_port, open_site

DEPLOY = ROOT / "deploy"
NAME = "paomadeng.example"
WAIT_S = 10


@dataclass
class Front:
    """A proxy's two ports, its certificate, the node behind it."""

    folder: Path
    plain: int = field(default_factory=free_port)
    secure: int = field(default_factory=free_port)
    site: Site | None = None
    opened: list[Any] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.secure}"

    @property
    def certificate(self) -> Path:
        return self.folder / "cert.pem"

    def visitor(self, token: str = "") -> requests.Session:
        """Somebody who trusts the certificate."""
        made = requests.Session()
        made.verify, made.trust_env = str(self.certificate), False
        made.headers.update({"Authorization": f"Bearer {token}"} if token else {})
        self.opened.append(made)
        return made

    def dial(self, token: str, **more: Any) -> Player:
        """A player on a websocket through the proxy."""
        address = f"wss://127.0.0.1:{self.secure}/socket.io/?EIO=4&transport=websocket"
        trust: Any = {"sslopt": {"ca_certs": str(self.certificate), "cert_reqs": ssl.CERT_REQUIRED}}
        self.opened.append(websocket.create_connection(address, timeout=WAIT_S, **trust, **more))
        return Player(self.opened[-1], token)

    def close(self) -> None:
        """Hang up everything."""
        for one in self.opened:
            one.close()

    def replaced(self, source: Path, words: Mapping[str, str]) -> str:
        """A shipped file with words put in their place, every one of which has to be there."""
        text = source.read_text(encoding="utf-8")
        for word, instead in words.items():
            assert word in text, f"{source.name}: {word}"
            text = text.replace(word, instead)
        return text


class Player:
    """What a screen's page says, without a page."""

    def __init__(self, wire: Any, token: str) -> None:
        self.wire, self.number, self.opened = wire, 0, wire.recv()
        self.wire.send("40/player," + json.dumps({"token": token}))
        self.until("40/player")

    def until(self, start: str) -> str:
        """The next message that begins so; pings are answered."""
        while not (text := str(self.wire.recv())).startswith(start):
            assert text, "the line is gone"
            if text == "2":
                self.wire.send("3")
        return text

    def ask(self, event: str, **told: Any) -> Any:
        """Ask and return the answer."""
        self.number += 1
        self.wire.send(f"42/player,{self.number}" + json.dumps([event, told]))
        head = f"43/player,{self.number}"
        return json.loads(self.until(head + "[").removeprefix(head))[0]

    def told(self, event: str) -> Any:
        """What the server says next under that name."""
        return json.loads(self.until(f'42/player,["{event}"').removeprefix("42/player,"))[1]


def certify(folder: Path) -> None:
    """A key and a certificate for this machine, made for one test."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=IP:127.0.0.1,DNS:{NAME}"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)


def behind(front: Front, **settings: str) -> Site:
    """A node that knows its proxy."""
    told = {"PAOMADENG_PROXIES": "1", "PAOMADENG_PUBLIC_URL": front.url, "PAOMADENG_X_ACCEL": "/accel/"}
    return open_site(front.folder / "data", told | settings)


@contextmanager
def nginx(front: Front, node: int) -> Iterator[Front]:
    """Nginx with deploy/nginx; it listens once its first process has ended."""
    folder = front.folder
    binary = outside.program("nginx") or pytest.skip("nginx is missing: apt-get install nginx-light")
    nodes = front.replaced(DEPLOY / "nginx/nodes.conf", {"127.0.0.1:8080": f"127.0.0.1:{node}"})
    (folder / "nodes.conf").write_text(nodes, encoding="utf-8")
    words = {"/etc/nginx/paomadeng/": f"{folder}/", "/var/lib/paomadeng/media/": f"{folder}/data/media/"}
    words |= {"/var/log/nginx/": f"{folder}/", " 80;": f" {front.plain};", ":80;": f":{front.plain};"}
    words |= {" 443 ssl;": f" {front.secure} ssl;", ":443 ssl;": f":{front.secure} ssl;"}
    (folder / "paomadeng.conf").write_text(front.replaced(DEPLOY / "nginx/paomadeng.conf", words), encoding="utf-8")
    (folder / "nginx.conf").write_text(around(folder), encoding="utf-8")
    command = [binary, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert (tested.returncode, re.findall(r"\[(?:warn|emerg)\].*", tested.stderr)) == (0, [])
    subprocess.run(command, check=True)
    try:
        yield front
    finally:
        front.close()
        subprocess.run([*command, "-s", "stop"], check=True, capture_output=True)


def around(folder: Path) -> str:
    """What a system's own nginx.conf holds around ours."""
    user = "user root;" if os.geteuid() == 0 else ""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    return f"""{user} pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
    events {{ worker_connections 256; }}
    http {{ {temporary} access_log off; include {folder}/paomadeng.conf; }}"""


@contextmanager
def caddy(front: Front, node: int) -> Iterator[Front]:
    """Caddy with deploy/caddy."""
    folder = front.folder
    binary = outside.program("caddy") or pytest.skip("caddy is missing: its wheel is not made for this machine")
    words = {"127.0.0.1:8080": f"127.0.0.1:{node}", "/etc/caddy/paomadeng/": f"{folder}/"}
    words |= {"/var/lib/paomadeng/media": f"{folder}/data/media", f"http://{NAME}": f"http://127.0.0.1:{front.plain}"}
    words |= {f"https://{NAME}": front.url}
    (folder / "Caddyfile").write_text(front.replaced(DEPLOY / "caddy/Caddyfile", words), encoding="utf-8")
    environment = {**os.environ, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
    command = [str(binary), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said: list[str] = []
    try:
        while not said or "serving initial configuration" not in said[-1]:
            said.append(process.stderr.readline())
            assert said[-1], "".join(said)
        yield front
    finally:
        front.close()
        process.terminate()
        process.stderr.close()
        process.wait(WAIT_S)
