"""What HTTP sends to the editorial desk."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from server.paging import PageQuery

Id = Annotated[str, Field(min_length=1, max_length=40)]
RevisionName = Annotated[str, Field(min_length=1, max_length=64)]
Reason = Annotated[str, Field(max_length=500)]
ItemBodies = Annotated[list[dict[str, Any]], Field(max_length=500)]


class NewPlaylist(BaseModel):
    """``items`` in wire form: ``{kind, …}``; ids are given where there are none."""

    model_config = ConfigDict(extra="forbid", strict=False)

    name: str = Field(min_length=1, max_length=1000)
    items: ItemBodies = Field(default_factory=list)
    group: Id | None = None


class ChangedPlaylist(BaseModel):
    """The whole new text; a field left out stays as it is. ``autosave``: drafts of one sitting become one revision."""

    model_config = ConfigDict(extra="forbid", strict=False)

    name: str | None = Field(default=None, max_length=1000)
    items: ItemBodies | None = None
    group: Id | None = None
    autosave: bool = False


class SubmitBody(BaseModel):
    """``revision``, when given, must be the draft."""

    model_config = ConfigDict(extra="forbid", strict=False)

    revision: RevisionName | None = None


class ApproveBody(BaseModel):
    """``revision`` is the one that was looked at."""

    model_config = ConfigDict(extra="forbid", strict=False)

    revision: RevisionName


class ReturnBody(BaseModel):
    """``reason`` tells the author what to change."""

    model_config = ConfigDict(extra="forbid", strict=False)

    revision: RevisionName
    reason: Reason


class WithdrawBody(BaseModel):
    """``revision``, when given, must be what plays or waits."""

    model_config = ConfigDict(extra="forbid", strict=False)

    revision: RevisionName | None = None
    reason: Reason = ""


class CopyBody(BaseModel):
    """``name`` of the copy; without it the old one's."""

    model_config = ConfigDict(extra="forbid", strict=False)

    name: str | None = Field(default=None, min_length=1, max_length=1000)


class ProfileBody(BaseModel):
    """A screen as the typesetter sees it: px, colour class, µm between lamps, m to the reader."""

    model_config = ConfigDict(extra="forbid", strict=False)

    width: int = Field(ge=8, le=8192)
    height: int = Field(ge=8, le=8192)
    colour: str = Field(pattern="^(single|dual|seven|full)$")
    pitch_um: int = Field(default=10_000, ge=100, le=100_000)
    distance_m: int = Field(default=20, ge=1, le=1000)


class CheckBody(BaseModel):
    """Items to look at without storing them, on screens by id and on profiles."""

    model_config = ConfigDict(extra="forbid", strict=False)

    items: ItemBodies
    screens: list[Id] = Field(default_factory=list, max_length=20)
    profiles: list[ProfileBody] = Field(default_factory=list, max_length=20)


class MarkdownBody(BaseModel):
    """Markdown as typed."""

    model_config = ConfigDict(extra="forbid", strict=False)

    text: str = Field(max_length=5_000)


class PlaylistQuery(PageQuery):
    """``q`` searches names, ``state`` and ``group`` narrow down."""

    q: str = Field(default="", max_length=200)
    state: str = Field(default="", max_length=12)
    group: str = Field(default="", max_length=40)
