"""What should be on a region at an instant, as a pure function of the programme (players/screen/timeline.js agrees)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from playlists.model import Channel, Cue, Effect, Loop, Programme, Region, Showing, Span

_FOREVER = 2**53 - 1


def cue_at(programme: Programme, region_name: str, at: int) -> Cue | None:
    """The cue of a region at instant ``at`` (UTC ms); None is black: nothing to show, blanked, no such region."""
    channel = _channel(programme, region_name)
    if channel is None or programme.blank:
        return None
    span = _stretch(channel, at)
    loop = programme.loops[span.loop]
    if not loop.length_ms:
        return None
    showing, page, elapsed = _position(loop, (at - span.anchor) % loop.length_ms)
    return Cue(span.loop, showing, page, elapsed, _x(channel.region, loop.showings[showing], elapsed))


def next_change(programme: Programme, region_name: str, at: int) -> int | None:
    """The first instant after ``at`` at which a page's turn, or a span, ends or begins; None when none ever does."""
    channel = _channel(programme, region_name)
    if channel is None or programme.blank:
        return None
    span = _stretch(channel, at)
    edge = None if span.ends == _FOREVER else span.ends
    loop = programme.loops[span.loop]
    if not loop.length_ms:
        return edge
    showing, page, elapsed = _position(loop, (at - span.anchor) % loop.length_ms)
    turn = at - elapsed + loop.showings[showing].pages[page].duration_ms
    return turn if edge is None else min(turn, edge)


def resources(programme: Programme, begins: int, ends: int) -> tuple[str, ...]:
    """The media that any region shows within [begins, ends), the soonest needed first; none while blanked."""
    soonest: dict[str, int] = {}
    if not programme.blank:
        for channel in programme.channels:
            for at, media in _needs(programme, channel, begins, ends):
                soonest[media] = min(at, soonest.get(media, at))
    return tuple(sorted(soonest, key=lambda media: (soonest[media], media)))


def running(programme: Programme, channel: Channel, at: int) -> tuple[Loop, int]:
    """The loop that turns on a channel at ``at``, and the anchor it turns from."""
    span = _stretch(channel, at)
    return programme.loops[span.loop], span.anchor


def re_anchor(old: Loop, old_anchor: int, new: Loop, at: int) -> int:
    """The anchor from which ``new`` shows at ``at`` what ``old`` showed: the same item, as far into it.

    An item made shorter is at its last ms; when it is gone, the next one of the old order that is still there
    starts at ``at``. Never negative: a whole turn is added where needed.
    """
    if not new.length_ms:
        return at
    item, elapsed = _running_item(old, old_anchor, new, at)
    offset = sum(showing.duration_ms for showing in new.showings[:item])
    anchor = at - offset - min(elapsed, max(new.showings[item].duration_ms - 1, 0))
    return anchor if anchor >= 0 else anchor % new.length_ms


def _running_item(old: Loop, old_anchor: int, new: Loop, at: int) -> tuple[int, int]:
    """The number of the showing of ``new`` to be at, and the ms into it."""
    if not old.length_ms:
        return 0, 0
    n, page, elapsed = _position(old, (at - old_anchor) % old.length_ms)
    elapsed += sum(page.duration_ms for page in old.showings[n].pages[:page])
    places = _places(new)
    for k in range(n, n + len(old.showings)):
        showing = old.showings[k % len(old.showings)]
        if showing.item in places:
            nth = sum(one.item == showing.item for one in old.showings[: k % len(old.showings)])
            same = places[showing.item]
            return same[min(nth, len(same) - 1)], elapsed if k == n else 0
    return 0, 0


def _places(loop: Loop) -> dict[str, list[int]]:
    """Where each item that takes any time stands in a loop; an item may stand there more than once."""
    places: dict[str, list[int]] = {}
    for n, showing in enumerate(loop.showings):
        if showing.duration_ms:
            places.setdefault(showing.item, []).append(n)
    return places


def _channel(programme: Programme, region_name: str) -> Channel | None:
    return next((channel for channel in programme.channels if channel.region.name == region_name), None)


def _stretch(channel: Channel, at: int) -> Span:
    """The span at ``at``; outside every span the fallback turns from anchor 0 until the next span begins."""
    after = bisect_right(channel.spans, at, key=lambda span: span.begins)
    if after and at < channel.spans[after - 1].ends:
        return channel.spans[after - 1]
    ends = channel.spans[after].begins if after < len(channel.spans) else _FOREVER
    return Span(channel.spans[after - 1].ends if after else 0, ends, channel.fallback, 0)


def _position(loop: Loop, position: int) -> tuple[int, int, int]:
    """The showing, the page and the ms into the page at ``position`` ms of a turn."""
    for n, showing in enumerate(loop.showings):
        for m, page in enumerate(showing.pages):
            if position < page.duration_ms:
                return n, m, position
            position -= page.duration_ms
    raise ValueError("a position lies within its loop")


def _x(region: Region, showing: Showing, elapsed_ms: int) -> int:
    if showing.effect is not Effect.SCROLL:
        return 0
    return region.width - elapsed_ms * showing.speed // 1000


def _needs(programme: Programme, channel: Channel, begins: int, ends: int) -> Iterator[tuple[int, str]]:
    at = begins
    while at < ends:
        span = _stretch(channel, at)
        until = min(ends, span.ends)
        yield from _turns(programme.loops[span.loop], span.anchor, at, until)
        at = until


def _turns(loop: Loop, anchor: int, begins: int, ends: int) -> Iterator[tuple[int, str]]:
    """Each page that shows within [begins, ends), with the first instant at which it does."""
    length = loop.length_ms
    if not length:
        return
    now = (begins - anchor) % length
    offset = 0
    for showing in loop.showings:
        for page in showing.pages:
            late = now - offset  # how long ago this turn's page began; negative when it is still to come
            wait = 0 if 0 <= late < page.duration_ms else (-late) % length
            if page.duration_ms and begins + wait < ends:
                yield begins + wait, page.media
            offset += page.duration_ms
