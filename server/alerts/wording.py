"""The words of an alert: its label, what its text may hold, what would not fit, what an ended one says."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from playlists import text as rules
from playlists.alert import Phase, Severity, Status
from playlists.violation import Violation as RuleViolation
from server.alerts import filling, limits
from server.errors import Violation
from server.words import say


def label(phase: Phase, status: Status, severity: Severity, locale: str) -> str:
    """What is always printed: the severity, or that it is a drill, an all-clear, a correction."""
    drill = say("alerts.label.exercise", locale) if status is Status.EXERCISE else ""
    if phase in (Phase.CLEARED, Phase.CORRECTED):
        return drill + say(f"alerts.label.{phase.value}", locale)
    return drill or say(f"alerts.label.{severity.value}", locale)


def ended_words(phase: Phase, status: Status, locale: str) -> tuple[str, str]:
    """Headline and text of an all-clear or a correction that nobody wrote otherwise."""
    kind = "drill_over" if status is Status.EXERCISE and phase is Phase.CLEARED else phase.value
    return say(f"alerts.ended.{kind}", locale), say(f"alerts.ended.{kind}.text", locale)


def violations(headline: str, instruction: str, description: str, *, literal: bool = False) -> Iterator[Violation]:
    """What speaks against these words; in ``literal`` ones braces mean nothing."""
    if rules.is_blank(headline):
        yield Violation("headline", "field.missing")
    yield from map(_told, rules.line_violations("headline", headline, limits.HEADLINE))
    yield from map(_told, rules.text_violations("instruction", instruction, limits.INSTRUCTION))
    yield from map(_told, rules.text_violations("description", description, limits.DESCRIPTION))
    if not literal:
        for field, text in (("headline", headline), ("instruction", instruction), ("description", description)):
            for name in dict.fromkeys(filling.unknown(text)):
                yield Violation(field, "alerts.unknown_placeholder", (("name", name),))


def line_violations(field: str, text: str, limit: int) -> Iterator[Violation]:
    """What speaks against one line."""
    return map(_told, rules.line_violations(field, text, limit))


def text_violations(field: str, text: str, limit: int) -> Iterator[Violation]:
    """What speaks against a text of several lines."""
    return map(_told, rules.text_violations(field, text, limit))


def warnings(headline: str, instruction: str, fits: int = limits.HEADLINE_FITS) -> Iterator[Violation]:
    """What may be said and is hard to read: a headline that has to scroll, more than people read who run.

    ``fits`` is how many full-width characters a strip shows at once.
    """
    wide = width(headline)
    if wide > fits:
        yield Violation("headline", "alerts.headline_scrolls", (("fits", fits), ("wide", wide)))
    whole = width(headline) + width(instruction)
    if whole > limits.WHOLE_FITS:
        yield Violation("instruction", "alerts.much_text", (("fits", limits.WHOLE_FITS), ("wide", whole)))


def width(text: str) -> int:
    """How many full-width characters a text takes, rounded up."""
    halves = sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
    return (halves + 1) // 2


def _told(found: RuleViolation) -> Violation:
    return Violation(found.field, f"rules.{found.rule}", tuple(sorted(found.params.items())))
