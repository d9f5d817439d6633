"""The type case: which face sets a line of a given height, and the glyphs it gives."""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageFont

from media import coverage
from media.characters import REPLACEMENT

FONTS = Path(__file__).parent / "fonts"
CACHED_EM = 72  # larger glyphs are not kept: a few thousand of them would be hundreds of megabytes
OPEN = 16  # fonts a thread keeps open, each with its file mapped; opening one again takes 0.03 ms
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Face:
    """A font file; ``step`` > 0 means that only multiples of it are exact."""

    name: str
    file: str
    step: int = 0

    def size(self, em: int) -> int:
        """The size this face is set at in a line of ``em`` px: a multiple of its step, at most 3 px larger."""
        return max(self.step, (em + 3) // self.step * self.step) if self.step else em


WENQUANYI = Face("WenQuanYi 12", "wenquanyi-12px.pcf", 12)
UNIFONT = Face("GNU Unifont", "unifont.otf", 16)
UNIFONT_UPPER = Face("GNU Unifont Upper", "unifont-upper.otf", 16)
REGULAR = Face("Noto Sans SC Regular", "NotoSansSC-Regular.ttf")
BOLD = Face("Noto Sans SC Bold", "NotoSansSC-Bold.ttf")


@dataclass(frozen=True, slots=True)
class Type:
    """How to set a text: ``em`` px, ``smooth`` (antialiased) or 1-bit, ``light`` (Regular where Bold is usual)."""

    em: int
    smooth: bool = False
    light: bool = False

    @property
    def faces(self) -> tuple[Face, ...]:
        """The faces to try for each character, best first."""
        return _chain(self)


@lru_cache(maxsize=1024)
def _chain(setting: Type) -> tuple[Face, ...]:
    if setting.smooth and setting.em >= 20:
        return (REGULAR if setting.light else BOLD, UNIFONT, UNIFONT_UPPER)
    if setting.em < 16:
        return (WENQUANYI, REGULAR)
    if setting.em < 24:
        return (UNIFONT, UNIFONT_UPPER, REGULAR)
    return (REGULAR if setting.light or setting.em < 29 else BOLD, UNIFONT, UNIFONT_UPPER)


@dataclass(frozen=True, slots=True)
class Glyph:
    """A drawn cluster: ``mask`` (None for a space) lies ``left``, ``top`` px from the pen on the baseline."""

    mask: Image.Image | None
    left: int
    top: int
    advance: int

    @property
    def right(self) -> int:
        """Where its ink ends, in px from the pen."""
        return self.left + self.mask.width if self.mask else 0

    @property
    def bottom(self) -> int:
        """Where its ink ends below the baseline, in px."""
        return self.top + self.mask.height if self.mask else 0


@lru_cache(maxsize=16)
def covers(face: Face) -> coverage.Coverage:
    """The characters of a face."""
    return coverage.of_file(FONTS / face.file)


@lru_cache(maxsize=16384)
def face_for(char: str, setting: Type) -> Face | None:
    """The first face of the chain that has the character; None when no face has it.

    Unassigned and private characters count as absent: Unifont holds boxes with their numbers, which nobody can read.
    """
    if unicodedata.category(char) in ("Cn", "Co", "Cs") or char == "\ufffd":
        return None
    return next((face for face in setting.faces if ord(char) in covers(face)), None)


def missing(text: str, setting: Type) -> tuple[str, ...]:
    """The characters that no face of the chain can draw, each once, in order of appearance."""
    return tuple(dict.fromkeys(char for char in text if not char.isspace() and face_for(char, setting) is None))


def glyph(cluster: str, face: Face, setting: Type) -> Glyph:
    """Draw a cluster whose characters the face has; small ones are kept, for they come again and again."""
    draw = _kept if setting.em <= CACHED_EM else _drawn
    return draw(cluster, face, setting)


@lru_cache(maxsize=32768)
def advance(cluster: str, face: Face, setting: Type) -> int:
    """How far a cluster moves the pen, in px; cheaper than drawing it. Chinese characters fill their square."""
    if len(cluster) == 1 and "\u3400" <= cluster <= "\u9fff":
        return face.size(setting.em)
    return round(_font(face, face.size(setting.em)).getlength(cluster, mode=_mode(face, setting)))


def _mode(face: Face, setting: Type) -> str:
    return "L" if setting.smooth and not face.step else "1"


def replacement(setting: Type) -> tuple[str, Face]:
    """What stands for a character that no face has, and the face that draws it."""
    face = face_for(REPLACEMENT, setting)
    return (REPLACEMENT, face) if face else ("?", setting.faces[0])


def _font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """The font object of this thread; FreeType's faces must not be shared between threads."""
    fonts: dict[tuple[str, int], ImageFont.FreeTypeFont] | None = getattr(_local, "fonts", None)
    if fonts is None:
        fonts = _local.fonts = {}
    key = (face.file, size)
    if key not in fonts:
        if len(fonts) >= OPEN:
            fonts.clear()
        fonts[key] = ImageFont.truetype(FONTS / face.file, size, layout_engine=ImageFont.Layout.BASIC)
    return fonts[key]


def _drawn(cluster: str, face: Face, setting: Type) -> Glyph:
    moved = advance(cluster, face, setting)
    if cluster.isspace():
        return Glyph(None, 0, 0, moved)
    core, (left, top) = _font(face, face.size(setting.em)).getmask2(cluster, mode=_mode(face, setting), anchor="ls")
    if not core.size[0] or not core.size[1]:
        return Glyph(None, 0, 0, moved)
    return Glyph(Image.Image()._new(core), left, top, moved)


_kept = lru_cache(maxsize=4096)(_drawn)
