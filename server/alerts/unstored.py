"""Alerts that could not be stored: they go out all the same, are said to be unstored, and are stored when that works.

This is memory: a screen that reconnects gets them from this process for as long as it lives, and a restart loses them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import exc as sa_exc

from playlists.alert import Phase
from server.alerts import delivery_store, store
from server.alerts.live import Extra
from server.alerts.model import Issued, Proof, ProofKind, StoredAlert
from server.alerts.revising import Outgoing, put_out
from server.db import BRIEFLY_S, SOON_S, UNREADY, Database, Transaction
from server.errors import Busy, DiskFull
from server.events import AlertProved, AlertsChanged
from server.parts import Parts

log = structlog.get_logger(__name__)

MOST = 500  # revisions in memory; whoever sends more is no person
FIRST_TRY_MS, LONGEST_TRY_MS = 1_000, 10_000
FAILURES = (*UNREADY, Busy, DiskFull)
Times = dict[str, Any]


@dataclass(slots=True)
class Kept:
    """A revision only memory holds, with what its screens proved meanwhile."""

    out: Outgoing
    proofs: dict[str, Times] = field(default_factory=dict)
    to: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.to = frozenset(self.out.to)  # each of five thousand proofs is looked for in it


@dataclass(slots=True)
class Memory:
    """What one database did not take, in order; ``next_try`` in UTC ms, ``lock`` for whoever stores it."""

    kept: list[Kept] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    next_try: int = 0
    pause_ms: int = FIRST_TRY_MS


_memories: WeakKeyDictionary[Database, Memory] = WeakKeyDictionary()


def _memory(parts: Parts) -> Memory:
    return _memories.setdefault(parts.db, Memory())


def store_or_keep(parts: Parts, plan: Callable[[Transaction, int], Outgoing]) -> Issued:
    """Let out what ``plan`` says: stored in one transaction or, when that fails, from memory and marked so.

    ``plan`` only reads; it is asked a second time when the first write cannot even begin. What it raises is raised.
    """
    at, memory = parts.clock.now(), _memory(parts)
    if parts.db.writes_here():  # a larger act that fails or succeeds as a whole
        with parts.db.transaction() as tx:
            return put_out(tx, plan(tx, at))
    try:
        store_all(parts)  # one after another: an update must not come before what it updates
        with parts.db.transaction(BRIEFLY_S) as tx:
            return put_out(tx, plan(tx, at))
    except FAILURES as error:
        with parts.db.read() as tx:
            out, seq = plan(tx, at), store.seq(tx)
        return _keep(parts, memory, out, seq, error)


def _keep(parts: Parts, memory: Memory, out: Outgoing, seq: int, error: Exception) -> Issued:
    if not out.to or len(memory.kept) >= MOST:
        raise error  # nobody is in danger by a test that is not stored, nor by what waits
    memory.kept.append(Kept(out))
    memory.next_try, memory.pause_ms = out.at + FIRST_TRY_MS, FIRST_TRY_MS
    log.error("alert_not_stored", alert=out.alert.id, revision=out.alert.revision, why=str(error)[:300])
    fact = AlertsChanged(out.alert.org, out.alert.id, out.alert.revision, seq, out.alert.organisations)
    parts.db.bus.publish([fact])
    return out.issued(seq, stored=False)


def retry(parts: Parts) -> int:
    """Store what is kept, once its time has come; return how many are still kept."""
    memory, at = _memory(parts), parts.clock.now()
    if memory.kept and at >= memory.next_try:
        try:
            store_all(parts, SOON_S)
        except (sa_exc.DBAPIError, sa_exc.TimeoutError, OSError) as error:
            memory.pause_ms = min(LONGEST_TRY_MS, 2 * memory.pause_ms)
            memory.next_try = at + memory.pause_ms
            log.warning("alert_still_not_stored", kept=len(memory.kept), why=str(error)[:300])
    return len(memory.kept)


def store_all(parts: Parts, patience_s: float = BRIEFLY_S) -> None:
    """Store what is kept, in order; raise what the database raises, and keep the rest."""
    memory = _memory(parts)
    if memory.kept:
        with memory.lock:
            while memory.kept:
                _store_first(parts, memory, patience_s)


def _store_first(parts: Parts, memory: Memory, patience_s: float) -> None:
    first = memory.kept[0]
    alert = first.out.alert
    try:
        _store(parts, first, patience_s)
        log.info("alert_stored_late", alert=alert.id, revision=alert.revision)
    except sa_exc.IntegrityError:  # another process stored the same revision meanwhile; what it wrote counts
        log.exception("alert_overtaken", alert=alert.id, revision=alert.revision)
    if first in memory.kept:
        memory.kept.remove(first)


def _store(parts: Parts, kept: Kept, patience_s: float) -> None:
    alert = kept.out.alert
    with parts.db.transaction(patience_s) as tx:
        put_out(tx, kept.out)
        rows = [((alert.id, alert.revision, screen), times) for screen, times in kept.proofs.items()]
        delivery_store.prove(tx, rows)


# looking ----------------------------------------------------------------------------------------------------------


def pending(parts: Parts, org: str | None = None) -> tuple[Kept, ...]:
    """What is kept, of one organisation or of all, in order."""
    return tuple(one for one in _memory(parts).kept if org is None or one.out.alert.org == org)


def newest(parts: Parts, org: str, alert: str) -> Kept | None:
    """The newest kept revision of an alert, or None."""
    return next((one for one in reversed(pending(parts, org)) if one.out.alert.id == alert), None)


def is_kept(parts: Parts, alert: str, revision: int) -> bool:
    """Whether only memory holds a revision."""
    return any(one.out.alert.id == alert and one.out.alert.revision == revision for one in _memory(parts).kept)


def extras(parts: Parts, org: str | None = None) -> tuple[Extra, ...]:
    """The newest kept revision of each alert of an organisation or of all, as the live sets take it."""
    kept = pending(parts, org)
    newest_of = {one.out.alert.id: one for one in kept}
    first = {one.out.alert.id: one.out.qr for one in reversed(kept) if one.out.qr}
    return tuple(
        Extra(one.out.alert, one.to, first.get(name, ()) if one.out.alert.phase is Phase.LIVE else ())
        for name, one in newest_of.items()
    )


def running(parts: Parts, org: str, at: int) -> tuple[StoredAlert, ...]:
    """The kept alerts that are not over."""
    return tuple(extra.alert for extra in extras(parts, org) if extra.alert.expires > at)


def prove(parts: Parts, proof: Proof, at: int) -> bool:
    """Remember a proof of a kept revision; False when this is none."""
    for one in _memory(parts).kept:
        alert, screen, home = one.out.alert, proof.player.screen, proof.player.org
        reaches = alert.org == home or alert.organisations
        if (alert.id, alert.revision) == (proof.id, proof.revision) and reaches and screen in one.to:
            fresh = delivery_times(proof, at)
            held = one.proofs.get(screen, {})
            one.proofs[screen] = {name: fresh[name] if held.get(name) is None else held[name] for name in fresh}
            desks = dict.fromkeys((alert.org, home))
            parts.db.bus.publish([AlertProved(org, alert.id, (screen,)) for org in desks])
            return True
    return False


ASTRAY_MS = 600_000  # a player's word for when it painted is taken within so much of our clock


def delivery_times(proof: Proof, at: int) -> Times:
    """What a proof writes where nothing stands yet; what is shown was received, what was received was sent."""
    shown = proof.kind is ProofKind.SHOWN
    claimed = at if proof.shown_at is None else min(max(proof.shown_at, at - ASTRAY_MS), at + ASTRAY_MS)
    times: Times = {"sent": at, "received": at, "shown": None, "shown_at": None, "player": proof.player.id}
    if shown:
        times["shown"], times["shown_at"] = at, claimed
    return times
