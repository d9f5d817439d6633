"""How long an alert may stand, how long it may be, how often one may be issued."""

from __future__ import annotations

from dataclasses import dataclass

from playlists.alert import Severity, Status

HOUR_S = 3_600

HEADLINE = 40  # characters
HEADLINE_FITS = 12  # full-width characters on a 192x16 strip without scrolling
WHOLE_FITS = 40  # headline and instruction together: more is not read by people who run
INSTRUCTION = 500
DESCRIPTION = 2_000
NOTE = 500
PLACE = 40

CLEARED_S = 60  # how long an all-clear or a correction stays


@dataclass(frozen=True, slots=True)
class Expiry:
    """Seconds an alert stands when nobody says otherwise, and at most."""

    default_s: int
    longest_s: int


# The more an alert takes from what people see, the sooner somebody has to look at it again and prolong it: an
# evacuation is over or renewed within a day, a storm warning may stand over a weekend's shifts.
EXPIRIES: dict[Severity, Expiry] = {
    Severity.EXTREME: Expiry(4 * HOUR_S, 24 * HOUR_S),
    Severity.SEVERE: Expiry(4 * HOUR_S, 24 * HOUR_S),
    Severity.MODERATE: Expiry(8 * HOUR_S, 48 * HOUR_S),
    Severity.MINOR: Expiry(8 * HOUR_S, 72 * HOUR_S),
}
DRILL = Expiry(HOUR_S // 6, 2 * HOUR_S)  # a drill ends by itself, before anybody takes it for the furniture
CHECK = Expiry(60, 600)


def expiry(status: Status, severity: Severity) -> Expiry:
    """The default and the longest life of such an alert."""
    if status is Status.ACTUAL:
        return EXPIRIES[severity]
    return DRILL if status is Status.EXERCISE else CHECK


WINDOW_MS = 60_000
UNHURRIED = 20  # alerts and updates of one issuer within the window that wait for nothing
LONGEST_WAIT_MS = 5_000  # nobody is ever held up for longer, however many went before
MOST_LIVE = 200  # of a person or the machine itself
MOST_LIVE_OF_PROGRAMS = 50  # a script that runs wild leaves room for people


def pause_ms(before: int, since_last: int) -> int:
    """How long an issuer has to wait who issued ``before`` alerts in the window, the last ``since_last`` ms ago."""
    if before < UNHURRIED:
        return 0
    wanted: int = min(LONGEST_WAIT_MS, 250 * 2 ** min(before - UNHURRIED, 5))
    return max(0, wanted - since_last)
