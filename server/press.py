"""Work on pictures and type, in processes of its own: it shares neither the hub's lock nor its memory, and may die."""

from __future__ import annotations

import os
import pickle  # nosec B403 - between a server and the processes it started
import subprocess  # nosec B404
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from media.press import HEAD, Failed, packed
from server.pool import has_hub

P = ParamSpec("P")
R = TypeVar("R")

ROOT = Path(__file__).parents[1]
MOST = 4  # presses
LONGEST_S = 120  # for one piece of work
REST_S = 300  # after which a press that nobody asked is let go, and its memory with it


def pressed(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do ``work``, a function of ``media.jobs``, in a press while other greenlets run; without gevent, just do it.

    Arguments and value are copied. Raises what ``work`` raises if that is of ``media.errors`` or an OSError, and
    ``Failed`` for anything else: it stumbled, its press died, or it took longer than ``LONGEST_S``.
    """
    return work(*args, **kwargs) if not has_hub() else _presses().do(packed((work, args, kwargs)))


def pressed_patiently(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The same for what may take seconds: it leaves one press to those in a hurry."""
    if not has_hub():
        return work(*args, **kwargs)
    with _presses().patient:
        return pressed(work, *args, **kwargs)


@cache
def _presses() -> Presses:
    return Presses(min(MOST, max(2, os.cpu_count() or 2)))


class Presses:
    """At most ``most`` of them, started when they are needed; the one used last is used first."""

    def __init__(self, most: int) -> None:
        from gevent.lock import BoundedSemaphore

        self.patient = BoundedSemaphore(max(1, most - 1))
        self._free = BoundedSemaphore(most)
        self._resting: list[Press] = []

    def do(self, call: bytes) -> Any:
        """Have one press do it; wait for one if all are at work."""
        with self._free:
            press = self._given(call)
            try:
                good, value = pickle.loads(press.answer())  # nosec B301
            except BaseException:
                press.end()
                raise
            self._resting.append(press)
            press.rest(REST_S, self._let_go)
        if good:
            return value
        raise value if isinstance(value, Exception) else Failed(value)

    def _given(self, call: bytes) -> Press:
        """A press that has been given the call: one that rested, unless it died in its sleep, or a new one."""
        while self._resting:
            press = self._resting.pop()
            with suppress(OSError):
                press.give(call)
                return press
            press.end()
        press = Press()
        press.give(call)
        return press

    def _let_go(self, press: Press) -> None:
        if press in self._resting:
            self._resting.remove(press)
            press.end()


class Press:
    """One process, and the pipes to it. It ends when its input does, so it never outlives the server for long."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(  # nosec B603 - gevent's own, since it is patched
            [sys.executable, "-m", "media.press"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        self._calls: Any = self._process.stdin
        self._answers: Any = self._process.stdout
        self._timer: Any = None

    def give(self, call: bytes) -> None:
        """Hand a call over; raise OSError when nobody takes it."""
        if self._timer is not None:
            self._timer.kill(block=False)
        self._calls.write(call)
        self._calls.flush()

    def answer(self) -> bytes:
        """The answer to the call it was given; raise Failed when there is none."""
        import gevent

        with gevent.Timeout(LONGEST_S, Failed(f"no answer within {LONGEST_S} s")):
            head = self._answers.read(HEAD)
            answer: bytes = self._answers.read(int.from_bytes(head))
        if len(head) < HEAD or len(answer) < int.from_bytes(head):
            raise Failed("the press died at work")
        return answer

    def rest(self, seconds: float, let_go: Callable[[Press], None]) -> None:
        """Call ``let_go`` if it is not asked within ``seconds``."""
        import gevent

        self._timer = gevent.spawn_later(seconds, let_go, self)

    def end(self) -> None:
        """End the process at once, whatever it does."""
        self._process.kill()
        for pipe in (self._calls, self._answers):
            with suppress(OSError):
                pipe.close()
        self._process.wait()
