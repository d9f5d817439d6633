"""Socket.IO packets as text: what a peer sent is read, what it is told is written."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from server.realtime import wirejson

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = "0", "1", "2", "3", "4"
MESSAGE = "4"  # of Engine.IO: what a Socket.IO packet travels in

_HEAD = re.compile(r"([0-3])(?:(/[^,]*)(?:,|\Z))?([0-9]{1,15})?")


class Packet(NamedTuple):
    """What a peer sent; ``data`` is the name and the arguments of an event, the object that came with a join."""

    kind: str
    namespace: str
    id: int | None
    data: Any


def read(text: str) -> Packet:
    """Read what a peer may send: never binary, events with a name, joins with an object; raise ValueError."""
    head = _HEAD.match(text)
    if head is None:
        raise ValueError("no packet a peer may send")
    kind, namespace, number = head.groups()
    data = wirejson.loads_from(text, end) if (end := head.end()) < len(text) else None
    if kind == EVENT and not (isinstance(data, list) and data and isinstance(data[0], str)):
        raise ValueError("an event without a name")
    if kind == CONNECT and not (data is None or isinstance(data, dict)):
        raise ValueError("a join with something else than an object")
    # a query behind the namespace is old habit
    return Packet(kind, (namespace or "/").partition("?")[0], None if number is None else int(number), data)


def event(namespace: str, name: str, payload: str) -> str:
    """An event with one argument, which is JSON already."""
    return f'{EVENT}{_within(namespace)}["{name}",{payload}]'


def ack(namespace: str, number: int, answer: wirejson.Written | dict[str, Any]) -> str:
    """The answer to an event."""
    written = answer if isinstance(answer, wirejson.Written) else wirejson.dumps(answer)
    return f"{ACK}{_within(namespace)}{number}[{written}]"


def joined(namespace: str, sid: str) -> str:
    """A peer is in."""
    return f'{CONNECT}{_within(namespace)}{{"sid":"{sid}"}}'


def refused(namespace: str, told: dict[str, Any]) -> str:
    """A peer is not let in: the title as the library's message, the whole problem as its data."""
    return f"{CONNECT_ERROR}{_within(namespace)}" + wirejson.dumps({"message": told["title"], "data": told})


def left(namespace: str) -> str:
    """A peer is put out of a namespace."""
    return f"{DISCONNECT}{_within(namespace)}"


def _within(namespace: str) -> str:
    return "" if namespace == "/" else namespace + ","
