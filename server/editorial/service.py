"""Use cases of the desk around a playlist's text: write, copy, delete, bring back; the review chain lies beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from playlists import wire
from playlists.model import Item
from playlists.review import State
from server import audit
from server.accounts.model import NOWHERE, Identity
from server.db import Transaction
from server.editorial import store
from server.editorial.held import lineage, must, refuse, row_of, stale, with_draft, write
from server.editorial.items import Wire, checked, read, revision_of
from server.editorial.model import PlaylistRow, PlaylistView, Revision
from server.editorial.reviewing import approve, send_back, submit, withdraw
from server.editorial.shown import (
    approved_items,
    everything,
    named,
    passes,
    view,
    waiting_count,
)
from server.errors import Conflict, NotFound, Violation
from server.events import PlaylistApproved, PlaylistEdited, PlaylistWithdrawn, ReviewChanged
from server.ids import new_id
from server.parts import Parts
from server.screens.service import group_tree
from server.words import say

__all__ = [
    "Order",
    "approve",
    "approved_items",
    "copy",
    "create",
    "delete",
    "everything",
    "forget",
    "named",
    "passes",
    "restore",
    "save",
    "send_back",
    "submit",
    "waiting_count",
    "withdraw",
]

NAME_CHARACTERS = 200
SITTING_MS = 10 * 60_000


@dataclass(frozen=True, slots=True)
class Order:
    """What a playlist is to become; None leaves a part as it is. ``group`` counts only when ``moves``.

    ``autosave``: the editor saved by itself, so this draft may take the place of the one a moment ago.
    """

    name: str | None = None
    items: Sequence[Wire] | None = None
    group: str | None = None
    moves: bool = False
    autosave: bool = False


def create(
    parts: Parts, who: Identity, name: str, items: Sequence[Wire], group: str | None = None, *, starter: bool = False
) -> PlaylistView:
    """Make a playlist as a draft; raise Invalid, Forbidden or, for an unknown group, NotFound."""
    name, read_items = name.strip(), read(items)
    refuse(_draft_violations(name, read_items) or _nameless(name))
    key, now = new_id("p"), parts.clock.now()
    revision = Revision(key, revision_of(name, read_items), 1, name, read_items, who.id, now)
    with parts.db.transaction() as tx:
        group = group or _home(tx, who)
        must(tx, who, "content", group)
        row = PlaylistRow(
            key, name, State.DRAFT.value, group, revision.hash, None, None, starter, (who.id,), who.id, now, now, None
        )
        store.add(tx, who.org, row)
        store.keep_revision(tx, who.org, revision)
        audit.record(tx, who, now, "playlist.create", key, after={"name": name, "revision": revision.hash})
        tx.announce(PlaylistEdited(who.org, key, revision.hash))
        return view(tx, who.org, row, revision)


def save(parts: Parts, who: Identity, playlist: str, held: str, order: Order) -> PlaylistView:
    """Store a new draft for one who holds revision ``held``; raise Stale with the other text when it is not the last.

    Any change pulls a submitted revision back; what plays goes on playing.
    """
    now = parts.clock.now()
    with parts.db.read() as tx:
        row, draft = with_draft(tx, who.org, playlist)
    name = draft.name if order.name is None else order.name.strip()
    items = draft.items if order.items is None else read(order.items, draft.items)
    refuse(_draft_violations(name, items))
    revision = Revision(playlist, revision_of(name, items), 0, name, items, who.id, now)
    with parts.db.transaction() as tx:
        row, draft = with_draft(tx, who.org, playlist)
        must(tx, who, "content", row.group)
        if row.draft not in (held, revision.hash):
            raise stale(row, draft)
        group = order.group if order.moves else row.group
        if group != row.group:
            must(tx, who, "content", group)
        elif revision.hash == row.draft:
            return view(tx, who.org, row, draft)
        folds = order.autosave and _one_sitting(tx, who, row, draft, now)
        return _keep(tx, who, row, group, revision, draft if folds else None)


def _one_sitting(tx: Transaction, who: Identity, row: PlaylistRow, draft: Revision, now: int) -> bool:
    """Whether a draft is this person's, from a moment ago, and nobody was ever asked to judge it."""
    mine = draft.by == who.id and now - draft.created < SITTING_MS
    return mine and draft.hash not in (row.submitted, row.approved) and not store.was_judged(tx, row.id, draft.hash)


