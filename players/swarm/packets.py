"""Engine.IO and Socket.IO as far as a player needs them, in the namespace ``/player``."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

SPACE = "/player"
PING, PONG = "2", "3"
Json = dict[str, Any]


def joining(token: str) -> str:
    """Ask to be let in."""
    return f"40{SPACE}," + json.dumps({"token": token})


def asking(number: int, event: str, told: Json) -> str:
    """An event that wants an answer."""
    return f"42{SPACE},{number}" + json.dumps([event, told], ensure_ascii=False, separators=(",", ":"))


def opened(text: str) -> bool:
    """Whether the line itself stands."""
    return text.startswith("0")


def joined(text: str) -> bool:
    """Whether we are let in."""
    return text.startswith(f"40{SPACE}")


def refused(text: str) -> bool:
    """Whether we are not, or no longer."""
    return text.startswith((f"44{SPACE}", f"41{SPACE}", "1"))


def answer(text: str) -> tuple[int, Json] | None:
    """(number, answer) of an acknowledgement, or None."""
    head = f"43{SPACE},"
    if not text.startswith(head):
        return None
    number, _, rest = text[len(head) :].partition("[")
    values = json.loads("[" + rest)
    return int(number), values[0] if values and isinstance(values[0], dict) else {}


@lru_cache(maxsize=64)
def told(text: str) -> tuple[str, Json] | None:
    """(event, what it says) of something the server said by itself; the same bytes to thousands are read once."""
    head = f"42{SPACE},"
    if not text.startswith(head):
        return None
    name, *values = json.loads(text[len(head) :])
    return str(name), values[0] if values and isinstance(values[0], dict) else {}
