"""What an alert's pixels may be, painted by the server's own hand, to hold a player's glass against."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PIL import Image, ImageChops

from media.notices import paint
from playlists.notice import Moment, notice
from playlists.noticedraw import strokes
from tests.playlists.made import alert_from_json

RGB = tuple[int, int, int]


def painted(size: tuple[int, int], colour: str, told: dict[str, Any], moment: Moment) -> bytes:
    """The pixels of one moment over black."""
    alert = alert_from_json(told)
    picture = Image.new("RGB", size)
    paint(picture, colour, strokes(notice(size, colour, alert), moment, alert.qr))
    return picture.tobytes()


def possible(size: tuple[int, int], colour: str, told: dict[str, Any]) -> list[bytes]:
    """The pixels of every page, lit and dark, the first page's first."""
    pages = len(notice(size, colour, alert_from_json(told)).pages)
    return [painted(size, colour, told, Moment(page, 0, lit)) for page in range(pages) for lit in (True, False)]


def shown_by(size: tuple[int, int], colour: str, told: dict[str, Any], x: int) -> bytes:
    """The pixels of a line that runs, its left edge at ``x``."""
    return painted(size, colour, told, Moment(0, x, lit=True))


def colours_of(picture: Image.Image) -> set[RGB]:
    """Every colour of a picture."""
    found: Iterable[Any] = (rgb for _, rgb in picture.getcolors(picture.width * picture.height) or ())
    return set(found)


def unlike(seen: Image.Image, wanted: Iterable[bytes]) -> float:
    """The part of all pixels that clearly differ from the nearest of the wanted pictures."""
    return min(_unlike(seen, Image.frombytes("RGB", seen.size, one)) for one in wanted)


def _unlike(one: Image.Image, other: Image.Image) -> float:
    clear = ImageChops.difference(one, other).convert("L").point([0] * 60 + [255] * 196)
    return clear.histogram()[255] / (one.width * one.height)
