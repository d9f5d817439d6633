"""What every act on a playlist begins and ends with: the row as it stands, who may, and writing it if it still does."""

from __future__ import annotations

from typing import Any

from playlists import wire
from server.accounts.model import Identity
from server.db import Transaction
from server.editorial import store
from server.editorial.model import PlaylistRow, Revision
from server.errors import Conflict, Invalid, NotFound, Stale, Violation
from server.screens.service import group_tree


def row_of(tx: Transaction, org: str, playlist: str) -> PlaylistRow:
    """A playlist as stored; raise NotFound."""
    row = store.find(tx, org, playlist)
    if row is None:
        raise NotFound()
    return row


def with_draft(tx: Transaction, org: str, playlist: str) -> tuple[PlaylistRow, Revision]:
    """A playlist with its draft; raise NotFound."""
    row = row_of(tx, org, playlist)
    draft = store.find_revision(tx, org, playlist, row.draft)
    if draft is None:
        raise NotFound()
    return row, draft


def write(tx: Transaction, who: Identity, row: PlaylistRow, new: PlaylistRow) -> None:
    """Write ``new`` over ``row``; raise Conflict when somebody else wrote meanwhile."""
    if not store.replace_row(tx, who.org, row, new):
        raise Conflict()


def stale(row: PlaylistRow, draft: Revision | None) -> Stale:
    """What one is told whose text is not the last: the other one, so that nothing is lost."""
    current: dict[str, Any] = {"revision": row.draft, "name": row.name, "at": row.changed}
    if draft:
        current |= {"items": wire.items_to_json(draft.items), "by": draft.by, "at": draft.created}
    return Stale(current=current)


def lineage(tx: Transaction, org: str, group: str | None) -> frozenset[str]:
    """A group and all it lies in, for rights; nothing for None. Raise NotFound for an unknown one."""
    tree = group_tree(tx, org)
    if group is not None and group not in tree.groups:
        raise NotFound()
    return tree.above([group])


def must(tx: Transaction, who: Identity, scope: str, group: str | None) -> None:
    """Raise Forbidden unless ``who`` holds ``scope`` for a group."""
    who.must(scope, lineage(tx, who.org, group))


def refuse(violations: tuple[Violation, ...]) -> None:
    """Raise Invalid when there is anything to say."""
    if violations:
        raise Invalid(violations)
