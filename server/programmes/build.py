"""From sources and showings to the texts that are stored: one compile for all screens that look the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from playlists import programme, wire
from playlists.model import Loop, Page, Programme, Showing
from playlists.programme import Anchor, Brief, anchors_after, loop_key
from playlists.programme import compile as compile_programme
from server.programmes.model import Finding, Looks, Sources

MOST_NAMED = 4  # pictures a nudge carries; players fetch as many at once
NOBODY = ""  # the screen of a programme that is yet to be given one


@dataclass(frozen=True, slots=True)
class Built:
    """A programme but for its screen: ``head`` is its canonical JSON up to the screen, ``anchors`` are to be stored."""

    programme: Programme
    head: str
    anchors: Mapping[str, Anchor]
    shapes: Mapping[str, str]

    def versions(self, screens: Iterable[str]) -> dict[str, str]:
        """The version for each screen; the long part they share is hashed once."""
        shared = hashlib.sha256(self.head.encode())
        found = {}
        for screen in screens:
            whole = shared.copy()
            whole.update(f"{_named(screen)},{self._end}".encode())
            found[screen] = whole.hexdigest()[:32]
        return found

    def tail(self, screen: str, version: str) -> str:
        """What follows ``head`` for one screen: together the same bytes as ``wire.programme_bytes``."""
        return f'{_named(screen)},"version":"{version}",{self._end}'

    @property
    def _end(self) -> str:
        return f'"width":{self.programme.width}}}'


def brief(
    looks: Looks, read: Sources, window: tuple[int, int], showings: Mapping[tuple[str, str], tuple[Showing, ...]]
) -> Brief:
    """What the core needs to compile for screens that look like this."""
    fallback = {region.name: (looks.fallback,) for region in looks.layout.regions} if looks.fallback else {}
    return Brief(
        NOBODY, looks.width, looks.height, looks.colour, looks.layout, read.zone, *window,
        slots=looks.slots, showings=showings, fallback=fallback, anchors=read.anchors, blank=looks.blank,
        mandatory=read.mandatory, airtime=read.airtime,
    )  # fmt: skip


def left_out(brief: Brief, built: Built) -> tuple[Finding, ...]:
    """What of the mandatory playlists found no time."""
    left = programme.left_out(brief, built.programme)
    cap = {"n": brief.airtime}
    return tuple(Finding("programmes.no_airtime", playlist, item, region, cap) for playlist, region, item in left)


def first(brief: Brief) -> Built:
    """Compile with the anchors known so far."""
    programme = compile_programme(brief)
    return Built(programme, head_of(wire.programme_bytes(programme).decode()), {}, {})


def settled(brief: Brief, new: Built, olds: Iterable[Programme], shapes: Mapping[str, str], at: int) -> Built:
    """Compile again where a running loop was edited, so that it goes on without a jump.

    A loop whose anchor was already set for the same contents keeps it: screens compiled later fall into step with
    those compiled before.
    """
    now = _shapes(new.programme)
    found: dict[str, Anchor] = {}
    for old in olds:
        for key, anchor in anchors_after(old, new.programme, at).items():
            if shapes.get(key) != now[key]:
                found.setdefault(key, anchor)
    if not found:
        return new
    again = first(replace(brief, anchors={**brief.anchors, **found}))
    return replace(again, anchors=found, shapes={key: now[key] for key in found})


def unseen(new: Programme, olds: Iterable[Programme]) -> tuple[str, ...]:
    """The first few pictures of a programme that none of those before it shows: what an edit made."""
    known = {page.media for old in olds for page in _pages(old)}
    found = dict.fromkeys(page.media for page in _pages(new) if page.media and page.media not in known)
    return tuple(islice(found, MOST_NAMED))


def _pages(programme: Programme) -> Iterator[Page]:
    return (page for loop in programme.loops for showing in loop.showings for page in showing.pages)


def _named(screen: str) -> str:
    return f',"screen":{json.dumps(screen, ensure_ascii=False)}'


def head_of(text: str) -> str:
    """The canonical JSON of a programme up to its screen, which is where programmes that look the same differ."""
    return text[: text.rindex(',"screen":')]


def _shapes(programme: Programme) -> dict[str, str]:
    found: dict[str, str] = {}
    for channel in programme.channels:
        for number in {channel.fallback, *(span.loop for span in channel.spans)}:
            loop = programme.loops[number]
            found[loop_key(loop.playlists, channel.region, programme.colour)] = shape(loop)
    return found


def shape(loop: Loop) -> str:
    """What a loop's anchor depends on, in short: its items and how long each takes."""
    told: Sequence[object] = [[showing.item, showing.duration_ms] for showing in loop.showings]
    return hashlib.sha256(wire.canonical(told)).hexdigest()[:32]
