"""How fast a strip runs and how long a page stays."""

from __future__ import annotations

from media.characters import count

CHARS_PER_S = {"slow": 2.5, "medium": 3.75, "fast": 5.0}
SLOWEST, FASTEST = 2.5, 6.5
STATIC_MS = 5000
SHORTEST_MS = 1000


def speed(em: int, wish: str) -> int:
    """Px per second for characters ``em`` px wide: slow, medium, fast, or a number of characters per second.

    Medium is one px per 60 Hz frame for every 16 px of height; a number is kept within 2.5 to 6.5.
    """
    try:
        rate = CHARS_PER_S[wish] if wish in CHARS_PER_S else min(FASTEST, max(SLOWEST, float(wish)))
    except ValueError:
        rate = CHARS_PER_S["medium"]
    return max(1, round(em * rate))


def pass_ms(region: int, strip: int, px_per_s: int) -> int:
    """The time from the strip's entering at the right edge to its leaving at the left, in ms."""
    return -(-(region + strip) * 1000 // px_per_s)


def dwell_ms(text: str) -> int:
    """How long a page with this text must stay to be read: a look, and four characters a second."""
    return max(3000, 1000 + 250 * count(text))


def passes(pass_time: int, wish: int | None) -> int:
    """How many whole passes fill the wished time; a line is never cut in the middle."""
    return 1 if wish is None else max(1, -(-wish // pass_time))


def shares(dwells: list[int], wish: int | None) -> list[int]:
    """Dwell times of pages, stretched or pressed to the wished whole, none under a second."""
    if wish is None:
        return dwells
    total = sum(dwells)
    pressed = [max(SHORTEST_MS, dwell * wish // total) for dwell in dwells]
    pressed[-1] = max(SHORTEST_MS, pressed[-1] + wish - sum(pressed))
    return pressed
