"""Playlists as others see them: views, what plays, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from playlists.model import Item
from playlists.review import Act
from server.accounts.model import Identity
from server.db import Transaction
from server.editorial import store
from server.editorial.model import Entry, PlaylistRow, PlaylistView, Revision
from server.parts import Parts
from server.screens.service import GroupTree, group_tree


def approved_items(tx: Transaction, org: str, playlists: Collection[str]) -> dict[str, tuple[str, tuple[Item, ...]]]:
    """For each of the playlists that may play: its approved revision's name and items."""
    names = store.approved_rows(tx, org, playlists)
    found = store.revisions_of(tx, org, names)
    return {key: (revision.hash, revision.items) for key, revision in found.items()}


def named(tx: Transaction, org: str, name: str) -> PlaylistView | None:
    """The oldest playlist of that name."""
    row = store.named(tx, org, name)
    return view(tx, org, row) if row else None


def everything(tx: Transaction, org: str) -> tuple[PlaylistView, ...]:
    """Every playlist, in the order they were made."""
    return views(tx, org, store.everything(tx, org))


def view(tx: Transaction, org: str, row: PlaylistRow, draft: Revision | None = None) -> PlaylistView:
    """The playlist as others see it."""
    return views(tx, org, [row], {row.id: draft} if draft else None)[0]


def views(
    tx: Transaction, org: str, rows: Sequence[PlaylistRow], drafts: Mapping[str, Revision] | None = None
) -> tuple[PlaylistView, ...]:
    """Several playlists as others see them, by a fixed number of queries."""
    drafts = drafts or store.revisions_of(tx, org, {row.id: row.draft for row in rows})
    used, steps = store.uses(tx, org, [row.id for row in rows]), steps_of(tx, org, rows)
    return tuple(_view(row, drafts[row.id], steps[row.id], used.get(row.id, 0)) for row in rows)


def steps_of(tx: Transaction, org: str, rows: Sequence[PlaylistRow]) -> dict[str, int]:
    """How many reviews each playlist needs: the most that its group, any group it plays in or one above asks for."""
    tree, reached = group_tree(tx, org), store.reached(tx, org, [row.id for row in rows])
    return {row.id: tree.steps({row.group, *reached.get(row.id, ())}) for row in rows}


def passes(tx: Transaction, org: str, playlist: str) -> int | None:
    """How many reviewers passed what plays since it was last submitted; None when nothing was approved."""
    approved = store.approved_rows(tx, org, [playlist])
    return _passes(tx, org, approved).get(playlist)


def _passes(tx: Transaction, org: str, approved: Mapping[str, str]) -> dict[str, int]:
    """How many passed each of these revisions."""
    acts = store.acts_on(tx, org, approved)
    return {key: len(passed(acts.get(key, ()))) for key in approved}


def lacking_review(tx: Transaction, org: str, rows: Sequence[PlaylistRow]) -> dict[str, tuple[int, int]]:
    """Those of which what is approved was passed by fewer than are asked for now, where they belong and play.

    For each how many passed it, and how many are asked for.
    """
    approved = {row.id: row.approved for row in rows if row.approved}
    asked = steps_of(tx, org, [row for row in rows if row.approved])
    had = _passes(tx, org, {key: name for key, name in approved.items() if asked[key]})
    return {key: (n, asked[key]) for key, n in had.items() if n < asked[key]}


def lacks_review(tx: Transaction, org: str, row: PlaylistRow) -> bool:
    """The same for one."""
    return bool(lacking_review(tx, org, [row]))


def awaits(tx: Transaction, who: Identity, row: PlaylistRow, tree: GroupTree) -> bool:
    """Whether the submitted revision waits for this very person."""
    if row.submitted is None or who.id in row.editors or not who.may("review", tree.above([row.group])):
        return False
    return who.id not in passed(store.history(tx, who.org, row.id))


def waiting_count(parts: Parts, who: Identity) -> int:
    """How many revisions wait for this person's review."""
    with parts.db.read() as tx:
        tree = group_tree(tx, who.org)
        return sum(awaits(tx, who, row, tree) for row in store.waiting(tx, who.org))


def _view(row: PlaylistRow, draft: Revision, steps: int, used: int) -> PlaylistView:
    return PlaylistView(
        id=row.id, name=row.name, state=row.state, group=row.group, revision=row.draft, number=draft.number,
        items=draft.items, submitted=row.submitted, approved=row.approved, steps=steps, starter=row.starter, by=row.by,
        created=row.created, changed=row.changed, used=used,
    )  # fmt: skip


def passed(acts: Sequence[Entry]) -> frozenset[str]:
    """Who passed the revision since it was last submitted."""
    names: set[str] = set()
    for act in acts:
        if act.act == Act.SUBMIT:
            break
        names.update((act.by,) if act.act == Act.APPROVE else ())
    return frozenset(names)
