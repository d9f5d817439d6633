"""What the routes of screens, groups, layouts and pairing take and give."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_serializer

from playlists.model import Colour
from server.bodies import Body
from server.paging import PageQuery
from server.screens.model import CommandKind, LayoutKind

Id = Annotated[str, Field(min_length=1, max_length=40)]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Side = Annotated[int, Field(ge=1, le=16_384)]
Pitch = Annotated[float, Field(ge=0.5, le=100)]
Distance = Annotated[int, Field(ge=1, le=1_000)]
Groups = Annotated[list[Id], Field(max_length=50)]
Steps = Annotated[int, Field(ge=0, le=1)]


class NewScreen(Body):
    """A screen to be made; ``pitch_mm`` from lamp to lamp, ``distance_m`` to the people who read it."""

    name: Name
    width: Side
    height: Side
    colour: Colour
    pitch_mm: Pitch = 10
    distance_m: Distance = 20
    place: Line = ""
    exit: Line = ""
    muster_point: Line = ""
    groups: Groups = Field(default=[])


class ScreenChange(Body):
    """What is to change; fields left out stay. ``layout`` and ``fallback`` null mean none."""

    name: Name | None = None
    width: Side | None = None
    height: Side | None = None
    colour: Colour | None = None
    pitch_mm: Pitch | None = None
    distance_m: Distance | None = None
    place: Line | None = None
    exit: Line | None = None
    muster_point: Line | None = None
    groups: Groups | None = None
    layout: Id | None = None
    fallback: Id | None = None


class PresenceAnswer(BaseModel):
    """What the screen's players told last; what nobody told is null and not left out."""

    online: bool
    last_seen: int | None
    programme: str | None
    cue: Any
    version: str = ""

    @model_serializer
    def _whole(self) -> dict[str, Any]:
        return dict(self.__dict__)


class ScreenAnswer(BaseModel):
    """A screen with its presence."""

    id: str
    name: str
    place: str
    width: int
    height: int
    colour: Colour
    pitch_mm: float
    distance_m: int
    exit: str
    muster_point: str
    groups: list[str]
    layout: str | None = None
    fallback: str | None = None
    sample: bool
    blanked: bool
    created: int
    retired: int | None = None
    players: int
    presence: PresenceAnswer


class KeyedAnswer(ScreenAnswer):
    """A new screen; ``key`` is shown this once."""

    key: str


class KeyAnswer(BaseModel):
    """A renewed screen key, shown this once; the old one no longer pairs."""

    key: str


class ScreenList(BaseModel):
    """A page of screens."""

    items: list[ScreenAnswer]
    next: str | None = None


class ListQuery(PageQuery):
    """Which page of a list."""

    limit: int = Field(default=100, ge=1, le=500)


class ScreenQuery(ListQuery):
    """Which page of screens; ``group`` includes the groups in it."""

    group: str | None = Field(default=None, max_length=40)


class LayoutQuery(ListQuery):
    """Which page of layouts, optionally for one size only."""

    width: Side | None = None
    height: Side | None = None


class NewGroup(Body):
    """A group to be made, in ``parent`` or at the top; ``steps`` of review (0 or 1)."""

    name: Name
    parent: Id | None = None
    steps: Steps = 0


class GroupChange(Body):
    """What is to change; ``parent`` null moves the group to the top."""

    name: Name | None = None
    parent: Id | None = None
    steps: Steps | None = None


class GroupAnswer(BaseModel):
    """A group and how many screens are directly in it."""

    id: str
    name: str
    parent: str | None = None
    steps: int
    screens: int
    created: int


class GroupList(BaseModel):
    """A page of groups."""

    items: list[GroupAnswer]
    next: str | None = None


class RegionBody(Body):
    """A rectangle in px from the top left."""

    name: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")]
    x: int = Field(ge=0, le=16_384)
    y: int = Field(ge=0, le=16_384)
    width: int = Field(ge=1, le=16_384)
    height: int = Field(ge=1, le=16_384)


class NewLayout(Body):
    """A layout by ``kind`` for a size, or by its own ``regions``; one of the two."""

    name: Name | None = None
    width: Side
    height: Side
    kind: LayoutKind | None = None
    regions: Annotated[list[RegionBody], Field(min_length=1, max_length=16)] | None = None


class LayoutChange(Body):
    """What is to change in a layout."""

    name: Name | None = None
    regions: Annotated[list[RegionBody], Field(min_length=1, max_length=16)] | None = None


class LayoutAnswer(BaseModel):
    """A layout of the site."""

    id: str
    name: str
    width: int
    height: int
    regions: list[RegionBody]
    created: int


class LayoutList(BaseModel):
    """A page of layouts."""

    items: list[LayoutAnswer]
    next: str | None = None


class CommandOrder(Body):
    """One of the fixed list of commands."""

    kind: CommandKind


class CommandAnswer(BaseModel):
    """A command and, once a player answered, its outcome; a screenshot's result is ``{media, width, height}``."""

    id: str
    screen: str
    kind: CommandKind
    by: str
    ordered: int
    done: int | None = None
    ok: bool | None = None
    result: Any = None


class CommandList(BaseModel):
    """A screen's last commands, newest first."""

    items: list[CommandAnswer]
    next: None = None


class PlayerAnswer(BaseModel):
    """A player of a screen; ``report`` is what its last beat told."""

    id: str
    screen: str
    paired: int
    last_seen: int | None = None
    online: bool
    programme: str
    version: str
    report: Any = None


class PlayerList(BaseModel):
    """A page of a screen's players."""

    items: list[PlayerAnswer]
    next: str | None = None


class NewPairing(Body):
    """A player asks for a code; ``pixels`` is its window, ``[width, height]``."""

    pixels: Annotated[list[Side], Field(min_length=2, max_length=2)] | None = None


class PairingAnswer(BaseModel):
    """A code to show and a secret to poll with; both end after ``expires_ms``."""

    code: str
    secret: str
    expires_ms: int


class WaitingAnswer(BaseModel):
    """What is known of the player behind a code: its window, ``[width, height]`` in px."""

    pixels: list[int] | None = None


class PairOrder(Body):
    """Proof for a token: a screen ``key``, or a ``code`` with its ``secret``. ``others`` "revoke" ends older tokens."""

    key: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    code: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    secret: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    others: Literal["keep", "revoke"] = "keep"


class PairedScreen(BaseModel):
    """As much of a screen as its player needs."""

    id: str
    name: str
    width: int
    height: int
    colour: Colour


class PairAnswer(BaseModel):
    """A device token, told once, and its screen."""

    token: str
    screen: PairedScreen


class ClaimOrder(Body):
    """A code read off a wall, and the screen it is for: one that exists or a new one."""

    code: Annotated[str, Field(min_length=1, max_length=20)]
    screen: Id | None = None
    new_screen: NewScreen | None = None
