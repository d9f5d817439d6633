"""The colours each class of lamps can make, and what a wish for a colour becomes on it."""

from __future__ import annotations

from dataclasses import dataclass

RGB = tuple[int, int, int]

BLACK: RGB = (0, 0, 0)
LAMP_RED: RGB = (255, 45, 25)
LAMP_GREEN: RGB = (60, 240, 80)
LAMP_YELLOW: RGB = (255, 200, 20)

LAMPS: dict[str, tuple[RGB, ...]] = {
    "single": (BLACK, LAMP_RED),
    "dual": (BLACK, LAMP_RED, LAMP_GREEN, LAMP_YELLOW),
    "seven": tuple((r, g, b) for r in (0, 255) for g in (0, 255) for b in (0, 255)),
}

FULL: dict[str, RGB] = {
    "red": (255, 69, 58),
    "orange": (255, 149, 30),
    "yellow": (255, 205, 60),
    "green": (70, 214, 104),
    "cyan": (90, 214, 240),
    "blue": (126, 184, 255),  # deep blue cannot be read from afar on a dark ground
    "magenta": (255, 120, 200),
    "white": (250, 250, 250),
}
SEVEN: dict[str, RGB] = {
    "red": (255, 0, 0),
    "orange": (255, 255, 0),
    "yellow": (255, 255, 0),
    "green": (0, 255, 0),
    "cyan": (0, 255, 255),
    "blue": (0, 255, 255),  # the same: cyan is the readable neighbour
    "magenta": (255, 0, 255),
    "white": (255, 255, 255),
}
DUAL: dict[str, RGB] = {
    "red": LAMP_RED,
    "orange": LAMP_YELLOW,
    "yellow": LAMP_YELLOW,
    "green": LAMP_GREEN,
    "cyan": LAMP_GREEN,
    "blue": LAMP_GREEN,
    "magenta": LAMP_RED,
    "white": LAMP_YELLOW,
}

DEFAULTS = {
    "slogan": {"single": "red", "dual": "red", "seven": "red", "full": "white"},
    "notice": {"single": "red", "dual": "yellow", "seven": "white", "full": "white"},
    "story": {"single": "red", "dual": "yellow", "seven": "white", "full": "white"},
}


@dataclass(frozen=True, slots=True)
class Inks:
    """The two colours of a text: what carries it, and what marks its title."""

    text: RGB
    title: RGB


def ink(colour: str, wish: str) -> RGB:
    """The colour that a wish ("red", "blue", …) becomes on a colour class; an unknown wish is the class's red."""
    if colour == "single":
        return LAMP_RED
    table = {"dual": DUAL, "seven": SEVEN}.get(colour, FULL)
    return table.get(wish, table["red"])


def inks(colour: str, kind: str, wish: str) -> Inks:
    """The inks of an item of this kind on this class, the author's wish (or "") first."""
    default = DEFAULTS.get(kind, DEFAULTS["slogan"])[colour]
    chosen = wish if wish in FULL else default
    text = ink(colour, chosen)
    title = ink(colour, "yellow")
    if title == text:
        title = ink(colour, "red" if colour == "dual" else "white")
    return Inks(text, title)
