"""Lines of glyphs: shaped, measured, and laid on a canvas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from media import faces
from media.bidi import visual
from media.characters import HALF_BLANK, is_mark, is_wide
from media.faces import Glyph, Type
from media.palette import RGB

PIECES = re.compile(r"\s|\S+")


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs with the pen position of each, in px; the box is that of the ink, from the pen's start on the baseline."""

    placed: tuple[tuple[int, Glyph], ...]
    advance: int
    left: int
    right: int
    top: int
    bottom: int

    @property
    def width(self) -> int:
        """The width of the ink, in px."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """The height of the ink, in px."""
        return self.bottom - self.top


def clusters(text: str) -> Iterator[str]:
    """Cut text into what is drawn in one piece: a wide character with its marks, a narrow run, a space."""
    run = ""
    for char in text:
        if is_mark(char) and run:
            run += char
        elif is_wide(char) or char.isspace():
            if run:
                yield run
            run = char
        elif run and (is_wide(run[0]) or run.isspace()):
            yield run
            run = char
        else:
            run += char
    if run:
        yield run


def set_line(text: str, setting: Type) -> Line:
    """Shape one line of text, left to right as it is seen."""
    placed: list[tuple[int, Glyph]] = []
    pen = 0
    for cluster in clusters(visual(text)):
        for sort in _sorts(cluster, setting):
            placed.append((pen, sort))
            pen += sort.advance
    inked = [(x, sort) for x, sort in placed if sort.mask is not None]
    if not inked:
        return Line((), pen, 0, 0, 0, 0)
    return Line(
        tuple(inked),
        pen,
        min(x + sort.left for x, sort in inked),
        max(x + sort.right for x, sort in inked),
        min(sort.top for _, sort in inked),
        max(sort.bottom for _, sort in inked),
    )


def _sorts(cluster: str, setting: Type) -> Iterator[Glyph]:
    """The glyphs of a cluster, cut where the face changes; a character that no face has becomes the replacement."""
    run, run_face = "", None
    for char in cluster:
        face = faces.face_for(char, setting)
        if face is None and not char.isspace():
            char, face = faces.replacement(setting)
        if run and run_face is not None and face != run_face:
            yield faces.glyph(run, run_face, setting)
            run = ""
        run, run_face = run + char, face or setting.faces[0]
    if run and run_face is not None:
        yield faces.glyph(run, run_face, setting)


def room(text: str, setting: Type) -> int:
    """The width a line needs, in px: a closing mark at its end needs only its inked half."""
    line = set_line(text, setting)
    if text and text[-1] in HALF_BLANK:
        return max(line.right, line.advance - setting.em // 2)
    return max(line.right, line.advance)


def draw(canvas: Image.Image, line: Line, x: int, baseline: int, colour: RGB | int) -> None:
    """Lay a line on a canvas, its pen starting at (x, baseline); ``colour`` fits the canvas's mode."""
    for pen, sort in line.placed:
        if sort.mask is not None:
            at = (x + pen + sort.left, baseline + sort.top)
            canvas.paste(colour, (*at, at[0] + sort.mask.width, at[1] + sort.mask.height), sort.mask)
