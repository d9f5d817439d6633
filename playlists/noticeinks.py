"""The colours of an alert on each class of lamps (players/screen/notice.js holds the same tables)."""

from __future__ import annotations

from dataclasses import dataclass

from playlists.alert import Alert, Phase, Severity, Status

RGB = tuple[int, int, int]

BLACK: RGB = (0, 0, 0)
INK: RGB = (20, 23, 26)
WHITE: RGB = (255, 255, 255)
_RED: RGB = (255, 45, 25)
_GREEN: RGB = (60, 240, 80)
_YELLOW: RGB = (255, 200, 20)


@dataclass(frozen=True, slots=True)
class Inks:
    """What is painted how: the band and its label, the label while the band is dark, both texts, a QR code's ground."""

    band: RGB
    label: RGB
    plain: RGB
    headline: RGB
    text: RGB
    light: RGB


def inks_for(colour: str, alert: Alert) -> Inks:
    """The inks of an alert; lamps of few colours turn orange into yellow, blue into green, and the label says which."""
    meant = _meaning(alert)
    if colour == "single":
        return Inks(_RED, BLACK, _RED, _RED, _RED, _RED)
    if colour == "dual":
        lamp = {"red": _RED, "orange": _YELLOW, "yellow": _YELLOW}.get(meant, _GREEN)
        return Inks(lamp, BLACK, lamp, lamp, _YELLOW, _YELLOW)
    if colour == "seven":
        return _SEVEN[meant]
    return _FULL[meant]


def _meaning(alert: Alert) -> str:
    """A drill is blue whatever it is about, and so is its end; what is over is green."""
    if alert.status is Status.EXERCISE:
        return "blue"
    if alert.phase is not Phase.LIVE:
        return "green"
    return _OF_SEVERITY[alert.severity]


_OF_SEVERITY = {
    Severity.EXTREME: "red",
    Severity.SEVERE: "orange",
    Severity.MODERATE: "yellow",
    Severity.MINOR: "blue",
}
_SEVEN = {
    "red": Inks((255, 0, 0), WHITE, (255, 0, 0), WHITE, (255, 255, 0), WHITE),
    "orange": Inks((255, 255, 0), BLACK, (255, 255, 0), WHITE, (255, 255, 0), WHITE),
    "yellow": Inks((255, 255, 0), BLACK, (255, 255, 0), WHITE, (255, 255, 0), WHITE),
    "blue": Inks((0, 0, 255), WHITE, (0, 255, 255), WHITE, (0, 255, 255), WHITE),
    "green": Inks((0, 255, 0), BLACK, (0, 255, 0), WHITE, (0, 255, 0), WHITE),
}
_FULL = {
    "red": Inks((214, 26, 32), WHITE, (255, 69, 58), WHITE, (255, 205, 60), WHITE),
    "orange": Inks((232, 113, 10), INK, (255, 149, 30), WHITE, (255, 205, 60), WHITE),
    "yellow": Inks((245, 197, 24), INK, (245, 197, 24), WHITE, (255, 205, 60), WHITE),
    "blue": Inks((26, 95, 208), WHITE, (126, 184, 255), WHITE, (255, 205, 60), WHITE),
    "green": Inks((24, 122, 62), WHITE, (70, 214, 104), WHITE, (120, 230, 150), WHITE),
}
