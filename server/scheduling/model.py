"""Slots as orders, values and answers: which playlist, on which screens, when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from server.bodies import Body

DEFAULT_PRIORITY = 50
QUICK_PRIORITY = 60
DEFAULT_SHARE = 10  # percent
MOST_SHARE = 50
LATEST_MS = 2**53 - 1

Id = Annotated[str, Field(min_length=1, max_length=40)]
Instant = Annotated[int, Field(ge=0, le=LATEST_MS)]


class Until(StrEnum):
    """How long a quick line stays."""

    HOUR = "hour"
    TODAY = "today"
    WEEK = "week"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Targets:
    """The screens a slot is for: single ones, whole groups with those below them, or everything.

    In ``organisations`` below one's own, and in all that lies in them now or later, it is mandatory.
    """

    screens: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    everywhere: bool = False
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotOrder:
    """What a slot is to be; ``begins`` and ``ends`` are UTC ms or None for open, ``daypart`` is its wire form.

    ``share`` is the percentage of airtime asked for where the slot is mandatory.
    """

    playlist: str
    targets: Targets
    region: str = "main"
    daypart: dict[str, Any] | None = None
    priority: int = DEFAULT_PRIORITY
    begins: int | None = None
    ends: int | None = None
    share: int = DEFAULT_SHARE


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot as stored; ``changed`` (UTC ms, always growing) is its revision, ``pauses`` are local dates.

    ``share`` is None unless it is mandatory somewhere.
    """

    id: str
    playlist: str
    playlist_name: str
    state: str
    targets: Targets
    region: str
    daypart: dict[str, Any]
    priority: int
    begins: int | None
    ends: int | None
    pauses: tuple[str, ...]
    by: str
    created: int
    changed: int
    deleted: int | None
    share: int | None = None


class TargetsBody(Body):
    """Screens, groups, or all."""

    screens: list[Id] = Field(default=[], max_length=2_000)
    groups: list[Id] = Field(default=[], max_length=500)
    all: bool = False

    def value(self) -> Targets:
        """The targets as the services take them."""
        return Targets(tuple(dict.fromkeys(self.screens)), tuple(dict.fromkeys(self.groups)), self.all)


class SlotTargetsBody(TargetsBody):
    """Screens, groups, or all of one's own; organisations below, where the slot is mandatory."""

    organisations: list[Id] = Field(default=[], max_length=500)

    def value(self) -> Targets:
        """The targets as the services take them."""
        return replace(super().value(), organisations=tuple(dict.fromkeys(self.organisations)))


class DaypartBody(Body):
    """A stretch of local time: clock ``22:00-06:00`` (past midnight belongs to its start day), ISO weekdays, dates."""

    clock: str | None = Field(default=None, max_length=11)
    weekdays: list[int] | None = Field(default=None, max_length=14, examples=[[1, 2, 3, 4, 5]])
    first: str | None = Field(default=None, max_length=10)
    last: str | None = Field(default=None, max_length=10)


class NewSlot(Body):
    """A slot to be made, or what it is to be from now on; ``share`` counts where it is mandatory."""

    model_config = ConfigDict(populate_by_name=True)
    playlist: Id
    targets: SlotTargetsBody
    region: str = Field(default="main", min_length=1, max_length=40)
    daypart: DaypartBody | None = None
    priority: int = Field(default=DEFAULT_PRIORITY, ge=1, le=100)
    share: int = Field(default=DEFAULT_SHARE, ge=1, le=MOST_SHARE)
    begins: Instant | None = Field(default=None, alias="from")
    ends: Instant | None = Field(default=None, alias="until")

    def order(self) -> SlotOrder:
        """The order as the service takes it."""
        daypart = None if self.daypart is None else self.daypart.model_dump(exclude_none=True)
        return SlotOrder(
            self.playlist, self.targets.value(), self.region, daypart, self.priority, self.begins, self.ends, self.share
        )


class PauseBody(Body):
    """The local day on which a slot rests."""

    day: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    paused: bool = True


class QuickLine(Body):
    """One line for some screens, from now on."""

    text: str = Field(max_length=2_000)
    targets: TargetsBody
    until: Until = Until.TODAY
    region: str = Field(default="main", min_length=1, max_length=40)


class SlotQuery(BaseModel):
    """Filters and paging of the list of slots."""

    model_config = ConfigDict(extra="forbid", strict=False)
    screen: str | None = Field(default=None, max_length=40)
    group: str | None = Field(default=None, max_length=40)
    organisation: str | None = Field(default=None, max_length=40)
    playlist: str | None = Field(default=None, max_length=40)
    cursor: str | None = Field(default=None, max_length=80)
    limit: int = Field(default=50, ge=1, le=200)


class ConflictsQuery(BaseModel):
    """The screen whose conflicts are asked for."""

    model_config = ConfigDict(extra="forbid", strict=False)
    screen: Id


class TargetsAnswer(BaseModel):
    """Screens, groups, or all; organisations below."""

    screens: list[str]
    groups: list[str]
    all: bool
    organisations: list[str]


def lasting(begins: int | None, ends: int | None) -> dict[str, Any]:
    """A stretch under its names on the wire, one of which Python keeps for itself."""
    return {"from": begins, "until": ends}


class Clash(BaseModel):
    """Another slot on the same region at the same time: ``kind`` is takes_turns, hidden_by or hides."""

    model_config = ConfigDict(serialize_by_alias=True)
    slot: str
    other: str
    playlist: str
    name: str
    screen: str
    kind: str
    begins: int = Field(alias="from")
    ends: int = Field(alias="until")


class SlotAnswer(BaseModel):
    """A slot; ``revision`` is what ``If-Match`` wants."""

    model_config = ConfigDict(serialize_by_alias=True)
    id: str
    revision: str
    playlist: str
    playlist_name: str
    playlist_state: str
    targets: TargetsAnswer
    region: str
    daypart: dict[str, Any]
    priority: int
    share: int | None = None
    begins: int | None = Field(default=None, alias="from")
    ends: int | None = Field(default=None, alias="until")
    pauses: list[str]
    by: str
    created: int
    changed: int
    conflicts: list[Clash] | None = None


class SlotCheck(NewSlot):
    """A slot to be looked at before it is saved; ``slot`` is the one it is to replace."""

    slot: Id | None = None


class Foreseen(BaseModel):
    """What an unsaved slot would meet: other slots on ``screens`` screens, and why it would be refused, if it would."""

    screens: int
    conflicts: list[Clash]
    refused: str | None = None
    group: str | None = None


class SlotList(BaseModel):
    """A page of slots."""

    items: list[SlotAnswer]
    next: str | None = None


class Clashes(BaseModel):
    """Every conflict on one screen."""

    items: list[Clash]


class QuickAnswer(BaseModel):
    """What a quick line made, and where its review stands."""

    playlist: str
    slot: str
    state: str
    screens: int
