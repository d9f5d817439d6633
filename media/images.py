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
    """The picture turned as its EXIF says, in RGB or RGBA, with nothing attached to its pixels."""
    ImageOps.exif_transpose(picture, in_place=True)
    turned = picture
    if turned.mode.startswith("I") or turned.mode == "F":
        turned = turned.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    mode = "RGBA" if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info else "RGB"
    pixels = turned if turned.mode == mode else turned.convert(mode)
    return Image.Image()._new(pixels.im)


def _encoded(picture: Image.Image, ext: str) -> bytes:
    out = io.BytesIO()
    if ext == "jpg":
        picture.convert("RGB").save(out, "JPEG", quality=90)
    elif ext == "webp":
        picture.save(out, "WEBP", quality=90, method=2)
    else:
        picture.save(out, "PNG", compress_level=6)
    return out.getvalue()


def contained(picture: Image.Image, width: int, height: int) -> Image.Image:
    """The whole picture as large as ``width`` x ``height`` px allow; a copy."""
    scale = min(width / picture.width, height / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def covering(picture: Image.Image, width: int, height: int, centre: tuple[float, float] = (0.5, 0.5)) -> Image.Image:
    """The part of the picture that fills ``width`` x ``height`` px around ``centre`` (0 to 1); a copy."""
    scale = max(width / picture.width, height / picture.height)
    wide, high = width / scale, height / scale
    left, top = (picture.width - wide) * centre[0], (picture.height - high) * centre[1]
    box = (left, top, min(picture.width, left + wide), min(picture.height, top + high))
    return picture.resize((width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _thumbnail(picture: Image.Image) -> bytes:
    small = contained(picture, THUMBNAIL, THUMBNAIL)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=82, method=2)
    return out.getvalue()


def kinds() -> tuple[str, ...]:
    """The extensions of files that may be uploaded."""
    return tuple(EXTENSIONS.values())
