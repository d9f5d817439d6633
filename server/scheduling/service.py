"""Use cases of scheduling: put playlists on screens, move them, rest them, take them off and bring them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from server import audit
from server.accounts.model import Identity
from server.db import Transaction
from server.errors import Conflict, NotFound, Stale
from server.events import SlotChanged
from server.hierarchy import hierarchy
from server.ids import new_id
from server.paging import cursor, place
from server.parts import Parts
from server.scheduling import store
from server.scheduling.checks import checked, must_be_date, must_fit
from server.scheduling.model import DEFAULT_SHARE, SlotOrder, SlotQuery, SlotRow, Targets
from server.scheduling.pieces import pieces
from server.scheduling.targets import must_reach, screens_below, screens_of
from server.screens.service import group_tree, groups_of
from server.tables import organisations, screens

FEW_SCREENS = 100

__all__ = [
    "add",
    "change",
    "fallback_of",
    "get",
    "listed",
    "pause",
    "pieces",
    "remove",
    "restore",
    "screens_with",
    "slots_by_screen",
    "zone_of",
]


def add(parts: Parts, who: Identity, order: SlotOrder) -> SlotRow:
    """Put a playlist on screens; raise Invalid, NotFound or Forbidden."""
    order = checked(order)
    with parts.db.transaction() as tx:
        must_fit(tx, who, order)
        slot, now = new_id("t"), parts.clock.now()
        store.insert(tx, who.org, slot, order, who.id, now)
        audit.record(tx, who, now, "slot.add", slot, after=_told(order))
        _announce(tx, who.org, slot, order.targets)
        return _found(tx, who.org, slot)


def change(parts: Parts, who: Identity, slot: str, held: str, order: SlotOrder) -> SlotRow:
    """Replace what a slot says; raise Stale when someone else saved first."""
    order = checked(order)
    with parts.db.transaction() as tx:
        before = _held(tx, who, slot, held)
        must_fit(tx, who, order)
        now = parts.clock.now()
        store.update(tx, who.org, slot, order, _later(now, before))
        audit.record(tx, who, now, "slot.change", slot, before=_told(_order(before)), after=_told(order))
        _announce(tx, who.org, slot, before.targets, order.targets)
        return _found(tx, who.org, slot)


def remove(parts: Parts, who: Identity, slot: str) -> SlotRow:
    """Take a slot off; ``restore`` brings it back."""
    with parts.db.transaction() as tx:
        before = _living(tx, who, slot)
        return _mark(tx, parts, who, before, "slot.remove", parts.clock.now())


def restore(parts: Parts, who: Identity, slot: str) -> SlotRow:
    """Bring a removed slot back as it was; one that was not removed stays as it is."""
    with parts.db.transaction() as tx:
        before = _reachable(tx, who, slot)
        return before if before.deleted is None else _mark(tx, parts, who, before, "slot.restore", None)


def _mark(tx: Transaction, parts: Parts, who: Identity, before: SlotRow, act: str, deleted: int | None) -> SlotRow:
    now = parts.clock.now()
    store.touch(tx, who.org, before.id, _later(now, before), deleted)
    audit.record(tx, who, now, act, before.id, before=_told(_order(before)))
    _announce(tx, who.org, before.id, before.targets)
    return _found(tx, who.org, before.id)


def pause(parts: Parts, who: Identity, slot: str, day: str, *, paused: bool = True) -> SlotRow:
    """Let a slot rest on one local day, or end that rest."""
    must_be_date(day)
    with parts.db.transaction() as tx:
        before = _living(tx, who, slot)
        if (day in before.pauses) == paused:
            return before
        now = parts.clock.now()
        store.set_pause(tx, who.org, slot, day, paused=paused)
        store.touch(tx, who.org, slot, _later(now, before), None)
        audit.record(tx, who, now, "slot.pause" if paused else "slot.unpause", slot, after={"day": day})
        _announce(tx, who.org, slot, before.targets)
        return _found(tx, who.org, slot)


def get(parts: Parts, who: Identity, slot: str) -> SlotRow:
    """One slot that is not removed."""
    with parts.db.read() as tx:
        found = store.get(tx, who.org, slot)
    if found is None or found.deleted is not None:
        raise NotFound(detail="scheduling.no_slot")
    return found


def some(parts: Parts, who: Identity, slots: Collection[str]) -> list[SlotRow]:
    """These slots but for those that are removed, in the order they take turns."""
    with parts.db.read() as tx:
        return store.some(tx, who.org, slots)


def listed(parts: Parts, who: Identity, query: SlotQuery) -> tuple[list[SlotRow], str | None]:
    """A page of slots, newest first, and the cursor of the next one."""
    with parts.db.read() as tx:
        among = _filtered(tx, who.org, query)
        rows = store.page(tx, who.org, place(query.cursor), query.limit + 1, playlist=query.playlist, among=among)
    more = rows[query.limit - 1] if len(rows) > query.limit else None
    return rows[: query.limit], None if more is None else cursor(more.created, more.id)


def _filtered(tx: Transaction, org: str, query: SlotQuery) -> set[str] | None:
    found: set[str] | None = None
    tree = group_tree(tx, org)
    if query.screen is not None:
        above = tree.above(groups_of(tx, org, [query.screen])[query.screen])
        found = store.reaching(tx, org, [query.screen], sorted(above))
    if query.group is not None:
        reached = store.reaching(tx, org, [], sorted(tree.above([query.group])))
        found = reached if found is None else found & reached
    if query.organisation is not None:
        line = (query.organisation, *hierarchy(tx).above(query.organisation))
        reached = store.mandatory_in(tx, org, line)
        found = reached if found is None else found & reached
    return found


def slots_by_screen(tx: Transaction, org: str, wanted: Iterable[str]) -> dict[str, tuple[SlotRow, ...]]:
    """For each screen the living slots that reach it, in the order they take turns; a handful of queries for all.

    Screens that the same slots reach share one tuple.
    """
    wanted = list(wanted)
    tree, direct = group_tree(tx, org), groups_of(tx, org, wanted)
    rows = _rows_for(tx, org, wanted, tree.above(group for groups in direct.values() for group in groups))
    by_group: dict[str, list[int]] = {}
    by_screen: dict[str, list[int]] = {}
    everywhere = [n for n, row in enumerate(rows) if row.targets.everywhere]
    for n, row in enumerate(rows):
        for group in row.targets.groups:
            by_group.setdefault(group, []).append(n)
        for screen in row.targets.screens:
            by_screen.setdefault(screen, []).append(n)
    alike: dict[tuple[frozenset[str], tuple[int, ...]], tuple[SlotRow, ...]] = {}
    found: dict[str, tuple[SlotRow, ...]] = {}
    for screen in wanted:
        key = groups, own = direct[screen], tuple(by_screen.get(screen, ()))
        if key not in alike:
            numbers = {*everywhere, *own, *(n for g in tree.above(groups) for n in by_group.get(g, ()))}
            alike[key] = tuple(rows[n] for n in sorted(numbers))
        found[screen] = alike[key]
    return found


def _rows_for(tx: Transaction, org: str, screens: list[str], groups: frozenset[str]) -> list[SlotRow]:
    """The living slots that reach any of a few screens; for many screens simply all of them."""
    if len(screens) + len(groups) > FEW_SCREENS:
        return store.live(tx, org)
    return store.some(tx, org, store.reaching(tx, org, screens, sorted(groups)))


def zone_of(tx: Transaction, org: str) -> str:
    """The time zone that dayparts are meant in."""
    return str(tx.execute(sa.select(organisations.c.zone).where(organisations.c.id == org)).scalar_one())


def fallback_of(tx: Transaction, org: str, screen: str | None) -> str | None:
    """The playlist that fills the gaps of a screen: its own fallback, else the site's, else None."""
    settings = tx.execute(sa.select(organisations.c.settings).where(organisations.c.id == org)).scalar_one()
    own = sa.select(screens.c.fallback).where(screens.c.org == org, screens.c.id == screen)
    found: str | None = tx.execute(own).scalar() or settings.get("fallback")
    return found


