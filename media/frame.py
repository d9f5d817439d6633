"""The exact pixels of an instant, composed as the player composes them."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image

from media import canvas, notices
from media.notices import Box, Cell, Fill
from media.values import Layer

Stroke = Fill | Cell


def compose(
    width: int,
    height: int,
    colour: str,
    layers: Iterable[Layer],
    strokes: Iterable[Stroke] = (),
    part: Box | None = None,
) -> bytes:
    """A PNG of ``width`` x ``height`` px: each layer is clipped to its rectangle; later layers lie over earlier.

    ``strokes`` are those of an alert, over everything; ``part`` is the box of it all that is wanted, whole when None.
    """
    ground = Image.new("RGB", (width, height))
    for layer in layers:
        region = _region(layer)
        if layer.part < 1:
            box = (layer.x, layer.y, layer.x + layer.width, layer.y + layer.height)
            region = Image.blend(ground.crop(box), region, layer.part)
        ground.paste(region, (layer.x, layer.y))
    notices.paint(ground, colour, strokes)
    if part is not None:
        x, y, wide, high = part
        ground = ground.crop((x, y, x + wide, y + high))
    return canvas.png(_indexed(ground, colour))


def _region(layer: Layer) -> Image.Image:
    region = Image.new("RGB", (layer.width, layer.height))
    if layer.picture is None:
        return region
    with Image.open(layer.picture, formats=("PNG", "JPEG", "WEBP")) as picture:
        left, right = max(0, -layer.dx), min(picture.width, layer.width - layer.dx)
        if left < right:
            region.paste(picture.crop((left, 0, right, layer.height)).convert("RGB"), (max(0, layer.dx), 0))
    return region


def _indexed(picture: Image.Image, colour: str) -> Image.Image:
    """The same pixels in a smaller file when the class has few colours."""
    if colour == "full":
        return picture
    lamps = canvas.blank(1, 1, colour)
    return picture.quantize(palette=lamps, dither=Image.Dither.NONE)
