"""An alert fits every screen whole, says its level, never hides that it is a drill, and never flashes fast."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from media.notices import notice_face
from playlists.alert import Alert, Phase, Presentation, Status
from playlists.measure import EM, advance, clean
from playlists.notice import Moment, Notice, moment, notice
from playlists.noticedraw import Cell, strokes
from tests.playlists.made import alert_from_json
from tests.vectors import make_notice

VECTORS: dict[str, Any] = json.loads(make_notice.TARGET.read_text(encoding="utf-8"))
GAS = make_notice.ALERTS[0]
BOLD = Path(__file__).parents[2] / "media" / "fonts" / "NotoSansSC-Bold.ttf"

sizes = st.tuples(st.integers(64, 700), st.sampled_from((12, 16, 24, 32, 48, 64, 96, 128, 300, 700)))
colours = st.sampled_from(("single", "dual", "seven", "full"))
texts = st.text("煤气泄漏三号窑撤离，。（） abcWm.1", max_size=40)
alerts = st.builds(
    Alert, st.just("a"), st.just(1), st.sampled_from((Phase.LIVE, Phase.CLEARED)),
    st.sampled_from((Status.ACTUAL, Status.EXERCISE)), st.just(GAS.severity), st.just(GAS.urgency),
    st.sampled_from(Presentation), st.sampled_from(("Ⅰ级 红", "【演练】", "[Drill]", "Level Ⅱ orange")), texts, texts,
    st.just(0), st.just(0), st.just(600_000), st.just("7KMQ2X"), st.sampled_from(((), make_notice.qr())),
)  # fmt: skip


def test_the_vectors_are_what_their_maker_writes_and_what_the_rule_gives() -> None:
    assert make_notice.TARGET.read_text(encoding="utf-8") == make_notice.text()
    first = VECTORS["cases"][0]
    assert notice((64, 16), "single", alert_from_json(VECTORS["alerts"][0])).pages == tuple(first["notice"]["pages"])


def words_of(shown: Notice) -> list[str]:
    """What is printed besides the label, page by page."""
    return [" ".join(line.text for line in page.lines) for page in shown.pages] or (
        [shown.scroll.line.text] if shown.scroll else []
    )


def label_of(shown: Notice) -> str:
    """What stands on every page."""
    return " ".join(line.text for line in shown.label)


def bare(text: str) -> str:
    """Text without blanks."""
    return "".join(clean(text).split())


@settings(max_examples=100, deadline=None)
@given(sizes, colours, alerts)
def test_every_word_is_printed_and_the_level_always(size: tuple[int, int], colour: str, alert: Alert) -> None:
    shown = notice(size, colour, alert)
    printed = bare("".join(words_of(shown)))
    assert bare(alert.label) in bare(label_of(shown)) + printed
    assert bare(alert.headline) in printed
    assert bare(alert.text) in printed


@settings(max_examples=100, deadline=None)
@given(sizes, colours, alerts)
def test_no_page_of_a_drill_is_without_its_mark(size: tuple[int, int], colour: str, alert: Alert) -> None:
    drill = replace(alert, status=Status.EXERCISE, label="【演练】")
    shown = notice(size, colour, drill)
    assert all("【演练】" in label_of(shown) + page for page in words_of(shown))


@settings(max_examples=100, deadline=None)
@given(sizes, colours, alerts)
def test_pages_fit_into_their_box_and_are_read_in_time(size: tuple[int, int], colour: str, alert: Alert) -> None:
    shown = notice(size, colour, alert)
    x, y, wide, high = shown.box
    for page in shown.pages:
        assert page.dwell_ms >= 3_000
        for line in page.lines:
            taken = sum(advance(ord(char), line.bold) for char in line.text) * line.em / EM
            assert x <= line.x <= line.x + taken <= x + wide + 1
            assert y - line.em // 16 <= line.y
            assert line.y + line.em * 15 // 16 <= y + high


@settings(max_examples=60, deadline=None)
@given(sizes, colours, alerts, st.integers(0, 10**6))
def test_nothing_ever_goes_on_and_off_more_than_once_a_second(
    size: tuple[int, int], colour: str, alert: Alert, begin: int
) -> None:
    shown = notice(size, colour, alert)
    lit = [moment(shown, at, 0, at).lit for at in range(begin, begin + 3_000, 10)]
    assert sum(before != after for before, after in pairwise(lit)) <= 6


def test_twelve_characters_stand_still_beside_their_level_on_a_strip_of_sixteen_rows() -> None:
    shown = notice((192, 16), "single", replace(GAS, headline="全员疏散 南门", text=""))
    assert [line.text for page in shown.pages for line in page.lines] == ["全员疏散 南门"]
    assert [(line.text, line.em) for line in shown.label] == [("Ⅰ级 红", 16)]


def test_only_what_cannot_be_paged_runs() -> None:
    assert notice((192, 16), "single", GAS).scroll is None
    assert notice((192, 16), "single", replace(GAS, text="东门" * 40)).scroll is not None


def test_a_banner_takes_a_fifth_and_a_strip_whole() -> None:
    boxes = [
        notice(size, "full", replace(GAS, presentation=Presentation.BANNER)).box for size in ((192, 16), (1920, 1080))
    ]
    assert boxes == [(0, 0, 192, 16), (0, 864, 1920, 216)]


def test_orange_becomes_yellow_and_blue_green_on_dual_lamps_and_a_drill_is_blue() -> None:
    bands = [
        notice((256, 64), colour, make_notice.ALERTS[n]).inks.band
        for colour, n in (("dual", 5), ("dual", 2), ("full", 2), ("single", 2))
    ]
    assert bands == [(255, 200, 20), (60, 240, 80), (26, 95, 208), (255, 45, 25)]


def test_an_all_clear_is_calm_and_green() -> None:
    shown = notice((256, 128), "full", make_notice.ALERTS[4])
    assert (shown.blink, shown.inks.band) == ("", (24, 122, 62))


def test_a_turn_shorter_than_the_pages_shows_them_all() -> None:
    shown = notice((192, 16), "single", GAS)
    seen = {moment(shown, elapsed, 9_000, 0).page for elapsed in range(0, 9_000, 100)}
    assert seen == set(range(len(shown.pages)))


def test_a_code_has_two_px_a_module_and_its_quiet_zone_or_is_not_there() -> None:
    alert = replace(GAS, qr=make_notice.qr(), code="7KMQ2X")
    assert notice((192, 16), "single", alert).qr == (0, 0, 0, 0)
    assert notice((512, 128), "full", alert).qr[2] >= 2 * (25 + 8)


def test_the_cells_of_the_bitmap_face_are_as_wide_as_the_rule_says() -> None:
    face = notice_face()
    assert {point for point, dots in face.items() if advance(point, bold=False) != dots.width * EM // 16} == set()


def test_the_widths_of_ascii_are_those_of_the_bold_face() -> None:
    font = ImageFont.truetype(BOLD, 1_000, layout_engine=ImageFont.Layout.BASIC)
    for point in range(0x20, 0x7F):
        assert 0 <= advance(point, bold=True) - min(1_000, font.getlength(chr(point))) < 10


@pytest.mark.parametrize("left", [0, 50, -100])
def test_cells_meet_without_gap_or_overlap(left: int) -> None:
    shown = notice((320, 16), "single", replace(GAS, headline="Wm1煤气", text=""))
    cells = [one for one in strokes(shown, Moment(0, left, lit=True), ()) if isinstance(one, Cell)]
    body = [one for one in cells if one.x > shown.band[2]]
    assert [one.x + one.width for one in body[:-1]] == [one.x for one in body[1:]]


def test_a_notice_is_json_of_whole_numbers() -> None:
    told = json.dumps(asdict(notice((512, 128), "full", make_notice.ALERTS[1])))
    assert "." not in told.replace("7KMQ2X", "")
