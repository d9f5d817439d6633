"""What of the player's memory grows: two snapshots of its heap, hours of its fast day apart, compared kind by kind.

``python -m tests.bench.grown [hours before] [hours between] [rate]``, beside ``tests.bench.endurance``.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

from playwright.sync_api import CDPSession

from tests.bench.endurance import Day
from tests.players.stand import chromium, server

NAMED = ("object", "native", "closure", "hidden", "code", "array")
MOST = 20

Kinds = dict[tuple[str, str], tuple[int, int]]


def kinds(session: CDPSession) -> Kinds:
    """Bytes and number of everything reachable, by V8's type and by name."""
    pieces = list[str]()

    def hear(told: Any) -> None:
        pieces.append(told["chunk"])

    session.on("HeapProfiler.addHeapSnapshotChunk", hear)
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    session.remove_listener("HeapProfiler.addHeapSnapshotChunk", hear)
    return counted(json.loads("".join(pieces)))


def counted(heap: dict[str, Any]) -> Kinds:
    """The nodes of a snapshot: type, name, and the size in their fourth field."""
    meta, nodes, words = heap["snapshot"]["meta"], heap["nodes"], heap["strings"]
    types, step = meta["node_types"][0], len(meta["node_fields"])
    sizes, numbers = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for place in range(0, len(nodes), step):
        kind = types[nodes[place]]
        key = (kind, words[nodes[place + 1]][:60] if kind in NAMED else "")
        sizes[key] += nodes[place + 3]
        numbers[key] += 1
    return {key: (sizes[key], numbers[key]) for key in sizes}


def main(before: int = 3, between: int = 4, rate: int = 120) -> None:
    """Print what grew most."""
    with server() as stand, chromium() as browser:
        day = Day(stand, browser, rate)
        for _ in range(before):
            day.hour()
        first = kinds(day.session)
        for _ in range(between):
            day.hour()
        last = kinds(day.session)
    grown = {key: (size - first.get(key, (0, 0))[0], number - first.get(key, (0, 0))[1])
             for key, (size, number) in last.items()}  # fmt: skip
    print(f"{'bytes more':>12}{'number':>8}  what")
    for key, (size, number) in sorted(grown.items(), key=lambda one: -one[1][0])[:MOST]:
        print(f"{size:12}{number:8}  {' '.join(key)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
