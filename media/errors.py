"""What the media package says when it will not take something."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Input that cannot become a rendition.

    ``rule`` is a catalogue word: the sentence for people is ``media.<rule>`` with ``params`` filled in.
    """

    def __init__(self, rule: str, **params: object) -> None:
        super().__init__(f"{rule} {params}" if params else rule)
        self.rule = rule
        self.params = params

    def __reduce__(self) -> tuple[Any, ...]:
        return _refused, (self.rule, self.params)


def _refused(rule: str, params: dict[str, object]) -> Refused:
    """One that comes from another process."""
    return Refused(rule, **params)


class Missing(KeyError):
    """A name that the blob store does not hold, or that is no blob name at all."""


class Damaged(Missing):
    """A blob whose bytes in the shared store are no longer those that its name tells."""


class Away(OSError):
    """The shared store does not answer or does not let us in; ``strerror`` is its own word for why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.strerror = why
