"""Uploaded pictures taken in: decoded within limits, turned upright, stripped of everything but pixels."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from media.errors import Refused
from media.probe import EXTENSIONS, opened

LONGEST = 2560  # px; no wall shows more, and a cover crop still has every pixel of 1920 x 1080
DRAFT = 1920
THUMBNAIL = 320


@dataclass(frozen=True, slots=True)
class Ingested:
    """A clean copy of an upload: bytes, extension and size in px, and a small WEBP ``thumbnail``."""

    data: bytes
    ext: str
    width: int
    height: int
    thumbnail: bytes


def ingest(data: bytes) -> Ingested:
    """Take in a PNG, JPEG, WEBP or GIF (its first frame); raise Refused for anything broken, lying or too large."""
    picture = decoded(data)
    kind = opened(data).format or "PNG"
    if max(picture.size) > LONGEST:
        picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
    ext = {"JPEG": "jpg", "WEBP": "webp"}.get(kind, "png")
    return Ingested(_encoded(picture, ext), ext, picture.width, picture.height, _thumbnail(picture))


def decoded(data: bytes) -> Image.Image:
    """The pixels of a picture, upright, RGB or RGBA; large JPEGs are decoded at a half, a quarter or an eighth."""
    try:
        with opened(data) as picture:
            picture.draft("RGB", (DRAFT, DRAFT))
            picture.load()
            return _upright(picture)
    except Refused:
        raise
    except Exception as error:  # a truncated or lying file fails in many ways
        raise Refused("picture_broken") from error


def _upright(picture: Image.Image) -> Image.Image:
    turned = ImageOps.exif_transpose(picture)
    if turned.mode.startswith("I") or turned.mode == "F":
        turned = turned.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    clear = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    pixels = turned.convert("RGBA" if clear else "RGB")
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    return bare


def _encoded(picture: Image.Image, ext: str) -> bytes:
    out = io.BytesIO()
    if ext == "jpg":
        picture.convert("RGB").save(out, "JPEG", quality=90)
    elif ext == "webp":
        picture.save(out, "WEBP", quality=90, method=2)
    else:
        picture.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=82, method=2)
    return out.getvalue()


def kinds() -> tuple[str, ...]:
    """The extensions of files that may be uploaded."""
    return tuple(EXTENSIONS.values())
