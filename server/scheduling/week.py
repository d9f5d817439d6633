"""The week of a screen or a group as the desk draws it: what is on when, and where only the fallback plays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from playlists import calendar
from playlists.sweep import slot_occurrences
from server.accounts.model import Identity
from server.db import Transaction
from server.errors import Invalid, Violation
from server.hierarchy import airtime
from server.parts import Parts
from server.scheduling import store
from server.scheduling.checks import must_be_date
from server.scheduling.mandatory import MandatorySlot, mandatory_for
from server.scheduling.model import SlotRow, lasting
from server.scheduling.service import fallback_of, pieces, slots_by_screen, zone_of
from server.scheduling.week_bodies import Day, Gap, MandatoryAnswer, Occurrence, Week, WeekQuery
from server.screens import service as screens

Stretch = tuple[int, int]


def week(parts: Parts, who: Identity, query: WeekQuery) -> Week:
    """Seven local days from ``monday`` (this week's when None) of a screen, or of the slots that reach a whole group.

    Raises Invalid for a day that is no Monday, and unless exactly one of screen and group is given.
    """
    if (query.screen is None) == (query.group is None):
        raise Invalid((Violation("screen", "scheduling.one_of_two"),))
    with parts.db.read() as tx:
        zone = zone_of(tx, who.org)
        first = _monday(query.monday, calendar.local_day(zone, parts.clock.now()))
        if query.screen is not None:
            screens.visible(tx, who, query.screen)
            rows = slots_by_screen(tx, who.org, [query.screen])[query.screen]
        else:
            above = screens.group_tree(tx, who.org).above([query.group])
            reached = store.reaching(tx, who.org, [], sorted(above))
            rows = tuple(store.some(tx, who.org, reached))
        fallback = fallback_of(tx, who.org, query.screen)
        allowed, ordered = _ordered(tx, who.org)
    playing = [one.row for one in ordered] if allowed else []
    days = [_day(rows, zone, first + n, playing) for n in range(7)]
    within = calendar.instant(zone, first, 0), calendar.instant(zone, first + 6, 1_440)
    told = [_mandatory(one) for one in ordered if any(_spans(one.row, zone, *within))]
    monday = date.fromordinal(first).isoformat()
    return Week(monday=monday, fallback=fallback, days=days, mandatory=told, airtime=allowed)


def above(parts: Parts, who: Identity) -> tuple[list[MandatoryAnswer], int]:
    """What those above put on every screen here, at any time, and the percentage that it may fill."""
    who.must("read")
    with parts.db.read() as tx:
        allowed, ordered = _ordered(tx, who.org)
    return [_mandatory(one) for one in ordered], allowed


def _ordered(tx: Transaction, org: str) -> tuple[int, tuple[MandatorySlot, ...]]:
    return airtime(tx, org), mandatory_for(tx, org)


def _mandatory(one: MandatorySlot) -> MandatoryAnswer:
    row = one.row
    return MandatoryAnswer(
        playlist=row.playlist, playlist_name=row.playlist_name, ordered_by=one.name, share=one.share,
        region=row.region, daypart=row.daypart, **lasting(row.begins, row.ends), pauses=list(row.pauses),
    )  # fmt: skip


def _monday(asked: str | None, today: int) -> int:
    if asked is None:
        return today - (today - 1) % 7
    must_be_date(asked, "monday")
    day = calendar.ordinal(asked)
    if (day - 1) % 7:
        raise Invalid((Violation("monday", "scheduling.not_a_monday", (("day", asked),)),))
    return day


def _day(rows: Sequence[SlotRow], zone: str, day: int, mandatory: Sequence[SlotRow]) -> Day:
    begins, ends = calendar.instant(zone, day, 0), calendar.instant(zone, day, 1_440)
    spans = [(row, span) for row in rows for span in _spans(row, zone, begins, ends)]
    occurrences = [
        _occurrence(row, span, hidden=_covered(span, _above(row, spans))) for row, span in sorted(spans, key=_first)
    ]
    regions = sorted({"main", *(row.region for row in rows)})
    above = [(row.region, span) for row in mandatory for span in _spans(row, zone, begins, ends)]
    gaps = [
        Gap(region=region, **lasting(low, high), mandatory=any(_meets(one, (region, (low, high))) for one in above))
        for region in regions
        for low, high in _holes((begins, ends), [span for row, span in spans if row.region == region])
    ]
    told = date.fromordinal(day).isoformat()
    resting = [_occurrence(row, span, hidden=True) for row, span in _resting(rows, zone, told, begins, ends)]
    return Day(day=told, **lasting(begins, ends), occurrences=occurrences, resting=resting, gaps=gaps)


def _meets(one: tuple[str, Stretch], other: tuple[str, Stretch]) -> bool:
    (region, (begins, ends)), (there, (low, high)) = one, other
    return region == there and begins < high and low < ends


def _occurrence(row: SlotRow, span: Stretch, *, hidden: bool) -> Occurrence:
    return Occurrence(
        slot=row.id, playlist=row.playlist, name=row.playlist_name, priority=row.priority, region=row.region,
        **lasting(*span), hidden=hidden,
    )  # fmt: skip


def _first(one: tuple[SlotRow, Stretch]) -> tuple[Stretch, int, int, str]:
    row, span = one
    return span, -row.priority, row.created, row.id


def _resting(rows: Sequence[SlotRow], zone: str, day: str, begins: int, ends: int) -> Iterator[tuple[SlotRow, Stretch]]:
    """What slots that rest on this day would play on it."""
    for row in rows:
        if day in row.pauses:
            whole = replace(row, daypart={**row.daypart, "first": day, "last": day}, pauses=())
            for span in _spans(whole, zone, begins, ends):
                yield row, span


def _spans(row: SlotRow, zone: str, begins: int, ends: int) -> Iterator[Stretch]:
    for piece in pieces(row):
        for span in slot_occurrences(piece, zone, begins, ends):
            yield span.begins, span.ends


def _above(row: SlotRow, spans: Sequence[tuple[SlotRow, Stretch]]) -> list[Stretch]:
    return [span for other, span in spans if other.region == row.region and other.priority > row.priority]


def _covered(span: Stretch, by: Sequence[Stretch]) -> bool:
    return not list(_holes(span, by))


def _holes(span: Stretch, by: Sequence[Stretch]) -> Iterator[Stretch]:
    """The stretches of ``span`` that none of ``by`` covers."""
    now, ends = span
    for low, high in sorted(by):
        if low >= ends:
            break
        if now < low:
            yield now, low
        now = max(now, high)
    if now < ends:
        yield now, ends
