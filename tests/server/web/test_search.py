"""Search over the desk: what is found, by whom, and what nobody is shown who may not open it."""

from __future__ import annotations

from typing import Any

import pytest

from playlists.alert import Severity, Status
from playlists.model import Colour
from server.accounts import service as accounts
from server.accounts.model import Identity, Role, RoleGrant
from server.alerts import service as alerts
from server.alerts import templates
from server.alerts.model import IssueAlert, Targets
from server.editorial import service as editorial
from server.ids import new_id
from server.library import service as library
from server.parts import Parts
from server.screens import groups
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from server.tables import organisations
from tests.server.plant import picture
from tests.server.web.desk import PASSWORD, Desk


@pytest.fixture
def plant(parts: Parts, owner: Identity) -> Parts:
    """Two strips, two playlists and a colleague, all with 窑 in their names."""
    kiln = groups.add_group(parts, owner, "三号窑").id
    screens.add(parts, owner, NewScreenOrder("东通道", 192, 16, Colour.SINGLE, place="三号窑", groups=(kiln,)))
    screens.add(parts, owner, NewScreenOrder("窑头", 256, 64, Colour.DUAL))
    editorial.create(parts, owner, "窑炉安全", [{"kind": "slogan", "text": "下班先断电"}])
    editorial.create(parts, owner, "100%_对", [])
    accounts.add_person(parts, owner, "窑长老王", (RoleGrant(Role.VIEWER),), "窑炉车间")
    return parts


def found(desk: Desk, q: str) -> dict[str, list[dict[str, Any]]]:
    answer = desk.client.get("/search/found", query_string={"q": q}).json
    assert answer is not None
    return {one["kind"]: one["hits"] for one in answer["found"]}


def plain(line: list[tuple[str, bool]]) -> str:
    return "".join(text for text, _ in line)


def marked(line: list[tuple[str, bool]]) -> list[str]:
    return [text for text, asked in line if asked]


def names(desk: Desk, q: str) -> dict[str, list[str]]:
    return {kind: [plain(hit["name"]) for hit in hits] for kind, hits in found(desk, q).items()}


def test_screens_are_found_by_name_and_by_place_playlists_by_name_people_by_post(plant: Parts, owner: Identity) -> None:
    told = names(Desk(plant, owner, Role.OWNER), "窑")
    assert {kind: set(found) for kind, found in told.items()} == {
        "screens": {"东通道", "窑头"},
        "groups": {"三号窑"},
        "playlists": {"窑炉安全"},
        "people": {"窑长老王"},
    }


def test_words_inside_items_are_found_with_where_they_stand(plant: Parts, owner: Identity) -> None:
    hits = found(Desk(plant, owner, Role.OWNER), "断")["items"]
    assert [plain(hit["name"]) for hit in hits] == ["下班先断电"]
    assert marked(hits[0]["name"]) == ["断"]
    assert plain(hits[0]["second"]) == "窑炉安全，第 1 条，标语"
    assert hits[0]["url"].partition("#item=")[2]


LONG = "# 他\n" + "十年如一日。" * 30 + "从没漏过一次点检。"
STORY = {"kind": "story", "title": "炉前十年", "body": LONG, "person": "王师傅"}
NOTICE = {"kind": "notice", "title": "上岗前", "text": "戴好防尘口罩"}


@pytest.mark.parametrize("q", ["炉前", "点检", "师傅", "上岗", "口罩", "PM2.5", "pm2.5"])
def test_every_text_of_an_item_is_found(plant: Parts, owner: Identity, q: str) -> None:
    editorial.create(plant, owner, "车间", [STORY, NOTICE, {"kind": "slogan", "text": "PM2.5 超标停工"}])
    hits = found(Desk(plant, owner, Role.VIEWER), q)["items"]
    assert len(hits) == 1
    assert [text.lower() for text in marked(hits[0]["name"])] == [q.lower()]


