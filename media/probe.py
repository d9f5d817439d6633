"""What a file really is, whatever it calls itself."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from media.errors import Refused

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif"}
MEGABYTE = 1024 * 1024
MOST_BYTES = 200 * MEGABYTE
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 20_000


@dataclass(frozen=True, slots=True)
class Probed:
    """A picture's true type (PNG, JPEG, WEBP, GIF), its usual extension and its size in px."""

    kind: str
    ext: str
    width: int
    height: int


def probe(data: bytes) -> Probed:
    """Look at the header of an upload; raise Refused when it is no picture we take, or too large to open."""
    with opened(data) as picture:
        kind = picture.format or ""
        return Probed(kind, EXTENSIONS[kind], picture.width, picture.height)


def opened(data: bytes) -> Image.Image:
    """Open a picture lazily within the limits; nothing has been decoded yet."""
    if not data:
        raise Refused("picture_empty")
    if len(data) > MOST_BYTES:
        size = -(-len(data) // MEGABYTE)
        raise Refused("picture_bytes", limit_mb=MOST_BYTES // MEGABYTE, size_mb=size)
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("picture_pixels", limit_mp=MOST_PIXELS // 1_000_000) from error
    except Exception as error:  # Pillow's readers raise ValueError, IndexError, zlib.error, SyntaxError … on lies
        raise Refused("picture_type") from error
    if picture.width * picture.height > MOST_PIXELS or max(picture.size) > LONGEST_SIDE:
        raise Refused("picture_pixels", limit_mp=MOST_PIXELS // 1_000_000)
    return picture
