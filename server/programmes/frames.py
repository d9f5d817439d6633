"""The exact pixels of instants, composed as the player composes them; the last few are remembered."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from media import jobs
from media.errors import Missing
from media.values import Layer
from playlists.alert import Alert
from playlists.model import Colour, Cue, Effect, Programme, Region
from playlists.notice import Moment, Notice, moment, notice
from playlists.noticedraw import strokes
from playlists.precedence import Turn
from playlists.timeline import cue_at
from server.errors import NotFound
from server.parts import Parts
from server.press import pressed

KEPT_BYTES = 64 * 1024 * 1024  # one frame of a large screen may take ten million
FADE_MS = 400  # as players/screen/regionview.js


class Seen(NamedTuple):
    """A page on a region: its media ("" is black), its column, and how much of what lies beneath it covers."""

    media: str
    x: int
    part: float = 1.0


class Frames:
    """Draws instants; safe for several greenlets and threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, parts: Parts, programme: Programme, at: int, region: str | None, over: Turn | None = None) -> bytes:
        """A PNG of the screen, or of one region, at ``at``, an alert over it; raise NotFound for an unknown region."""
        places = regions(programme, region)
        seen = [(place, one) for place in places for one in seen_on(programme, place, at)]
        width, height, colour = programme.width, programme.height, programme.colour.value
        part = (places[0].x, places[0].y, places[0].width, places[0].height) if region else None
        now = over and (over.alert, _moment(width, height, colour, over, at))
        key = (width, height, colour, region, tuple(seen), now)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        layers = [_layer(parts, place, one) for place, one in seen]
        painted = tuple(strokes(_notice(width, height, colour, now[0]), now[1], now[0].qr)) if now else ()
        data = pressed(jobs.compose, width, height, colour, layers, painted, part)
        self._keep(key, data)
        return data

    def _keep(self, key: tuple[Any, ...], data: bytes) -> None:
        with self._lock:
            self._bytes += len(data) - len(self._kept.pop(key, b""))
            self._kept[key] = data
            while self._bytes > KEPT_BYTES:
                self._bytes -= len(self._kept.popitem(last=False)[1])


def of_alert(width: int, height: int, colour: str, alert: Alert, elapsed: int) -> bytes:
    """A PNG of an alert alone on a black screen, ``elapsed`` ms after it came."""
    now = _moment(width, height, colour, Turn(alert, elapsed, 0), elapsed)
    painted = tuple(strokes(_notice(width, height, colour, alert), now, alert.qr))
    return pressed(jobs.compose, width, height, colour, [], painted, None)


@lru_cache(maxsize=64)
def _notice(width: int, height: int, colour: str, alert: Alert) -> Notice:
    return notice((width, height), colour, alert)


def _moment(width: int, height: int, colour: str, turn: Turn, at: int) -> Moment:
    return moment(_notice(width, height, colour, turn.alert), turn.elapsed_ms, turn.length_ms, at)


def regions(programme: Programme, region: str | None) -> list[Region]:
    """Every region, or the one called ``region``; raise NotFound."""
    found = [channel.region for channel in programme.channels if region in (None, channel.region.name)]
    if not found:
        raise NotFound(detail="programmes.no_region_there", region=region)
    return found


def seen_on(programme: Programme, region: Region, at: int) -> list[Seen]:
    """What stands on a region: one page, or two while the second fades in over the first."""
    cue = cue_at(programme, region.name, at)
    if cue is None:
        return [Seen("", 0)]
    if not _fades(programme, cue):
        return [_page(programme, cue)]
    before = cue_at(programme, region.name, at - cue.elapsed_ms - 1)
    under = _page(programme, before) if before else Seen("", 0)
    return [under, _page(programme, cue)._replace(part=cue.elapsed_ms / FADE_MS)]


def _fades(programme: Programme, cue: Cue) -> bool:
    """Only full colour can mix two pages; the other classes cut."""
    effect = programme.loops[cue.loop].showings[cue.showing].effect
    return effect is Effect.FADE and programme.colour is Colour.FULL and cue.elapsed_ms < FADE_MS


def _page(programme: Programme, cue: Cue) -> Seen:
    return Seen(programme.loops[cue.loop].showings[cue.showing].pages[cue.page].media, cue.x)


def _layer(parts: Parts, region: Region, seen: Seen) -> Layer:
    path = picture_path(parts, seen.media)
    return Layer(region.x, region.y, region.width, region.height, path, seen.x, seen.part)


def picture_path(parts: Parts, media: str) -> Path | None:
    """Where a page's picture lies, or None for black and for a blob that is gone."""
    try:
        return parts.blobs.path(media) if media else None
    except Missing:
        return None