def test_of_a_long_text_the_place_around_the_word_is_shown(plant: Parts, owner: Identity) -> None:
    editorial.create(plant, owner, "车间", [STORY])
    shown = plain(found(Desk(plant, owner, Role.OWNER), "点检")["items"][0]["name"])
    assert shown.endswith("从没漏过一次点检。 王师傅")
    assert shown.startswith("…")
    assert len(shown) < 80


def test_what_a_draft_no_longer_says_is_not_found(plant: Parts, owner: Identity) -> None:
    made = editorial.create(plant, owner, "改过", [{"kind": "slogan", "text": "旧话"}])
    editorial.save(plant, owner, made.id, made.revision, editorial.Order(items=[{"kind": "slogan", "text": "新话"}]))
    desk = Desk(plant, owner, Role.OWNER)
    assert names(desk, "话")["items"] == ["新话"]
    assert "items" not in names(desk, "旧话")


def test_the_words_of_the_stored_form_are_no_words_of_an_item(plant: Parts, owner: Identity) -> None:
    assert "items" not in names(Desk(plant, owner, Role.OWNER), "slogan")


def test_of_several_words_each_has_to_be_there(plant: Parts, owner: Identity) -> None:
    desk = Desk(plant, owner, Role.OWNER)
    assert names(desk, "电 下班")["items"] == ["下班先断电"]
    assert "items" not in names(desk, "电 上班")


def test_names_come_before_what_only_contains_it(plant: Parts, owner: Identity) -> None:
    for name in ("大窑", "窑", "窑口"):
        editorial.create(plant, owner, name, [{"kind": "slogan", "text": "看窑"}])
    told = names(Desk(plant, owner, Role.OWNER), "窑")
    assert told["playlists"][0] == "窑"
    assert told["playlists"][-1] == "大窑"
    assert next(iter(told)) == "playlists"
    assert list(told)[-1] == "items"


def test_pictures_alerts_and_their_templates_are_found(plant: Parts, owner: Identity) -> None:
    library.add(plant, owner, picture(), "窑前合影")
    templates.ship(plant, owner.org)
    alerts.issue(
        plant, owner, IssueAlert(Status.EXERCISE, Severity.SEVERE, "窑前集合", "点名", Targets(everywhere=True), 60)
    )
    desk = Desk(plant, owner, Role.OWNER)
    assert names(desk, "合影")["assets"] == ["窑前合影"]
    assert names(desk, "集合")["alerts"] == ["窑前集合"]
    assert names(desk, "火灾")["templates"] == ["火灾"]


def test_prepared_alerts_are_found_by_those_who_may_open_them(plant: Parts, owner: Identity) -> None:
    templates.ship(plant, owner.org)
    assert "templates" not in names(Desk(plant, owner, Role.AUTHOR), "火灾")


def test_a_topic_of_the_settings_is_found_by_what_stands_upon_it(plant: Parts, owner: Identity) -> None:
    assert names(Desk(plant, owner, Role.OWNER), "时区")["settings"] == ["本厂"]


def test_there_is_more_where_a_kind_has_more_than_the_box_shows(plant: Parts, owner: Identity) -> None:
    for n in range(7):
        editorial.create(plant, owner, f"煤{n}", [])
    desk = Desk(plant, owner, Role.OWNER)
    told = desk.client.get("/search/found", query_string={"q": "煤"}).json
    assert told is not None
    assert (told["more"], len(told["found"][0]["hits"])) == (True, 6)
    assert desk.text("/search?q=煤").count("<mark>煤</mark>") == 7


def test_every_hit_leads_to_a_page(plant: Parts, owner: Identity) -> None:
    desk = Desk(plant, owner, Role.OWNER)
    for q in ("窑", "审", "屏", "a"):
        for hit in (hit for hits in found(desk, q).values() for hit in hits):
            answer = desk.get(hit["url"].partition("#")[0])
            assert answer.status_code in (200, 302), hit


