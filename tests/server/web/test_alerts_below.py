"""The alert pages of an organisation with others below: whom it may choose, whose proof it reads, what those read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from playlists.alert import Status
from server.accounts import service as accounts
from server.accounts.model import Role, system
from server.accounts.sessions import COOKIE, sign_in
from server.alerts import service as alerts
from server.alerts.model import Targets
from server.clock import FixedClock
from server.organisations import service as organisations
from server.parts import Parts
from server.screens import players
from server.screens.model import Report
from tests.server.alerts.tree import EAST, GROUP, PLANT, WEST, Tree, grow
from tests.server.web.desk import PASSWORD, Desk


@pytest.fixture
def tree(parts: Parts) -> Tree:
    return grow(parts)


def desk(tree: Tree, name: str, role: Role = Role.SAFETY_OFFICER) -> Desk:
    """The pages as somebody of an organisation meets them."""
    made, who = Desk(tree.parts, system("o1"), None), system(tree.orgs[name])
    accounts.add_person_with_password(tree.parts, who, "值班", role, PASSWORD)
    branch = organisations.get(tree.parts, system("o1"), tree.orgs[name]).branch
    code = branch.code if branch else ""
    made.client.set_cookie(COOKIE, sign_in(tree.parts, "值班", PASSWORD, "127.0.0.1", "test", code))
    return made


def picks(text: str) -> list[tuple[str, list[str]]]:
    """Name of the field and the words of every choice of a place."""
    found = re.findall(r'<label class="pick1"><input type="checkbox" name="(\w+)".*?</svg>(.*?)</label>', text)
    return [(field, re.findall(r">([^<]+)<", words)) for field, words in found if field != "code"]


def test_the_page_offers_organisations_below_with_their_screens(tree: Tree) -> None:
    players.report(tree.parts, [Report(tree.players[WEST].player, tree.parts.clock.now(), online=True)])
    assert picks(desk(tree, GROUP).text("/alert")) == [
        ("everywhere", ["全厂", "1 块", "1 断联"]),
        ("organisations", ["本单位和全部下级", "4 块", "3 断联"]),
        ("organisations", [EAST, "2 块", "2 断联"]),
        ("organisations", [WEST, "1 块"]),
    ]  # fmt: skip


def test_where_nothing_lies_below_nothing_is_offered(tree: Tree) -> None:
    text = desk(tree, PLANT).text("/alert")
    assert {field for field, _ in picks(text)} == {"everywhere"}
    assert '"organisations":[]' in text


def test_every_organisation_below_is_found_by_typing(tree: Tree) -> None:
    text = desk(tree, GROUP).text("/alert")
    assert f'"name":"{EAST}·{PLANT}"' in text


def test_a_chosen_one_further_down_stays_on_the_page(tree: Tree) -> None:
    page = desk(tree, GROUP)
    ticket = re.findall(r'name="ticket" value="([^"]+)"', page.text("/alert"))[0]
    answer = page.post("/alert", ticket=ticket, headline="台风", organisations=tree.orgs[PLANT])
    assert ("organisations", [PLANT, "1 块", "1 断联"]) in picks(answer.text)
    assert "1 块屏" in answer.text


def test_the_preview_counts_screens_below(tree: Tree) -> None:
    page = desk(tree, GROUP)
    form = MultiDict({"headline": "台风", "organisations": tree.orgs[EAST], "csrf_token": page.token()})
    told = page.client.post("/alert/preview", data=form).get_json()
    assert (told["screens"], [one["width"] for one in told["shots"]]) == (2, [192])


def test_it_goes_out_to_them_after_the_question(tree: Tree) -> None:
    page = desk(tree, GROUP)
    ticket = re.findall(r'name="ticket" value="([^"]+)"', page.text("/drill"))[0]
    fields: dict[str, Any] = {"headline": "演练", "organisations": [tree.orgs[EAST], tree.orgs[WEST]]}
    asked = page.post("/drill/check", ticket=ticket, **fields).text
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked)
    answer = page.client.post("/drill/issue", data=MultiDict(kept), headers={"Accept": "text/html"})
    assert answer.status_code == 303
    found = alerts.get(tree.parts, tree.officer(GROUP), answer.headers["Location"].removeprefix("/alerts/"))
    assert set(found.organisations) == {tree.orgs[EAST], tree.orgs[WEST]}
    assert found.status is Status.EXERCISE


def test_the_proof_is_by_organisation_for_who_issued_it(tree: Tree, clock: FixedClock) -> None:
    name = tree.say(GROUP, GROUP)
    tree.prove(name, EAST)
    clock.pass_(6_000)
    text = desk(tree, GROUP).text(f"/alerts/{name}")
    spots = re.findall(r'<div data-spot="([^"]+)"><h3>.*?small">([^<]+)<', text)
    assert sorted(spots) == sorted([("集团东侧", "0 / 1"), (EAST, "1 / 1"), (PLANT, "0 / 1"), (WEST, "0 / 1")])
    assert f"{PLANT} 一厂东侧" in text


def test_the_report_sums_up_each_organisation(tree: Tree) -> None:
    name = tree.say(GROUP, GROUP)
    tree.prove(name, EAST)
    page = desk(tree, GROUP)
    rows = re.findall(
        r"<tr><td>([^<]+)</td><td class=\"r nowrap strong\">([^<]+)<", page.text(f"/alerts/{name}/report")
    )
    assert rows == [("样板一厂", "0 / 1"), (PLANT, "0 / 1"), (EAST, "1 / 1"), (WEST, "0 / 1")]
    own = tree.say(GROUP, targets=Targets(everywhere=True))
    assert "各单位情况" not in page.text(f"/alerts/{own}/report")


def test_those_below_read_it_marked_and_without_a_hand_to_it(tree: Tree) -> None:
    name = tree.say(GROUP, EAST)
    page = desk(tree, PLANT)
    for path in ("/", "/alerts", f"/alerts/{name}", f"/alerts/{name}/report"):
        assert "上级单位 · 样板一厂" in page.text(path), path
    text = page.text(f"/alerts/{name}")
    assert f"/alerts/{name}/clear" not in text
    assert "一厂东侧" in text
    assert EAST not in text
    assert "样板一厂 发布「台风」" in text
    assert page.get(f"/alerts/{name}/clear").status_code == 403
    assert "只能由它更正或解除" in page.get(f"/alerts/{name}/clear").text
    assert name not in desk(tree, WEST).text("/alerts")


def test_a_source_keeps_its_organisations_through_its_form(tree: Tree) -> None:
    page = desk(tree, GROUP, Role.OWNER)
    form = {"kind": "hook", "name": "气象", "policy": "hold", "status": "actual", "enabled": "on"}
    page.post("/settings/sources", **form, organisations=tree.orgs[EAST])
    text = page.text("/settings/sources")
    assert f'name="organisations" value="{tree.orgs[EAST]}" checked' in text
    assert f'name="organisations" value="{tree.orgs[WEST]}" checked' not in text
