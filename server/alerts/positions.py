"""The position of the live sets, each read in one piece: of all screens, of one, of the whole server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playlists.alert import Alert
from server.alerts import store, unstored
from server.alerts.deliveries import retarget
from server.alerts.live import NOTHING, live_sets
from server.alerts.model import StoredAlert
from server.db import PATIENCE_S
from server.parts import Parts


@dataclass(frozen=True, slots=True)
class Position:
    """Where the site's state stands, with live sets of that very instant; screens without any are left out.

    ``stored`` is False while some of it is held by memory alone.
    """

    epoch: str
    seq: int
    sets: Mapping[str, tuple[Alert, ...]]
    stored: bool = True

    def of(self, screen: str) -> tuple[Alert, ...]:
        """The live set of a screen."""
        return self.sets.get(screen, NOTHING)


def position(parts: Parts, org: str, at: int) -> Position:
    """Epoch, seq and the live set of every screen that has any, at an instant in UTC ms."""
    kept = unstored.extras(parts, org)
    with parts.db.read() as tx:
        epoch, seq = store.stands(tx)
        return Position(epoch, seq, live_sets(tx, org, at, None, kept), stored=not kept)


def held_by(parts: Parts, org: str, screens: Sequence[str], at: int) -> Position:
    """Epoch, seq and the live sets of some screens, at an instant in UTC ms."""
    kept = unstored.extras(parts, org)
    with parts.db.read() as tx:
        epoch, seq = store.stands(tx)
        sets = live_sets(tx, org, at, screens, kept)
        return Position(epoch, seq, sets, stored=not kept)


def standing(parts: Parts) -> tuple[int, tuple[StoredAlert, ...]]:
    """The position and every live alert of every organisation."""
    at = parts.clock.now()
    with parts.db.read() as tx:
        seq = store.seq(tx)
        return seq, tuple(alert for org in store.alarmed(tx, at) for alert in store.live(tx, org, at))


def rejoin(parts: Parts, org: str, patience_s: float = PATIENCE_S) -> int:
    """Let screens join the live alerts that are for them; return how many did. Costs one look while none is live."""
    at = parts.clock.now()
    with parts.db.read() as tx:
        if not store.live(tx, org, at):
            return 0
    with parts.db.transaction(patience_s) as tx:
        return retarget(tx, org, at)


def alarmed(parts: Parts) -> tuple[str, ...]:
    """The organisations with a live alert."""
    with parts.db.read() as tx:
        return store.alarmed(tx, parts.clock.now())
