"""The page of organisations, and how those below come in."""

from __future__ import annotations

import re

import pytest

from server.accounts.model import Identity, Role
from server.organisations import service
from server.organisations.model import Organisation, OrganisationOrder
from server.parts import Parts
from tests.server.web.desk import PASSWORD, Desk

PAGE = "/organisations"
FORM = {"name": "第一瓷厂", "kind": "plant", "airtime": "20", "parent": "o1"}


@pytest.fixture
def desk(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.OWNER)


@pytest.fixture
def plant(parts: Parts, owner: Identity) -> Organisation:
    return service.add(parts, owner, OrganisationOrder("骨质瓷厂"))[0]


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_an_empty_page_says_what_it_is_for(parts: Parts, owner: Identity, locale: str) -> None:
    text = Desk(parts, owner, Role.OWNER, locale).text(PAGE)
    assert ("一级管一级" if locale == "zh" else "nobody sees another") in text


def test_the_navigation_names_it_only_where_it_is_of_use(parts: Parts, owner: Identity, desk: Desk) -> None:
    link = 'href="/organisations"'
    assert link not in desk.text("/screens")
    service.add(parts, owner, OrganisationOrder("一厂"))
    assert link in desk.text("/screens")


def test_an_organisation_is_made_and_its_owner_comes_in_by_the_link(desk: Desk, parts: Parts, owner: Identity) -> None:
    made = desk.post(PAGE, **FORM)
    link = re.findall(r"/welcome/[\w-]+", made.text)[0]
    plant = service.listed(parts, owner)[1]
    assert plant.branch is not None
    assert f"?at={plant.branch.code}" in made.text
    visitor = desk.client.application.test_client()
    page = visitor.get(link).text
    assert plant.branch.code in page
    assert "样板" not in page  # it has none
    word = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    entered = visitor.post(link, data={"csrf_token": word, "login": "厂办", "password": PASSWORD})
    assert entered.headers["Location"] == "/first-run"
    assert "第一瓷厂" in visitor.get("/settings/site", headers={"Accept": "text/html"}).text
    assert "样板一厂" in visitor.get("/settings/site", headers={"Accept": "text/html"}).text


def test_the_browser_remembers_the_code_and_the_form_asks_for_it(desk: Desk, parts: Parts, plant: Organisation) -> None:
    assert plant.branch is not None
    visitor = desk.client.application.test_client()
    page = visitor.get(f"/sign-in?at={plant.branch.code}").text
    assert f'name="organisation" value="{plant.branch.code}"' in page
    word = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    form = {"csrf_token": word, "login": "厂办", "password": "wrong password", "organisation": plant.branch.code}
    refused = visitor.post("/sign-in", data=form)
    assert refused.status_code == 401
    assert f'value="{plant.branch.code}"' in refused.text


def test_a_server_with_one_organisation_asks_for_no_code(desk: Desk) -> None:
    assert 'name="organisation"' not in desk.client.application.test_client().get("/sign-in").text


def test_a_poor_form_is_told_by_field_and_keeps_what_was_typed(desk: Desk, parts: Parts, owner: Identity) -> None:
    answer = desk.post(PAGE, **FORM | {"airtime": "80", "name": "第二瓷厂"})
    assert answer.status_code == 422
    assert "50%" in answer.text
    assert 'value="第二瓷厂"' in answer.text
    assert len(service.listed(parts, owner)) == 1


def test_a_change_made_over_another_is_refused(desk: Desk, parts: Parts, owner: Identity, plant: Organisation) -> None:
    held = service.revision(plant)
    assert desk.post(f"{PAGE}/{plant.id}", **FORM, revision=held).status_code == 303
    assert desk.post(f"{PAGE}/{plant.id}", **FORM | {"name": "又改"}, revision=held).status_code == 412
    assert service.get(parts, owner, plant.id).name == "第一瓷厂"


def test_the_owners_link_is_renewed(desk: Desk, plant: Organisation) -> None:
    assert "/welcome/" in desk.post(f"{PAGE}/{plant.id}/link").text


def test_who_may_only_look_sees_figures_and_no_form(parts: Parts, owner: Identity, plant: Organisation) -> None:
    text = Desk(parts, owner, Role.VIEWER).text(PAGE)
    assert "骨质瓷厂" in text
    assert 'action="/organisations' not in text


@pytest.fixture
def city(parts: Parts, owner: Identity) -> list[Organisation]:
    """Two districts with forty enterprises each."""
    districts = [service.add(parts, owner, OrganisationOrder(name))[0] for name in ("东区", "西区")]
    for district in districts:
        for number in range(40):
            service.add(parts, owner, OrganisationOrder(f"{district.name}{number:02}厂"), district.id)
    return districts


def names(text: str) -> list[str]:
    return re.findall(r'<span class="orgname d\d"><b>([^<]+)</b>', text)


def test_a_city_is_leafed_through(desk: Desk, city: list[Organisation]) -> None:
    first, second = (desk.text(f"{PAGE}{rest}") for rest in ("", "?page=2"))
    assert (len(names(first)), len(names(second))) == (60, 23)
    assert "第 1–60 个，共 83 个" in first
    assert ('rel="next"' in first, 'rel="prev"' in first) == (True, False)
    assert ('rel="next"' in second, 'rel="prev"' in second) == (False, True)
    assert names(second)[0] == "西区17厂"
    assert "在 西区 下" in second
    assert names(desk.text(f"{PAGE}?page=99")) == names(second)
    assert "82 个单位" in first


def test_one_of_many_is_found_by_name_or_code(
    desk: Desk, parts: Parts, owner: Identity, city: list[Organisation]
) -> None:
    found = desk.text(f"{PAGE}?q=区07")
    assert names(found) == ["东区07厂", "西区07厂"]
    assert "在 东区 下" in found
    code = city[1].branch.code if city[1].branch else ""
    assert names(desk.text(f"{PAGE}?q={code}")) == ["西区"]
    assert "没有找到「&lt;b&gt;」" in desk.text(f"{PAGE}?q=<b>")


def test_after_a_change_the_page_with_it_is_shown(
    desk: Desk, parts: Parts, owner: Identity, city: list[Organisation]
) -> None:
    last = service.listed(parts, owner)[-1]
    assert last.name in names(desk.text(f"{PAGE}?saved={last.id}"))


def test_of_many_only_the_one_asked_for_is_offered_as_parent(desk: Desk, city: list[Organisation]) -> None:
    def offered(text: str) -> list[str]:
        (select,) = re.findall(r'<select class="in" id="parent".*?</select>', text, re.DOTALL)
        return re.findall(r'<option value="(\w+)"', select)

    assert offered(desk.text(PAGE)) == ["o1"]
    assert offered(desk.text(f"{PAGE}?under={city[1].id}")) == ["o1", city[1].id]


def test_the_alert_page_has_every_word_for_choosing_among_them(
    parts: Parts, owner: Identity, city: list[Organisation]
) -> None:
    text = Desk(parts, owner, Role.SAFETY_OFFICER).text("/alert")
    assert [word for word in ("now.search", "now.state.offline", "now.join") if f'"{word}"' not in text] == []
