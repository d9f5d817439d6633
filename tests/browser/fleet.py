"""Players that speak the real protocol and light nothing: each proves what it is told, unless it is to keep still."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import requests
import socketio

from server.clock import SystemClock
from tests.site import Site

PLAYER = "/player"


class Wall:
    """One simulated player, paired by its screen's key."""

    def __init__(self, site: Site, key: str, *, proves: bool = True) -> None:
        paired = requests.post(f"{site.url}/player/pair", json={"key": key}, timeout=10)
        assert paired.status_code == 200, paired.text
        self.told: list[dict[str, Any]] = []
        self.proves = proves
        self._wire: Any = socketio.Client(reconnection=False)
        self._wire.on("alerts_changed", self._changed, namespace=PLAYER)
        self._wire.connect(
            site.url, transports=["websocket"], namespaces=[PLAYER], auth={"token": paired.json()["token"]}, wait=True
        )
        hello = {"nonce": "n1", "protocol": 1, "player": "0", "pixels": [192, 16], "epoch": "", "programme": "",
                 "seq": 0, "clock": 0}  # fmt: skip
        answer = self._wire.call("hello", hello, namespace=PLAYER)
        assert answer["ok"], answer
        self._changed(answer)

    def _changed(self, state: dict[str, Any]) -> None:
        self.told = state["alerts"]
        for alert in state["alerts"] if self.proves else ():
            proof = {"epoch": state["epoch"], "id": alert["id"], "revision": alert["revision"]}
            self._wire.emit("alert_received", proof, namespace=PLAYER)
            shown = proof | {"shown_at": SystemClock().now()}
            self._wire.emit("alert_shown", shown, namespace=PLAYER)

    def end(self) -> None:
        """Go away."""
        self._wire.disconnect()


def fleet(site: Site, keys: Iterable[str]) -> list[Wall]:
    """A player for every key."""
    return [Wall(site, key) for key in keys]


def until(true: Callable[[], bool], within_s: float = 10) -> bool:
    """Whether something comes true within some seconds."""
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.05)
    return False
