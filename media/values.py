"""Values of this package for those that load no imaging library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Facts:
    """What the desk tells an author: ``needs_ms`` for one showing, ``readable_m`` in metres, ``fits`` characters
    that stand without scrolling or turning a page, ``left_out`` characters that a strip has no room for."""

    scrolls: bool
    needs_ms: int
    readable_m: int
    missing: tuple[str, ...]
    pages: int
    fits: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture taken in: the names of its clean copy and of its thumbnail, and the copy's size in px and bytes."""

    media: str
    thumbnail: str
    width: int
    height: int
    bytes: int


class Layer(NamedTuple):
    """A region's rectangle in px, its picture (None is black), where the picture's left edge stands in it, and how much
    of what lies beneath it covers, 0 to 1."""

    x: int
    y: int
    width: int
    height: int
    picture: Path | None
    dx: int
    part: float = 1.0
