"""Small lamps show the bitmap faces' own bits, placed by the cell."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from media import faces
from media.faces import UNIFONT, WENQUANYI, Face
from tests.media.setting import lit, set_on, slogan


def drawn_by_pillow(text: str, face: Face, size: int, baseline: int, width: int) -> list[str]:
    """What bare Pillow draws, in the middle of the width."""
    font = ImageFont.truetype(faces.FONTS / face.file, size, layout_engine=ImageFont.Layout.BASIC)
    picture = Image.new("1", (width, size))
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1"
    left, _, right, _ = font.getbbox(text, mode="1", anchor="ls")
    pen.text(((width - round(right - left)) // 2 - round(left), baseline), text, font=font, fill=1, anchor="ls")
    return lit(picture)


@pytest.mark.parametrize("text", ["警疏散", "煤气泄漏撤离", "限速 15", "Gate 3"])
def test_sixteen_rows_show_unifonts_own_bits(text: str) -> None:
    page = set_on(slogan(text), 96, 16).sheets[0].picture
    assert lit(page) == drawn_by_pillow(text, UNIFONT, 16, 14, 96)


def test_the_character_jing_is_unifonts_glyph_bit_for_bit() -> None:
    page = set_on(slogan("警"), 16, 16).sheets[0].picture
    assert lit(page) == JING


def test_twelve_rows_use_the_twelve_pixel_face() -> None:
    page = set_on(slogan("安全第一"), 96, 12).sheets[0].picture
    assert lit(page) == drawn_by_pillow("安全第一", WENQUANYI, 12, 10, 96)


def test_twice_sixteen_doubles_every_lamp_of_unifont() -> None:
    one = faces.glyph("警", UNIFONT, faces.Type(16)).mask
    two = faces.glyph("警", UNIFONT, faces.Type(32)).mask
    assert one is not None
    assert two is not None
    assert lit(one.resize((one.width * 2, one.height * 2), Image.Resampling.NEAREST)) == lit(two)


@pytest.mark.parametrize(
    ("face", "em"),
    [
        (WENQUANYI, 12),
        (UNIFONT, 16),
        (UNIFONT, 48),
        (faces.REGULAR, 12),
        (faces.REGULAR, 25),
        (faces.BOLD, 29),
        (faces.BOLD, 64),
    ],
)
def test_chinese_characters_fill_their_square_in_every_face(face: Face, em: int) -> None:
    size = face.size(em)
    font = ImageFont.truetype(faces.FONTS / face.file, size, layout_engine=ImageFont.Layout.BASIC)
    assert {round(font.getlength(character)) for character in "一丨警疏散㐀䶮龥㛃"} == {size}


@pytest.mark.parametrize("height", [24, 32, 48, 64])
@pytest.mark.parametrize("text", ["安全第一", "Åjpqy(国)", "，。"])
def test_no_ink_is_cut_at_the_top_or_the_bottom(height: int, text: str) -> None:
    strip = set_on(slogan(text, effect="scroll"), 8 * height, height).sheets[0].picture
    taller = set_on(slogan(text, effect="scroll"), 8 * height, height)
    ink_rows = [number for number, row in enumerate(lit(strip)) if "#" in row]
    assert taller.em <= height
    assert ink_rows[-1] - ink_rows[0] < height


@pytest.mark.parametrize("colour", ["single", "dual", "seven", "full"])
def test_small_type_has_no_shades_on_any_class(colour: str) -> None:
    page = set_on(slogan("警疏散"), 96, 16, colour).sheets[0].picture.convert("RGB")
    assert len(page.getcolors() or []) == 2


def test_large_type_is_smooth_on_full_colour_only() -> None:
    smooth = set_on(slogan("警疏散"), 256, 64, "full").sheets[0].picture.convert("RGB")
    hard = set_on(slogan("警疏散"), 256, 64, "dual").sheets[0].picture.convert("RGB")
    assert len(smooth.getcolors() or []) > 8
    assert len(hard.getcolors() or []) == 2


JING = """
..#..#....#.....
########..#.....
..#..#...######.
.######.##...#..
#.....#...#.#...
.####.#....#....
.#..#.#...#.#...
.####.#.##...##.
.....#.#........
###############.
................
..###########...
................
..###########...
..#.........#...
..###########...
""".split()
