"""Work that takes the processor for long, kept away from the hub that serves every socket."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@contextmanager
def within(seconds: float, what: str) -> Iterator[None]:
    """Raise OSError when what is done in it takes longer; without gevent it may take as long as it likes.

    For waiting on a peer that is there and says nothing, such as a process that was stopped: no socket's time-out
    notices that. A driver that is interrupted so may raise what it likes on its way out, as psycopg does; it is this
    OSError all the same.
    """
    if not has_hub():
        yield
        return
    import gevent

    late = OSError(f"{what}: nothing came of it in {seconds:.0f} s")
    try:
        with gevent.Timeout(seconds, late):
            yield
    except Exception as error:
        if late in _course(error):
            raise late from None
        raise


def _course(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, and what was being handled when it came, back to the first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


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
