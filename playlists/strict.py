"""Reading values from outside: every field must be known and of its type, and every fault is told at once."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from playlists.violation import Malformed, Rule, Violation

SAFE_INTEGER = 2**53 - 1
"""The largest integer that JavaScript and JSON keep exactly."""

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
_EXPECTED: dict[type, str] = {str: "text", int: "number", bool: "flag", list: "list", dict: "object"}


class Reader:
    """One JSON object being read: ask for each field, then ``end``; at the root ``done`` raises what was found."""

    def __init__(self, value: object, field: str = "", found: list[Violation] | None = None) -> None:
        self.field = field
        self.found: list[Violation] = [] if found is None else found
        self._left: dict[str, object] = dict(value) if isinstance(value, dict) else {}
        self._whole = isinstance(value, dict)
        if not self._whole:
            self.wrong("", Rule.WRONG_TYPE, expected="object")

    def path(self, name: str) -> str:
        """The path of a field of this object."""
        return ".".join(part for part in (self.field, name) if part)

    def wrong(self, name: str, rule: Rule, **params: int | str) -> None:
        """Note a violation at a field of this object."""
        self.found.append(Violation(self.path(name), rule, params))

    def has(self, name: str) -> bool:
        """True when the field is there and was not read yet."""
        return name in self._left

    def _take(self, name: str, kind: type[T], default: T | None) -> T | None:
        """The value of a field, its default when absent, None when something was noted against it."""
        if name not in self._left:
            if default is None and self._whole:
                self.wrong(name, Rule.MISSING)
            return default
        value = self._left.pop(name)
        if type(value) is kind:
            return value
        self.wrong(name, Rule.WRONG_TYPE, expected=_EXPECTED[kind])
        return None

    def text(self, name: str, default: str | None = None) -> str:
        """A text; half surrogates are refused here, because no byte form of them exists."""
        value = self._take(name, str, default) or ""
        if any("\ud800" <= c <= "\udfff" for c in value):
            self.wrong(name, Rule.CONTROL_CHARACTER, characters="U+D800")
            return ""
        return value

    def number(self, name: str, default: int | None = None, low: int = -SAFE_INTEGER) -> int:
        """An integer from ``low`` to 2^53 - 1; ``true`` and ``1.0`` are none."""
        value = self._take(name, int, default)
        if value is None or low <= value <= SAFE_INTEGER:
            return value or 0
        self.wrong(name, Rule.OUT_OF_RANGE, low=low, high=SAFE_INTEGER)
        return 0

    def number_or_none(self, name: str) -> int | None:
        """An integer, or None when the field is absent."""
        return self.number(name) if self.has(name) else None

    def flag(self, name: str) -> bool:
        """``true`` or ``false``."""
        return bool(self._take(name, bool, None))

    def word(self, name: str, words: type[E], rule: Rule) -> E:
        """One word of an enumeration; ``rule`` is what another word breaks."""
        before = len(self.found)
        value = self.text(name)
        if value in list(words):
            return words(value)
        if self._whole and len(self.found) == before:
            self.wrong(name, rule, allowed=" ".join(words))
        return next(iter(words))

    def word_or_none(self, name: str, words: type[E], rule: Rule) -> E | None:
        """One word of an enumeration, or None when the field is absent."""
        return self.word(name, words, rule) if self.has(name) else None

    def inner(self, name: str) -> Reader:
        """An object within this one."""
        return self._within(name, self._take(name, dict, None) or {})

    def objects(self, name: str) -> list[Reader]:
        """A list of objects, each with its own path."""
        values = self._take(name, list, None) or []
        return [Reader(value, self.path(f"{name}.{n}"), self.found) for n, value in enumerate(values)]

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        items = self._take(name, list, None) or []
        inner = self._within(name, {str(n): value for n, value in enumerate(items)})
        return tuple(inner.text(str(n)) for n in range(len(items)))

    def numbers(self, name: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """A list of integers."""
        if not self.has(name):
            return default
        items = self._take(name, list, None) or []
        inner = self._within(name, {str(n): value for n, value in enumerate(items)})
        return tuple(inner.number(str(n)) for n in range(len(items)))

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """An object of texts as pairs sorted by key; absent means none."""
        values = self._take(name, dict, {}) or {}
        inner = self._within(name, values)
        return tuple((key, inner.text(key)) for key in sorted(values))

    def _within(self, name: str, values: dict[str, object]) -> Reader:
        return Reader(values, self.path(name), self.found)

    def end(self) -> None:
        """Refuse every field that was not asked for."""
        for name in self._left:
            self.wrong(str(name), Rule.UNKNOWN_FIELD)
        self._left = {}

    def done(self) -> None:
        """Raise ``Malformed`` when anything was wrong."""
        self.end()
        if self.found:
            raise Malformed(self.found)
