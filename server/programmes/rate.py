"""How often one person may ask for something costly."""

from __future__ import annotations

from collections import OrderedDict, deque
from threading import Lock

from server.errors import TooMany

REMEMBERED = 4_096


class Rate:
    """At most ``limit`` acts within ``within_ms`` for each name; the names used longest ago are forgotten first."""

    def __init__(self, limit: int, within_ms: int) -> None:
        self.limit = limit
        self.within_ms = within_ms
        self._acts: OrderedDict[str, deque[int]] = OrderedDict()
        self._lock = Lock()

    def take(self, name: str, now: int, detail: str) -> None:
        """Count one act at ``now`` (ms); raise TooMany with the seconds to wait when it is one too many."""
        with self._lock:
            acts = self._acts.setdefault(name, deque())
            self._acts.move_to_end(name)
            while acts and acts[0] <= now - self.within_ms:
                acts.popleft()
            if len(acts) >= self.limit:
                raise TooMany(detail=detail, retry_s=max(1, -(-(acts[0] + self.within_ms - now) // 1_000)))
            acts.append(now)
            while len(self._acts) > REMEMBERED:
                self._acts.popitem(last=False)
