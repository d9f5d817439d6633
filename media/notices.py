"""Paints an alert's strokes over a frame with the very dots the player has: boxes, and characters in cells."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol, runtime_checkable

from PIL import Image, ImageDraw

from media import faces
from media.faces import BOLD, FONTS, UNIFONT, UNIFONT_UPPER, Face, Type

ROWS = 16
BASELINE = 14  # of the bitmap face, from its top
RISE = 88  # hundredths of an em from an outline face's em box's top to its baseline
MAGIC = b"PMN1"

Box = tuple[int, int, int, int]
RGB = tuple[int, int, int]


@runtime_checkable
class Fill(Protocol):
    """A box (x, y, width, height) of one colour."""

    @property
    def box(self) -> Box: ...
    @property
    def rgb(self) -> RGB: ...


class Cell(Protocol):
    """A character in the middle of its cell, px; nothing of it leaves ``clip``."""

    @property
    def char(self) -> str: ...
    @property
    def x(self) -> int: ...
    @property
    def y(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def em(self) -> int: ...
    @property
    def bold(self) -> bool: ...
    @property
    def rgb(self) -> RGB: ...
    @property
    def clip(self) -> Box: ...


def paint(picture: Image.Image, colour: str, strokes: Iterable[Fill | Cell]) -> None:
    """Paint strokes over an RGB picture in their order; lamps of few colours get no shades between."""
    draw = ImageDraw.Draw(picture)
    for stroke in strokes:
        if isinstance(stroke, Fill):
            x, y, wide, high = stroke.box
            draw.rectangle((x, y, x + wide - 1, y + high - 1), fill=stroke.rgb)
        else:
            _set(picture, stroke, smooth=colour == "full")


def _set(picture: Image.Image, cell: Cell, *, smooth: bool) -> None:
    mask, left, top = _outline(cell, smooth) if cell.bold else _bitmap(cell)
    if mask is None:
        return
    x, y, wide, high = cell.clip
    box = (max(left, x), max(top, y), min(left + mask.width, x + wide), min(top + mask.height, y + high))
    if box[0] < box[2] and box[1] < box[3]:
        part = mask.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
        picture.paste(cell.rgb, box, part)


Placed = tuple[Image.Image | None, int, int]


def _bitmap(cell: Cell) -> Placed:
    """The face's own dots; a character it lacks comes from the whole of Unifont, in the same place."""
    dots = notice_face().get(ord(cell.char))
    if dots is None:
        return _centred(cell, _unifont(cell.char), Type(ROWS), cell.y + BASELINE)
    return dots, cell.x + (cell.width - dots.width) // 2, cell.y


def _unifont(char: str) -> Face:
    return UNIFONT if ord(char) in faces.covers(UNIFONT) else UNIFONT_UPPER


def _outline(cell: Cell, smooth: bool) -> Placed:
    setting = Type(cell.em, smooth=True)
    face = faces.face_for(cell.char, setting) or BOLD
    mask, left, top = _centred(cell, face, setting, cell.y + cell.em * RISE // 100)
    if mask is not None and not smooth:
        mask = mask.point(lambda level: 255 if level >= 128 else 0)
    return mask, left, top


def _centred(cell: Cell, face: Face, setting: Type, baseline: int) -> Placed:
    sort = faces.glyph(cell.char, face, setting)
    return sort.mask, cell.x + (cell.width - sort.advance) // 2 + sort.left, baseline + sort.top


@lru_cache(maxsize=1)
def notice_face() -> dict[int, Image.Image]:
    """The bitmap face that players hold, code point to dots (mode 1)."""
    data = (FONTS / "notice-16.bin").read_bytes()
    if not data.startswith(MAGIC):
        raise ValueError("not a notice face")
    narrow, wide = struct.unpack_from("<2H", data, 4)
    points = struct.unpack_from(f"<{narrow + wide}H", data, 8)
    at, found = 8 + 2 * len(points), {}
    for n, point in enumerate(points):
        size = ROWS if n < narrow else 2 * ROWS
        found[point] = Image.frombytes("1", (size // 2, ROWS), data[at : at + size])
        at += size
    return found
