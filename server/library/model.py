"""Assets: values, orders and answers."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, Field

from server.bodies import Body
from server.paging import PageQuery


@dataclass(frozen=True, slots=True)
class Asset:
    """An entry of the library.

    ``sha256`` names the stored copy, whose blob is ``media``; sizes in px and bytes; ``used`` counts the playlists
    that show it.
    """

    id: str
    name: str
    kind: str
    sha256: str
    media: str
    thumbnail: str
    width: int
    height: int
    bytes: int
    by: str
    created: int
    deleted: int | None = None
    used: int = 0


class RenamedAsset(Body):
    """A new name."""

    name: str = Field(min_length=1, max_length=200)


class AssetQuery(PageQuery):
    """``q`` searches names."""

    q: str = Field(default="", max_length=200)


class AssetAnswer(BaseModel):
    """An asset as the desk and scripts see it; ``media`` and ``thumbnail`` are addresses on this server."""

    id: str
    name: str
    kind: str
    sha256: str
    media: str
    thumbnail: str
    width: int
    height: int
    bytes: int
    by: str
    created: int
    used: int


class AssetsAnswer(BaseModel):
    """One page of the library."""

    items: list[AssetAnswer]
    next: str | None = None
