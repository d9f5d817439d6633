"""Use cases of the desk: write, submit, review, publish and withdraw playlists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from playlists import wire
from playlists.model import Item
from playlists.review import Act, Refusal, State, Why, advance
from server import audit
from server.accounts.model import NOWHERE, Identity
from server.db import Transaction
from server.editorial import store
from server.editorial.items import Wire, assets_in, checked, read, revision_of
from server.editorial.model import Entry, PlaylistRow, PlaylistView, Revision
from server.editorial.shown import (
    approved_items,
    everything,
    lacks_review,
    named,
    passed,
    passes,
    steps_of,
    view,
    waiting_count,
)
from server.errors import Conflict, Forbidden, Invalid, NotFound, Stale, Violation
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
PICTURES = ("asset", "portrait")
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
    _refuse(_draft_violations(name, read_items) or _nameless(name))
    key, now = new_id("p"), parts.clock.now()
    revision = Revision(key, revision_of(name, read_items), 1, name, read_items, who.id, now)
    with parts.db.transaction() as tx:
        group = group or _home(tx, who)
        _must(tx, who, "content", group)
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
        row, draft = _with_draft(tx, who.org, playlist)
    name = draft.name if order.name is None else order.name.strip()
    items = draft.items if order.items is None else read(order.items, draft.items)
    _refuse(_draft_violations(name, items))
    revision = Revision(playlist, revision_of(name, items), 0, name, items, who.id, now)
    with parts.db.transaction() as tx:
        row, draft = _with_draft(tx, who.org, playlist)
        _must(tx, who, "content", row.group)
        if row.draft not in (held, revision.hash):
            raise _stale(row, draft)
        group = order.group if order.moves else row.group
        if group != row.group:
            _must(tx, who, "content", group)
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
    _write(tx, who, row, new)
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
        row, draft = _with_draft(tx, who.org, playlist)
        group = row.group if who.may("content", _lineage(tx, who.org, row.group)) else None
    name = name or say("editorial.copy_name", who.locale, name=draft.name)[:NAME_CHARACTERS]
    return create(parts, who, name, wire.items_to_json(draft.items), group)


def delete(parts: Parts, who: Identity, playlist: str) -> None:
    """Put a playlist aside; raise Conflict while slots or screens play it. ``restore`` brings it back."""
    now = parts.clock.now()
    with parts.db.transaction() as tx:
        row = _row(tx, who.org, playlist)
        _must(tx, who, "content", row.group)
        used = store.uses(tx, who.org, [playlist]).get(playlist, 0)
        if used:
            raise Conflict(detail="editorial.in_use", n=used)
        _write(tx, who, row, replace(row, deleted=now))
        audit.record(tx, who, now, "playlist.delete", playlist, before={"name": row.name, "revision": row.draft})
        tx.announce(PlaylistWithdrawn(who.org, playlist) if row.approved else _edited(who, row))


def restore(parts: Parts, who: Identity, playlist: str) -> PlaylistView:
    """Bring a deleted playlist back as it was; one that is there is answered as it is."""
    with parts.db.transaction() as tx:
        row = store.find(tx, who.org, playlist, deleted=True)
        if row is None:
            raise NotFound()
        _must(tx, who, "content", row.group)
        new = replace(row, deleted=None)
        if row.deleted is not None:
            _write(tx, who, row, new)
            audit.record(tx, who, parts.clock.now(), "playlist.restore", playlist)
            tx.announce(PlaylistApproved(who.org, playlist, row.approved) if row.approved else _edited(who, row))
        return view(tx, who.org, new)


def submit(parts: Parts, who: Identity, playlist: str, revision: str | None = None) -> PlaylistView:
    """Hand the draft to its reviewers, or straight to the screens where no review is asked for.

    What was approved by fewer reviewers than are asked for by now may be submitted again. Raises Invalid when texts or
    pictures are missing, Stale when ``revision`` is not the draft, Conflict when there is nothing new.
    """
    with parts.db.read() as tx:
        row, draft = _with_draft(tx, who.org, playlist)
    _refuse(checked(draft.name, draft.items, finished=True))
    with parts.db.transaction() as tx:
        row = _row(tx, who.org, playlist)
        _must(tx, who, "content", row.group)
        if not row.draft == draft.hash == (revision or draft.hash):
            raise _stale(row, store.find_revision(tx, who.org, playlist, row.draft))
        _refuse(lost_assets(draft.items, store.media_of_assets(tx, who.org, assets_in(draft.items))))
        again = row.state == State.APPROVED and lacks_review(tx, who.org, row)
        state = _led(tx, who, replace(row, state=State.DRAFT.value) if again else row, Act.SUBMIT)
        writers = (*row.editors, *((draft.by,) if again else ()), who.id)
        new = replace(row, submitted=row.draft, editors=tuple(dict.fromkeys(writers)))
        return _move(tx, parts, who, row, new, Act.SUBMIT, state, draft=draft)


def approve(parts: Parts, who: Identity, playlist: str, revision: str) -> PlaylistView:
    """Pass the submitted ``revision`` one step on; after the last step it plays.

    Raises Forbidden for one who wrote it or passed it before, Stale when another revision waits by now, Conflict
    when none does.
    """
    with parts.db.transaction() as tx:
        row = _waiting(tx, who, playlist, revision)
        state = _led(tx, who, row, Act.APPROVE)
        if who.id in passed(store.history(tx, who.org, playlist)):
            raise Forbidden(detail="editorial.passed_before")
        return _move(tx, parts, who, row, row, Act.APPROVE, state)


def send_back(parts: Parts, who: Identity, playlist: str, revision: str, reason: str) -> PlaylistView:
    """Return the submitted ``revision`` to its authors; raise Invalid without a reason, else as ``approve``."""
    if not reason.strip():
        raise Invalid((Violation("reason", "rules.empty"),))
    with parts.db.transaction() as tx:
        row = _waiting(tx, who, playlist, revision)
        return _move(tx, parts, who, row, row, Act.RETURN, _led(tx, who, row, Act.RETURN), reason.strip())


def withdraw(parts: Parts, who: Identity, playlist: str, revision: str | None = None, reason: str = "") -> PlaylistView:
    """Take a playlist off every screen and out of review; raise Conflict when it is nowhere."""
    with parts.db.transaction() as tx:
        row = _row(tx, who.org, playlist)
        lineage = _lineage(tx, who.org, row.group)
        if not who.may("review", lineage):
            who.must("content", lineage)
        state = _led(tx, who, replace(row, state=State.APPROVED.value) if row.approved else row, Act.WITHDRAW)
        if revision and revision not in (row.approved, row.submitted):
            raise _stale(row, store.find_revision(tx, who.org, playlist, row.draft))
        return _move(tx, parts, who, row, row, Act.WITHDRAW, state, reason.strip())


def forget(parts: Parts, before: int) -> int:
    """Remove drafts saved before that instant (UTC ms) which nobody can come back to; return how many went now."""
    with parts.db.transaction() as tx:
        return store.forget_revisions(tx, before)


def _move(
    tx: Transaction, parts: Parts, who: Identity, row: PlaylistRow, new: PlaylistRow, act: Act, state: State,
    reason: str = "", draft: Revision | None = None,
) -> PlaylistView:  # fmt: skip
    """Let ``act`` lead ``row`` to ``state``: the row, its history, the audit log and the facts."""
    now = parts.clock.now()
    about = (row.approved if act is Act.WITHDRAW else None) or new.submitted or row.draft
    new = replace(_landed(new, state), state=state.value, changed=max(now, row.changed))
    _write(tx, who, row, new)
    store.add_entry(tx, who.org, row.id, Entry(act.value, about, state.value, who.id, who.name, reason, now))
    after: dict[str, Any] = {"state": state.value, "revision": about} | ({"reason": reason} if reason else {})
    audit.record(tx, who, now, f"playlist.{act}", row.id, before={"state": row.state}, after=after)
    tx.announce(ReviewChanged(who.org, row.id, state.value))
    if state == State.APPROVED:
        tx.announce(PlaylistApproved(who.org, row.id, about))
    if state == State.WITHDRAWN:
        tx.announce(PlaylistWithdrawn(who.org, row.id))
    return view(tx, who.org, new, draft)


def _landed(row: PlaylistRow, state: str) -> PlaylistRow:
    """Which revisions are submitted and approved once the chain stands at ``state``."""
    if state == State.APPROVED:
        return replace(row, approved=row.submitted, submitted=None, editors=())
    if state == State.WITHDRAWN:
        return replace(row, approved=None, submitted=None)
    return replace(row, submitted=None) if state == State.RETURNED else row


def _write(tx: Transaction, who: Identity, row: PlaylistRow, new: PlaylistRow) -> None:
    if not store.replace_row(tx, who.org, row, new):
        raise Conflict()


def _waiting(tx: Transaction, who: Identity, playlist: str, revision: str) -> PlaylistRow:
    row = _row(tx, who.org, playlist)
    _must(tx, who, "review", row.group)
    if row.submitted not in (None, revision):
        raise Stale(detail="editorial.other_waits", submitted=row.submitted)
    return row


def _led(tx: Transaction, who: Identity, row: PlaylistRow, act: Act) -> State:
    """Where ``act`` leads; raise Forbidden for one's own work, Conflict when the chain does not allow it now."""
    answer = advance(State(row.state), act, _steps(tx, who.org, row), who.id in row.editors)
    if isinstance(answer, Refusal):
        detail = f"review.{answer.why}"
        raise Forbidden(detail=detail) if answer.why is Why.OWN_WORK else Conflict(detail=detail)
    return answer


