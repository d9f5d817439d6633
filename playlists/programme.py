"""Compiling what one screen shows: slots, playlists and fallbacks become spans without gap or overlap."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from playlists.airtime import spliced
from playlists.model import Channel, Colour, Layout, Loop, Mandatory, Programme, Region, Showing, Slot, Span
from playlists.sweep import obeyed, ranked, stretches, with_mandatory
from playlists.timeline import re_anchor, running
from playlists.wire import version_of


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a loop stands since it was edited: occurrences begun by ``since_ms`` count turns from ``anchor_ms``."""

    since_ms: int
    anchor_ms: int


@dataclass(frozen=True, slots=True)
class Brief:
    """All that the programme of one screen depends on.

    ``showings`` maps (playlist id, region name) to what plays; a playlist with nothing to show is passed over, so
    that what lies below it shows instead of black. ``fallback`` maps region names to playlist ids. ``anchors`` are
    kept by ``loop_key``. The window is [begins, ends) UTC ms; ``zone`` is an IANA name. ``mandatory`` slots may
    together fill ``airtime`` percent (0..50) of what else plays.
    """

    screen: str
    width: int
    height: int
    colour: Colour
    layout: Layout
    zone: str
    begins: int
    ends: int
    slots: tuple[Slot, ...] = ()
    showings: Mapping[tuple[str, str], tuple[Showing, ...]] = field(default_factory=dict)
    fallback: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    anchors: Mapping[str, Anchor] = field(default_factory=dict)
    blank: bool = False
    mandatory: tuple[Mandatory, ...] = ()
    airtime: int = 0


def loop_key(playlists: Sequence[str], region: Region, colour: Colour) -> str:
    """The lasting name of a loop, whatever its playlists contain: whose turn it is, and on what lamps."""
    return json.dumps([*playlists, region.width, region.height, colour.value], ensure_ascii=False)


def compile(brief: Brief) -> Programme:  # noqa: A001
    """The programme of a screen, its version filled in; the same brief, in whatever order, is the same programme.

    Per region the highest priority wins, equal ones take turns in the order (created, id), each playlist once, and
    the fallback fills what is left. Mandatory playlists come among whatever that is. Raises ``UnknownZone``.
    """
    loops = _Loops(brief)
    channels = tuple(_channel(brief, region, loops) for region in brief.layout.regions)
    programme = Programme(
        screen=brief.screen,
        width=brief.width,
        height=brief.height,
        colour=brief.colour,
        begins=brief.begins,
        ends=brief.ends,
        channels=channels,
        loops=tuple(loops.found),
        blank=brief.blank,
    )
    return replace(programme, version=version_of(programme))


class _Turns(NamedTuple):
    """Whose turn it is: the own playlists, and the mandatory ones with what they may fill together."""

    own: tuple[str, ...]
    mandatory: tuple[str, ...] = ()
    percent: int = 0

    @property
    def playlists(self) -> tuple[str, ...]:
        return self.own + self.mandatory


