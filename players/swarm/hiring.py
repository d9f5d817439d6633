"""Screens and device tokens for a fleet by a server's HTTP interface, as any program could make them."""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST_WAIT_S = 60


class Refused(Exception):
    """What the server said no to, in its words."""


@dataclass(frozen=True, slots=True)
class Hired:
    """A screen of the fleet and the token that plays on it."""

    screen: str
    token: str


@dataclass(frozen=True, slots=True)
class Server:
    """A server and an API token with the scope ``screens``."""

    url: str
    token: str

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask once, again when told to wait; raise Refused."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        asked = urllib.request.Request(self.url.rstrip("/") + path, data, headers, method=method)
        while True:
            try:
                with urllib.request.urlopen(asked, timeout=30) as answer:  # nosec B310 - `server` looked at the scheme
                    text = answer.read()
                    return json.loads(text) if text else None
            except urllib.error.HTTPError as error:
                if error.code != 429:
                    raise Refused(_said(error)) from error
                time.sleep(min(LONGEST_WAIT_S, int(error.headers.get("Retry-After", "5"))))
            except OSError as error:
                raise Refused(f"{self.url}: {error}") from error


def _said(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["detail"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {error.code}"


def server(url: str, token: str) -> Server:
    """A server by its address; raise Refused for one that is no web address."""
    if not url.startswith(("http://", "https://")):
        raise Refused(f"{url}: http:// or https:// …")
    return Server(url, token)


def hire(at: Server, count: int, group: str) -> Iterator[Hired]:
    """Make ``count`` screens of a group and pair each."""
    held = at.call("GET", "/api/v1/groups")["items"]
    found = next((one["id"] for one in held if one["name"] == group), None)
    name = found or at.call("POST", "/api/v1/groups", {"name": group})["id"]
    order = {"width": 192, "height": 16, "colour": "single", "groups": [name]}
    for _ in range(count):
        made = at.call("POST", "/api/v1/screens", {**order, "name": named(group)})
        paired = at.call("POST", "/player/pair", {"key": made["key"]})
        yield Hired(made["id"], paired["token"])


def named(group: str) -> str:
    """A name that no other screen has."""
    return f"{group} {secrets.token_hex(4)}"


def dismiss(at: Server, screen: str) -> None:
    """Retire a screen of the fleet; one that is gone is fine."""
    try:
        at.call("DELETE", f"/api/v1/screens/{screen}")
    except Refused:
        return
