"""Plays as values, bodies and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

MOST_ROWS = 500
LATEST_MS = 2**53
LONGEST_MS = 2 * 86_400_000  # a still picture alone in its loop may stand for a day

Instant = Annotated[int, Field(ge=0, le=LATEST_MS)]


class Play(BaseModel):
    """One page on one region, [begins, ends) in UTC ms; ``id`` is the player's own and makes reporting idempotent."""

    model_config = ConfigDict(extra="ignore", strict=True)
    id: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
    region: Annotated[str, Field(min_length=1, max_length=40)]
    playlist: Annotated[str, Field(max_length=40)]
    item: Annotated[str, Field(min_length=1, max_length=80)]
    media: Annotated[str, Field(max_length=80)]
    begins: Instant
    ends: Instant


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken: its ``id`` (or "" when it had none), its place in the batch, the rule it breaks."""

    id: str
    row: int
    rule: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a batch: ``accepted`` holds ids stored now or earlier."""

    accepted: tuple[str, ...]
    refused: tuple[Refused, ...]


class PlaysBody(BaseModel):
    """A batch of plays; rows are looked at one by one, so that a bad one never blocks the others."""

    model_config = ConfigDict(extra="forbid")
    plays: list[Any] = Field(max_length=MOST_ROWS)


class RefusedAnswer(BaseModel):
    """A row that was not taken, and why."""

    id: str
    row: int
    rule: str
    detail: str


class VerdictAnswer(BaseModel):
    """Per-row verdicts; both kinds are settled and need not be sent again."""

    ok: bool
    accepted: list[str]
    refused: list[RefusedAnswer]


class PlayAnswer(BaseModel):
    """A stored play; times in UTC ms. ``ordered_by`` names the organisation above that put the playlist there."""

    id: str
    screen: str
    region: str
    playlist: str
    playlist_name: str | None = None
    ordered_by: str | None = None
    item: str
    media: str
    begins: int
    ends: int
    stored: int


class PlayList(BaseModel):
    """A page of plays, the oldest first."""

    items: list[PlayAnswer]
    next: str | None = None


class PlayQuery(BaseModel):
    """Which plays: those that were on at some instant of [from, until)."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    screen: str = Field(default="", max_length=40)
    begins: int = Field(default=0, ge=0, le=LATEST_MS, alias="from")
    ends: int = Field(default=LATEST_MS, ge=0, le=LATEST_MS, alias="until")
    cursor: str = Field(default="", max_length=100)
    limit: int = Field(default=100, ge=1, le=500)
