"""What a programme is made of and what is told about it, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from playlists.model import Colour, Layout, Mandatory, Showing, Slot
from playlists.programme import Anchor
from server.bodies import Body

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
    screens to the versions published; ``shapes`` says for which contents an anchor was set. ``mandatory`` slots are
    on all of them and may fill ``airtime`` percent; ``owners`` says whose their playlists are.
    """

    org: str
    zone: str
    screens: Mapping[Looks, tuple[str, ...]]
    approved: Mapping[str, str]
    held: Mapping[str, str]
    anchors: dict[str, Anchor]
    shapes: dict[str, str]
    findings: Mapping[str, tuple[Finding, ...]]
    mandatory: tuple[Mandatory, ...] = ()
    airtime: int = 0
    owners: Mapping[str, str] = field(default_factory=dict)

    def owner(self, playlist: str) -> str:
        """The organisation that a playlist belongs to."""
        return self.owners.get(playlist, self.org)


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


class InstantQuery(BaseModel):
    """An instant in UTC ms, now when left out; a region, the whole screen when left out."""

    model_config = ConfigDict(extra="forbid", strict=False)
    at: int | None = Field(default=None, ge=0, le=2**53 - 1)
    region: str | None = Field(default=None, min_length=1, max_length=40)


class AtQuery(BaseModel):
    """An instant in UTC ms, now when left out."""

    model_config = ConfigDict(extra="forbid", strict=False)
    at: int | None = Field(default=None, ge=0, le=2**53 - 1)


class CueAnswer(BaseModel):
    """What runs on a region; without an ``item`` it is black. ``ends`` is when it turns to something else, UTC ms.

    ``ordered_by`` names the organisation above whose mandatory playlist it is.
    """

    region: str
    ends: int | None = None
    playlist: str | None = None
    playlist_name: str | None = None
    ordered_by: str | None = None
    item: str | None = None
    kind: str | None = None
    effect: str | None = None
    text: str | None = None
    media: str | None = None
    page: int | None = None
    pages: int | None = None
    x: int | None = None
    elapsed_ms: int | None = None
    duration_ms: int | None = None
    fallback: bool | None = None
    approved_by: str | None = None
    approved_at: int | None = None
    revision: str | None = None


class CueList(BaseModel):
    """What runs on every region of a screen at ``at``."""

    at: int
    items: list[CueAnswer]


class FindingAnswer(BaseModel):
    """Something left out of a programme, and why."""

    rule: str
    detail: str
    playlist: str
    item: str
    region: str
    params: dict[str, Any]


class FindingList(BaseModel):
    """Everything left out of a screen's programme."""

    items: list[FindingAnswer]


class PreviewPage(BaseModel):
    """One picture, fetched from ``/media/<media>``."""

    media: str
    width: int
    height: int
    duration_ms: int


class FactsAnswer(BaseModel):
    """What an author should know before submitting: ms for one showing, metres, characters."""

    scrolls: bool
    needs_ms: int
    readable_m: int
    missing: list[str]
    pages: int
    fits: int
    left_out: int


class ViolationAnswer(BaseModel):
    """One thing that is wrong with an item."""

    field: str
    rule: str
    detail: str
    params: dict[str, Any]


class PreviewAnswer(BaseModel):
    """One item as a profile would show it; without pages it cannot be shown, ``violations`` say why."""

    id: str
    width: int
    height: int
    effect: str | None = None
    speed: int | None = None
    text: str | None = None
    pages: list[PreviewPage]
    facts: FactsAnswer | None = None
    violations: list[ViolationAnswer]


class PreviewsAnswer(PreviewAnswer):
    """The first item, and all of them under ``items``."""

    items: list[PreviewAnswer]


class ProfileBody(Body):
    """What a screen can show: px, colour class, mm from lamp to lamp, m to those who read it."""

    width: int = Field(ge=8, le=8192)
    height: int = Field(ge=8, le=8192)
    colour: Colour
    pitch_mm: float = Field(default=10, ge=0.5, le=100)
    distance_m: int = Field(default=20, ge=1, le=1_000)


class NewPreview(Body):
    """One item or several, unsaved, for a screen's region or for a profile."""

    item: dict[str, Any] | None = None
    items: list[dict[str, Any]] | None = Field(default=None, max_length=50)
    screen: str | None = Field(default=None, min_length=1, max_length=40)
    region: str = Field(default="main", min_length=1, max_length=40)
    profile: ProfileBody | None = None


class LookQuery(BaseModel):
    """The screen's region a revision is looked at on; ``count`` items from item number ``first`` (0 is the first)."""

    model_config = ConfigDict(extra="forbid", strict=False)
    screen: str = Field(min_length=1, max_length=40)
    region: str = Field(default="main", min_length=1, max_length=40)
    first: int = Field(default=0, ge=0, le=500)
    count: int = Field(default=50, ge=1, le=50)


class LookAnswer(BaseModel):
    """A revision as a screen shows it; ``of`` is how many items it has in all."""

    playlist: str
    revision: str
    of: int
    items: list[PreviewAnswer]
