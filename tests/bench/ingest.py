"""Measure a 12-megapixel JPEG on its way to three screens against bare Pillow doing the same resizing and encoding."""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from PIL import Image, ImageOps  # noqa: E402

from media import images, pictures  # noqa: E402
from media.profile import Profile  # noqa: E402

PROFILES = (Profile(1280, 720, "full"), Profile(512, 128, "full"), Profile(256, 64, "dual"))
RUNS = 7


def photograph() -> bytes:
    """A picture with the detail of a photograph: noise over gradients, 4000 x 3000 px."""
    noise = Image.effect_noise((1000, 750), 60).resize((4000, 3000), Image.Resampling.BICUBIC)
    falls = Image.linear_gradient("L").resize((4000, 3000))
    out = io.BytesIO()
    Image.merge("RGB", (noise, falls, ImageOps.invert(noise))).save(out, "JPEG", quality=88)
    return out.getvalue()


def bare(data: bytes) -> None:
    """Straightforward Pillow: decode, turn upright, store a clean copy and a thumbnail, fit to three sizes."""
    whole = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    whole.thumbnail((images.LONGEST, images.LONGEST), Image.Resampling.LANCZOS)
    _saved(whole, "JPEG", quality=90)
    _saved(ImageOps.contain(whole, (images.THUMBNAIL, images.THUMBNAIL), Image.Resampling.LANCZOS), "WEBP", method=2)
    for profile in PROFILES:
        shown = ImageOps.pad(whole, (profile.width, profile.height), Image.Resampling.LANCZOS)
        if profile.one_bit:
            _saved(shown.quantize(4), "PNG")
        elif profile.width * profile.height > pictures.SMALL_PX:
            _saved(shown, "WEBP", quality=88, method=2)
        else:
            _saved(shown, "PNG")


def _saved(picture: Image.Image, form: str, **how: object) -> None:
    picture.save(io.BytesIO(), form, **how)


def ours(data: bytes) -> None:
    """An upload, then its renditions, each from the stored copy as the server makes them."""
    pictures._decoded.cache_clear()
    stored = images.ingest(data).data
    for profile in PROFILES:
        shown, _ = pictures.fitted({"kind": "image", "asset": "x"}, profile, lambda _: stored)
        pictures.encoded(shown)


def timed(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def main() -> None:
    data = photograph()
    times: dict[str, list[float]] = {"bare Pillow": [], "Paomadeng": []}
    for _ in range(RUNS):
        times["bare Pillow"].append(timed(lambda: bare(data)))
        times["Paomadeng"].append(timed(lambda: ours(data)))
    middle = {name: statistics.median(values) for name, values in times.items()}
    print(
        f"12 MP JPEG ({len(data) / 1e6:.1f} MB) to a stored copy, a thumbnail and three renditions; "
        f"median processor ms of {RUNS} runs\n"
    )
    print(f"{'way':14}{'ms':>9}{'x bare':>9}  target")
    for name, taken in middle.items():
        print(f"{name:14}{taken:9.1f}{taken / middle['bare Pillow']:9.2f}  {'<= 1.2' if name == 'Paomadeng' else ''}")


if __name__ == "__main__":
    main()
