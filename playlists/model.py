"""The values every other part of Paomadeng speaks of; frozen, typed, without behaviour that needs a clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

DAY_MS = 86_400_000


class Kind(StrEnum):
    """What an item is; the words of the HTTP interface."""

    SLOGAN = "slogan"
    STORY = "story"
    NOTICE = "notice"
    IMAGE = "image"


class Effect(StrEnum):
    """How a rendition comes and goes."""

    SCROLL = "scroll"
    PAGE = "page"
    STATIC = "static"
    FADE = "fade"


class Colour(StrEnum):
    """What colours a screen's lamps can make."""

    SINGLE = "single"
    DUAL = "dual"
    SEVEN = "seven"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a playlist.

    Which of the text fields count depends on ``kind``: slogan ``text``; story ``title body portrait person``;
    notice ``text title``; image ``asset``. ``portrait`` and ``asset`` are asset ids. ``duration_ms`` None means
    "as long as it takes" (one pass of a scroll, a readable dwell per page). ``effect`` None means "what fits".
    ``style`` holds small presentation wishes, such as ``{"colour": "red", "speed": "slow"}``.
    """

    id: str
    kind: Kind
    text: str = ""
    title: str = ""
    body: str = ""
    portrait: str = ""
    person: str = ""
    asset: str = ""
    duration_ms: int | None = None
    effect: Effect | None = None
    style: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Playlist:
    """An ordered set of items, as one revision holds it."""

    id: str
    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of a screen in whole pixels, its origin at the top left."""

    name: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A named set of regions that lie within ``width`` x ``height`` px and do not overlap."""

    name: str
    width: int
    height: int
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Daypart:
    """A named stretch of local time.

    ``start`` and ``end`` are minutes after local midnight (0 to 1440); ``end`` <= ``start`` runs past midnight and
    belongs to its start day. ``weekdays`` are ISO numbers, Monday 1. ``first`` and ``last`` are inclusive local
    dates ``YYYY-MM-DD`` or "" for open.
    """

    start: int = 0
    end: int = 1440
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    first: str = ""
    last: str = ""


ALWAYS = Daypart()


@dataclass(frozen=True, slots=True)
class Slot:
    """This playlist, on this region, in this daypart, at this priority, for a screen already chosen.

    ``begins`` and ``ends`` bound it absolutely (UTC ms, half open), None for open. A higher ``priority`` wins;
    equal ones take turns in the order (created, id).
    """

    id: str
    playlist: str
    region: str
    daypart: Daypart = ALWAYS
    priority: int = 50
    begins: int | None = None
    ends: int | None = None
    created: int = 0


@dataclass(frozen=True, slots=True)
class Mandatory:
    """A slot of an organisation above, ``depth`` below the top: it asks for ``share`` percent of the airtime."""

    slot: Slot
    share: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One picture of a rendition: ``media`` is ``<sha256>.<ext>``, sizes in px, ``duration_ms`` its dwell."""

    media: str
    width: int
    height: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Showing:
    """An item as it plays on one region size: its pages, and px per second when it scrolls (else 0).

    ``playlist`` is the one it came from, so that a play of a mixed loop can be told.
    """

    item: str
    kind: Kind
    effect: Effect
    speed: int
    pages: tuple[Page, ...]
    text: str = ""
    playlist: str = ""

    @property
    def duration_ms(self) -> int:
        """The whole time of one pass, in ms."""
        return sum(page.duration_ms for page in self.pages)


@dataclass(frozen=True, slots=True)
class Loop:
    """What turns round during a span: the showings of one or more playlists, in order; may be empty (black)."""

    showings: tuple[Showing, ...] = ()
    playlists: tuple[str, ...] = ()

    @property
    def length_ms(self) -> int:
        """The time of one turn, in ms; 0 for an empty loop."""
        return sum(showing.duration_ms for showing in self.showings)


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open stretch [begins, ends) of UTC ms in which loop number ``loop`` turns, counted from ``anchor``.

    ``anchor`` <= ``begins``: the instant at which a turn of the loop began.
    """

    begins: int
    ends: int
    loop: int
    anchor: int


@dataclass(frozen=True, slots=True)
class Channel:
    """One region of a programme: spans without gap or overlap, and the loop for any instant outside them."""

    region: Region
    spans: tuple[Span, ...]
    fallback: int


@dataclass(frozen=True, slots=True)
class Programme:
    """The compiled answer for one screen over [begins, ends) UTC ms."""

    screen: str
    width: int
    height: int
    colour: Colour
    begins: int
    ends: int
    channels: tuple[Channel, ...]
    loops: tuple[Loop, ...]
    blank: bool = False
    version: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Cue:
    """What should be on a region at an instant.

    ``x`` is where the page's left edge stands in the region, in px (scrolling moves it from the region's width to
    minus the page's width); ``elapsed_ms`` counts from the page's first instant.
    """

    loop: int
    showing: int
    page: int
    elapsed_ms: int
    x: int