def _stale(row: PlaylistRow, draft: Revision | None) -> Stale:
    current: dict[str, Any] = {"revision": row.draft, "name": row.name, "at": row.changed}
    if draft:
        current |= {"items": wire.items_to_json(draft.items), "by": draft.by, "at": draft.created}
    return Stale(current=current)


def _row(tx: Transaction, org: str, playlist: str) -> PlaylistRow:
    row = store.find(tx, org, playlist)
    if row is None:
        raise NotFound()
    return row


def _with_draft(tx: Transaction, org: str, playlist: str) -> tuple[PlaylistRow, Revision]:
    row = _row(tx, org, playlist)
    draft = store.find_revision(tx, org, playlist, row.draft)
    if draft is None:
        raise NotFound()
    return row, draft


def _edited(who: Identity, row: PlaylistRow) -> PlaylistEdited:
    return PlaylistEdited(who.org, row.id, row.draft)


def _steps(tx: Transaction, org: str, row: PlaylistRow) -> int:
    return steps_of(tx, org, [row])[row.id]


def _lineage(tx: Transaction, org: str, group: str | None) -> frozenset[str]:
    tree = group_tree(tx, org)
    if group is not None and group not in tree.groups:
        raise NotFound()
    return tree.above([group])


def _must(tx: Transaction, who: Identity, scope: str, group: str | None) -> None:
    who.must(scope, _lineage(tx, who.org, group))


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


def lost_assets(items: Sequence[Item], known: Collection[str]) -> tuple[Violation, ...]:
    """A violation for every picture that is not among the ``known`` assets."""
    fields = {f"items.{n}.{name}": getattr(item, name) for n, item in enumerate(items) for name in PICTURES}
    return tuple(Violation(field, "rules.no_asset") for field, asset in fields.items() if asset and asset not in known)


def _refuse(violations: tuple[Violation, ...]) -> None:
    if violations:
        raise Invalid(violations)
