"""What organisations above put on the screens of one below, as its receiver sees it: to be read, never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from playlists.model import Mandatory
from server.db import Transaction
from server.hierarchy import hierarchy
from server.scheduling import store
from server.scheduling.model import SlotRow
from server.scheduling.pieces import pieces
from server.tables import organisations, playlists, slot_organisations, slots


@dataclass(frozen=True, slots=True)
class MandatorySlot:
    """A living slot of the organisation ``org`` above, called ``name``; ``depth`` counts down from the top."""

    row: SlotRow
    org: str
    name: str
    depth: int
    share: int

    def pieces(self) -> tuple[Mandatory, ...]:
        """It as the core takes it."""
        return tuple(Mandatory(piece, self.share, self.depth) for piece in pieces(self.row))


class Ordered(NamedTuple):
    """A playlist from above: its name, and the name of the organisation whose it is."""

    name: str
    organisation: str
    share: int | None = None


class Mandate(NamedTuple):
    """A mandatory slot for one organisation and all in it: ``share`` in percent of airtime."""

    playlist: str
    organisation: str
    share: int
    by_hours: bool


def mandates_at(tx: Transaction, at: int) -> tuple[Mandate, ...]:
    """Every mandatory slot of all that is to be on at an instant (UTC ms) and has something approved to show."""
    chosen = sa.select(
        slots.c.playlist, slot_organisations.c.organisation, slot_organisations.c.share, slots.c.daypart
    ).select_from(
        slot_organisations.join(slots, slots.c.id == slot_organisations.c.slot).join(
            playlists, playlists.c.id == slots.c.playlist
        )
    )
    on = (
        slots.c.deleted.is_(None), playlists.c.approved.is_not(None), playlists.c.deleted.is_(None),
        sa.or_(slots.c.begins.is_(None), slots.c.begins <= at), sa.or_(slots.c.ends.is_(None), slots.c.ends > at),
    )  # fmt: skip
    rows = tx.execute(chosen.where(*on))
    return tuple(Mandate(row.playlist, row.organisation, row.share, bool(row.daypart)) for row in rows)


def mandatory_for(tx: Transaction, org: str) -> tuple[MandatorySlot, ...]:
    """The mandatory slots on every screen of an organisation, those from the highest above first."""
    above = hierarchy(tx).above(org)
    asked = store.asked_of(tx, above, (org, *above)) if above else {}
    names = _names(tx, set(asked.values())) if asked else {}
    found: list[MandatorySlot] = []
    for depth, owner in enumerate(reversed(above)):
        wanted = [slot for slot, of in asked.items() if of == owner]
        rows = store.some(tx, owner, wanted) if wanted else []
        found += [MandatorySlot(row, owner, names[owner], depth, row.share) for row in rows if row.share is not None]
    return tuple(found)


def _names(tx: Transaction, wanted: Collection[str]) -> dict[str, str]:
    named = sa.select(organisations.c.id, organisations.c.name).where(organisations.c.id.in_(wanted))
    return {row.id: row.name for row in tx.execute(named)}


def ordered(tx: Transaction, org: str, wanted: Iterable[str] | None = None) -> Mapping[str, Ordered]:
    """The playlists from above, of ``wanted`` or all, that a slot puts on an organisation's screens, or once did.

    ``share`` is what living slots ask for, None when there are none any more.
    """
    chosen = None if wanted is None else sorted(set(wanted))
    above = hierarchy(tx).above(org) if chosen is None or chosen else ()
    if not above:
        return {}
    found: dict[str, Ordered] = {}
    for row in tx.execute(_ordered(above, (org, *above))):
        if chosen is None or row.id in chosen:
            share = (row.share or 0) + ((known.share or 0) if (known := found.get(row.id)) else 0)
            found[row.id] = Ordered(row.name, row.organisation, share or None)
    return found


def _ordered(above: Sequence[str], line: Sequence[str]) -> sa.Select[tuple[str, str, str, int | None]]:
    """One row per slot: its playlist's id and name, whose it is, and what a living one asks for."""
    share = sa.case((slots.c.deleted.is_(None), sa.func.max(slot_organisations.c.share)))
    return (
        sa.select(playlists.c.id, playlists.c.name, organisations.c.name.label("organisation"), share.label("share"))
        .join_from(slots, slot_organisations, slot_organisations.c.slot == slots.c.id)
        .join(playlists, playlists.c.id == slots.c.playlist)
        .join(organisations, organisations.c.id == slots.c.org)
        .where(slots.c.org.in_(above), slot_organisations.c.organisation.in_(line))
        .group_by(slots.c.id, slots.c.deleted, playlists.c.id, playlists.c.name, organisations.c.name)
    )
