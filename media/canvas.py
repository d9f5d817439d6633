"""The picture a page is composed on, in the mode of its colour class, and the PNG it becomes."""

from __future__ import annotations

import io

from PIL import Image

from media.palette import BLACK, LAMPS, RGB


def blank(width: int, height: int, colour: str, ground: RGB = BLACK) -> Image.Image:
    """A dark canvas: indexed with exactly the lamps' colours for 1-bit classes, RGB for full."""
    if colour == "full":
        return Image.new("RGB", (width, height), ground)
    canvas = Image.new("P", (width, height), 0)
    canvas.putpalette(bytes(part for lamp in LAMPS[colour] for part in lamp))
    return canvas


def paint(canvas: Image.Image, colour: str, rgb: RGB) -> RGB | int:
    """What to paste on this canvas to get ``rgb``, which must be a colour of the class."""
    return rgb if canvas.mode == "RGB" else LAMPS[colour].index(rgb)


def ramp(mask: Image.Image, rgb: RGB) -> Image.Image:
    """An indexed picture of one ink on black from its coverage (mode L): a third of RGB's bytes, the same pixels."""
    picture = Image.frombytes("P", mask.size, mask.tobytes())
    picture.putpalette(bytes(part * level // 255 for level in range(256) for part in rgb))
    return picture


def png(picture: Image.Image) -> bytes:
    """Encode without any metadata; the same pixels give the same bytes."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=6)
    return out.getvalue()
