"""What every contender's server program says and is told: orders on stdin, instants on stdout, one JSON a line."""

from __future__ import annotations

import json
import struct
import sys
import time
from typing import Any

TEXT = "三号车间燃气泄漏，请立即停止作业，沿绿色通道撤离到北门集合点清点人数。"


def payload(mark: str) -> str:
    """An event as a live set with one alert, some 500 bytes."""
    alert = {"id": "a1", "revision": 1, "headline": f"{TEXT} {mark}", "instruction": TEXT, "severity": "extreme"}
    told = {"epoch": "e" * 32, "seq": 1, "now": 1_763_000_000_000, "alerts": [alert]}
    return "42" + json.dumps(["alerts_changed", told], ensure_ascii=False, separators=(",", ":"))


def frame(text: str) -> bytes:
    """A text frame as a server sends it."""
    data = text.encode()
    return b"\x81\x7e" + struct.pack(">H", len(data)) + data


def listening(port: int) -> None:
    """Say that peers may come."""
    print(json.dumps({"port": port, "at": time.monotonic_ns()}), flush=True)


class Told:
    """The orders, and the instants of the broadcast under way."""

    def __init__(self) -> None:
        self._missing = 0

    def order(self) -> Any:
        """The next order, or None at the end; call it when there is one."""
        line = sys.stdin.readline()
        return json.loads(line) if line else None

    def begin(self, peers: int) -> None:
        """A broadcast to so many begins."""
        self._missing, self._at = peers, time.monotonic_ns()

    def issued(self) -> None:
        """The call that issued it has returned."""
        print(json.dumps({"began": self._at, "issued": time.monotonic_ns()}), flush=True)

    def proved(self, count: int = 1) -> None:
        """So many peers proved it; say so once it was the last."""
        missing, self._missing = self._missing, self._missing - count
        if missing > 0 >= self._missing:
            print(json.dumps({"proved": time.monotonic_ns()}), flush=True)
