"""Full-colour pictures brought to lamps that are only on or off."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageOps

from media.palette import LAMPS

BAYER = (
    (0, 32, 8, 40, 2, 34, 10, 42),
    (48, 16, 56, 24, 50, 18, 58, 26),
    (12, 44, 4, 36, 14, 46, 6, 38),
    (60, 28, 52, 20, 62, 30, 54, 22),
    (3, 35, 11, 43, 1, 33, 9, 41),
    (51, 19, 59, 27, 49, 17, 57, 25),
    (15, 47, 7, 39, 13, 45, 5, 37),
    (63, 31, 55, 23, 61, 29, 53, 21),
)


def to_lamps(picture: Image.Image, colour: str) -> Image.Image:
    """An RGB picture as one indexed with the class's lamps, shades made by ordered dither; full stays as it is."""
    if colour == "full":
        return picture
    if colour == "single":
        planes = [ImageOps.autocontrast(picture.convert("L"), cutoff=1)]
    elif colour == "dual":
        red, green, blue = picture.split()
        planes = [red, ImageChops.lighter(green, blue)]
    else:
        planes = list(reversed(picture.split()))  # blue is the lowest bit of the class's order
    indices = Image.new("L", picture.size)
    for bit, plane in enumerate(planes):
        lit = _dithered(plane).point([0] * 128 + [1 << bit] * 128)
        indices = ImageChops.add(indices, lit)
    lamps = Image.frombytes("P", picture.size, indices.tobytes())
    lamps.putpalette(bytes(part for lamp in LAMPS[colour] for part in lamp))
    return lamps


def _dithered(plane: Image.Image) -> Image.Image:
    """The plane moved up and down by the threshold matrix; pure black and pure white stay what they are."""
    return ImageChops.add(plane, _thresholds(plane.size), scale=1, offset=-126)


def _thresholds(size: tuple[int, int]) -> Image.Image:
    tile = Image.frombytes("L", (8, 8), bytes(4 * cell for row in BAYER for cell in row))
    across = Image.new("L", (size[0], 8))
    for x in range(0, size[0], 8):
        across.paste(tile, (x, 0))
    whole = Image.new("L", size)
    for y in range(0, size[1], 8):
        whole.paste(across, (0, y))
    return whole
