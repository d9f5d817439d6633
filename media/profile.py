"""What one rectangle of lamps can show."""

from __future__ import annotations

from dataclasses import dataclass

from media.errors import Refused

COLOURS = ("single", "dual", "seven", "full")
SMALLEST = 8
LARGEST = 8192
MOST_PIXELS = 16_000_000


@dataclass(frozen=True, slots=True)
class Profile:
    """A region as the typesetter sees it.

    ``width`` and ``height`` in px; ``colour`` one of single, dual, seven, full; ``pitch_um`` the distance between
    two lamps in micrometres; ``distance_m`` how far away people stand, in metres.
    """

    width: int
    height: int
    colour: str
    pitch_um: int = 10_000
    distance_m: int = 20

    @property
    def one_bit(self) -> bool:
        """Whether its lamps are on or off, without shades between."""
        return self.colour != "full"


def check(profile: Profile) -> Profile:
    """Return the profile, or raise Refused when no picture of that size or colour class can be made."""
    if profile.colour not in COLOURS:
        raise Refused("unknown_colour", colour=profile.colour)
    sides = (profile.width, profile.height)
    if min(sides) < SMALLEST or max(sides) > LARGEST or profile.width * profile.height > MOST_PIXELS:
        raise Refused("screen_size", width=profile.width, height=profile.height)
    return profile
