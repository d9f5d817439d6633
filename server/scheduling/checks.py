"""Whether an order for a slot makes sense, names things that exist, and is for somebody who may give it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from playlists import wire
from playlists.model import Slot
from playlists.rules import slot_violations
from playlists.violation import Malformed
from playlists.violation import Violation as Broken
from server.accounts.model import Identity
from server.db import Transaction
from server.editorial import service as editorial
from server.errors import Conflict, Invalid, Violation
from server.scheduling.model import MOST_SHARE, SlotOrder, Targets
from server.scheduling.targets import must_reach, strange_organisations, strictest, unknown_targets
from server.screens.service import group_tree
from server.tables import playlists, screen_groups

YEARS = (1970, 2999)
YEARS_TOLD = (("first", YEARS[0]), ("last", YEARS[1]))


def must_fit(tx: Transaction, who: Identity, order: SlotOrder) -> None:
    """Raise Invalid for what does not exist, Forbidden for screens of another unit, Conflict for too little review."""
    group = _group_of(tx, who.org, order.playlist)
    broken = [Violation("playlist", "scheduling.no_playlist")] if group is None else []
    if order.targets == Targets():
        broken.append(Violation("targets", "scheduling.no_targets"))
    unknown = unknown_targets(tx, who.org, order.targets)
    broken += [Violation("targets", "scheduling.unknown_target", (("name", name),)) for name in unknown]
    broken += [
        Violation(
            f"targets.organisations.{n}", "scheduling.unknown_organisation", (("name", order.targets.organisations[n]),)
        )
        for n in strange_organisations(tx, who.org, order.targets)
    ]
    if not 1 <= order.share <= MOST_SHARE:
        broken.append(Violation("share", "scheduling.share", (("most", MOST_SHARE),)))
    if broken:
        raise Invalid(tuple(broken))
    must_reach(tx, who, order.targets)
    strict, steps = strictest(tx, who.org, order.targets)
    if group_tree(tx, who.org).steps([group]) < steps:
        raise Conflict(detail="scheduling.needs_review", group=strict, name=_name_of_group(tx, who.org, strict))
    given = editorial.passes(tx, who.org, order.playlist)
    if given is not None and given < steps:
        raise Conflict(detail="scheduling.needs_new_review", group=strict, name=_name_of_group(tx, who.org, strict))


def _group_of(tx: Transaction, org: str, playlist: str) -> str | None:
    """The group a playlist belongs to, "" for none; None when there is no such playlist."""
    wanted = (playlists.c.org == org, playlists.c.id == playlist, playlists.c.deleted.is_(None))
    row = tx.execute(sa.select(playlists.c.screen_group).where(*wanted)).first()
    return None if row is None else row.screen_group or ""


def _name_of_group(tx: Transaction, org: str, group: str | None) -> str:
    wanted = (screen_groups.c.org == org, screen_groups.c.id == group)
    return str(tx.execute(sa.select(screen_groups.c.name).where(*wanted)).scalar())


def checked(order: SlotOrder) -> SlotOrder:
    """The order with its daypart in full; raise Invalid naming every field that makes no sense."""
    try:
        daypart = wire.daypart_from_json(order.daypart or {})
    except Malformed as malformed:
        raise Invalid(tuple(violation_of(v.under("daypart")) for v in malformed.violations)) from malformed
    slot = Slot("new", order.playlist, order.region, daypart, order.priority, order.begins, order.ends)
    broken = slot_violations(slot)
    if broken:
        raise Invalid(tuple(violation_of(v) for v in broken))
    far = [name for name in ("first", "last") if getattr(daypart, name) and not is_near(getattr(daypart, name))]
    if far:
        raise Invalid(tuple(Violation(f"daypart.{name}", "scheduling.far_date", YEARS_TOLD) for name in far))
    return replace(order, daypart=dict(wire.daypart_to_json(daypart)))


def violation_of(broken: Broken) -> Violation:
    """The core's violation as the shell tells it."""
    field = {"begins": "from", "ends": "until"}.get(broken.field, broken.field)
    return Violation(field, f"rules.{broken.rule.value}", tuple(sorted(broken.params.items())))


def must_be_date(day: str, field: str = "day") -> None:
    """Raise Invalid for a text that is no date, or one beyond any calendar a site could need."""
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise Invalid((Violation(field, "rules.bad_date"),)) from error
    if not is_near(day):
        raise Invalid((Violation(field, "scheduling.far_date", YEARS_TOLD),))


def is_near(day: str) -> bool:
    """Whether a date lies where instants can be computed on both sides of it."""
    return YEARS[0] <= int(day[:4]) <= YEARS[1]
