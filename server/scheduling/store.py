"""Slots in SQL: rows with their targets and pauses, fetched for many slots at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from server.db import Transaction
from server.scheduling.model import SlotOrder, SlotRow, Targets
from server.tables import playlists, slot_groups, slot_organisations, slot_pauses, slot_screens, slots

FEW = 500  # bound parameters one statement may carry safely


def insert(tx: Transaction, org: str, slot: str, order: SlotOrder, by: str, now: int) -> None:
    """Make a slot with its targets."""
    tx.execute(slots.insert().values(id=slot, org=org, by=by, created=now, changed=now, **_columns(order)))
    _put_targets(tx, org, slot, order)


def update(tx: Transaction, org: str, slot: str, order: SlotOrder, changed: int) -> None:
    """Replace what a slot says and whom it is for."""
    where = (slots.c.org == org, slots.c.id == slot)
    tx.execute(slots.update().where(*where).values(changed=changed, **_columns(order)))
    for table in (slot_screens, slot_groups, slot_organisations):
        tx.execute(table.delete().where(table.c.org == org, table.c.slot == slot))
    _put_targets(tx, org, slot, order)


def _columns(order: SlotOrder) -> dict[str, Any]:
    return {
        "playlist": order.playlist,
        "region": order.region,
        "daypart": order.daypart or {},
        "priority": order.priority,
        "begins": order.begins,
        "ends": order.ends,
        "everywhere": order.targets.everywhere,
    }


def _put_targets(tx: Transaction, org: str, slot: str, order: SlotOrder) -> None:
    targets = order.targets
    if targets.screens:
        tx.execute(slot_screens.insert(), [{"slot": slot, "screen": s, "org": org} for s in targets.screens])
    if targets.groups:
        tx.execute(slot_groups.insert(), [{"slot": slot, "screen_group": g, "org": org} for g in targets.groups])
    if targets.organisations:
        below = [{"organisation": o, "share": order.share} for o in targets.organisations]
        tx.execute(slot_organisations.insert(), [{**one, "slot": slot, "org": org} for one in below])


def touch(tx: Transaction, org: str, slot: str, changed: int, deleted: int | None) -> None:
    """Mark a slot changed, and deleted or not."""
    tx.execute(slots.update().where(slots.c.org == org, slots.c.id == slot).values(changed=changed, deleted=deleted))


def set_pause(tx: Transaction, org: str, slot: str, day: str, *, paused: bool) -> None:
    """Let a slot rest on a local day, or not."""
    where = (slot_pauses.c.org == org, slot_pauses.c.slot == slot, slot_pauses.c.day == day)
    tx.execute(slot_pauses.delete().where(*where))
    if paused:
        tx.execute(slot_pauses.insert().values(slot=slot, day=day, org=org))


def get(tx: Transaction, org: str, slot: str) -> SlotRow | None:
    """One slot, deleted ones too."""
    found = _rows(tx, org, [slots.c.id == slot])
    return found[0] if found else None


def live(tx: Transaction, org: str) -> list[SlotRow]:
    """Every slot that is not deleted, in the order they take turns."""
    return _rows(tx, org, [slots.c.deleted.is_(None)])


def some(tx: Transaction, org: str, wanted: Collection[str]) -> list[SlotRow]:
    """These living slots, in the order they take turns."""
    if len(wanted) > FEW:
        return [row for row in live(tx, org) if row.id in wanted]
    return _rows(tx, org, [slots.c.deleted.is_(None), slots.c.id.in_(sorted(wanted))])


def of_playlists(tx: Transaction, org: str, playlists: Collection[str]) -> list[SlotRow]:
    """The living slots of these playlists, in the order they take turns."""
    if len(playlists) > FEW:
        return [row for row in live(tx, org) if row.playlist in playlists]
    return _rows(tx, org, [slots.c.deleted.is_(None), slots.c.playlist.in_(sorted(playlists))])


def page(
    tx: Transaction,
    org: str,
    after: tuple[int, str] | None,
    limit: int,
    *,
    playlist: str | None = None,
    among: Iterable[str] | None = None,
) -> list[SlotRow]:
    """Up to ``limit`` living slots, newest first, after ``(created, id)``."""
    where: list[Any] = [slots.c.deleted.is_(None)]
    if playlist is not None:
        where.append(slots.c.playlist == playlist)
    if among is not None:
        where.append(slots.c.id.in_(list(among)))
    if after is not None:
        created, slot = after
        where.append(sa.or_(slots.c.created < created, sa.and_(slots.c.created == created, slots.c.id < slot)))
    return _rows(tx, org, where, newest_first=True, limit=limit)


def targets_of(tx: Transaction, org: str, playlist: str) -> Targets:
    """All that the living slots of a playlist are for, as one."""
    mine = sa.select(slots.c.id).where(slots.c.org == org, slots.c.playlist == playlist, slots.c.deleted.is_(None))
    everywhere = tx.execute(mine.where(slots.c.everywhere.is_(sa.true())).limit(1)).first() is not None
    named, grouped, below = (
        tuple(tx.execute(sa.select(column).distinct().where(table.c.org == org, table.c.slot.in_(mine))).scalars())
        for table, column in (
            (slot_screens, slot_screens.c.screen),
            (slot_groups, slot_groups.c.screen_group),
            (slot_organisations, slot_organisations.c.organisation),
        )
    )
    return Targets(named, grouped, everywhere, below)


def reaching(tx: Transaction, org: str, screens: Sequence[str], groups: Sequence[str]) -> set[str]:
    """The living slots for any of ``screens`` or ``groups``, or for everything."""
    found = sa.select(slots.c.id).where(
        slots.c.org == org,
        slots.c.deleted.is_(None),
        sa.or_(
            slots.c.everywhere.is_(sa.true()),
            slots.c.id.in_(sa.select(slot_screens.c.slot).where(slot_screens.c.screen.in_(screens))),
            slots.c.id.in_(sa.select(slot_groups.c.slot).where(slot_groups.c.screen_group.in_(groups))),
        ),
    )
    return {row.id for row in tx.execute(found)}


def mandatory_in(tx: Transaction, org: str, line: Sequence[str]) -> set[str]:
    """The living slots of ``org`` that are mandatory in any of the organisations ``line``."""
    named = sa.select(slot_organisations.c.slot).where(slot_organisations.c.organisation.in_(line))
    found = sa.select(slots.c.id).where(slots.c.org == org, slots.c.deleted.is_(None), slots.c.id.in_(named))
    return set(tx.execute(found).scalars())


def asked_of(tx: Transaction, above: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    """The slots of organisations ``above``, living or not, that are mandatory in any of ``line``, and whose each is."""
    table = slot_organisations.c
    found = sa.select(table.slot, table.org).where(table.org.in_(above), table.organisation.in_(line))
    return {row.slot: row.org for row in tx.execute(found)}


_SHARE = (
    sa.select(sa.func.max(slot_organisations.c.share))
    .where(slot_organisations.c.slot == slots.c.id)
    .scalar_subquery()
    .label("share")
)


def _rows(
    tx: Transaction, org: str, where: list[Any], *, newest_first: bool = False, limit: int | None = None
) -> list[SlotRow]:
    order = (slots.c.created.desc(), slots.c.id.desc()) if newest_first else (slots.c.created, slots.c.id)
    statement = (
        sa.select(slots, playlists.c.name.label("playlist_name"), playlists.c.state.label("playlist_state"), _SHARE)
        .join(playlists, playlists.c.id == slots.c.playlist)
        .where(slots.c.org == org, *where)
        .order_by(*order)
        .limit(limit)
    )
    found = list(tx.execute(statement))
    ids = [row.id for row in found]
    screens = _beside(tx, org, slot_screens, slot_screens.c.screen, ids)
    groups = _beside(tx, org, slot_groups, slot_groups.c.screen_group, ids)
    pauses = _beside(tx, org, slot_pauses, slot_pauses.c.day, ids)
    mandatory = [row.id for row in found if row.share is not None]
    below = _beside(tx, org, slot_organisations, slot_organisations.c.organisation, mandatory) if mandatory else {}

    def targets(row: Any) -> Targets:
        return Targets(screens.get(row.id, ()), groups.get(row.id, ()), row.everywhere, below.get(row.id, ()))

    return [_row(row, targets(row), pauses.get(row.id, ())) for row in found]


def _beside(
    tx: Transaction, org: str, table: sa.Table, column: sa.Column[str], ids: list[str]
) -> dict[str, tuple[str, ...]]:
    where = [table.c.org == org]
    if len(ids) <= FEW:
        where.append(table.c.slot.in_(ids))
    found: dict[str, list[str]] = {}
    for row in tx.execute(sa.select(table.c.slot, column.label("value")).where(*where).order_by(column)):
        found.setdefault(row.slot, []).append(row.value)
    return {slot: tuple(values) for slot, values in found.items()}


def _row(row: Any, targets: Targets, pauses: tuple[str, ...]) -> SlotRow:
    return SlotRow(
        row.id, row.playlist, row.playlist_name, row.playlist_state, targets, row.region, dict(row.daypart),
        row.priority, row.begins, row.ends, pauses, row.by, row.created, row.changed, row.deleted,
        row.share,
    )  # fmt: skip
