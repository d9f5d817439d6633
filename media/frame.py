"""The exact pixels of an instant, composed as the player composes them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from media import canvas

Layer = tuple[int, int, int, int, Path | None, int]


def compose(width: int, height: int, colour: str, layers: Iterable[Layer]) -> bytes:
    """A PNG of ``width`` x ``height`` px: each layer (x, y, w, h, picture, dx) is a region clipped to its rectangle,
    its picture's left edge standing ``dx`` px right of the region's; None is black. Later layers lie over earlier."""
    ground = Image.new("RGB", (width, height))
    for x, y, wide, high, path, dx in layers:
        region = Image.new("RGB", (wide, high))
        if path is not None:
            with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as picture:
                left, right = max(0, -dx), min(picture.width, wide - dx)
                if left < right:
                    region.paste(picture.crop((left, 0, right, high)).convert("RGB"), (max(0, dx), 0))
        ground.paste(region, (x, y))
    return canvas.png(_indexed(ground, colour))


def _indexed(picture: Image.Image, colour: str) -> Image.Image:
    """The same pixels in a smaller file when the class has few colours."""
    if colour == "full":
        return picture
    lamps = canvas.blank(1, 1, colour)
    return picture.quantize(palette=lamps, dither=Image.Dither.NONE)
