"""Messages that were shown while nothing could be stored: known here, and stored once their alerts are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from server import audit
from server.accounts.model import Identity
from server.alerts import unstored
from server.db import BRIEFLY_S, Database, Transaction
from server.events import MessageChanged
from server.intake import acting, store
from server.intake.model import Kept, Outcome, State
from server.parts import Parts

MOST = 500  # as many as there may be alerts in memory


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that no table holds, and who sent it."""

    who: Identity
    kept: Kept


_memories: WeakKeyDictionary[Database, list[Shown]] = WeakKeyDictionary()


def remember(parts: Parts, who: Identity, kept: Kept) -> Outcome:
    """Know a message that is shown, so that it is one alert however often it comes; return what its sender is told."""
    shown = _memories.setdefault(parts.db, [])
    shown.append(Shown(who, kept))
    del shown[:-MOST]
    return outcome(parts, kept)


def outcome(parts: Parts, kept: Kept, *, repeated: bool = False) -> Outcome:
    """What the sender of a message is told of it."""
    stored = not kept.alert or unstored.newest(parts, kept.org, kept.alert) is None
    return Outcome(kept.id, kept.state, kept.alert, kept.why, repeated, stored)


def messages(parts: Parts, org: str, source: str | None) -> tuple[Kept, ...]:
    """What of a source is known here alone, the oldest first."""
    known = (one.kept for one in _memories.get(parts.db, ()))
    return tuple(kept for kept in known if (kept.org, kept.source) == (org, source))


def get(parts: Parts, org: str, message: str) -> Kept | None:
    """A message as it was decided here while nothing could be stored, or None."""
    known = (one.kept for one in reversed(_memories.get(parts.db, [])))
    return next((kept for kept in known if (kept.org, kept.id) == (org, message)), None)


def released(parts: Parts, org: str) -> int:
    """How many messages somebody released that the tables hold as waiting."""
    return sum(one.kept.org == org and bool(one.kept.decided_by) for one in _memories.get(parts.db, ()))


def find(parts: Parts, org: str, source: str | None, keys: Collection[tuple[str, int]]) -> tuple[Kept, ...]:
    """Those of them with these (identifier, sent)."""
    return tuple(kept for kept in messages(parts, org, source) if (kept.identifier, kept.sent) in keys)


def store_all(parts: Parts) -> None:
    """Store what only memory holds: the alerts, then the messages they came by. Raises what the database raises."""
    unstored.store_all(parts)
    shown = _memories.get(parts.db, [])
    while shown:
        with parts.db.transaction(BRIEFLY_S) as tx:
            if not shown:  # another greenlet was faster
                return
            one = shown[0]
            _store(tx, one.who, one.kept)
        if shown and shown[0] is one:
            del shown[0]


def _store(tx: Transaction, who: Identity, kept: Kept) -> None:
    held = store.get(tx, kept.org, kept.id)
    if held is not None and held.state is not State.HELD:
        return
    act, at = f"message.{kept.state.value}", kept.received
    if held is None:
        store.insert(tx, kept)
    else:  # somebody released it
        store.write(tx, kept)
        tx.announce(MessageChanged(kept.org, kept.id))
        act, at = "message.release", kept.decided or at
    audit.record(tx, who, at, act, kept.id, after=acting.told(kept))


def retry(parts: Parts) -> None:
    """Store messages whose alerts are stored by now; alerts have their own time to be tried again."""
    if not unstored.pending(parts):
        store_all(parts)
