"""The starter pictures, drawn flat and dark so that they also look calm on lamps."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Sequence

from PIL import Image, ImageDraw

_FINE = 3
NIGHT, SOOT, SLATE, STEEL, ASH = "#0f1214", "#191e22", "#262e34", "#3d4850", "#73808a"
CLAY, BRICK, RUST, EMBER, FLAME = "#4a2a1f", "#6b3826", "#9c4a28", "#d9783a", "#f2b35e"
CREAM, CHALK = "#f3e3c4", "#e6e4dc"
LOESS = ("#6f5334", "#5d452c", "#4b3825", "#3a2c1f", "#2a211a", "#1c1814")
PINE, SEA = "#3f5a4c", "#4a7080"

Point = tuple[float, float]


class _Sheet:
    """A drawing in px of the finished picture, kept finer inside so that its edges come out smooth."""

    def __init__(self, width: int, height: int, ground: str = NIGHT) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * _FINE, height * _FINE), ground)
        self._draw = ImageDraw.Draw(self._image)

    def shape(self, points: Iterable[Point], fill: str) -> None:
        self._draw.polygon([(x * _FINE, y * _FINE) for x, y in points], fill=fill)

    def box(self, x: float, y: float, width: float, height: float, fill: str, radius: float = 0) -> None:
        edges = (x * _FINE, y * _FINE, (x + width) * _FINE - 1, (y + height) * _FINE - 1)
        self._draw.rounded_rectangle(edges, radius * _FINE, fill=fill)

    def oval(self, x: float, y: float, across: float, down: float, fill: str) -> None:
        """An ellipse around (x, y) with these half axes."""
        edges = ((x - across) * _FINE, (y - down) * _FINE, (x + across) * _FINE, (y + down) * _FINE)
        self._draw.ellipse(edges, fill=fill)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        self.oval(x, y, radius, radius, fill)

    def pie(self, x: float, y: float, radius: float, start: int, end: int, fill: str) -> None:
        edges = ((x - radius) * _FINE, (y - radius) * _FINE, (x + radius) * _FINE, (y + radius) * _FINE)
        self._draw.pieslice(edges, start, end, fill=fill)

    def stroke(self, points: Sequence[Point], width: float, fill: str) -> None:
        """A line with round ends and round corners."""
        self._draw.line([(x * _FINE, y * _FINE) for x, y in points], fill=fill, width=round(width * _FINE))
        for x, y in points:
            self.disc(x, y, width / 2, fill)

    def png(self) -> bytes:
        out = io.BytesIO()
        self._image.reduce(_FINE).save(out, "PNG", optimize=True)
        return out.getvalue()


def draw() -> dict[str, bytes]:
    """Every starter picture by its file name, as PNG; the same bytes on every call."""
    pictures: dict[str, Callable[[], _Sheet]] = {
        "kiln.png": _kiln,
        "cycle.png": _cycle,
        "safety.png": _safety,
        "loess.png": _loess,
        "ribbon.png": _ribbon,
        "stone.png": _stone,
        "lamp.png": _lamp,
    }
    return {name: make().png() for name, make in pictures.items()}


def _kiln() -> _Sheet:
    sheet = _Sheet(1280, 720)
    _chimney(sheet, 1040, 90, 96, 520)
    _chimney(sheet, 1170, 190, 64, 420)
    sheet.shape([(140, 600), (140, 300), (240, 170), (860, 170), (960, 300), (960, 600)], CLAY)
    for row in range(9):
        for column in range(11):
            x = 160 + column * 74 + (37 if row % 2 else 0)
            if row > 2 and x < 880:
                sheet.box(x, 196 + row * 45, 64, 35, BRICK, 3)
    for inset, colour in enumerate((SOOT, RUST, EMBER, FLAME, CREAM)):
        _arch(sheet, 550, 600, 236 - inset * 40, 372 - inset * 52, colour)
    sheet.box(0, 600, 1280, 120, SOOT)
    sheet.box(0, 600, 1280, 6, SLATE)
    _car(sheet, 550, 640)
    return sheet


def _arch(sheet: _Sheet, x: float, floor: float, half: float, height: float, fill: str) -> None:
    """An opening with a round head, centred on x and standing on the floor."""
    sheet.disc(x, floor - height + half, half, fill)
    sheet.box(x - half, floor - height + half, half * 2, height - half, fill)


def _chimney(sheet: _Sheet, x: float, top: float, width: float, height: float) -> None:
    slope = width * 0.14
    sheet.shape([(x + slope, top), (x + width - slope, top), (x + width, top + height), (x, top + height)], SLATE)
    sheet.box(x + slope - 6, top, width - 2 * slope + 12, 18, STEEL, 3)
    sheet.box(x + slope, top + 60, width - 2 * slope, 14, RUST)


def _car(sheet: _Sheet, x: float, rail: float) -> None:
    """A kiln car with three shelves of bowls, dark against the glow."""
    for level, count in enumerate((5, 4, 3)):
        shelf = rail - 52 - level * 74
        for place in range(count):
            _bowl(sheet, x + (place - (count - 1) / 2) * 72, shelf, 29, NIGHT)
        sheet.box(x - count * 36 - 8, shelf, count * 72 + 16, 10, NIGHT, 3)
    sheet.box(x - 214, rail - 46, 428, 40, STEEL, 6)
    for wheel in (-150, 150):
        sheet.disc(x + wheel, rail, 24, ASH)
        sheet.disc(x + wheel, rail, 9, SOOT)
    sheet.box(120, rail + 24, 1040, 8, STEEL, 4)


def _bowl(sheet: _Sheet, x: float, foot: float, half: float, fill: str) -> None:
    sheet.pie(x, foot - half - 4, half, 0, 180, fill)
    sheet.box(x - half, foot - half - 9, half * 2, 6, fill, 3)
    sheet.box(x - half * 0.4, foot - 8, half * 0.8, 8, fill)


def _cycle() -> _Sheet:
    sheet = _Sheet(1280, 720)
    stations = ((184, SLATE, _heap), (488, CLAY, _drum), (792, SLATE, _powder), (1096, PINE, _goods))
    for x, ground, picture in stations:
        sheet.disc(x, 340, 124, ground)
        picture(sheet, x, 340)
    for x in (336, 640, 944):
        sheet.shape([(x - 10, 312), (x + 14, 340), (x - 10, 368)], FLAME)
    sheet.box(60, 540, 1160, 6, SLATE, 3)
    for place, (x, _ground, _picture) in enumerate(stations):
        sheet.disc(x, 543, 17, NIGHT)
        sheet.disc(x, 543, 11, (ASH, EMBER, CHALK, FLAME)[place])
    return sheet


def _heap(sheet: _Sheet, x: float, y: float) -> None:
    """A heap of dark gangue."""
    stones = ((-52, 44, 30, STEEL), (0, 42, 36, ASH), (52, 46, 29, STEEL), (-26, -4, 29, ASH), (26, 0, 27, STEEL))
    for right, down, size, colour in (*stones, (2, -42, 23, ASH)):
        _pebble(sheet, x + right, y + down, size, colour)


def _pebble(sheet: _Sheet, x: float, y: float, size: float, fill: str) -> None:
    corners = ((-0.9, -0.2), (-0.4, -0.9), (0.4, -0.8), (0.95, -0.1), (0.7, 0.8), (-0.6, 0.85))
    sheet.shape([(x + size * right, y + size * down) for right, down in corners], fill)
    facet = ((0.4, -0.8), (0.95, -0.1), (0.7, 0.8), (0.1, 0.1))
    sheet.shape([(x + size * right, y + size * down) for right, down in facet], "#58646d" if fill == ASH else "#2f383f")


def _drum(sheet: _Sheet, x: float, y: float) -> None:
    """A calcining furnace over its fire."""
    sheet.box(x - 76, y - 62, 152, 68, RUST, 34)
    for band in (-44, 0, 44):
        sheet.box(x + band - 7, y - 68, 14, 80, BRICK, 4)
    for right, tall in ((-46, 44), (0, 60), (46, 44)):
        _fire(sheet, x + right, y + 84, tall)


def _fire(sheet: _Sheet, x: float, foot: float, tall: float) -> None:
    for part, colour in ((1.0, EMBER), (0.6, FLAME)):
        half = tall * 0.32 * part
        sheet.disc(x, foot - half, half, colour)
        sheet.shape([(x - half, foot - half), (x, foot - tall * part), (x + half, foot - half)], colour)


def _powder(sheet: _Sheet, x: float, y: float) -> None:
    """White powder, heaped."""
    slope = [(x + step, y + 62 - 106 * math.exp(-((step / 46) ** 2))) for step in range(-92, 93, 4)]
    sheet.shape([(x - 92, y + 66), *slope, (x + 92, y + 66)], CHALK)
    shade = [(x + step, y + 62 - 106 * math.exp(-((step / 46) ** 2))) for step in range(0, 93, 4)]
    sheet.shape([*shade, (x + 92, y + 66), (x + 30, y + 66)], "#c3c3bc")
    for right, down in ((-48, -34), (50, -46), (-20, -72), (24, -78)):
        sheet.disc(x + right, y + down, 5, CHALK)


def _goods(sheet: _Sheet, x: float, y: float) -> None:
    """Paper, paint and building boards."""
    sheet.box(x - 78, y + 24, 156, 20, CREAM, 3)
    sheet.box(x - 78, y + 49, 156, 20, "#d6c6a4", 3)
    sheet.box(x - 62, y - 30, 62, 50, CHALK, 4)
    sheet.oval(x - 62, y - 5, 15, 25, "#c3c3bc")
    sheet.oval(x - 62, y - 5, 5, 9, STEEL)
    sheet.box(x + 6, y - 38, 62, 58, SEA, 5)
    sheet.box(x + 2, y - 46, 70, 14, ASH, 4)
    sheet.box(x + 44, y - 34, 12, 32, FLAME, 6)


def _safety() -> _Sheet:
    sheet = _Sheet(1280, 720)
    panels = ((BRICK, _glove), (SEA, _goggles), (PINE, _muffs), (LOESS[1], _way_out))
    for place, (ground, picture) in enumerate(panels):
        left = 56 + place * 298
        sheet.box(left, 140, 274, 440, ground, 28)
        picture(sheet, left + 137, 360)
    return sheet


def _glove(sheet: _Sheet, x: float, y: float) -> None:
    sheet.stroke([(x - 46, y + 40), (x - 86, y - 14)], 36, CREAM)
    for place, tall in enumerate((96, 118, 112, 84)):
        sheet.box(x - 62 + place * 33, y - 10 - tall, 29, tall + 60, CREAM, 14)
    sheet.box(x - 62, y - 16, 128, 112, CREAM, 30)
    sheet.box(x - 66, y + 104, 136, 38, FLAME, 10)


def _goggles(sheet: _Sheet, x: float, y: float) -> None:
    sheet.box(x - 122, y - 16, 244, 30, NIGHT, 8)
    sheet.box(x - 106, y - 58, 212, 116, CREAM, 46)
    sheet.shape([(x - 24, y + 60), (x, y + 24), (x + 24, y + 60)], SEA)
    for side in (-50, 50):
        sheet.box(x + side - 42, y - 42, 84, 80, SLATE, 32)
        left = x + side - 16
        sheet.shape([(left, y + 20), (left + 30, y - 26), (left + 42, y - 26), (left + 12, y + 20)], ASH)


def _muffs(sheet: _Sheet, x: float, y: float) -> None:
    sheet.disc(x, y, 102, CREAM)
    sheet.disc(x, y, 80, PINE)
    sheet.box(x - 110, y + 4, 220, 110, PINE)
    for side in (-1, 1):
        sheet.box(x + side * 91 - 11, y - 6, 22, 40, CREAM)
        sheet.box(x + side * 86 - 30, y + 20, 60, 104, FLAME, 26)
        sheet.box(x + side * 62 - 13, y + 30, 26, 84, NIGHT, 12)


def _way_out(sheet: _Sheet, x: float, y: float) -> None:
    sheet.box(x - 74, y - 150, 148, 196, NIGHT, 6)
    sheet.box(x - 58, y - 134, 116, 180, CREAM)
    sheet.shape([(x - 58, y + 46), (x + 58, y + 46), (x + 112, y + 176), (x - 112, y + 176)], FLAME)
    for step in range(3):
        down = y + 150 - step * 40
        half = 46 - step * 9
        sheet.stroke([(x - half, down), (x, down - 22), (x + half, down)], 13 - step * 2, LOESS[3])


def _loess() -> _Sheet:
    sheet = _Sheet(1280, 720, "#15191c")
    sheet.disc(930, 250, 84, EMBER)
    for place, colour in enumerate(LOESS):
        line = (250 + place * 78, 46 - place * 2, place * 1.9 + 0.4)
        _ridge(sheet, *line, colour)
        for down in (22, 40) if place < 4 else ():
            _terrace(sheet, *line, down, LOESS[place + 1])
    return sheet


def _height(x: float, base: float, swing: float, phase: float, width: int) -> float:
    turn = x / width * 2 * math.pi
    return base + swing * (math.sin(turn * 1.3 + phase) + 0.45 * math.sin(turn * 3.1 + phase * 2.3))


def _ridge(sheet: _Sheet, base: float, swing: float, phase: float, fill: str) -> None:
    """A hill line across the whole sheet, filled to its foot."""
    line = [(x, _height(x, base, swing, phase, sheet.width)) for x in range(0, sheet.width + 8, 4)]
    sheet.shape([(0, sheet.height), *line, (sheet.width, sheet.height)], fill)


def _terrace(sheet: _Sheet, base: float, swing: float, phase: float, down: float, fill: str) -> None:
    line = [(x, _height(x, base, swing, phase, sheet.width) + down) for x in range(0, sheet.width + 8, 4)]
    sheet.stroke(line, 4, fill)


def _ribbon() -> _Sheet:
    """All that matters lies in the middle half, so that any crop of it still reads."""
    sheet = _Sheet(512, 128, "#15191c")
    sheet.disc(386, 56, 22, EMBER)
    for place, colour in enumerate(LOESS[:4]):
        _ridge(sheet, 60 + place * 13, 10 - place, place * 1.7 + 2.2, colour)
    for x, top in ((92, 30), (116, 42)):
        sheet.shape([(x + 2, top), (x + 10, top), (x + 13, 96), (x - 1, 96)], NIGHT)
        sheet.box(x + 1, top + 7, 10, 4, EMBER)
    sheet.shape([(140, 96), (140, 68), (156, 56), (232, 56), (248, 68), (248, 96)], NIGHT)
    for x in (164, 194, 224):
        _arch(sheet, x, 96, 10, 26, RUST)
        _arch(sheet, x, 96, 6, 19, FLAME)
    sheet.box(0, 96, 512, 32, NIGHT)
    return sheet


def _stone() -> _Sheet:
    sheet = _Sheet(480, 640)
    bands = ((0, SLATE), (90, STEEL), (150, SLATE), (430, SOOT), (500, SLATE), (570, SOOT))
    for top, colour in bands:
        _ridge(sheet, top, 9, top / 90, colour)
    for level in range(5):
        _plate(sheet, 240 + (-1) ** level * 14, 420 - level * 52, 118 - level * 9)
    return sheet


def _plate(sheet: _Sheet, x: float, y: float, half: float) -> None:
    """A six-sided kaolin platelet lying flat, seen from above at a slant."""
    turns = [corner * math.pi / 3 for corner in range(6)]
    ring = [(x + half * math.cos(turn), y + half * 0.36 * math.sin(turn)) for turn in turns]
    lower = [(right, down + 26) for right, down in ring]
    sheet.shape([ring[3], ring[2], ring[1], ring[0], lower[0], lower[1], lower[2], lower[3]], "#b9b4a6")
    sheet.shape([ring[2], ring[1], lower[1], lower[2]], "#cfcabb")
    sheet.shape(ring, CHALK)


def _lamp() -> _Sheet:
    sheet = _Sheet(480, 640)
    sheet.box(0, 92, 480, 12, SLATE)
    sheet.stroke([(240, 98), (240, 150), (262, 172), (240, 194)], 12, ASH)
    sheet.shape([(226, 306), (0, 470), (0, 640), (330, 640), (254, 306)], "#3a2f22")
    sheet.shape([(232, 306), (60, 640), (250, 640), (248, 306)], "#574427")
    sheet.pie(240, 330, 134, 180, 360, EMBER)
    sheet.box(94, 318, 292, 30, RUST, 15)
    sheet.box(226, 196, 28, 124, RUST, 12)
    sheet.box(204, 252, 72, 62, STEEL, 14)
    sheet.disc(240, 284, 24, CREAM)
    return sheet
