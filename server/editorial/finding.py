"""Playlists by their names, and items by the words in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from playlists import wire
from playlists.model import Item
from server.accounts.model import Identity
from server.finding import best_first, contains, contains_in_json, has, words_of
from server.parts import Parts
from server.tables import playlists, revisions

PLAIN = str.maketrans("", "", "*#`>")  # signs of Markdown, not shown
TEXTS = ("title", "text", "body", "person")
READ = 2_000  # lists opened for words that turn out to stand in none of their items


@dataclass(frozen=True, slots=True)
class FoundPlaylist:
    """A playlist whose name has the words."""

    id: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item of a playlist's draft that has the words in ``text``; ``number`` counts from 1."""

    playlist: str
    name: str
    item: Item
    number: int
    text: str


def find_playlists(parts: Parts, who: Identity, asked: str, limit: int) -> tuple[FoundPlaylist, ...]:
    """Playlists by name, the best first, among equals the last changed."""
    chosen = sa.select(playlists.c.id, playlists.c.name, playlists.c.state)
    chosen = chosen.where(*_living(who.org), contains(words_of(asked), playlists.c.name))
    chosen = chosen.order_by(best_first(asked, playlists.c.name), playlists.c.changed.desc(), playlists.c.id)
    with parts.db.read() as tx:
        return tuple(FoundPlaylist(row.id, row.name, row.state) for row in tx.execute(chosen.limit(limit)))


def find_items(parts: Parts, who: Identity, asked: str, limit: int) -> tuple[FoundItem, ...]:
    """Items of drafts by their words, those of the last changed playlist first."""
    words = words_of(asked)
    draft = sa.and_(revisions.c.playlist == playlists.c.id, revisions.c.hash == playlists.c.draft)
    chosen = sa.select(playlists.c.id, playlists.c.name, revisions.c["items"].label("said")).join(revisions, draft)
    chosen = chosen.where(*_living(who.org), contains_in_json(words, revisions.c["items"]))
    chosen = chosen.order_by(playlists.c.changed.desc(), playlists.c.id).limit(READ)
    found: list[FoundItem] = []
    with parts.db.read() as tx:
        for row in tx.execute(chosen):
            found += _items(row, words)
            if len(found) >= limit:
                break
    return tuple(found[:limit])


def _living(org: str) -> tuple[sa.ColumnElement[bool], ...]:
    return playlists.c.org == org, playlists.c.deleted.is_(None)


def _items(row: Any, words: tuple[str, ...]) -> Iterator[FoundItem]:
    """The items of a row that have the words; read strictly only these, since a letter of ours stands in every row."""
    for number, told in enumerate(row.said, 1):
        texts = [told[name] for name in TEXTS if name in told]
        if has(words, texts):
            yield FoundItem(row.id, row.name, wire.item_from_json(told), number, "\n".join(texts).translate(PLAIN))
