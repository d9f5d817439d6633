"""What can be wrong with a value somebody typed or sent, as a value itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """Every rule of the core; each has words in the catalogue under ``rules.<rule>``."""

    EMPTY = "empty"
    TOO_LONG = "too_long"  # limit, length
    TOO_MANY = "too_many"  # limit, count
    CONTROL_CHARACTER = "control_character"  # characters
    DIRECTION_OVERRIDE = "direction_override"  # characters
    INVISIBLE_CHARACTER = "invisible_character"  # characters
    LINE_BREAK = "line_break"
    TOO_MANY_BRACKETS = "too_many_brackets"  # limit
    OUT_OF_RANGE = "out_of_range"  # low, high
    UNKNOWN_KIND = "unknown_kind"  # allowed
    UNKNOWN_EFFECT = "unknown_effect"  # allowed
    UNKNOWN_STYLE = "unknown_style"  # allowed
    UNKNOWN_FIELD = "unknown_field"
    NOT_FOR_KIND = "not_for_kind"  # kind
    NO_ASSET = "no_asset"
    DUPLICATE = "duplicate"  # other: where the same value stands first
    BAD_ID = "bad_id"
    MISSING = "missing"
    WRONG_TYPE = "wrong_type"  # expected: text number list object flag
    OUTSIDE = "outside"  # width, height
    OVERLAP = "overlap"  # other
    TOO_SMALL = "too_small"  # low
    NO_HOURS = "no_hours"
    NO_WEEKDAYS = "no_weekdays"
    BAD_DATE = "bad_date"
    BAD_CLOCK = "bad_clock"
    ENDS_BEFORE_BEGINS = "ends_before_begins"


UNFINISHED = frozenset({Rule.EMPTY, Rule.NO_ASSET})
"""A draft that breaks only these may be saved and finished later; it may not be submitted."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: ``field`` is a path such as ``items.3.text``, ``params`` fill the rule's words."""

    field: str
    rule: Rule
    params: Mapping[str, int | str] = dataclasses.field(default_factory=dict, hash=False)

    def under(self, prefix: str) -> Violation:
        """The same violation, seen from the value that holds this one."""
        path = ".".join(part for part in (prefix, self.field) if part)
        return Violation(path, self.rule, self.params)


class Malformed(ValueError):
    """A value from outside that does not have the shape it should; carries every violation."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("; ".join(f"{v.field}: {v.rule}" for v in self.violations))
