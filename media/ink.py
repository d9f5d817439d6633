"""Lines of glyphs: shaped, measured, and laid on a canvas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from media import faces
from media.bidi import RIGHT_TO_LEFT, visual
from media.characters import HALF_BLANK, is_mark, is_wide
from media.faces import Face, Glyph, Type
from media.palette import RGB


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
        for part, face in _parts(cluster, setting):
            sort = faces.glyph(part, face, setting)
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


def _parts(cluster: str, setting: Type) -> Iterator[tuple[str, Face]]:
    """A cluster cut where the face changes; a character that no face has becomes the replacement."""
    run, run_face = "", setting.faces[0]
    for char in cluster:
        shown, face = char, faces.face_for(char, setting)
        if face is None:
            shown, face = (char, run_face) if char.isspace() else faces.replacement(setting)
        if run and face != run_face:
            yield run, run_face
            run = ""
        run, run_face = run + shown, face
    if run:
        yield run, run_face


@lru_cache(maxsize=16384)
def advance(text: str, setting: Type) -> int:
    """How far a text moves the pen, in px."""
    return sum(_cluster_advance(cluster, setting) for cluster in clusters(text))


@lru_cache(maxsize=32768)
def _cluster_advance(cluster: str, setting: Type) -> int:
    return sum(faces.advance(part, face, setting) for part, face in _parts(cluster, setting))


def room(text: str, setting: Type) -> int:
    """The width a line needs, in px: a closing mark at its end needs only its inked half."""
    if RIGHT_TO_LEFT.search(text):
        return max(set_line(text, setting).right, set_line(text, setting).advance)
    return advance(text, setting) - blank_end(text, setting)


def blank_end(text: str, setting: Type) -> int:
    """How much of a line's end stays dark when it ends with a full-width closing mark, in px."""
    return setting.em // 2 if text[-1:] in HALF_BLANK and text else 0


def draw(canvas: Image.Image, line: Line, x: int, baseline: int, colour: RGB | int) -> None:
    """Lay a line on a canvas, its pen starting at (x, baseline); ``colour`` fits the canvas's mode."""
    for pen, sort in line.placed:
        if sort.mask is not None:
            at = (x + pen + sort.left, baseline + sort.top)
            canvas.paste(colour, (*at, at[0] + sort.mask.width, at[1] + sort.mask.height), sort.mask)