def screens_with(tx: Transaction, org: str, playlist: str) -> frozenset[tuple[str, str]]:
    """(organisation, screen) of every screen that a living slot of ``playlist`` reaches."""
    found = store.targets_of(tx, org, playlist)
    own = screens_of(tx, org, found) if found.screens or found.groups or found.everywhere else ()
    below = screens_below(tx, found)
    return frozenset([*((org, one) for one in own), *((it, one) for it, some in below.items() for one in some)])


def _found(tx: Transaction, org: str, slot: str) -> SlotRow:
    found = store.get(tx, org, slot)
    if found is None:
        raise NotFound(detail="scheduling.no_slot")
    return found


def _reachable(tx: Transaction, who: Identity, slot: str) -> SlotRow:
    found = _found(tx, who.org, slot)
    must_reach(tx, who, found.targets)
    return found


def _living(tx: Transaction, who: Identity, slot: str) -> SlotRow:
    found = _reachable(tx, who, slot)
    if found.deleted is not None:
        raise Conflict(detail="scheduling.removed")
    return found


def _held(tx: Transaction, who: Identity, slot: str, held: str) -> SlotRow:
    found = _living(tx, who, slot)
    if held != str(found.changed):
        raise Stale(revision=str(found.changed), slot=slot)
    return found


def _later(now: int, before: SlotRow) -> int:
    return max(now, before.changed + 1)


def _announce(tx: Transaction, org: str, slot: str, *targets: Targets) -> None:
    """Tell of a slot where it is seen: in its own organisation, and in each in which it is or was mandatory."""
    own = sorted({screen for one in targets for screen in screens_of(tx, org, one)})
    tx.announce(SlotChanged(org, slot, tuple(own)))
    for below, reached in screens_below(tx, *targets).items():
        tx.announce(SlotChanged(below, slot, reached))


def _order(row: SlotRow) -> SlotOrder:
    return SlotOrder(row.playlist, row.targets, row.region, row.daypart, row.priority, row.begins, row.ends,
                     row.share or DEFAULT_SHARE)  # fmt: skip


def _told(order: SlotOrder) -> dict[str, Any]:
    return {
        "playlist": order.playlist,
        "screens": list(order.targets.screens),
        "groups": list(order.targets.groups),
        "all": order.targets.everywhere,
        **_told_below(order),
        "region": order.region,
        "daypart": order.daypart,
        "priority": order.priority,
        "from": order.begins,
        "until": order.ends,
    }


def _told_below(order: SlotOrder) -> dict[str, Any]:
    below = order.targets.organisations
    return {"organisations": list(below), "share": order.share} if below else {}
