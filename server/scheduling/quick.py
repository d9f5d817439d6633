"""A quick line: from typed to scheduled in one transaction, with whatever review its screens ask for."""

from __future__ import annotations

from dataclasses import dataclass

from playlists import calendar
from playlists.rules import clean
from server.accounts.model import NOWHERE, Identity
from server.db import Transaction
from server.editorial import service as editorial
from server.editorial.model import PlaylistView
from server.errors import Invalid, Violation
from server.parts import Parts
from server.scheduling import service
from server.scheduling.model import QUICK_PRIORITY, SlotOrder, SlotRow, Targets, Until
from server.scheduling.service import zone_of
from server.scheduling.targets import must_reach, screens_of, strictest

HOUR_MS = 3_600_000
NAME_CHARACTERS = 30


@dataclass(frozen=True, slots=True)
class QuickLine:
    """What became of a quick line: its playlist, its slot, where its review stands, how many screens it reaches."""

    playlist: str
    slot: SlotRow
    state: str
    screens: int


def quick_line(
    parts: Parts, who: Identity, text: str, targets: Targets, until: Until = Until.TODAY, region: str = "main"
) -> QuickLine:
    """Make a playlist of one slogan, submit it and schedule it from now on; all of it or nothing.

    Raises Invalid for a text or targets that will not do, Forbidden for screens of another unit.
    """
    who.must("content")
    now = parts.clock.now()
    with parts.db.transaction() as tx:
        must_reach(tx, who, targets)
        reached = screens_of(tx, who.org, targets)
        if not reached:
            rule = "scheduling.no_screens" if targets.groups else "scheduling.no_targets"
            raise Invalid((Violation("targets", rule),))
        made = _submitted(parts, who, text, _home(tx, who, targets))
        ends = ending(zone_of(tx, who.org), now, until)
        order = SlotOrder(made.id, targets, region, None, QUICK_PRIORITY, now, ends)
        slot = service.add(parts, who, order)
    return QuickLine(made.id, slot, made.state, len(reached))


def _submitted(parts: Parts, who: Identity, text: str, group: str | None) -> PlaylistView:
    """The line as a submitted playlist; what is wrong with it is told of the field ``text``."""
    try:
        made = editorial.create(parts, who, _name(text), [{"kind": "slogan", "text": text}], group)
        return editorial.submit(parts, who, made.id, made.revision)
    except Invalid as invalid:
        told = {(v.rule, v.params): Violation("text", v.rule, v.params) for v in invalid.violations}
        raise Invalid(tuple(told.values())) from invalid


def ending(zone: str, now: int, until: Until) -> int | None:
    """When a line put up now leaves by itself: within the hour, at the next midnight, seven midnights on, or never."""
    if until is Until.WITHDRAWN:
        return None
    if until is Until.HOUR:
        return now + HOUR_MS
    return calendar.day_bounds(zone, now, 1 if until is Until.TODAY else 7)[1]


def _name(text: str) -> str:
    line = " ".join(clean(text).split()) or "-"
    return line if len(line) <= NAME_CHARACTERS else line[: NAME_CHARACTERS - 1] + "…"


def _home(tx: Transaction, who: Identity, targets: Targets) -> str | None:
    """The group the line belongs to: the one that asks for most review; without any, one in which ``who`` may write."""
    group, _ = strictest(tx, who.org, targets)
    if group is not None or who.may("content", NOWHERE):
        return group
    return next((grant.group for grant in who.grants if grant.scope in ("content", "*")), None)
