"""Uploads are what they say, come in clean, and go out in the region's size and colours."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from media import images
from media.errors import Refused
from media.images import ingest
from media.palette import LAMPS
from media.pictures import fitted
from media.probe import Probed, probe
from media.profile import Profile

ORIENTATION = 0x0112


def encoded(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG with a true header, a claimed size and almost no data."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


SMALL = Image.new("RGB", (64, 48), (200, 30, 30))


@pytest.mark.parametrize(("form", "ext"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "gif")])
def test_the_four_kinds_are_known_by_their_bytes(form: str, ext: str) -> None:
    assert probe(encoded(SMALL, form)) == Probed(form, ext, 64, 48)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "picture_empty"),
        (b"<svg onload='alert(1)'/>", "picture_type"),
        (b"MZ" + b"\0" * 200, "picture_type"),
        (b"\x89PNG\r\n\x1a\n", "picture_type"),
        (b"GIF89a", "picture_type"),
        (encoded(SMALL, "TIFF"), "picture_type"),
        (encoded(SMALL, "BMP"), "picture_type"),
        (png_that_claims(30_000, 30_000), "picture_pixels"),
        (png_that_claims(8_000, 7_000), "picture_pixels"),
        (png_that_claims(10_000, 10_000), "picture_pixels"),
        (png_that_claims(21_000, 10), "picture_pixels"),
    ],
)
def test_what_is_no_picture_or_a_bomb_is_refused_before_decoding(data: bytes, rule: str) -> None:
    with pytest.raises(Refused) as refusal:
        ingest(data)
    assert refusal.value.rule == rule


def test_more_bytes_than_allowed_are_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.probe.MOST_BYTES", 10)
    with pytest.raises(Refused, match="picture_bytes"):
        probe(encoded(SMALL, "PNG"))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_truncated_picture_is_refused(form: str) -> None:
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    whole = encoded(noise, form)
    with pytest.raises(Refused):
        ingest(whole[: len(whole) // 2])


def test_a_header_that_lies_about_its_size_is_refused() -> None:
    with pytest.raises(Refused, match="picture_broken"):
        ingest(png_that_claims(400, 400))


@given(st.binary(max_size=300), st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]), st.integers(0, 400))
@settings(max_examples=150, deadline=None)
def test_damaged_pictures_are_taken_or_refused_but_never_a_traceback(noise: bytes, form: str, at: int) -> None:
    whole = encoded(SMALL, form)
    with suppress(Refused):
        ingest(whole[:at] + noise + whole[at + len(noise) :])


def test_orientation_is_applied_and_no_metadata_survives() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010E] = "three crew members, phone 123"
    taken = ingest(encoded(SMALL, "JPEG", exif=exif, comment=b"secret"))
    assert (taken.width, taken.height) == (48, 64)
    assert b"phone" not in taken.data
    assert b"secret" not in taken.data
    assert b"Exif" not in taken.data


def test_an_animation_becomes_its_first_frame() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    moving = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    taken = ingest(moving)
    with Image.open(io.BytesIO(taken.data)) as still:
        assert (still.format, getattr(still, "n_frames", 1)) == ("PNG", 1)
        assert still.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_large_photographs_are_stored_no_larger_than_a_wall_needs() -> None:
    taken = ingest(encoded(Image.new("RGB", (6000, 4000), "gray"), "JPEG"))
    assert max(taken.width, taken.height) <= images.LONGEST
    assert min(taken.width, taken.height) >= 1080


def test_a_thumbnail_is_small_and_keeps_the_shape(photo: bytes) -> None:
    with Image.open(io.BytesIO(ingest(photo).thumbnail)) as small:
        assert small.size == (320, 240)


def test_sixteen_bit_greys_keep_their_brightness() -> None:
    taken = ingest(encoded(Image.new("I;16", (8, 8), 0x8000), "PNG"))
    with Image.open(io.BytesIO(taken.data)) as picture:
        assert picture.convert("L").getpixel((0, 0)) == 128


@pytest.mark.parametrize("colour", ["single", "dual", "seven", "full"])
@pytest.mark.parametrize("fit", ["contain", "cover"])
def test_a_picture_fills_exactly_its_region_in_the_lamps_colours(photo: bytes, colour: str, fit: str) -> None:
    item = {"kind": "image", "asset": "x", "style": {"fit": fit}}
    shown, dwell = fitted(item, Profile(96, 32, colour), lambda _: photo)
    assert (shown.size, dwell) == ((96, 32), 10_000)
    seen = {seen for _, seen in shown.convert("RGB").getcolors(4096) or []}
    assert colour == "full" or seen <= set(LAMPS[colour])


def test_containing_leaves_black_at_the_sides_and_covering_does_not(photo: bytes) -> None:
    wide = Profile(128, 32, "full")
    contained, _ = fitted({"kind": "image", "asset": "x"}, wide, lambda _: photo)
    covering, _ = fitted({"kind": "image", "asset": "x", "style": {"fit": "cover"}}, wide, lambda _: photo)
    assert contained.getpixel((2, 16)) == (0, 0, 0)
    assert covering.getpixel((2, 16)) != (0, 0, 0)


def test_white_is_yellow_on_dual_and_white_on_seven() -> None:
    white = encoded(Image.new("RGB", (8, 8), "white"), "PNG")
    item = {"kind": "image", "asset": "x"}
    for colour, lamp in (("dual", LAMPS["dual"][3]), ("seven", (255, 255, 255))):
        shown, _ = fitted(item, Profile(8, 8, colour), lambda _: white)
        assert shown.convert("RGB").getcolors() == [(64, lamp)]


def test_half_bright_grey_lights_half_the_lamps() -> None:
    grey = encoded(Image.linear_gradient("L").convert("RGB"), "PNG")
    shown, _ = fitted({"kind": "image", "asset": "x"}, Profile(64, 64, "seven"), lambda _: grey)
    lit = sum(shown.convert("L").histogram()[1:])
    assert 0.45 < lit / 64**2 < 0.55


def test_clear_parts_of_a_picture_are_dark_lamps() -> None:
    clear = Image.new("RGBA", (8, 8), (255, 255, 255, 0))
    shown, _ = fitted({"kind": "image", "asset": "x"}, Profile(8, 8, "single"), lambda _: encoded(clear, "PNG"))
    assert shown.convert("RGB").getcolors() == [(64, (0, 0, 0))]


def test_blue_shows_as_green_on_dual() -> None:
    blue = encoded(Image.new("RGB", (8, 8), (0, 0, 255)), "PNG")
    shown, _ = fitted({"kind": "image", "asset": "x"}, Profile(8, 8, "dual"), lambda _: blue)
    assert shown.convert("RGB").getcolors() == [(64, LAMPS["dual"][2])]
