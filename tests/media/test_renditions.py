"""The same item gives the same bytes under the same name, everywhere and in parallel."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from media import renditions
from media.blobs import Blobs
from media.errors import Refused
from media.profile import Profile
from media.renditions import from_json, key, make, to_json
from tests.media.setting import made, no_picture, slogan, story

STRIP = Profile(192, 16, "single")
ITEMS = [
    slogan("看见冒烟先喊人，再报警；电话 119 或内线 6119。"),
    slogan("Safety first 安全第一 😀 שלום"),
    story("守住一条窑", "**先停**，再问。\n\n1. 挂牌\n2. 确认", person="三号窑班组"),
]
PROFILES = [STRIP, Profile(256, 64, "dual"), Profile(512, 128, "full"), Profile(1280, 720, "full")]

ELSEWHERE = """
import sys
from pathlib import Path
from tests.media.test_renditions import names
print("\\n".join(names(Path(sys.argv[1]))))
"""


def names(root: Path) -> list[str]:
    """The media names of every item on every profile."""
    blobs = Blobs(root)
    done = [make(item, profile, blobs, no_picture) for item in ITEMS for profile in PROFILES]
    return [page.media for rendition in done for page in rendition.pages]


def test_another_process_makes_the_same_bytes(tmp_path: Path) -> None:
    order = [sys.executable, "-c", ELSEWHERE, str(tmp_path / "there")]
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    there = subprocess.run(order, capture_output=True, text=True, check=True, env=environment)
    assert there.stdout.split() == names(tmp_path / "here")


def test_many_threads_make_the_same_bytes(tmp_path: Path) -> None:
    alone = names(tmp_path / "alone")
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda n: names(tmp_path / f"{n % 2}"), range(6)))
    assert together == [alone] * 6


def test_a_strip_is_stored_as_it_was_set(blobs: Blobs) -> None:
    rendition, pictures = made(ITEMS[0], STRIP, blobs)
    assert (rendition.effect, rendition.speed, rendition.kind) == ("scroll", 60, "slogan")
    assert [(page.width, page.height) for page in rendition.pages] == [picture.size for picture in pictures]
    assert blobs.size(rendition.pages[0].media) < 1500


def test_repeated_passes_share_one_file(blobs: Blobs) -> None:
    rendition, _ = made({**ITEMS[0], "duration_ms": 60_000}, STRIP, blobs)
    assert len(rendition.pages) > 1
    assert len({page.media for page in rendition.pages}) == 1


def test_an_item_is_the_same_work_under_another_id() -> None:
    assert key(slogan("慢"), STRIP) == key({**slogan("慢"), "id": "other"}, STRIP)


def test_a_pitch_changes_no_pixel_and_no_key() -> None:
    assert key(slogan("慢"), STRIP) == key(slogan("慢"), Profile(192, 16, "single", pitch_um=4750))


@pytest.mark.parametrize("other", [Profile(192, 17, "single"), Profile(192, 16, "dual")])
def test_another_region_or_colour_is_other_work(other: Profile) -> None:
    assert key(slogan("慢"), STRIP) != key(slogan("慢"), other)


def test_a_new_engine_is_other_work(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key(slogan("慢"), STRIP)
    monkeypatch.setattr(renditions, "ENGINE", renditions.ENGINE + 1)
    assert key(slogan("慢"), STRIP) != before


def test_a_lone_surrogate_has_a_key_and_a_rendition(blobs: Blobs) -> None:
    item = slogan("安\ud800全")
    assert len(key(item, STRIP)) == 64
    assert made(item, STRIP, blobs)[0].text == "安�全"


def test_a_rendition_survives_its_wire_form(blobs: Blobs) -> None:
    rendition, _ = made(ITEMS[2], PROFILES[3], blobs)
    assert from_json(to_json(rendition)) == rendition


def test_a_picture_item_is_one_exact_page(blobs: Blobs, photo: bytes) -> None:
    rendition = make({"kind": "image", "asset": "x"}, PROFILES[3], blobs, lambda _: photo)
    page = rendition.pages[0]
    assert (page.width, page.height, rendition.effect) == (1280, 720, "static")
    with Image.open(blobs.path(page.media)) as shown:
        assert shown.size == (1280, 720)


def test_a_story_carries_its_portrait(blobs: Blobs, photo: bytes) -> None:
    plain = make(ITEMS[2], PROFILES[3], blobs, no_picture)
    pictured = make({**ITEMS[2], "portrait": "x"}, PROFILES[3], blobs, lambda _: photo)
    assert pictured.pages[0].media != plain.pages[0].media


def test_a_broken_portrait_is_refused(blobs: Blobs) -> None:
    with pytest.raises(Refused, match="picture_type"):
        make({**ITEMS[2], "portrait": "x"}, PROFILES[3], blobs, lambda _: b"not a picture")
