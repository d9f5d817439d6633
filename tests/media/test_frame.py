"""A frame holds exactly what the player shows at that instant."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from media.blobs import Blobs
from media.frame import compose
from media.profile import Profile
from media.values import Layer
from tests.media.setting import made, slogan


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def frame(colour: str, *layers: Layer) -> Image.Image:
    return opened(compose(192, 16, colour, layers))


@pytest.fixture
def strip(blobs: Blobs) -> tuple[Layer, Image.Image]:
    rendition, pictures = made(slogan("看见冒烟先喊人，再报警；电话 119。"), Profile(192, 16, "single"), blobs)
    return Layer(0, 0, 192, 16, blobs.path(rendition.pages[0].media), 0), pictures[0].convert("RGB")


@pytest.mark.parametrize("dx", [192, 191, 100, 0, -1, -57, -10_000])
def test_a_strip_stands_where_its_position_says(strip: tuple[Layer, Image.Image], dx: int) -> None:
    layer, picture = strip
    expected = Image.new("RGB", (192, 16))
    expected.paste(picture, (dx, 0))
    assert frame("single", layer._replace(dx=dx)).convert("RGB").tobytes() == expected.tobytes()


def test_a_region_without_a_picture_is_black() -> None:
    assert frame("full", Layer(0, 0, 192, 16, None, 0)).getbbox() is None


def test_a_picture_does_not_leave_its_region(strip: tuple[Layer, Image.Image]) -> None:
    shown = frame("single", strip[0]._replace(x=50, y=4, width=40, height=8, dx=-3)).convert("RGB")
    box = shown.getbbox()
    assert box is not None
    assert box[0] >= 50
    assert box[1] >= 4
    assert box[2] <= 90
    assert box[3] <= 12


def test_a_region_hanging_over_the_screens_edge_is_clipped(strip: tuple[Layer, Image.Image]) -> None:
    assert frame("single", strip[0]._replace(x=180, y=10)).size == (192, 16)


def test_few_colours_make_a_small_file_with_the_same_pixels(strip: tuple[Layer, Image.Image]) -> None:
    layer, picture = strip
    few = frame("single", layer)
    assert few.mode == "P"
    assert few.convert("RGB").tobytes() == picture.crop((0, 0, 192, 16)).tobytes()


@pytest.mark.parametrize(("part", "wanted"), [(0.0, 0), (0.25, 64), (0.5, 128), (1.0, 255)])
def test_a_page_fades_in_over_what_lies_beneath(tmp_path: Path, part: float, wanted: int) -> None:
    white = tmp_path / "white.png"
    Image.new("RGB", (192, 16), "white").save(white)
    seen = frame("full", Layer(0, 0, 192, 16, None, 0), Layer(0, 0, 192, 16, white, 0, part)).getpixel((5, 5))
    assert isinstance(seen, tuple)
    assert abs(seen[0] - wanted) <= 1
