"""Where slots get in each other's way, said from the side of one slot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from playlists import calendar
from playlists.conflicts import Clash as CoreClash
from playlists.conflicts import Conflict as CoreConflict
from playlists.conflicts import conflicts
from server.accounts.model import Identity
from server.db import Transaction
from server.parts import Parts
from server.scheduling import store
from server.scheduling.model import Clash, SlotRow, lasting
from server.scheduling.service import pieces, slots_by_screen, zone_of
from server.scheduling.targets import screens_of
from server.screens import service as screens

AHEAD_DAYS = 15  # two whole weeks show every weekday twice


def on_screen(parts: Parts, who: Identity, screen: str) -> list[Clash]:
    """Every conflict on a screen in the two weeks to come."""
    with parts.db.read() as tx:
        screens.visible(tx, who, screen)
        return list(_on(tx, who.org, parts.clock.now(), [screen]))


def of_slot(parts: Parts, who: Identity, slot: str) -> list[Clash]:
    """The conflicts of one slot on every screen it reaches, each told once, from its side."""
    with parts.db.read() as tx:
        row = store.get(tx, who.org, slot)
        if row is None:
            return []
        found = _on(tx, who.org, parts.clock.now(), screens_of(tx, who.org, row.targets))
        mine = [clash for clash in found if clash.slot == slot]
    return list({(clash.other, clash.kind): clash for clash in reversed(mine)}.values())[::-1]


def _on(tx: Transaction, org: str, now: int, wanted: Sequence[str] | frozenset[str]) -> Iterator[Clash]:
    zone = zone_of(tx, org)
    begins, ends = calendar.day_bounds(zone, now, AHEAD_DAYS)
    seen: dict[tuple[str, ...], str] = {}
    for screen, rows in slots_by_screen(tx, org, sorted(wanted)).items():
        alike = tuple(row.id for row in rows)
        if seen.setdefault(alike, screen) == screen:
            known = {row.id: row for row in rows}
            core = [piece for row in rows for piece in pieces(row)]
            for clash in conflicts(core, zone, max(begins, now), ends):
                yield from _told(clash, known, screen)


def _told(clash: CoreClash, rows: Mapping[str, SlotRow], screen: str) -> Iterator[Clash]:
    first, *others = dict.fromkeys(clash.slots)
    if clash.conflict is CoreConflict.TURNS:
        pairs = [(a, b, "takes_turns") for a in (first, *others) for b in (first, *others) if a != b]
    else:
        pairs = [pair for b in others for pair in ((first, b, "hidden_by"), (b, first, "hides"))]
    for slot, other, kind in pairs:
        row = rows[other]
        yield Clash(
            slot=slot, other=other, playlist=row.playlist, name=row.playlist_name, screen=screen, kind=kind,
            **lasting(clash.begins, clash.ends),
        )  # fmt: skip
