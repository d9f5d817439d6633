"""The schedule on the desk: a week as it will play, the list, the form, and who may do what."""

from __future__ import annotations

import re
from typing import Any

import pytest

from playlists.model import Colour
from server.accounts.model import Identity, Role
from server.editorial import service as editorial
from server.parts import Parts
from server.scheduling import service
from server.scheduling.model import SlotOrder, SlotQuery, SlotRow, Targets
from server.screens import groups
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from tests.server.web.desk import Desk

WEEK = "&week=2025-11-17"


@pytest.fixture
def home(parts: Parts, owner: Identity) -> str:
    group = groups.add_group(parts, owner, "三号窑").id
    screens.add(parts, owner, NewScreenOrder("东通道", 192, 16, Colour.SINGLE, groups=(group,)))
    return group


def playlist(parts: Parts, owner: Identity, name: str = "夜班提示", *, plays: bool = True) -> str:
    made = editorial.create(parts, owner, name, [{"kind": "slogan", "text": "下坡慢行"}])
    if plays:
        editorial.submit(parts, owner, made.id)
    return made.id


def slot(parts: Parts, owner: Identity, home: str, clock: str, name: str = "夜班提示", **more: Any) -> SlotRow:
    made = playlist(parts, owner, name, plays=more.pop("plays", True))
    order = SlotOrder(made, Targets(groups=(home,)), daypart={"clock": clock, **more.pop("days", {})}, **more)
    return service.add(parts, owner, order)


def cells(text: str) -> list[tuple[str, str, str]]:
    """Of every slot in the week its state, hours and name, as the page shows them."""
    found = re.findall(r'class="slot \w (\w+)".*?<b>(.*?)</b><span class="hours">(.*?)</span>', text, re.S)
    return [(state, hours, name) for state, name, hours in found]


def test_without_screens_the_page_says_what_to_do(parts: Parts, owner: Identity) -> None:
    assert "还没有屏幕，接上一块再排期" in Desk(parts, owner, Role.PUBLISHER).text("/schedule")


def test_a_group_made_stricter_later_names_what_plays_with_fewer_reviews(
    parts: Parts, owner: Identity, home: str
) -> None:
    slot(parts, owner, home, "08:00-16:00")
    slot(parts, owner, home, "17:00-18:00", "还没审", plays=False)
    desk = Desk(parts, owner, Role.PUBLISHER)
    week, told = f"/schedule?at=group:{home}{WEEK}", "「夜班提示」在播的版本审过的级数"
    assert told not in desk.text(week)
    groups.change_group(parts, owner, home, {"steps": 1})
    assert told in desk.text(week)
    assert "「还没审」在播" not in desk.text(week)
    assert ("plays", "8:00–16:00", "夜班提示") in cells(desk.text(week))
    assert desk.text("/schedule?view=list").count(">审级不够<") == 1


def test_a_week_shows_slots_gaps_and_what_fills_them(parts: Parts, owner: Identity, home: str) -> None:
    slot(parts, owner, home, "08:00-16:00", days={"weekdays": [1, 2, 3, 4, 5, 7]})
    text = Desk(parts, owner, Role.VIEWER).text(f"/schedule?at=group:{home}{WEEK}")
    assert cells(text) == [("plays", "8:00–16:00", "夜班提示")] * 6
    assert "这一周有 120 小时没有排期" in text
    assert "屏是黑的" in text


def test_an_overnight_slot_stands_on_both_days(parts: Parts, owner: Identity, home: str) -> None:
    slot(parts, owner, home, "22:00-06:00", days={"weekdays": [1]})
    text = Desk(parts, owner, Role.VIEWER).text(f"/schedule?at=group:{home}{WEEK}")
    assert [hours for _, hours, _ in cells(text)] == ["22:00–24:00", "0:00–6:00"]


def test_what_covers_what_is_said(parts: Parts, owner: Identity, home: str) -> None:
    monday = {"weekdays": [1]}
    slot(parts, owner, home, "08:00-16:00", "长", days=monday)
    slot(parts, owner, home, "09:00-10:00", "高", days=monday, priority=70)
    slot(parts, owner, home, "09:00-10:00", "低", days=monday, priority=30)
    slot(parts, owner, home, "12:00-13:00", "草稿", days=monday, priority=90, plays=False)
    text = Desk(parts, owner, Role.VIEWER).text(f"/schedule?at=group:{home}{WEEK}")
    states = {name: state for state, _, name in cells(text)}
    assert states == {"长": "partly", "高": "plays", "低": "hidden", "草稿": "waits"}


def test_equals_stand_beside_each_other_and_take_turns(parts: Parts, owner: Identity, home: str) -> None:
    for name, clock in (("一", "08:00-16:00"), ("二", "09:00-16:00")):
        slot(parts, owner, home, clock, name, days={"weekdays": [1]})
    text = Desk(parts, owner, Role.VIEWER).text(f"/schedule?at=group:{home}{WEEK}")
    assert [state for state, _, _ in cells(text)] == ["turns", "turns"]
    assert re.findall(r'data-left="(\d+)" data-width="(50)"', text) == [("0", "50"), ("50", "50")]


def test_equals_of_the_very_same_time_share_one_box(parts: Parts, owner: Identity, home: str) -> None:
    for name in ("一", "二", "三"):
        slot(parts, owner, home, "08:00-16:00", name, days={"weekdays": [1]})
    text = Desk(parts, owner, Role.VIEWER).text(f"/schedule?at=group:{home}{WEEK}")
    assert text.count("3 个轮流播") == 1
    assert set(re.findall(r'class="part \w".*?<b>(.*?)</b>', text)) == {"一", "二", "三"}


