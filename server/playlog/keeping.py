"""How long plays are kept: single ones while the disk has room for them, their sums by the hour for longer."""

from __future__ import annotations

import shutil

import structlog

from server.engines import is_postgresql
from server.parts import Parts
from server.playlog import service

log = structlog.get_logger(__name__)

DAY_MS = 86_400_000
SUMS_DAYS = 400
CROWDED = ((0.8, 35), (0.85, 7))  # above this part of the disk used, days at most
ROOM = 100 * 10**9  # bytes; a disk with so much left is not crowded, however large it is


def days(wanted: int, used: float) -> int:
    """How many days single plays are kept where ``wanted`` are and this part of the disk is used.

    A strip that turns a page every nine seconds reports 9,000 plays or 3 MB a day. They must not take the room that an
    alert needs to be stored; where the database reuses what they leave, it grows no further.
    """
    return min(wanted, *(most for share, most in CROWDED if used > share), wanted)


def forget(parts: Parts) -> int:
    """Remove the plays that are too old by now; return how many."""
    at, wanted = parts.clock.now(), parts.config.plays_days
    kept = days(wanted, _used(parts))
    gone = service.forget(parts, at - kept * DAY_MS, at - SUMS_DAYS * DAY_MS)
    if gone and kept < wanted:
        log.warning("plays_forgotten_early", plays=gone, days=kept)
    return gone


def _used(parts: Parts) -> float:
    """Which part of the database's disk is used; 0 where plenty is left, and where it lies elsewhere."""
    if is_postgresql(parts.config.url):
        return 0.0
    usage = shutil.disk_usage(parts.config.data)
    return usage.used / usage.total if usage.free < ROOM else 0.0
