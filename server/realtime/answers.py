"""What a socket is answered: a value, or the same problem object HTTP would give."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from server.accounts.model import Identity
from server.errors import Problem
from server.faults import fault, translate
from server.problems import to_object
from server.realtime.asks import Handle
from server.realtime.peers import Ask
from server.realtime.wirejson import Written

Answer = dict[str, Any]


def each(call: Callable[[Identity, Answer], Written | Answer], refuse: Callable[[Ask, Exception], None]) -> Handle:
    """A handler that answers one ask after another by ``call(who, told)``; what is raised answers as a problem."""

    def handle(asks: Iterable[Ask]) -> None:
        for ask in asks:
            try:
                told = call(ask.who, ask.told)
            except Exception as error:
                refuse(ask, error)
            else:
                ask.answer(told)

    return handle


def problem_object(error: Exception, locale: str) -> Answer:
    """The problem object a peer is answered for an exception."""
    return to_object(problem_of(error), locale)


def problem_of(error: Exception) -> Problem:
    """The problem behind an exception; a fault of ours is logged under a code the peer is told."""
    return translate(error) or fault(error, "socket_handler_failed")