def test_the_form_makes_a_slot(parts: Parts, owner: Identity, home: str) -> None:
    made = playlist(parts, owner)
    values = {"playlist": made, "groups": home, "hours": "some", "from": "22:00", "until": "06:00"}
    answer = Desk(parts, owner, Role.AUTHOR).post(
        "/schedule/new", **values, weekdays=["1", "5"], region="main", priority="70", last="2025-12-31"
    )
    assert answer.status_code == 303
    ((row,), _) = service.listed(parts, owner, SlotQuery())
    assert (row.targets, row.priority) == (Targets(groups=(home,)), 70)
    assert row.daypart == {"clock": "22:00-06:00", "weekdays": [1, 5], "last": "2025-12-31"}


def test_a_form_with_gaps_comes_back_as_typed_and_says_what_is_missing(
    parts: Parts, owner: Identity, home: str
) -> None:
    values = {"hours": "some", "from": "09:00", "until": "09:00", "priority": "50", "region": "main"}
    answer = Desk(parts, owner, Role.AUTHOR).post("/schedule/new", **values, groups=home, weekdays="1")
    assert answer.status_code == 422
    assert "一分钟也没有" in answer.text
    assert re.search(rf'name="groups" value="{home}" checked', answer.text)
    assert 'name="from" value="09:00"' in answer.text


def test_the_form_changes_a_slot_unless_someone_else_did_first(parts: Parts, owner: Identity, home: str) -> None:
    row = slot(parts, owner, home, "08:00-16:00")
    desk = Desk(parts, owner, Role.AUTHOR)
    assert 'name="from" value="08:00"' in desk.text(f"/schedule/{row.id}")
    values = {"playlist": row.playlist, "groups": home, "hours": "all", "weekdays": "1", "region": "main"}
    first, second = (desk.post(f"/schedule/{row.id}", **values, priority="50", revision=row.changed) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 412)
    assert service.get(parts, owner, row.id).daypart["clock"] == "00:00-24:00"


def test_a_slot_with_an_end_keeps_it_when_its_form_is_saved(parts: Parts, owner: Identity, home: str) -> None:
    row = slot(parts, owner, home, "08:00-16:00", begins=1, ends=1_800_000_000_000)
    form = Desk(parts, owner, Role.AUTHOR).text(f"/schedule/{row.id}")
    assert 'name="begins" value="1"' in form
    assert 'name="ends" value="1800000000000"' in form


def test_a_day_rests_and_is_shown_so(parts: Parts, owner: Identity, home: str) -> None:
    row = slot(parts, owner, home, "08:00-16:00", days={"weekdays": [3]})
    desk = Desk(parts, owner, Role.AUTHOR)
    assert desk.post(f"/schedule/{row.id}/pause", day="2025-11-19").status_code == 303
    assert cells(desk.text(f"/schedule?at=group:{home}{WEEK}")) == [("rests", "8:00–16:00", "夜班提示")]


def test_the_list_says_every_slot_in_words_and_filters(parts: Parts, owner: Identity, home: str) -> None:
    slot(parts, owner, home, "22:00-06:00", "夜班提示", days={"weekdays": [1, 2, 3, 4, 5]})
    other = slot(parts, owner, home, "00:00-24:00", "安全月", days={"first": "2025-06-01", "last": "2025-06-30"})
    desk = Desk(parts, owner, Role.VIEWER)
    assert "周一到周五 22:00–6:00（跨零点，算前一天的）" in desk.text("/schedule?view=list")
    assert "6月1日到6月30日" in desk.text("/schedule?view=list")
    rows = re.findall(r'<tr data-slot="(\w+)"', desk.text(f"/schedule?view=list&playlist={other.playlist}"))
    assert rows == [other.id]


def test_one_who_only_reads_gets_no_form_and_no_button(parts: Parts, owner: Identity, home: str) -> None:
    row = slot(parts, owner, home, "08:00-16:00")
    desk = Desk(parts, owner, Role.VIEWER)
    assert desk.get("/schedule/new").status_code == 403
    assert desk.post(f"/schedule/{row.id}/remove").status_code == 403
    assert "data-form" not in desk.text(f"/schedule?at=group:{home}{WEEK}")


def test_hostile_names_stay_text_everywhere(parts: Parts, owner: Identity, home: str) -> None:
    slot(parts, owner, home, "08:00-16:00", "<img src=x onerror=1>")
    desk = Desk(parts, owner, Role.AUTHOR)
    for path in ("/schedule", "/schedule?view=list", "/schedule/new"):
        assert "<img src=x" not in desk.text(path)


@pytest.mark.parametrize("week", ["", "2025-11-19", "0000-00-00", "9999-12-31", "x"])
def test_any_week_an_address_names_is_answered(parts: Parts, owner: Identity, home: str, week: str) -> None:
    assert Desk(parts, owner, Role.VIEWER).get(f"/schedule?at=nothing:there&week={week}").status_code == 200


def test_the_english_page_holds_no_chinese_of_its_own(parts: Parts, owner: Identity, home: str) -> None:
    groups.change_group(parts, owner, home, {"name": "Kiln 3"})
    (screen,) = screens.list_screens(parts, owner)
    screens.change(parts, owner, screen.id, {"name": "East"})
    row = slot(parts, owner, home, "22:00-06:00", "Night")
    desk = Desk(parts, owner, Role.AUTHOR, "en")
    for path in (f"/schedule?at=group:{home}{WEEK}", "/schedule?view=list", f"/schedule/{row.id}"):
        text = re.sub(r"<aside.*?</aside>|<title>.*?</title>", "", desk.text(path), flags=re.S)
        assert re.findall(r"[\u4e00-\u9fff]+", text) == []
