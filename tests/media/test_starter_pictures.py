"""The starter pictures: the sizes promised, dark enough for a dark hall, the same bytes each time."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageStat

from media.starter import draw

PICTURES = draw()
SIZES = {"ribbon.png": (512, 128), "stone.png": (480, 640), "lamp.png": (480, 640)}


def test_drawing_twice_gives_the_same_bytes() -> None:
    assert draw() == PICTURES


@pytest.mark.parametrize("name", PICTURES)
def test_a_starter_picture_is_an_rgb_png_of_its_promised_size(name: str) -> None:
    with Image.open(io.BytesIO(PICTURES[name])) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", SIZES.get(name, (1280, 720)))


@pytest.mark.parametrize("name", PICTURES)
def test_a_starter_picture_lies_on_dark_ground_with_something_light_on_it(name: str) -> None:
    with Image.open(io.BytesIO(PICTURES[name])) as picture:
        grey = picture.convert("L")
        assert ImageStat.Stat(grey).mean[0] < 90
        assert max(grey.tobytes()) > 120


def test_all_pictures_together_stay_small() -> None:
    assert sum(map(len, PICTURES.values())) < 200_000
