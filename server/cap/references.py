"""CAP's lists between spaces: references to earlier messages, and names that quotes hold together."""

from __future__ import annotations

import re
from typing import NamedTuple

from server.cap import spelling, times
from server.cap.model import Reference

_GROUPS = re.compile(r'"([^"]*)"|([^ ]+)')
_QUOTED = re.compile(r'[ "]')


class Read(NamedTuple):
    """The references that could be read, and the words that are none."""

    references: tuple[Reference, ...]
    unread: tuple[str, ...]


def parse(text: str, offset_min: int) -> Read:
    """Read ``sender,identifier,sent`` between spaces; an identifier that holds commas, against the rules, is kept."""
    joined = " ".join(text.split()).replace(", ", ",")
    words = joined.split(" ") if joined else []
    read = [(word, _one(word, offset_min)) for word in words]
    return Read(tuple(ref for _, ref in read if ref), tuple(word for word, ref in read if not ref))


def _one(word: str, offset_min: int) -> Reference | None:
    sender, _, rest = word.partition(",")
    identifier, _, sent = rest.rpartition(",")
    moment = times.parse(sent, offset_min)
    return Reference(sender, identifier, moment.ms) if identifier and moment else None


def write(references: tuple[Reference, ...], offset_min: int) -> str:
    """The list as CAP wants it; the caller has seen to it that senders and identifiers are names."""
    return " ".join(f"{ref.sender},{ref.identifier},{times.stamp(ref.sent, offset_min)}" for ref in references)


def names(text: str) -> tuple[str, ...]:
    """Read a list of names between spaces, such as incidents; quotes hold together a name with spaces."""
    found = ((quoted or bare).strip(" ") for quoted, bare in _GROUPS.findall(text))
    return tuple(name for name in found if name)


def write_names(given: tuple[str, ...]) -> str:
    """The list as CAP wants it; there is no way to write a quote within a name, so quotes are left out."""
    plain = (spelling.one_line(name.replace('"', "")) for name in given)
    return " ".join(f'"{name}"' if _QUOTED.search(name) else name for name in plain if name)
