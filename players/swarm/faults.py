"""What can be wrong with a simulated player, and how many of the fleet have it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """One fault each: reads slowly, comes and goes, has a wrong clock, never proves anything."""

    NONE = "none"
    SLOW = "slow"
    FLAPPING = "flapping"
    WRONG_CLOCK = "wrong-clock"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Faults:
    """Per cent of the fleet with each fault; the rest is well."""

    shares: tuple[tuple[Fault, float], ...] = ()

    def dealt(self, count: int, seed: int) -> list[Fault]:
        """A fault for each of ``count`` players, the same for the same seed."""
        dealt = [fault for fault, share in self.shares for _ in range(round(count * share / 100))]
        dealt = (dealt + [Fault.NONE] * count)[:count]
        Random(seed).shuffle(dealt)
        return dealt


def faults(text: str) -> Faults:
    """Read ``slow=2,silent=1``; raise ValueError for anything else, or for more than a hundred per cent."""
    shares = []
    for one in filter(None, text.split(",")):
        name, _, share = one.partition("=")
        shares.append((Fault(name.strip()), float(share)))
    if any(not 0 <= share <= 100 for _, share in shares) or sum(share for _, share in shares) > 100:
        raise ValueError(text)
    return Faults(tuple(shares))
