"""Review on the desk: the inbox, one piece, the decision, and what stands against it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from playlists.model import Colour
from server.accounts.model import Grant, Identity, Role
from server.editorial import service, views
from server.editorial.model import PlaylistView
from server.editorial.service import Order
from server.parts import Parts
from server.scheduling import service as scheduling
from server.scheduling.model import SlotOrder, Targets
from server.screens import groups
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from tests.server.web.desk import Desk

AUTHOR = Identity("o1", "person", "author", "宣传科", grants=(Grant("content"), Grant("read")))


@pytest.fixture
def home(parts: Parts, owner: Identity) -> str:
    """A group that asks for one review, with a strip in it."""
    group = groups.add_group(parts, owner, "三号窑", steps=1).id
    screens.add(parts, owner, NewScreenOrder("东通道", 192, 16, Colour.SINGLE, groups=(group,)))
    return group


def submitted(parts: Parts, group: str, *lines: str, name: str = "消防宣传月", who: Identity = AUTHOR) -> PlaylistView:
    items = [{"kind": "slogan", "text": line} for line in lines]
    made = service.create(parts, who, name, items, group)
    return service.submit(parts, who, made.id)


def test_the_inbox_shows_the_first_piece_with_its_text_its_place_and_its_revision(
    parts: Parts, owner: Identity, home: str
) -> None:
    piece = submitted(parts, home, "下班先断电")
    scheduling.add(parts, owner, SlotOrder(piece.id, Targets(groups=(home,)), daypart={"clock": "08:00-16:00"}))
    text = Desk(parts, owner, Role.REVIEWER).text("/review")
    for told in ("1 件等你", "消防宣传月", "下班先断电", "三号窑，1 块屏", "每天 8:00–16:00", "通过第 1 版"):
        assert told in text


def test_changes_against_what_plays_are_struck_and_underlined(parts: Parts, owner: Identity, home: str) -> None:
    piece = submitted(parts, home, "看见冒烟先打电话")
    service.approve(parts, owner, piece.id, piece.revision)
    item = {"kind": "slogan", "id": piece.items[0].id, "text": "看见冒烟先喊人"}
    service.save(parts, AUTHOR, piece.id, piece.revision, Order(items=[item]))
    service.submit(parts, AUTHOR, piece.id)
    text = Desk(parts, owner, Role.REVIEWER).text(f"/review/{piece.id}")
    assert "看见冒烟先<del>打电话</del><ins>喊人</ins>" in text
    assert "和正在播的第 1 版相比，改了 1 处" in text


def test_approving_by_the_form_publishes_and_goes_on(parts: Parts, owner: Identity, home: str) -> None:
    piece = submitted(parts, home, "下班先断电")
    desk = Desk(parts, owner, Role.REVIEWER)
    answer = desk.post(f"/review/{piece.id}/approve", revision=piece.revision)
    assert (answer.status_code, answer.location) == (303, "/review")
    assert views.get(parts, owner, piece.id).view.state == "approved"
    assert "没有等你审的" in desk.text("/review")


def section(text: str) -> str:
    """The part of the page that lists what plays with too few reviews."""
    found = re.search(r'<section id="lacking">.*?</section>', text, re.S)
    return found[0] if found else ""


def test_what_plays_with_fewer_reviews_than_its_group_asks_for_by_now_is_listed_and_submitted(
    parts: Parts, owner: Identity, home: str
) -> None:
    groups.change_group(parts, owner, home, {"steps": 0})
    piece = submitted(parts, home, "下班先断电")
    desk = Desk(parts, owner, Role.PUBLISHER)
    assert section(desk.text("/review")) == ""
    groups.change_group(parts, owner, home, {"steps": 1})
    assert "没审过，现在要 1 级" in section(desk.text("/review"))
    answer = desk.post(f"/review/{piece.id}/submit", revision=piece.revision)
    assert (answer.status_code, answer.location) == (303, "/review")
    assert section(desk.text("/review")) == ""
    assert views.get(parts, owner, piece.id).view.state == "step_1"


def test_a_reviewer_who_writes_nothing_is_told_whom_it_waits_for(parts: Parts, owner: Identity, home: str) -> None:
    groups.change_group(parts, owner, home, {"steps": 0})
    piece = submitted(parts, home, "下班先断电")
    groups.change_group(parts, owner, home, {"steps": 1})
    desk = Desk(parts, owner, Role.REVIEWER)
    assert "等作者送审" in section(desk.text("/review"))
    assert "<form" not in section(desk.text("/review"))
    assert desk.post(f"/review/{piece.id}/submit", revision=piece.revision).status_code == 403


def test_a_draft_that_says_something_else_by_now_is_looked_at_first(parts: Parts, owner: Identity, home: str) -> None:
    groups.change_group(parts, owner, home, {"steps": 0})
    piece = submitted(parts, home, "下班先断电")
    groups.change_group(parts, owner, home, {"steps": 1})
    service.save(parts, AUTHOR, piece.id, piece.revision, Order(name="消防月"))
    shown = section(Desk(parts, owner, Role.PUBLISHER).text("/review"))
    assert "有改动，去看" in shown
    assert "<form" not in shown


def test_a_return_needs_a_reason_and_tells_it_to_the_author(parts: Parts, owner: Identity, home: str) -> None:
    piece = submitted(parts, home, "下班先断电")
    desk = Desk(parts, owner, Role.REVIEWER)
    assert desk.post(f"/review/{piece.id}/return", revision=piece.revision).status_code == 422
    desk.post(f"/review/{piece.id}/return", revision=piece.revision, reason="typo", words="第 1 条")
    assert views.inbox(parts, AUTHOR).returned[0][1] == "有错别字：第 1 条"


def test_deciding_on_an_older_revision_is_refused_and_shows_the_newer(parts: Parts, owner: Identity, home: str) -> None:
    piece = submitted(parts, home, "下班先断电")
    item = {"kind": "slogan", "text": "下班先断电再锁门"}
    service.save(parts, AUTHOR, piece.id, piece.revision, Order(items=[item]))
    service.submit(parts, AUTHOR, piece.id)
    answer = Desk(parts, owner, Role.REVIEWER).post(f"/review/{piece.id}/approve", revision=piece.revision)
    assert answer.status_code == 412
    assert "通过第 2 版" in answer.text
    assert views.get(parts, owner, piece.id).view.state == "step_1"


def test_one_who_may_review_is_told_why_their_own_piece_waits_for_others(
    parts: Parts, owner: Identity, home: str
) -> None:
    desk = Desk(parts, owner, Role.PUBLISHER)
    made = desk.call("/api/v1/playlists", {"name": "寄语", "group": home, "items": [{"kind": "slogan", "text": "早"}]})
    desk.call(f"/api/v1/playlists/{made.get_json()['id']}/submit", {})
    text = desk.text(f"/review/{made.get_json()['id']}")
    assert "这是你写的，要别人来审" in text
    assert 'id="approve"' not in text
    assert "你送出、在等别人的" in text


def test_an_author_reads_why_a_piece_came_back_and_decides_nothing(parts: Parts, owner: Identity, home: str) -> None:
    desk = Desk(parts, owner, Role.AUTHOR)
    made = desk.call("/api/v1/playlists", {"name": "提示", "group": home, "items": [{"kind": "slogan", "text": "早"}]})
    sent = desk.call(f"/api/v1/playlists/{made.get_json()['id']}/submit", {})
    service.send_back(parts, owner, made.get_json()["id"], sent.get_json()["submitted"], "太长，看不完")
    assert "退回原因：太长，看不完" in desk.text("/review")
    piece = submitted(parts, home, "下班先断电")
    assert desk.post(f"/review/{piece.id}/approve", revision=piece.revision).status_code == 403


def test_one_who_only_reads_has_no_review(parts: Parts, owner: Identity) -> None:
    desk = Desk(parts, owner, Role.VIEWER)
    assert desk.get("/review").status_code == 403
    assert 'href="/review"' not in desk.text("/")


def test_hostile_names_and_lines_stay_text(parts: Parts, owner: Identity, home: str) -> None:
    piece = submitted(parts, home, "<img src=x onerror=1>", name="<script>1</script>")
    text = Desk(parts, owner, Role.REVIEWER).text(f"/review/{piece.id}")
    assert "<img src=x" not in text
    assert "<script>1" not in text


def test_the_badge_counts_what_waits_for_the_asker_alone(parts: Parts, owner: Identity, home: str) -> None:
    piece = submitted(parts, home, "下班先断电")
    desk = Desk(parts, owner, Role.REVIEWER)
    assert desk.get("/review/waiting").get_json() == {"waiting": 1}
    service.approve(parts, owner, piece.id, piece.revision)
    assert desk.get("/review/waiting").get_json() == {"waiting": 0}


def test_a_reviewer_sees_the_pixels_of_the_submitted_revision(parts: Parts, owner: Identity, home: str) -> None:
    piece = submitted(parts, home, "下班先断电", "出口在左手边")
    (screen,) = screens.list_screens(parts, owner)
    desk = Desk(parts, owner, Role.REVIEWER)
    address = f"/api/v1/playlists/{piece.id}/revisions/{piece.revision}/pages?screen={screen.id}"
    shown = desk.get(address).get_json()
    assert [(item["width"], item["height"], item["text"]) for item in shown["items"]] == [
        (192, 16, "下班先断电"), (192, 16, "出口在左手边")
    ]  # fmt: skip
    assert desk.get(f"/media/{shown['items'][0]['pages'][0]['media']}").status_code == 200
    assert [item["text"] for item in desk.get(address + "&first=1&count=1").get_json()["items"]] == ["出口在左手边"]


def test_the_english_page_holds_no_chinese_of_its_own(parts: Parts, owner: Identity, home: str) -> None:
    piece = submitted(parts, home, "Hold the rail", name="Rail", who=replace(AUTHOR, name="Ann"))
    groups.change_group(parts, owner, home, {"name": "Kiln 3"})
    text = Desk(parts, owner, Role.REVIEWER, "en").text(f"/review/{piece.id}")
    own = re.sub(r"<aside.*?</aside>|<title>.*?</title>", "", text, flags=re.S)
    words = json.loads(re.search(r'id="island">(.*?)</script>', own, re.S)[1])["words"]  # type: ignore[index]
    assert re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<script.*?</script>", "", own, flags=re.S)) == []
    assert re.findall(r"[\u4e00-\u9fff]+", json.dumps(words, ensure_ascii=False)) == []
