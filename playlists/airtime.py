"""Mandatory showings among a loop's own, so that they fill as much of its time as they may and never more."""

from __future__ import annotations

from collections.abc import Sequence

from playlists.model import Showing

MOST_SHOWINGS = 600  # of a loop into which others are spliced


def spliced(own: Sequence[Showing], mandatory: Sequence[Showing], percent: int) -> tuple[Showing, ...]:
    """One turn of a loop in which ``mandatory`` fills at most ``percent`` (0..50) of the time, spread evenly.

    Both are repeated as often as that takes: the shortest turn that falls short of ``percent`` by less than one, or
    else the one of at most ``MOST_SHOWINGS`` that comes closest. Where none is short enough, mandatory showings are
    left out from the end. Without own showings there is no time of theirs to keep: the mandatory ones turn alone.
    """
    forced = [one for one in mandatory if one.duration_ms]
    if not percent or not forced:
        return tuple(own)
    if not _length(own):
        return tuple(forced)
    for count in range(len(forced), 0, -1):
        shown = forced[:count]
        times = _times(own, shown, percent)
        if times:
            return _spread(tuple(own) * times[0], tuple(shown) * times[1])
    return tuple(own)


def _times(own: Sequence[Showing], forced: Sequence[Showing], percent: int) -> tuple[int, int] | None:
    """How often the own and the mandatory showings come in one turn; None when no turn is short enough."""
    mine, theirs = _length(own), _length(forced)
    best: tuple[int, int] | None = None
    for n in range(1, (MOST_SHOWINGS - len(forced)) // len(own) + 1):
        fits = (MOST_SHOWINGS - n * len(own)) // len(forced)
        m = min(fits, n * mine * percent // (theirs * (100 - percent)))
        if m and 100 * m * theirs > (percent - 1) * (n * mine + m * theirs):
            return n, m
        if m and (best is None or m * best[0] > best[1] * n):
            best = n, m
    return best


def _spread(own: Sequence[Showing], forced: Sequence[Showing]) -> tuple[Showing, ...]:
    """Each mandatory showing as soon as its part of the own time has passed."""
    length, passed, found, given = _length(own), 0, list[Showing](), 0
    for one in own:
        found.append(one)
        passed += one.duration_ms
        due = passed * len(forced) // length
        found += forced[given:due]
        given = due
    return tuple(found)


def _length(showings: Sequence[Showing]) -> int:
    return sum(one.duration_ms for one in showings)