def test_nobody_without_the_right_finds_people_or_settings(plant: Parts, owner: Identity) -> None:
    desk = Desk(plant, owner, Role.VIEWER)
    assert [names(desk, q) for q in ("老王", "备份", "接一块屏")] == [{}, {}, {}]


def test_an_auditor_finds_the_log_and_no_other_setting(plant: Parts, owner: Identity) -> None:
    desk = Desk(plant, owner, Role.AUDITOR)
    assert names(desk, "审计")["settings"] == ["审计"]
    assert "settings" not in names(desk, "备份")


def test_who_sees_one_group_finds_its_screens_alone(plant: Parts, owner: Identity) -> None:
    kiln = next(group.id for group, _ in groups.list_groups(plant, owner))
    person, secret = accounts.add_person(plant, owner, "窑值班", (RoleGrant(Role.VIEWER, kiln),))
    assert [hit.name for hit in screens.find_screens(plant, _as(plant, owner, person.id), "窑", 6)] == ["东通道"]
    assert secret


def _as(parts: Parts, owner: Identity, person: str) -> Identity:
    held = next(one for one in accounts.people_list(parts, owner) if one.id == person)
    return Identity(owner.org, "person", person, held.name, grants=held.grants())


def test_nothing_of_another_organisation_is_found(plant: Parts, owner: Identity) -> None:
    other = new_id("o")
    with plant.db.transaction() as tx:
        tx.execute(organisations.insert().values(_organisation(other)))
    stranger = Identity(other, "person", "x", "别厂", grants=owner.grants)
    screens.add(plant, stranger, NewScreenOrder("别厂的窑", 192, 16, Colour.SINGLE))
    editorial.create(plant, stranger, "别厂的窑", [])
    assert "别厂的窑" not in str(names(Desk(plant, owner, Role.OWNER), "窑"))


def _organisation(key: str) -> dict[str, Any]:
    return {
        "id": key,
        "name": "别厂",
        "zone": "Asia/Shanghai",
        "locale": "zh",
        "settings": {},
        "created": 9_999_999_999_999,
    }


def test_the_signs_of_a_pattern_are_letters_here(plant: Parts, owner: Identity) -> None:
    desk = Desk(plant, owner, Role.OWNER)
    assert names(desk, "0%_")["playlists"] == ["100%_对"]
    assert "screens" not in names(desk, "%")


def test_a_page_is_found_in_both_languages_and_told_in_the_readers(plant: Parts, owner: Identity) -> None:
    assert names(Desk(plant, owner, Role.OWNER), "sched")["pages"] == ["排期"]


def test_english_readers_type_chinese_too(plant: Parts, owner: Identity) -> None:
    assert "Schedule" in names(Desk(plant, owner, Role.OWNER, "en"), "排期")["pages"]


def test_nothing_typed_shows_the_pages_one_may_open(plant: Parts, owner: Identity) -> None:
    told = names(Desk(plant, owner, Role.VIEWER), "  ")
    assert told == {"pages": ["现在", "播放列表", "素材", "排期", "屏幕"]}


def test_without_script_search_is_a_page(plant: Parts, owner: Identity) -> None:
    desk = Desk(plant, owner, Role.OWNER)
    assert "<mark>窑炉</mark>安全" in desk.text("/search?q=窑炉")
    assert "没有找到「没有的」" in desk.text("/search?q=没有的")
    assert PASSWORD not in desk.text("/search")


def test_a_colleague_found_is_shown_opened(plant: Parts, owner: Identity) -> None:
    desk = Desk(plant, owner, Role.OWNER)
    url = found(desk, "老王")["people"][0]["url"]
    assert desk.text(url.partition("#")[0]).count('<details class="grow" open>') == 1


def test_nobody_signed_in_finds_nothing(plant: Parts, owner: Identity) -> None:
    desk = Desk(plant, owner, None)
    assert desk.client.get("/search/found?q=窑").status_code == 401
    assert desk.get("/search").status_code == 302
