"""What a programme is made of and what is told about it, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playlists.model import Colour, Layout, Showing, Slot
from playlists.programme import Anchor

DAYS = 9  # today and the eight days after it


@dataclass(frozen=True, slots=True)
class Finding:
    """Something left out of a programme: ``rule`` is a key of the word catalogue, ``params`` fill it."""

    rule: str
    playlist: str = ""
    item: str = ""
    region: str = ""
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def told(self) -> dict[str, Any]:
        """The finding as it is stored."""
        return {
            "rule": self.rule,
            "playlist": self.playlist,
            "item": self.item,
            "region": self.region,
            "params": {k: v if isinstance(v, (str, int)) else str(v) for k, v in self.params.items()},
        }


@dataclass(frozen=True, slots=True)
class Looks:
    """Everything in which one screen's programme may differ from another's, but for the screen's id."""

    width: int
    height: int
    colour: Colour
    layout: Layout
    slots: tuple[Slot, ...]
    fallback: str | None
    blank: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """All that the programmes of some screens depend on, read at one moment.

    ``screens`` groups those that look the same; ``approved`` maps playlists to approved revisions; ``held`` maps
    screens to the versions published; ``shapes`` says for which contents an anchor was set.
    """

    org: str
    zone: str
    screens: Mapping[Looks, tuple[str, ...]]
    approved: Mapping[str, str]
    held: Mapping[str, str]
    anchors: dict[str, Anchor]
    shapes: dict[str, str]
    findings: Mapping[str, tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Played:
    """A playlist's approved items on one profile, and what could not be shown."""

    showings: tuple[Showing, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """A screen's published programme: ``body`` is its canonical JSON."""

    screen: str
    version: str
    body: str
    findings: tuple[Mapping[str, Any], ...]
    begins: int
    ends: int
    compiled: int
