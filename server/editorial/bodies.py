"""What HTTP sends to the editorial desk."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from server.bodies import Body
from server.paging import PageQuery

Id = Annotated[str, Field(min_length=1, max_length=40)]
RevisionName = Annotated[str, Field(min_length=1, max_length=64)]
Reason = Annotated[str, Field(max_length=500)]
ItemBodies = Annotated[list[dict[str, Any]], Field(max_length=500)]


class NewPlaylist(Body):
    """``items`` in wire form: ``{kind, …}``; ids are given where there are none."""

    name: str = Field(min_length=1, max_length=1000)
    items: ItemBodies = Field(default_factory=list)
    group: Id | None = None


class ChangedPlaylist(Body):
    """The whole new text; a field left out stays as it is. ``autosave``: drafts of one sitting become one revision."""

    name: str | None = Field(default=None, max_length=1000)
    items: ItemBodies | None = None
    group: Id | None = None
    autosave: bool = False


class SubmitBody(Body):
    """``revision``, when given, must be the draft; ``reason`` is kept in the history."""

    revision: RevisionName | None = None
    reason: Reason | None = None


class ApproveBody(Body):
    """``revision`` is the one that was looked at; ``reason`` is kept in the history."""

    revision: RevisionName
    reason: Reason | None = None


class ReturnBody(Body):
    """``reason`` tells the author what to change."""

    revision: RevisionName
    reason: Reason


class WithdrawBody(Body):
    """``revision``, when given, must be what plays or waits."""

    revision: RevisionName | None = None
    reason: Reason | None = None


class CopyBody(Body):
    """``name`` of the copy; without it the old one's."""

    name: str | None = Field(default=None, min_length=1, max_length=1000)


class ProfileBody(Body):
    """A screen as the typesetter sees it: px, colour class, µm between lamps, m to the reader."""

    width: int = Field(ge=8, le=8192)
    height: int = Field(ge=8, le=8192)
    colour: str = Field(pattern="^(single|dual|seven|full)$")
    pitch_um: int = Field(default=10_000, ge=100, le=100_000)
    distance_m: int = Field(default=20, ge=1, le=1000)


class CheckBody(Body):
    """Items to look at without storing them, on screens by id and on profiles."""

    items: ItemBodies
    screens: list[Id] = Field(default_factory=list, max_length=20)
    profiles: list[ProfileBody] = Field(default_factory=list, max_length=20)


class MarkdownBody(Body):
    """Markdown as typed."""

    text: str = Field(max_length=5_000)


class PlaylistQuery(PageQuery):
    """``q`` searches names, ``state`` and ``group`` narrow down."""

    q: str = Field(default="", max_length=200)
    state: str = Field(default="", max_length=12)
    group: str = Field(default="", max_length=40)
