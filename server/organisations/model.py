"""Organisations as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from server.hierarchy import Branch

MOST_AIRTIME = 50  # percent: whoever lies below always keeps half of its own screens
USUAL_AIRTIME = 30
DEEPEST = 6


class OrganisationKind(StrEnum):
    """What an organisation is to those above it."""

    GROUP = "group"
    COMPANY = "company"
    PLANT = "plant"
    WORKSHOP = "workshop"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation: ``branch`` is its place in the tree (None for the first), ``waiting`` while nobody is there."""

    id: str
    name: str
    zone: str
    branch: Branch | None
    depth: int
    waiting: bool

    @property
    def kind(self) -> str:
        """Its kind, or "" for the first, which is what it is."""
        return self.branch.kind if self.branch else ""


@dataclass(frozen=True, slots=True)
class OrganisationOrder:
    """What an organisation is to be; None leaves a field as it is. ``airtime`` is in percent."""

    name: str | None = None
    kind: OrganisationKind | None = None
    airtime: int | None = None


def lineages(every: Iterable[Organisation]) -> Iterator[tuple[str, ...]]:
    """For each of a listing, each before those in it, the names of what it lies in, the listing's first left out."""
    above: list[str] = []
    for one in every:
        del above[max(one.depth - 1, 0) :]
        yield tuple(above)
        if one.depth:
            above.append(one.name)
