"""Playlists on the desk: values, orders and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playlists.model import Item
from server.editorial.changes import Change


@dataclass(frozen=True, slots=True)
class Revision:
    """A frozen state of a playlist; ``hash`` names it, ``number`` counts within the playlist from 1."""

    playlist: str
    hash: str
    number: int
    name: str
    items: tuple[Item, ...]
    by: str
    created: int


@dataclass(frozen=True, slots=True)
class PlaylistRow:
    """A playlist as stored; ``draft``, ``submitted`` and ``approved`` name revisions.

    ``editors`` are the ids of all who changed it since it was last approved; ``changed`` is UTC ms.
    """

    id: str
    name: str
    state: str
    group: str | None
    draft: str
    submitted: str | None
    approved: str | None
    starter: bool
    editors: tuple[str, ...]
    by: str
    created: int
    changed: int
    deleted: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of the review chain; ``state`` is where it led, ``at`` UTC ms."""

    act: str
    revision: str
    state: str
    by: str
    by_name: str
    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class PlaylistView:
    """A playlist as the desk and other features see it; ``revision`` is the draft's name.

    ``items`` are the draft's; ``steps`` is how many reviews its group asks for; ``used`` how many slots and screens
    play it.
    """

    id: str
    name: str
    state: str
    group: str | None
    revision: str
    number: int
    items: tuple[Item, ...]
    submitted: str | None
    approved: str | None
    steps: int
    starter: bool
    by: str
    created: int
    changed: int
    used: int = 0


@dataclass(frozen=True, slots=True)
class Detail:
    """A playlist with what plays, its revisions and its history (newest first), and the acts open to the asker.

    ``names`` tells who the ids in ``by`` are.
    """

    view: PlaylistView
    approved_items: tuple[Item, ...]
    revisions: tuple[Revision, ...]
    history: tuple[Entry, ...]
    may: tuple[str, ...]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submitted revision that waits for the asker, with what it changes against what plays."""

    view: PlaylistView
    items: tuple[Item, ...]
    playing: tuple[Item, ...]
    submitted: Entry | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for one person: to be reviewed, longest waiting first, and to be written again."""

    waiting: tuple[Waiting, ...]
    returned: tuple[tuple[PlaylistView, str], ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """A playlist that plays though fewer passed it (``passed``) than are asked for by now (``asked``).

    ``changed``: its draft is another text than what plays; ``may``: the asker may submit it.
    """

    row: PlaylistRow
    passed: int
    asked: int
    changed: bool
    may: bool
