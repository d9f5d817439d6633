"""Placeholders: what is the same everywhere is filled when an alert is issued, a screen's own exit when it goes out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.words import say

_PLACEHOLDER = re.compile(r"\{([^{}\n]{1,20})\}")

# One name per meaning in each language; either may stand in any text.
NAMES: dict[str, str] = {
    "地点": "place", "集合点": "muster", "出口": "exit", "时间": "time", "电话": "phone", "单位": "unit",
    "place": "place", "muster": "muster", "exit": "exit", "time": "time", "phone": "phone", "unit": "unit",
}  # fmt: skip
OF_SCREENS = frozenset({"exit", "muster"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a screen knows of its own place; "" where nobody said."""

    exit: str = ""
    muster_point: str = ""


def unknown(text: str) -> Iterator[str]:
    """The placeholders in a text that mean nothing."""
    return (found for found in _PLACEHOLDER.findall(text) if found not in NAMES)


def asks_screens(text: str) -> bool:
    """Whether a text differs from screen to screen."""
    return any(NAMES.get(found) in OF_SCREENS for found in _PLACEHOLDER.findall(text))


def for_everyone(text: str, values: Mapping[str, str], locale: str) -> str:
    """The text with place, time, phone and unit in it; an empty value becomes a phrase that still makes sense."""
    return _filled(text, values, locale)


def for_screen(text: str, around: Surroundings, locale: str) -> str:
    """The text with the screen's own exit and muster point in it, or with the nearest ones when it has none."""
    return _filled(text, {"exit": around.exit, "muster": around.muster_point}, locale)


def _filled(text: str, values: Mapping[str, str], locale: str) -> str:
    def fill(found: re.Match[str]) -> str:
        meaning = NAMES.get(found[1], "")
        if meaning not in values:
            return found[0]
        return values[meaning] or say(f"alerts.nameless.{meaning}", locale)

    return _PLACEHOLDER.sub(fill, text)
