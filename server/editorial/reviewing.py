"""The review chain on real rows: submit, approve, send back, withdraw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playlists.review import Act, Refusal, State, Why, advance
from server import audit
from server.accounts.model import Identity
from server.db import Transaction
from server.editorial import store
from server.editorial.held import lineage, must, refuse, row_of, stale, with_draft, write
from server.editorial.items import assets_in, checked, lost_assets
from server.editorial.model import Entry, PlaylistRow, PlaylistView, Revision
from server.editorial.shown import lacks_review, passed, steps_of, view
from server.errors import Conflict, Forbidden, Invalid, Stale, Violation
from server.events import PlaylistApproved, PlaylistWithdrawn, ReviewChanged
from server.parts import Parts


def submit(parts: Parts, who: Identity, playlist: str, revision: str | None = None, reason: str = "") -> PlaylistView:
    """Hand the draft to its reviewers, or straight to the screens where no review is asked for.

    What was approved by fewer reviewers than are asked for by now may be submitted again. Raises Invalid when texts or
    pictures are missing, Stale when ``revision`` is not the draft, Conflict when there is nothing new.
    """
    with parts.db.read() as tx:
        row, draft = with_draft(tx, who.org, playlist)
    refuse(checked(draft.name, draft.items, finished=True))
    with parts.db.transaction() as tx:
        row = row_of(tx, who.org, playlist)
        must(tx, who, "content", row.group)
        if not row.draft == draft.hash == (revision or draft.hash):
            raise stale(row, store.find_revision(tx, who.org, playlist, row.draft))
        refuse(lost_assets(draft.items, store.media_of_assets(tx, who.org, assets_in(draft.items))))
        again = row.state == State.APPROVED and lacks_review(tx, who.org, row)
        state = _led(tx, who, replace(row, state=State.DRAFT.value) if again else row, Act.SUBMIT)
        writers = (*row.editors, *((draft.by,) if again else ()), who.id)
        new = replace(row, submitted=row.draft, editors=tuple(dict.fromkeys(writers)))
        return _move(tx, parts, who, row, new, Act.SUBMIT, state, reason.strip(), draft)


def approve(parts: Parts, who: Identity, playlist: str, revision: str, reason: str = "") -> PlaylistView:
    """Pass the submitted ``revision`` one step on; after the last step it plays.

    Raises Forbidden for one who wrote it or passed it before, Stale when another revision waits by now, Conflict
    when none does.
    """
    with parts.db.transaction() as tx:
        row = _waiting(tx, who, playlist, revision)
        state = _led(tx, who, row, Act.APPROVE)
        if who.id in passed(store.history(tx, who.org, playlist)):
            raise Forbidden(detail="editorial.passed_before")
        return _move(tx, parts, who, row, row, Act.APPROVE, state, reason.strip())


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
        row = row_of(tx, who.org, playlist)
        above = lineage(tx, who.org, row.group)
        if not who.may("review", above):
            who.must("content", above)
        state = _led(tx, who, replace(row, state=State.APPROVED.value) if row.approved else row, Act.WITHDRAW)
        if revision and revision not in (row.approved, row.submitted):
            raise stale(row, store.find_revision(tx, who.org, playlist, row.draft))
        return _move(tx, parts, who, row, row, Act.WITHDRAW, state, reason.strip())


def _move(
    tx: Transaction, parts: Parts, who: Identity, row: PlaylistRow, new: PlaylistRow, act: Act, state: State,
    reason: str = "", draft: Revision | None = None,
) -> PlaylistView:  # fmt: skip
    """Let ``act`` lead ``row`` to ``state``: the row, its history, the audit log and the facts."""
    now = parts.clock.now()
    about = (row.approved if act is Act.WITHDRAW else None) or new.submitted or row.draft
    new = replace(_landed(new, state), state=state.value, changed=max(now, row.changed))
    write(tx, who, row, new)
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


def _waiting(tx: Transaction, who: Identity, playlist: str, revision: str) -> PlaylistRow:
    row = row_of(tx, who.org, playlist)
    must(tx, who, "review", row.group)
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


def _steps(tx: Transaction, org: str, row: PlaylistRow) -> int:
    return steps_of(tx, org, [row])[row.id]
