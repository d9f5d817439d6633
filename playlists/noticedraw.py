"""A notice at an instant as strokes in the order they are painted: filled boxes, and characters in their cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playlists.measure import EM, advance
from playlists.notice import NOWHERE, QUIET, Box, Line, Moment, Notice
from playlists.noticeinks import BLACK, RGB


@dataclass(frozen=True, slots=True)
class Fill:
    """A box of one colour."""

    box: Box
    rgb: RGB


@dataclass(frozen=True, slots=True)
class Cell:
    """A character in its cell's middle: left edge, top of the em box, width, size in px; nothing outside ``clip``."""

    char: str
    x: int
    y: int
    width: int
    em: int
    bold: bool
    rgb: RGB
    clip: Box


Stroke = Fill | Cell


def strokes(shown: Notice, now: Moment, qr: tuple[str, ...]) -> Iterator[Stroke]:
    """Everything of a notice, the ground first."""
    yield Fill(shown.box, BLACK)
    yield from _frame(shown, now)
    inks = shown.inks
    dark = shown.blink == "band" and not now.lit
    if shown.band != NOWHERE and not dark:
        yield Fill(shown.band, inks.band)
    for line in shown.label:
        yield from cells(line, inks.plain if dark else inks.label, shown.box)
    lines = (*(shown.pages[now.page].lines if shown.pages else ()), *shown.code)
    for line in lines:
        yield from cells(line, getattr(inks, line.ink), shown.box)
    if shown.scroll:
        yield from cells(shown.scroll.line, inks.headline, shown.scroll.box, now.x)
    if shown.qr != NOWHERE:
        yield from _modules(shown, qr)


def _frame(shown: Notice, now: Moment) -> Iterator[Fill]:
    """The border, while it is lit."""
    x, y, wide, high = shown.box
    b = shown.border if now.lit or shown.blink != "border" else 0
    if b:
        sides = (x, y, wide, b), (x, y + high - b, wide, b), (x, y, b, high), (x + wide - b, y, b, high)
        yield from (Fill(side, shown.inks.band) for side in sides)


def cells(line: Line, rgb: RGB, clip: Box, left: int = 0) -> Iterator[Cell]:
    """The characters of a line; widths are summed before they are rounded, so that nothing drifts."""
    taken = 0
    for char in line.text:
        begins, taken = taken * line.em // EM, taken + advance(ord(char), line.bold)
        x, wide = left + line.x + begins, taken * line.em // EM - begins
        if char != " " and x < clip[0] + clip[2] and x + wide > clip[0]:
            yield Cell(char, x, line.y, wide, line.em, line.bold, rgb, clip)


def _modules(shown: Notice, qr: tuple[str, ...]) -> Iterator[Fill]:
    x, y, side, _ = shown.qr
    module = side // (len(qr) + QUIET)
    yield Fill(shown.qr, shown.inks.light)
    for row, digits in enumerate(qr):
        for column in range(len(qr)):
            if int(digits[column // 4], 16) >> (3 - column % 4) & 1:
                left, top = x + (column + QUIET // 2) * module, y + (row + QUIET // 2) * module
                yield Fill((left, top, module, module), BLACK)
