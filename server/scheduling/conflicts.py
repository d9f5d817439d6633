"""Where slots get in each other's way, said from the side of one slot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from playlists import calendar
from playlists.conflicts import Clash as CoreClash
from playlists.conflicts import Conflict as CoreConflict
from playlists.conflicts import conflicts
from server import problems
from server.accounts.model import Identity
from server.db import Transaction
from server.errors import Conflict
from server.parts import Parts
from server.scheduling import store
from server.scheduling.checks import checked, must_fit
from server.scheduling.model import Clash, Foreseen, SlotOrder, SlotRow, lasting
from server.scheduling.service import pieces, slots_by_screen, zone_of
from server.scheduling.targets import screens_below, screens_of
from server.screens import service as screens

NEW = "new"
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


def foreseen(parts: Parts, who: Identity, order: SlotOrder, instead_of: str | None) -> Foreseen:
    """What a slot would meet if it were saved now, in place of another; raise Invalid for an order without sense."""
    order, now = checked(order), parts.clock.now()
    with parts.db.read() as tx:
        refused = _refused(tx, who, order)
        wanted = screens_of(tx, who.org, order.targets)
        below = sum(len(some) for some in screens_below(tx, order.targets).values())
        row = SlotRow(
            NEW, order.playlist, "", "", order.targets, order.region, order.daypart or {}, order.priority, order.begins,
            order.ends, (), who.id, now, now, None,
        )  # fmt: skip
        mine = [clash for clash in _on(tx, who.org, now, wanted, (row, instead_of)) if clash.slot == NEW]
    met = list({(clash.other, clash.kind): clash for clash in reversed(mine)}.values())[::-1]
    detail, group = refused
    return Foreseen(screens=len(wanted) + below, conflicts=met, refused=detail, group=group)


def _refused(tx: Transaction, who: Identity, order: SlotOrder) -> tuple[str | None, str | None]:
    """Why too little review stands against an order, in words, and the group that asks for it."""
    try:
        must_fit(tx, who, order)
    except Conflict as conflict:
        told = problems.to_object(conflict, who.locale)
        return str(told["detail"]), told.get("group")
    return None, None


def _on(
    tx: Transaction, org: str, now: int, wanted: Sequence[str] | frozenset[str],
    instead: tuple[SlotRow, str | None] | None = None,
) -> Iterator[Clash]:  # fmt: skip
    zone = zone_of(tx, org)
    begins, ends = calendar.day_bounds(zone, now, AHEAD_DAYS)
    seen: dict[tuple[str, ...], str] = {}
    for screen, held in slots_by_screen(tx, org, sorted(wanted)).items():
        rows = held if instead is None else (*(row for row in held if row.id != instead[1]), instead[0])
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
