"""Alerts are painted with Unifont's own dots at 16 rows, whole, and in no shade that the lamps lack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from media import palette
from media.notices import notice_face, paint
from playlists.alert import Alert
from playlists.notice import Moment, notice
from playlists.noticedraw import strokes
from tests.vectors.make_notice import ALERTS

ROOT = Path(__file__).parents[2]
GAS = ALERTS[0]


def painted(size: tuple[int, int], colour: str, alert: Alert = GAS, page: int = 0, lit: bool = True) -> Image.Image:
    picture = Image.new("RGB", size, (1, 2, 3))
    shown = notice(size, colour, alert)
    paint(picture, colour, strokes(shown, Moment(page, 0, lit), alert.qr))
    return picture


def test_the_face_has_every_character_of_the_servers_own_words() -> None:
    said = set()
    for path in (ROOT / "server" / "words").glob("*.json"):
        said |= set(json.dumps(json.loads(path.read_bytes()), ensure_ascii=False))
    assert {char for char in said if ord(char) not in notice_face()} == set()


def test_a_strip_holds_unifonts_own_dots() -> None:
    expected = Image.new("1", (192, 16))
    font = ImageFont.truetype(ROOT / "media" / "fonts" / "unifont.otf", 16, layout_engine=ImageFont.Layout.BASIC)
    draw = ImageDraw.Draw(expected)
    draw.fontmode = "1"
    draw.text((92, 14), "煤气泄漏", fill=1, font=font, anchor="ls")
    seen = painted((192, 16), "single").crop((57, 0, 192, 16)).convert("L").point(lambda level: 255 * (level > 0), "1")
    assert ImageChops.logical_xor(seen, expected.crop((57, 0, 192, 16))).getbbox() is None


@pytest.mark.parametrize("colour", ["single", "dual", "seven"])
@pytest.mark.parametrize("alert", ALERTS[:6])
def test_lamps_of_few_colours_get_their_own_colours_only(colour: str, alert: Alert) -> None:
    colours = {rgb for _, rgb in painted((256, 128), colour, alert).getcolors() or ()}
    assert colours <= {*palette.LAMPS[colour], (1, 2, 3)}


def test_the_label_is_printed_whether_its_ground_is_lit_or_dark() -> None:
    lit, dark = (painted((192, 16), "single", lit=lit).crop((0, 0, 56, 16)) for lit in (True, False))
    inverse = ImageChops.add(lit, dark).getcolors()
    assert inverse == [(56 * 16, palette.LAMP_RED)]


def test_a_banner_leaves_the_programme_above_it() -> None:
    assert painted((1920, 1080), "full", ALERTS[3]).getpixel((900, 800)) == (1, 2, 3)


def test_nothing_leaves_the_screen_or_its_box() -> None:
    picture = painted((96, 12), "single")
    assert picture.size == (96, 12)


def test_a_character_outside_the_face_is_painted_all_the_same() -> None:
    rare = Alert(**{**{name: getattr(GAS, name) for name in GAS.__slots__}, "headline": "㛃", "text": ""})
    assert painted((192, 16), "single", rare).crop((57, 0, 192, 16)).getbbox() is not None
