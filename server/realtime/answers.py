"""What a socket is answered: a value, or the same problem object HTTP would give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from socketio.exceptions import ConnectionRefusedError as Refusal

from server.errors import Problem
from server.ids import new_id
from server.problems import to_object, translate

log = structlog.get_logger(__name__)


class Internal(Problem):
    """A fault of ours."""

    status, slug = 500, "internal"


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
    problem = translate(error)
    if problem is not None:
        return problem
    code = new_id("")[:8]
    log.error("socket_handler_failed", code=code, exc_info=error)
    return Internal(code=code)
