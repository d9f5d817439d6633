"""Waiting for thousands of connections at once, as a guest of the gevent hub: no greenlet for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

READ, WRITE = 1, 4  # of epoll; for the hub WRITE is 2
MOST_AT_ONCE = 128  # connections served before the hub has its turn

Ready = Callable[[int, int], None]


class Poller(Protocol):
    """Tells ``ready(fd, events)`` in the hub; ``events`` other than WRITE mean: read, and you will see."""

    def add(self, fd: int) -> None:
        """Wait for bytes to read."""

    def wait_for(self, fd: int, events: int) -> None:
        """Wait for these events from now on."""

    def remove(self, fd: int) -> None:
        """Wait no more; before it is closed."""


class Epoll:
    """One epoll, which is itself a single watcher of the hub: Linux."""

    def __init__(self, hub: Any, epoll: Any, ready: Ready) -> None:
        self._epoll, self._ready = epoll, ready
        self.add, self.wait_for, self.remove = self._add, epoll.modify, epoll.unregister
        self._watcher = hub.loop.io(epoll.fileno(), 1)
        self._watcher.start(self._turn)

    def _add(self, fd: int) -> None:
        self._epoll.register(fd, READ)

    def _turn(self) -> None:
        for fd, events in self._epoll.poll(0, MOST_AT_ONCE):
            self._ready(fd, events)


class Watchers:
    """A watcher of the hub for each connection: where there is no epoll. A little more memory, the same behaviour."""

    def __init__(self, hub: Any, ready: Ready) -> None:
        self._loop, self._ready = hub.loop, ready
        self._watchers: dict[int, Any] = {}

    def add(self, fd: int) -> None:
        """Wait for bytes to read."""
        self.wait_for(fd, READ)

    def wait_for(self, fd: int, events: int) -> None:
        """Wait for these events from now on."""
        self.remove(fd)
        mask = (1 if events & READ else 0) | (2 if events & WRITE else 0)
        if mask:
            watcher = self._watchers[fd] = self._loop.io(fd, mask)
            watcher.start(self._turn, fd, pass_events=True)

    def remove(self, fd: int) -> None:
        """Wait no more; before it is closed."""
        watcher = self._watchers.pop(fd, None)
        if watcher is not None:
            watcher.stop()
            watcher.close()

    def _turn(self, events: int, fd: int) -> None:
        self._ready(fd, (READ if events & 1 else 0) | (WRITE if events & 2 else 0))


def poller(hub: Any, ready: Ready) -> Poller:
    """The best there is on this system; gevent hides epoll where it stands for the standard library."""
    import select

    from gevent.monkey import get_original, is_module_patched

    try:
        epoll = get_original("select", "epoll") if is_module_patched("select") else select.epoll
    except AttributeError:
        return Watchers(hub, ready)
    return Epoll(hub, epoll(), ready)