def _keep(
    tx: Transaction, who: Identity, row: PlaylistRow, group: str | None, revision: Revision, folded: Revision | None
) -> PlaylistView:
    """Make ``revision`` the draft; ``folded``, if given, is the one whose place and number it takes."""
    kept = store.keep_revision(tx, who.org, revision, folded)
    as_approved = kept.hash == row.approved
    new = replace(
        row, name=kept.name, group=group, draft=kept.hash, submitted=None, changed=max(revision.created, row.changed),
        state=(State.APPROVED if as_approved else State.DRAFT).value,
        editors=() if as_approved else tuple(dict.fromkeys((*row.editors, who.id))),
    )  # fmt: skip
    write(tx, who, row, new)
    if folded is None:
        audit.record(
            tx, who, revision.created, "playlist.edit", row.id,
            before={"revision": row.draft, "group": row.group}, after={"revision": kept.hash, "group": group},
        )  # fmt: skip
    tx.announce(PlaylistEdited(who.org, row.id, kept.hash))
    if row.state != new.state:
        tx.announce(ReviewChanged(who.org, row.id, new.state))
    return view(tx, who.org, new, kept)


def copy(parts: Parts, who: Identity, playlist: str, name: str | None = None) -> PlaylistView:
    """Make a new draft that says the same."""
    with parts.db.read() as tx:
        row, draft = with_draft(tx, who.org, playlist)
        group = row.group if who.may("content", lineage(tx, who.org, row.group)) else None
    name = name or say("editorial.copy_name", who.locale, name=draft.name)[:NAME_CHARACTERS]
    return create(parts, who, name, wire.items_to_json(draft.items), group)


def delete(parts: Parts, who: Identity, playlist: str) -> None:
    """Put a playlist aside; raise Conflict while slots or screens play it. ``restore`` brings it back."""
    now = parts.clock.now()
    with parts.db.transaction() as tx:
        row = row_of(tx, who.org, playlist)
        must(tx, who, "content", row.group)
        used = store.uses(tx, who.org, [playlist]).get(playlist, 0)
        if used:
            raise Conflict(detail="editorial.in_use", n=used)
        write(tx, who, row, replace(row, deleted=now))
        audit.record(tx, who, now, "playlist.delete", playlist, before={"name": row.name, "revision": row.draft})
        tx.announce(PlaylistWithdrawn(who.org, playlist) if row.approved else _edited(who, row))


def restore(parts: Parts, who: Identity, playlist: str) -> PlaylistView:
    """Bring a deleted playlist back as it was; one that is there is answered as it is."""
    with parts.db.transaction() as tx:
        row = store.find(tx, who.org, playlist, deleted=True)
        if row is None:
            raise NotFound()
        must(tx, who, "content", row.group)
        new = replace(row, deleted=None)
        if row.deleted is not None:
            write(tx, who, row, new)
            audit.record(tx, who, parts.clock.now(), "playlist.restore", playlist)
            tx.announce(PlaylistApproved(who.org, playlist, row.approved) if row.approved else _edited(who, row))
        return view(tx, who.org, new)


def forget(parts: Parts, before: int) -> int:
    """Remove drafts saved before that instant (UTC ms) which nobody can come back to; return how many went now."""
    with parts.db.transaction() as tx:
        return store.forget_revisions(tx, before)


def _edited(who: Identity, row: PlaylistRow) -> PlaylistEdited:
    return PlaylistEdited(who.org, row.id, row.draft)


def _home(tx: Transaction, who: Identity) -> str | None:
    """The group of one who may write in groups only; None for everybody else."""
    if who.may("content", NOWHERE):
        return None
    known = group_tree(tx, who.org).groups
    return next((g.group for g in who.grants if g.scope in ("content", "*") and g.group in known), None)


def _draft_violations(name: str, items: tuple[Item, ...]) -> tuple[Violation, ...]:
    return checked(name, items, finished=False)


def _nameless(name: str) -> tuple[Violation, ...]:
    return () if name else (Violation("name", "rules.empty"),)
