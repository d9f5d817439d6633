"""The position of the live sets, each read in one piece: of all screens, of one, of the whole server."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from playlists.alert import Alert
from server.alerts import store, unstored
from server.alerts.deliveries import retarget
from server.alerts.live import NOTHING, Extra, live_sets
from server.alerts.model import StoredAlert
from server.alerts.reach import organisations_of
from server.db import PATIENCE_S, Transaction
from server.hierarchy import hierarchy
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


def position(parts: Parts, org: str | None, at: int) -> Position:
    """Epoch, seq and the live set of every screen that has any, at an instant in UTC ms; None: of all."""
    return _position(parts, org, None, at)


def held_by(parts: Parts, org: str | None, screens: Collection[str], at: int) -> Position:
    """Epoch, seq and the live sets of some screens of an organisation (None: of any), at an instant in UTC ms."""
    return _position(parts, org, screens, at)


def _position(parts: Parts, org: str | None, screens: Collection[str] | None, at: int) -> Position:
    with parts.db.read() as tx:
        epoch, seq = store.stands(tx)
        kept, stored = _extras(parts, tx, org)
        return Position(epoch, seq, live_sets(tx, org, at, screens, kept), stored=stored)


def _extras(parts: Parts, tx: Transaction, org: str | None) -> tuple[Sequence[Extra], bool]:
    """What only memory holds of an organisation and those above, or (None) of all; whether all is stored."""
    found = unstored.extras(parts)
    if org is None or not found:
        return found, not found
    over = {org, *hierarchy(tx).above(org)}
    own = tuple(extra for extra in found if extra.alert.org in over)
    return own, not any(extra.alert.org == org or over.intersection(extra.alert.organisations) for extra in own)


def standing(parts: Parts) -> tuple[int, tuple[StoredAlert, ...]]:
    """The position and every live alert of every organisation, without their screens and groups."""
    at = parts.clock.now()
    with parts.db.read() as tx:
        return store.seq(tx), store.live_words(tx, None, at)


def organisations(parts: Parts, org: str, tops: Collection[str]) -> frozenset[str]:
    """The organisations that alerts of ``org`` for these ``tops`` reach, its own among them; no look without any."""
    if not tops:
        return frozenset({org})
    with parts.db.read() as tx:
        return organisations_of(tx, org, tops)


def rejoin(parts: Parts, org: str, patience_s: float = PATIENCE_S) -> int:
    """Let screens join the live alerts that are for them; return how many did. Costs one look while none is live."""
    at = parts.clock.now()
    with parts.db.read() as tx:
        issuers = sorted({one.org for one in store.live_words(tx, org, at)})
    if not issuers:
        return 0
    with parts.db.transaction(patience_s) as tx:
        return sum(retarget(tx, issuer, at) for issuer in issuers)


def alarmed(parts: Parts) -> tuple[str, ...]:
    """The organisations with a live alert."""
    with parts.db.read() as tx:
        return store.alarmed(tx, parts.clock.now())
