"""Text becomes a strip or pages, whatever the text and the region."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media import ink, slogans
from media.errors import Refused
from media.palette import FULL, LAMPS
from media.profile import Profile
from media.typeset import Setting, coverage, facts, typeset
from tests.media.setting import no_picture, notice, set_on, slogan, story

LONG = "看见冒烟先喊人，再报警；电话 119 或内线 6119。"
SIZES = [
    (8, 8), (64, 16), (96, 16), (512, 16), (256, 32), (64, 32), (128, 48), (160, 96), (256, 64),
    (1024, 64), (512, 128), (768, 384), (240, 240), (720, 1280), (1280, 720), (333, 77),
]  # fmt: skip
CHARACTERS = st.one_of(
    st.sampled_from("安全生产，。！（）《》 \n\tabcXYZ0189%-㛃䶮𠮷😀👩‍🏭שלוםمرحبا\u202e\u0000\u0301\ufeff〓□"),
    st.characters(),
)
TEXTS = st.text(CHARACTERS, max_size=60)


def fits_region(done: Setting, profile: Profile) -> bool:
    sizes = {sheet.picture.size for sheet in done.sheets}
    if done.effect == "scroll":
        return all(height == profile.height and width > 0 for width, height in sizes)
    return sizes == {(profile.width, profile.height)}


def palette_of(done: Setting) -> set[object]:
    return {seen for sheet in done.sheets for _, seen in sheet.picture.convert("RGB").getcolors(256) or [(0, None)]}


@given(
    TEXTS,
    TEXTS,
    st.sampled_from(SIZES),
    st.sampled_from(["single", "dual", "seven", "full"]),
    st.sampled_from(["slogan", "notice", "story"]),
    st.sampled_from(["", "scroll", "page", "static", "fade"]),
    st.sampled_from([*FULL, "", "plaid"]),
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_on_any_region_is_set_in_its_size_and_colours_or_refused(
    text: str, title: str, size: tuple[int, int], colour: str, kind: str, effect: str, ink: str
) -> None:
    profile = Profile(*size, colour)
    item = {"kind": kind, "text": text, "body": text, "title": title, "effect": effect, "style": {"colour": ink}}
    try:
        done = typeset(item, profile, no_picture)
    except Refused:
        return
    assert fits_region(done, profile)
    assert all(sheet.duration_ms > 0 for sheet in done.sheets)
    assert colour == "full" or palette_of(done) <= set(LAMPS[colour])


def test_a_line_that_fits_stands_still_for_five_seconds() -> None:
    done = set_on(slogan("灭火器前一米不堆物"), 192, 16)
    assert (done.effect, done.speed, done.sheets[0].duration_ms) == ("static", 0, 5000)


@pytest.mark.parametrize(("height", "speed"), [(16, 60), (32, 120), (64, 240)])
def test_a_long_line_runs_at_the_default_speed_of_its_height(height: int, speed: int) -> None:
    done = set_on(slogan(LONG), 8 * height, height)
    assert (done.effect, done.speed) == ("scroll", speed)


def test_a_pass_lasts_until_the_last_column_has_left() -> None:
    done = set_on(slogan(LONG), 192, 16)
    strip = done.sheets[0]
    assert strip.duration_ms == -(-(192 + strip.picture.width) * 1000 // 60)


@pytest.mark.parametrize(
    ("wish", "speed"), [("slow", 40), ("fast", 80), ("99", 104), ("0.1", 40), ("nan", 40), ("?", 60)]
)
def test_a_wished_speed_stays_within_what_can_be_read(wish: str, speed: int) -> None:
    assert set_on(slogan(LONG, style={"speed": wish}), 192, 16).speed == speed


def test_a_longer_duration_repeats_whole_passes() -> None:
    once = set_on(slogan(LONG), 192, 16).sheets[0].duration_ms
    done = set_on(slogan(LONG, duration_ms=once * 2 - 5), 192, 16)
    assert [sheet.duration_ms for sheet in done.sheets] == [once, once]


def test_a_board_turns_the_page_where_a_clause_ends() -> None:
    done = set_on(slogan(LONG), 256, 64, "dual")
    assert (done.effect, done.text) == ("page", "看见冒烟先喊人，再报警；\n电话 119或内线 6119。")


def test_a_page_stays_long_enough_to_be_read() -> None:
    done = set_on(slogan(LONG), 256, 64, "dual")
    assert [sheet.duration_ms for sheet in done.sheets] == [4000, 3750]


def test_a_short_slogan_fills_a_board_in_the_largest_face() -> None:
    assert set_on(slogan("慢"), 64, 32).em >= 29


def test_a_story_on_a_strip_is_its_title_and_first_sentences() -> None:
    done = set_on(story("守住一条窑", "先停，再问。" * 60, person="三号窑班组"), 192, 16)
    assert done.text.startswith("守住一条窑\u3000三号窑班组\u3000先停，再问。")
    assert done.left_out > 0
    assert done.text.endswith("。")


def test_a_story_on_a_wall_is_pages_that_hold_every_word() -> None:
    body = "".join(f"第 {n} 天，窑没有停。" for n in range(60))
    done = set_on(story("守住一条窑", body), 1280, 720, "full")
    assert len(done.sheets) > 1
    assert body.replace(" ", "") in done.text.replace("\n", "").replace(" ", "")


def test_a_notice_with_a_title_keeps_both_on_a_board() -> None:
    done = set_on(notice("两人同行，带好报警仪。", title="进入煤气区域"), 128, 48)
    assert done.text.replace("\n", "") == "进入煤气区域两人同行，带好报警仪。"


def test_right_to_left_text_is_seen_from_the_right() -> None:
    hebrew = set_on(slogan("שלום"), 96, 16).sheets[0].picture
    reversed_letters = set_on(slogan("ם"), 16, 16).sheets[0].picture
    assert hebrew.getbbox() is not None
    assert hebrew.crop((32, 0, 40, 16)).tobytes() == reversed_letters.crop((4, 0, 12, 16)).tobytes()


@given(st.text("مرحبابالعالمשלום 12abc安", min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_right_to_left_lines_stay_within_their_page(text: str) -> None:
    for block in slogans.pages(text, Profile(64, 48, "single"), 64, 48, 16):
        assert all(ink.set_line(line, block.type).right <= 64 for line in block.texts)


def test_missing_characters_are_named_once_in_order() -> None:
    assert coverage("𠮷家\ue000𠮷", Profile(192, 16, "single")) == ("𠮷", "\ue000")


def test_rare_characters_of_names_have_glyphs_on_every_height() -> None:
    for height in (12, 16, 24, 32, 64):
        assert coverage("㛃䶮警疏散", Profile(256, height, "single")) == ()


def test_a_missing_character_is_replaced_visibly() -> None:
    missing = set_on(slogan("\ue000"), 64, 16).sheets[0].picture
    assert missing.tobytes() == set_on(slogan("〓"), 64, 16).sheets[0].picture.tobytes()


def test_facts_tell_what_an_author_asks() -> None:
    told = facts(slogan(LONG), Profile(192, 16, "single"), no_picture)
    assert (told.scrolls, told.readable_m, told.fits, told.pages, told.missing) == (True, 23, 12, 1, ())
    assert told.needs_ms == set_on(slogan(LONG), 192, 16).sheets[0].duration_ms


def test_readable_distance_follows_the_pitch() -> None:
    assert facts(slogan("慢"), Profile(192, 16, "single", pitch_um=4750), no_picture).readable_m == 11


@pytest.mark.parametrize(
    ("item", "rule"),
    [
        (slogan(""), "empty"),
        (slogan(" \n\u200b"), "empty"),
        (slogan("字" * 2001), "too_long"),
        (story("", ""), "empty"),
        (story("", "---\n\n<div></div>"), "empty"),
        (slogan("慢", effect="spin"), "unknown_effect"),
        (slogan("慢", duration_ms=0), "duration"),
        ({"kind": "opera"}, "unknown_kind"),
        (slogan(7), "not_text"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_set_is_refused_by_rule(item: dict[str, object], rule: str) -> None:
    with pytest.raises(Refused) as refusal:
        set_on(item, 192, 16)
    assert refusal.value.rule == rule


@pytest.mark.parametrize("size", [(0, 16), (9000, 16), (5000, 5000)])
def test_a_region_of_impossible_size_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(Refused, match="screen_size"):
        set_on(slogan("慢"), *size)


@pytest.mark.parametrize("size", [(8, 16), (192, 11)])
def test_a_region_too_small_for_the_smallest_face_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(Refused, match="no_room"):
        set_on(slogan("慢"), *size)


def test_an_unknown_colour_class_is_refused() -> None:
    with pytest.raises(Refused, match="unknown_colour"):
        set_on(slogan("慢"), 64, 16, "sepia")


def test_what_arrives_broken_is_named_as_missing() -> None:
    assert coverage("安\ud800全", Profile(192, 16, "single")) == ("\ufffd",)


@pytest.mark.parametrize(
    ("wish", "colour", "lamp"),
    [("orange", "dual", "yellow"), ("blue", "dual", "green"), ("white", "single", "red"), ("green", "dual", "green")],
)
def test_a_colour_wish_becomes_the_nearest_lamp(wish: str, colour: str, lamp: str) -> None:
    wished = set_on(slogan("慢", style={"colour": wish}), 64, 16, colour).sheets[0].picture
    plain = set_on(slogan("慢", style={"colour": lamp}), 64, 16, colour).sheets[0].picture
    assert wished.tobytes() == plain.tobytes()
    assert len(wished.getcolors() or []) == 2
