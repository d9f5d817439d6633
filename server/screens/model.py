"""Screens, groups, layouts, players and commands as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from playlists.model import Colour, Region

SMALLEST = (64, 16)
LARGEST_SIDE = 3840
MOST_PIXELS = 3840 * 2160
PLAYERS_PER_SCREEN = 10
MOST_SCREENS = 5_000  # of a site, listed in one piece


class CommandKind(StrEnum):
    """Everything a player may be told to do; never a shell."""

    RELOAD = "reload"
    IDENTIFY = "identify"
    SCREENSHOT = "screenshot"
    BLANK = "blank"
    UNBLANK = "unblank"
    CLEAR_CACHE = "clear_cache"


class LayoutKind(StrEnum):
    """The layouts that can be made for any size that has room for them."""

    FULL = "full"
    MAIN_STRIP = "main_strip"
    MAIN_SIDE_STRIP = "main_side_strip"


@dataclass(frozen=True, slots=True)
class Presence:
    """What a screen's players told last.

    ``last_seen`` UTC ms or None; ``programme`` the version held; ``cue`` what each region shows, by the player's word;
    ``version`` that of the player program.
    """

    online: bool = False
    last_seen: int | None = None
    programme: str = ""
    cue: Any = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """A surface in a place. ``width`` and ``height`` px, ``pitch_um`` micrometres, ``distance_m`` metres, times UTC ms.

    ``layout`` None is one region called main; ``fallback`` is a playlist; ``players`` counts those with a live token.
    """

    id: str
    org: str
    name: str
    place: str
    width: int
    height: int
    colour: Colour
    pitch_um: int
    distance_m: int
    exit: str
    muster_point: str
    layout: str | None
    fallback: str | None
    sample: bool
    blanked: bool
    created: int
    retired: int | None
    groups: tuple[str, ...] = ()
    presence: Presence = field(default_factory=Presence)
    players: int = 0

    @property
    def has_glass(self) -> bool:
        """Whether anybody can stand before it: all but a sample that no player was paired with."""
        return not self.sample or self.players > 0


@dataclass(frozen=True, slots=True)
class NewScreenOrder:
    """A screen to be made; units as in ``Screen``."""

    name: str
    width: int
    height: int
    colour: Colour
    pitch_um: int = 10_000
    distance_m: int = 20
    place: str = ""
    exit: str = ""
    muster_point: str = ""
    groups: tuple[str, ...] = ()
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Keyed:
    """A screen together with its key, which is told this once and never again."""

    screen: Screen
    key: str


@dataclass(frozen=True, slots=True)
class Group:
    """A set of screens; ``parent`` is the group it lies in, ``steps`` the review steps its playlists need."""

    id: str
    name: str
    parent: str | None
    steps: int
    created: int


@dataclass(frozen=True, slots=True)
class StoredLayout:
    """A layout of the site, for screens of exactly ``width`` x ``height`` px."""

    id: str
    name: str
    width: int
    height: int
    regions: tuple[Region, ...]
    created: int


@dataclass(frozen=True, slots=True)
class Player:
    """A browser that shows a screen; ``version`` is that of the player program, ``report`` its last beat's health."""

    id: str
    screen: str
    paired: int
    revoked: int | None
    last_seen: int | None
    online: bool
    programme: str
    version: str
    report: Any


@dataclass(frozen=True, slots=True)
class Pairing:
    """A code on a wall waiting to be claimed; ``secret`` is told to its player once."""

    id: str
    code: str
    secret: str
    expires: int


@dataclass(frozen=True, slots=True)
class Credential:
    """A device token for a screen, told once."""

    token: str
    screen: Screen
    player: str


@dataclass(frozen=True, slots=True)
class Command:
    """Something staff asked of a screen's players; ``ok`` and ``result`` are the first answer."""

    id: str
    screen: str
    kind: CommandKind
    by: str
    ordered: int
    done: int | None
    ok: bool | None
    result: Any


class Report(NamedTuple):
    """What one player told since the last write; None leaves a field as it is."""

    player: str
    at: int
    online: bool
    programme: str | None = None
    version: str | None = None
    body: Any = None
