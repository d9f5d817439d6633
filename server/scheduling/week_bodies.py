"""The week of a screen or a group, as asked for and as told."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class WeekQuery(BaseModel):
    """A screen or a group, and the Monday of the week."""

    model_config = ConfigDict(extra="forbid", strict=False)
    screen: str | None = Field(default=None, max_length=40)
    group: str | None = Field(default=None, max_length=40)
    monday: str | None = Field(default=None, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


class Occurrence(BaseModel):
    """One stretch in which a slot is on, within one local day."""

    model_config = ConfigDict(serialize_by_alias=True)
    slot: str
    playlist: str
    name: str
    priority: int
    region: str
    begins: int = Field(alias="from")
    ends: int = Field(alias="until")
    hidden: bool


class Gap(BaseModel):
    """A stretch in which nothing is scheduled and the fallback plays, with what is ``mandatory`` if anything is."""

    model_config = ConfigDict(serialize_by_alias=True)
    region: str
    begins: int = Field(alias="from")
    ends: int = Field(alias="until")
    mandatory: bool = False


class Day(BaseModel):
    """One local day of a week; ``resting`` is what would begin on it if its slot did not rest that day."""

    model_config = ConfigDict(serialize_by_alias=True)
    day: str
    begins: int = Field(alias="from")
    ends: int = Field(alias="until")
    occurrences: list[Occurrence]
    resting: list[Occurrence]
    gaps: list[Gap]


class MandatoryAnswer(BaseModel):
    """A playlist that an organisation above, ``ordered_by``, puts on every screen here, for ``share`` percent."""

    model_config = ConfigDict(serialize_by_alias=True)
    playlist: str
    playlist_name: str
    ordered_by: str
    share: int
    region: str
    daypart: dict[str, Any]
    begins: int | None = Field(default=None, alias="from")
    ends: int | None = Field(default=None, alias="until")
    pauses: list[str]


class Week(BaseModel):
    """Seven local days of one screen or group; ``mandatory`` may fill ``airtime`` percent of what plays."""

    monday: str
    fallback: str | None = None
    days: list[Day]
    mandatory: list[MandatoryAnswer] = []
    airtime: int = 0
