"""Measure setting a 30-character slogan on a 32-row strip against bare Pillow drawing and encoding the same pixels."""

from __future__ import annotations

import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from PIL import Image, ImageDraw  # noqa: E402

from media import canvas, faces, ink, renditions, typeset  # noqa: E402
from media.blobs import Blobs  # noqa: E402
from media.profile import Profile  # noqa: E402

SLOGAN = "安全生产人人有责隐患排查时时不忘班前检查设备状态班后清点工具数量"[:30]
PROFILES = (Profile(256, 32, "single"), Profile(256, 32, "full"))
RUNS = 41


def no_picture(name: str) -> bytes:
    raise KeyError(name)


def forget_glyphs() -> None:
    """Empty what is learnt of single texts; the fonts stay open and their coverage read, as in a running server."""
    for cache in (faces._kept, faces.advance, faces.face_for, ink.advance, ink._cluster_advance):
        cache.cache_clear()


def bare(profile: Profile, width: int) -> bytes:
    """What a program of ten lines would do, to the same size and depth."""
    font = faces._font(faces.BOLD, 32)
    picture = Image.new("1" if profile.one_bit else "L", (width, profile.height))
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1" if profile.one_bit else "L"
    pen.text((0, 28), SLOGAN, font=font, fill=255, anchor="ls")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def ours(profile: Profile) -> bytes:
    """The slogan from item to PNG bytes."""
    item = {"id": "i", "kind": "slogan", "text": SLOGAN}
    return canvas.png(typeset.typeset(item, profile, no_picture).sheets[0].picture)


def cached(stored: dict[str, dict[str, object]], profile: Profile) -> renditions.Rendition:
    """The way of an item that was set before: its key, and the stored answer."""
    item = {"id": "i", "kind": "slogan", "text": SLOGAN}
    return renditions.from_json(stored[renditions.key(item, profile)])


def timed(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def measure(profile: Profile, root: Path) -> list[tuple[str, float]]:
    """Median ms of each way, runs interleaved so that a busy machine slows all alike."""
    done = renditions.make({"id": "i", "kind": "slogan", "text": SLOGAN}, profile, Blobs(root), no_picture)
    stored = {renditions.key({"kind": "slogan", "text": SLOGAN}, profile): renditions.to_json(done)}
    times: dict[str, list[float]] = {"bare Pillow": [], "cold": [], "glyphs known": [], "cached": []}
    for _ in range(RUNS):
        times["bare Pillow"].append(timed(lambda: bare(profile, done.pages[0].width)))
        forget_glyphs()
        times["cold"].append(timed(lambda: ours(profile)))
        times["glyphs known"].append(timed(lambda: ours(profile)))
        times["cached"].append(timed(lambda: cached(stored, profile)))
    return [(name, statistics.median(values)) for name, values in times.items()]


def main() -> None:
    print(f"{len(SLOGAN)} characters on 256 x 32, item to PNG bytes; median processor ms of {RUNS} interleaved runs\n")
    print(f"{'class':8}{'way':16}{'ms':>9}{'x bare':>9}  target")
    targets = {"cold": "<= 1.5", "glyphs known": "<= 1.5", "cached": "<= 0.1 ms"}
    with tempfile.TemporaryDirectory() as root:
        for profile in PROFILES:
            rows = measure(profile, Path(root))
            for name, taken in rows:
                print(f"{profile.colour:8}{name:16}{taken:9.3f}{taken / rows[0][1]:9.2f}  {targets.get(name, '')}")


if __name__ == "__main__":
    main()
