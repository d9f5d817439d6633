"""Mandatory playlists on the desk: offered to those with organisations below, read-only for those below."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from server.accounts import service as accounts
from server.accounts.model import Role, RoleGrant, system
from server.organisations import service as organisations
from server.parts import Parts
from server.scheduling import service
from server.scheduling.model import SlotQuery, SlotRow
from server.screens import groups
from tests.server.scheduling.above import Above
from tests.server.web.desk import Desk


@pytest.fixture
def above(parts: Parts) -> Above:
    return Above(parts)


@pytest.fixture
def pushed(above: Above) -> SlotRow:
    above.show(above.company, above.playlist(above.company, "岗位责任"))
    return above.push(above.playlist("o1", "安全月"), share=20)


def desk(parts: Parts, org: str, role: Role = Role.PUBLISHER) -> Desk:
    branch = organisations.get(parts, system(org), org).branch
    return Desk(parts, system(org), role, code=branch.code if branch else "")


def seen(text: str) -> str:
    """A page without the words that its script may say."""
    return re.sub(r"<script.*?</script>", "", text, flags=re.S)


def island(text: str) -> Any:
    found = re.search(r'<script[^>]*id="island"[^>]*>(.*?)</script>', text, re.S)
    assert found is not None
    return json.loads(found[1])["data"]


def test_the_form_offers_what_lies_below_and_saves_it(parts: Parts, above: Above) -> None:
    playlist, here = above.playlist("o1", "安全月"), desk(parts, "o1")
    shown = here.text("/schedule/new")
    offered = re.findall(r'name="organisations" value="(\w+)"', shown)
    assert set(offered) == {above.company, above.plant, above.other}
    form = {
        "playlist": playlist, "organisations": [above.company], "share": "25", "hours": "all", "priority": "50",
        "weekdays": [*"1234567"], "region": "main", "at": "",
    }  # fmt: skip
    assert here.post("/schedule/new", **form).status_code == 303
    (row,) = service.listed(parts, system("o1"), SlotQuery())[0]
    assert (row.targets.organisations, row.share) == ((above.company,), 25)
    assert f'value="{above.company}" checked' in here.text(f"/schedule/{row.id}")
    refused = here.post("/schedule/new", **form | {"share": "60"})
    assert refused.status_code == 422


def test_one_with_the_right_over_a_group_alone_is_offered_nothing(parts: Parts, above: Above) -> None:
    local = desk(parts, "o1")
    (person,) = accounts.people_list(parts, system("o1"))
    accounts.add_person_with_password(parts, system("o1"), "厂长", Role.OWNER, "somebody else entirely")
    group = groups.add_group(parts, system("o1"), "三号窑").id
    accounts.change_person(parts, system("o1"), person.id, roles=(RoleGrant(Role.PUBLISHER, group),))
    assert 'name="groups"' in local.text("/schedule/new")
    assert 'name="organisations"' not in local.text("/schedule/new")


def test_who_has_nothing_below_is_offered_nothing(parts: Parts, above: Above) -> None:
    assert 'name="organisations"' not in desk(parts, above.other).text("/schedule/new")


def test_the_list_and_the_playlists_say_where_it_is_mandatory(parts: Parts, above: Above, pushed: SlotRow) -> None:
    here = desk(parts, "o1")
    assert "唐山公司（必播 20%）" in here.text("/schedule?view=list")
    assert "1 个下属单位（必播）" in here.text("/playlists")


@pytest.mark.parametrize("path", ["/schedule", "/schedule?view=list"])
def test_those_below_see_it_and_can_do_nothing_about_it(parts: Parts, above: Above, pushed: SlotRow, path: str) -> None:
    below = desk(parts, above.company)
    text = seen(below.text(path))
    assert "上级安排 · 样板一厂 · 20%" in text
    assert "合计不超过 30%" in text
    assert pushed.id not in text
    assert below.get(f"/schedule/{pushed.id}").status_code == 404
    assert "上级安排 · " not in seen(desk(parts, above.other).text(path))


def test_names_below_say_who_ordered_and_no_other_name_from_above(parts: Parts, above: Above, pushed: SlotRow) -> None:
    secret = above.playlist("o1", "人事任免")
    below = desk(parts, above.company)
    told = island(below.text("/"))
    assert told["names"][pushed.playlist] == "安全月（上级安排 · 样板一厂 · 20%）"
    assert (told["ordered"], secret in told["names"]) == ([pushed.playlist], False)
    assert island(desk(parts, above.other).text("/"))["ordered"] == []


def test_a_fallback_is_chosen_among_ones_own_playlists(parts: Parts, above: Above, pushed: SlotRow) -> None:
    own = above.playlist(above.company, "垫播")
    page = desk(parts, above.company, Role.OWNER).text(f"/screens/{above.screens[above.company]}")
    offered = re.findall(r'<option value="(\w+)"', page)
    assert (own in offered, pushed.playlist in offered) == (True, False)


def test_a_gap_says_that_only_what_is_from_above_plays(parts: Parts, above: Above) -> None:
    above.push(above.playlist("o1", "安全月"), daypart={"clock": "08:00-16:00"})
    assert "只播上级安排" in seen(desk(parts, above.company).text("/schedule"))
    assert "只播上级安排" not in seen(desk(parts, above.other).text("/schedule"))
