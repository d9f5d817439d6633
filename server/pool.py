"""Work that takes the processor for long, kept away from the hub that serves every socket."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def off_hub(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ``work`` in the hub's thread pool and wait, letting other greenlets run; without gevent, just run it.

    ``work`` must not touch the database or a socket: it runs in a native thread.
    """
    hub = _hub()
    if hub is None:
        return work(*args, **kwargs)
    result: R = hub.threadpool.apply(work, args, kwargs)
    return result


def breathe() -> None:
    """Let all others have their turn, sockets and timers too; without gevent, do nothing. Never inside a write.

    A timer of no length goes to the end of the loop. ``gevent.sleep(0)`` does not: its turn comes again before any
    timer's, so one that breathes so keeps them waiting (measured: 20 breaths of 6 ms, none served).
    """
    hub = _hub()
    if hub is not None:
        hub.wait(hub.loop.timer(0))


def has_hub() -> bool:
    """Whether this is a greenlet that others wait for."""
    return _hub() is not None


def _hub() -> Any | None:
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("threading"):
        return None
    import gevent

    hub = gevent.get_hub()
    return hub if gevent.getcurrent() is not hub else None