class _Loops:
    """The loops of a programme as they are found, equal ones once."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.found: list[Loop] = []
        self._numbers: dict[tuple[str, ...], dict[tuple[str, int], int]] = {}

    def number(self, turns: _Turns, region: str) -> int:
        """The number of the loop in which these playlists take turns on a region."""
        numbers, here = self._numbers.setdefault(turns.playlists, {}), (region, turns.percent)
        if here not in numbers:
            loop = self._loop(turns, region)
            equal = (number for number in numbers.values() if self.found[number] == loop)
            numbers[here] = next(equal, len(self.found))
            if numbers[here] == len(self.found):
                self.found.append(loop)
        return numbers[here]

    def _loop(self, turns: _Turns, region: str) -> Loop:
        own, forced = ([one for p in some for one in self._shown(p, region)] for some in (turns.own, turns.mandatory))
        return Loop(spliced(own, forced, turns.percent), turns.playlists)

    def _shown(self, playlist: str, region: str) -> tuple[Showing, ...]:
        return self.brief.showings.get((playlist, region), ())


def _channel(brief: Brief, region: Region, loops: _Loops) -> Channel:
    shown = {playlist for playlist, name in brief.showings if name == region.name and _shows(brief, playlist, name)}
    order = [slot for slot in ranked(brief.slots, region.name) if slot.playlist in shown]
    asked = [one for one in obeyed(brief.mandatory, region.name) if brief.airtime and one.slot.playlist in shown]
    fallback = tuple(dict.fromkeys(one for one in brief.fallback.get(region.name, ()) if one in shown))
    window = brief.zone, brief.begins, brief.ends
    spans: list[Span] = []
    for (begins, ends, top, start), above in with_mandatory(stretches(order, *window), asked, *window):
        own = tuple(dict.fromkeys(order[n].playlist for n in top)) or fallback
        turns = _turns(own, [asked[n] for n in above], brief.airtime)
        loop = loops.number(turns, region.name)
        anchor = _anchor(brief, region, turns.playlists, start)
        if spans and (spans[-1].loop, spans[-1].anchor) == (loop, anchor):
            begins = spans.pop().begins
        spans.append(Span(begins, ends, loop, anchor))
    lengths = {number: loops.found[number].length_ms for number in {span.loop for span in spans}}
    settled = tuple(_settled(span, lengths[span.loop]) for span in spans)
    return Channel(region, settled, loops.number(_Turns(fallback), region.name))


def _turns(own: tuple[str, ...], asked: Sequence[Mandatory], airtime: int) -> _Turns:
    mandatory = tuple(dict.fromkeys(one.slot.playlist for one in asked))
    return _Turns(own, mandatory, min(sum(one.share for one in asked), airtime))


def left_out(brief: Brief, programme: Programme) -> tuple[tuple[str, str, str], ...]:
    """(playlist, region, item) of every mandatory showing that a loop of its compiled programme has no time for."""
    found: dict[tuple[str, str, str], None] = {}
    mandatory = {one.slot.playlist for one in brief.mandatory}
    for channel in programme.channels if mandatory else ():
        name = channel.region.name
        for number in sorted({span.loop for span in channel.spans}):
            loop = programme.loops[number]
            here = {(one.playlist, one.item) for one in loop.showings}
            for playlist in loop.playlists:
                if playlist in mandatory:
                    every = (one.item for one in brief.showings[playlist, name] if one.duration_ms)
                    found.update({(playlist, name, item): None for item in every if (playlist, item) not in here})
    return tuple(found)


def _shows(brief: Brief, playlist: str, region: str) -> bool:
    return any(one.duration_ms for one in brief.showings[playlist, region])


def _anchor(brief: Brief, region: Region, playlists: tuple[str, ...], start: int) -> int:
    if not brief.anchors:
        return start
    stored = brief.anchors.get(loop_key(playlists, region, brief.colour))
    return start if stored is None or start > stored.since_ms else stored.anchor_ms


def _settled(span: Span, length: int) -> Span:
    """The span with its anchor no later than it begins, earlier by whole turns."""
    late = span.anchor - span.begins
    turns = -(-late // length) if length else 0
    return span if late <= 0 else replace(span, anchor=min(span.anchor - turns * length, span.begins))


def anchors_after(old: Programme, new: Programme, at: int) -> dict[str, Anchor]:
    """What to store at ``at`` so that the loops running then, and edited since ``old``, go on without a jump.

    Compile once with the anchors known so far, add these to them, compile again; ``loop_key`` names each.
    """
    found: dict[str, Anchor] = {}
    before = {channel.region: channel for channel in old.channels}
    for channel in new.channels:
        if channel.region not in before:
            continue
        (was, anchor), (loop, _) = running(old, before[channel.region], at), running(new, channel, at)
        if was.playlists == loop.playlists and was.showings != loop.showings:
            key = loop_key(loop.playlists, channel.region, new.colour)
            found.setdefault(key, Anchor(at, re_anchor(was, anchor, loop, at)))
    return found
