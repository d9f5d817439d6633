"""The head of a playlist file: strict `key: value` lines between two lines of three dashes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

_FENCE = "---"
_FIELD = re.compile(r"([a-z][a-z0-9_]*):(?:[ ]+(.*))?")
_MEANS_MORE = tuple("\"'[]{}&*!|>%@`,?-#")
_TYPED = re.compile(r"(?i)(true|false|yes|no|on|off|null|~|[-+.]?[\d.][\d._:eE+-]*)")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong on ``line`` (from 1): ``rule`` is a word for the catalogue, ``about`` the text it speaks of."""

    line: int
    rule: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Front:
    """The fields in file order, the ``lines`` they stand on, and the text below them from ``body_line`` on."""

    fields: Mapping[str, str]
    lines: Mapping[str, int]
    body: str
    body_line: int
    faults: tuple[Fault, ...] = ()


def parse(text: str) -> Front:
    """Split a file into fields and body; every bad line becomes a fault, and a text without a head is all body."""
    text = unix_lines(text)
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return Front({}, {}, text, 1)
    closing = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if closing is None:
        return Front({}, {}, "", len(lines) + 1, (Fault(1, "front_unclosed"),))
    fields, places, faults = _fields(lines[1:closing])
    return Front(fields, places, "\n".join(lines[closing + 1 :]), closing + 2, tuple(faults))


def write(fields: Mapping[str, str], body: str) -> str:
    """The text that `parse` reads back as these fields and this body; raise ValueError for a key it could not read."""
    bad = [key for key in fields if not _FIELD.fullmatch(f"{key}:")]
    if bad:
        raise ValueError(f"not a field name: {bad[0]!r}")
    head = "".join(f"{key}: {_written(value)}\n" for key, value in fields.items())
    return f"{_FENCE}\n{head}{_FENCE}\n{body}"


def unix_lines(text: str) -> str:
    """The text without a byte order mark, every line ended by a line feed."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _fields(lines: list[str]) -> tuple[dict[str, str], dict[str, int], list[Fault]]:
    fields: dict[str, str] = {}
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for number, line in enumerate(lines, 2):
        if not line.strip() or line.startswith("#"):
            continue
        found = _FIELD.fullmatch(line)
        if not found:
            faults.append(Fault(number, "front_not_a_field", line.strip()))
        elif found[1] in fields:
            faults.append(Fault(number, "front_twice", found[1]))
        else:
            value = _read((found[2] or "").strip())
            fields[found[1]], places[found[1]] = value or "", number
            faults += [] if value is not None else [Fault(number, "front_quote_it", found[1])]
    return fields, places, faults


def _read(value: str) -> str | None:
    """The string a written value stands for, or None when YAML would read it differently."""
    if value.startswith('"'):
        return _unquoted(value)
    return value if _plain(value) else None


def _unquoted(value: str) -> str | None:
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, str) else None


def _plain(value: str) -> bool:
    return not (value.startswith(_MEANS_MORE) or ": " in value or " #" in value or value.endswith(":"))


def _written(value: str) -> str:
    bare = value and value == value.strip() and value.isprintable() and _plain(value) and not _TYPED.fullmatch(value)
    return value if bare else json.dumps(value, ensure_ascii=False)
