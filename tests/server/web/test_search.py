"""Search over the desk: what is found, by whom, and what nobody is shown who may not open it."""

from __future__ import annotations

from typing import Any

import pytest

from playlists.model import Colour
from server.accounts import service as accounts
from server.accounts.model import Identity, Role, RoleGrant
from server.editorial import service as editorial
from server.ids import new_id
from server.parts import Parts
from server.screens import groups
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from server.tables import organisations
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


def names(desk: Desk, q: str) -> dict[str, list[str]]:
    return {kind: [hit["name"] for hit in hits] for kind, hits in found(desk, q).items()}


def test_screens_are_found_by_name_and_by_place_playlists_by_name_people_by_post(plant: Parts, owner: Identity) -> None:
    told = names(Desk(plant, owner, Role.OWNER), "窑")
    assert {kind: set(found) for kind, found in told.items()} == {
        "screens": {"东通道", "窑头"},
        "playlists": {"窑炉安全"},
        "people": {"窑长老王"},
    }


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
    assert "窑炉安全" in desk.text("/search?q=窑炉")
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
