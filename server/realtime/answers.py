"""What a socket is answered: a value, or the same problem object HTTP would give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from socketio.exceptions import ConnectionRefusedError as Refusal

from server.errors import Problem
from server.problems import fault, to_object, translate


def answering(call: Callable[..., dict[str, Any]], locale: str) -> Callable[..., dict[str, Any]]:
    """Wrap a handler so that it always answers and never raises into the hub."""

    def handle(*args: Any) -> dict[str, Any]:
        try:
            return call(*args)
        except Exception as error:
            return to_object(problem_of(error), locale)

    return handle


def refusal(error: Exception, locale: str) -> Refusal:
    """How a namespace says no: the problem object travels as the error's data."""
    told = to_object(problem_of(error), locale)
    return Refusal(told["title"], told)


def problem_of(error: Exception) -> Problem:
    """The problem behind an exception; a fault of ours is logged under a code the peer is told."""
    return translate(error) or fault(error, "socket_handler_failed")
