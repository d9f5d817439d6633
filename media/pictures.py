"""A picture of the library on a screen: fitted to the region and brought to its lamps."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import lru_cache

from PIL import Image

from media import canvas, images
from media.lamps import to_lamps
from media.pace import STATIC_MS
from media.profile import Profile
from media.wishes import read

FEW_COLOURS = 256
SMALL_PX = 70_000
IMAGE_MS = 2 * STATIC_MS


def fitted(item: Mapping[str, object], profile: Profile, picture: Callable[[str], bytes]) -> tuple[Image.Image, int]:
    """The item's picture at exactly the region's size, and its dwell in ms."""
    wishes = read(item)
    source = _source(wishes.asset, picture)
    flat = _on_black(source)
    fit = images.covering if wishes.style.get("fit") == "cover" else _framed
    shown = fit(flat, profile.width, profile.height)
    return to_lamps(shown, profile.colour), wishes.duration_ms or IMAGE_MS


def portrait(name: str, picture: Callable[[str], bytes]) -> Image.Image:
    """A portrait's pixels, RGB."""
    return _on_black(_source(name, picture))


def encoded(shown: Image.Image) -> tuple[bytes, str]:
    """Bytes and extension: exact PNG for lamps, small pictures and drawings; WEBP for photographs on large panels."""
    few = shown.mode == "P" or shown.width * shown.height <= SMALL_PX or shown.getcolors(FEW_COLOURS) is not None
    if few:
        return canvas.png(shown), "png"
    out = io.BytesIO()
    shown.save(out, "WEBP", quality=88, method=2)
    return out.getvalue(), "webp"


def _framed(flat: Image.Image, width: int, height: int) -> Image.Image:
    """The whole picture on black."""
    inner = images.contained(flat, width, height)
    ground = Image.new("RGB", (width, height))
    ground.paste(inner, ((width - inner.width) // 2, (height - inner.height) // 2))
    return ground


def _on_black(source: Image.Image) -> Image.Image:
    if source.mode == "RGB":
        return source
    ground = Image.new("RGB", source.size)
    ground.paste(source, (0, 0), source.getchannel("A"))
    return ground


def _source(name: str, picture: Callable[[str], bytes]) -> Image.Image:
    return _decoded(picture(name))


@lru_cache(maxsize=2)
def _decoded(data: bytes) -> Image.Image:
    """The last pictures stay decoded: one upload is fitted to every profile of the site in a row."""
    return images.decoded(data)
