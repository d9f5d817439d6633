"""Two people at one form: who saves second is told what is stored by now, and nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from server.accounts import service as accounts
from server.accounts import site
from server.accounts.model import Identity, Role, RoleGrant
from server.alerts import settings, templates
from server.parts import Parts
from server.screens import groups, layouts, service
from server.screens.model import LayoutKind
from tests.server.web.desk import Desk
from tests.server.web.test_screens import FORM


@pytest.fixture
def desk(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.OWNER)


def held(text: str, form: str = "") -> str:
    """The revision a form holds: the first one, or that of the form with this action."""
    found = re.search(r'name="revision" value="([0-9a-f]{32}|\d+)"', text.split(f'action="{form}"', 1)[-1])
    assert found
    return found[1]


def met(answer: TestResponse) -> str:
    """The note about the other one's work; the answer must carry one."""
    assert answer.status_code == 412, answer.text
    return re.sub(r"<[^>]+>", " ", answer.text.split('id="meanwhile"')[1].split("</section>")[0])


def test_a_screen_s_form(parts: Parts, owner: Identity, desk: Desk) -> None:
    desk.post("/screens", **FORM)
    (one,) = service.list_screens(parts, owner)
    path = f"/screens/{one.id}"
    read = held(desk.text(path))
    form = {**FORM, "pitch_mm": "10.0", "revision": read}
    assert desk.post(path, **{**form, "place": "南门"}).status_code == 303
    late = desk.post(path, **{**form, "place": "北门", "distance_m": "35"})
    note = met(late)
    assert ("厂办老李" in note, "南门" in note, "北门" in note, "35" in note) == (True, True, True, True)
    assert ("192" in note, "点间距" in note) == (False, False)
    assert ('value="北门"' in late.text, 'value="35"' in late.text) == (True, True)
    assert service.get(parts, owner, one.id).place == "南门"
    again = {**form, "place": "北门", "revision": held(late.text)}
    assert desk.post(path, **again).status_code == 303
    assert service.get(parts, owner, one.id).place == "北门"


def test_the_site_s_form(parts: Parts, owner: Identity, desk: Desk) -> None:
    form = {"zone": "Asia/Shanghai", "locale": "zh", "fallback": "", "revision": held(desk.text("/settings/site"))}
    assert desk.post("/settings/site", **form, name="一厂").status_code == 303
    late = desk.post("/settings/site", **form, name="二厂")
    assert "一厂" in met(late)
    assert 'value="二厂"' in late.text
    assert site.site(parts, owner.org).name == "一厂"
    assert desk.post("/settings/site", **{**form, "name": "二厂", "revision": held(late.text)}).status_code == 303


def test_the_form_of_the_alerts_settings(parts: Parts, owner: Identity, desk: Desk) -> None:
    form = {"unit": "", "cleared_s": "60", "revision": held(desk.text("/settings/alerts"))}
    assert desk.post("/settings/alerts", **form, phone="6119").status_code == 303
    late = desk.post("/settings/alerts", **form, phone="6120", code="1")
    assert "6119" in met(late)
    assert 'value="6120"' in late.text
    assert re.search(r'name="code" value="1" checked', late.text)
    assert settings.held(parts, owner.org).phone == "6119"


def test_the_layout_of_a_screen(parts: Parts, owner: Identity, desk: Desk) -> None:
    desk.post("/screens", **{**FORM, "width": "1280", "height": "720", "colour": "full"})
    (one,) = service.list_screens(parts, owner)
    path = f"/screens/{one.id}/layout"
    form = {"layout": "main_strip", "revision": held(desk.text(f"/screens/{one.id}"), path)}
    own = layouts.make_layout(parts, owner, LayoutKind.MAIN_SIDE_STRIP, 1280, 720, "班前会三格")
    service.change(parts, owner, one.id, {"layout": own.id})
    late = desk.post(path, **form)
    note = met(late)
    assert ("班前会三格" in note, "主区加底条" in note) == (True, True)
    assert re.search(r'value="main_strip" checked', late.text)
    assert service.get(parts, owner, one.id).layout == own.id
    assert desk.post(path, **{**form, "revision": held(late.text, path)}).status_code == 303
    assert service.get(parts, owner, one.id).layout != own.id


def test_a_layout_drawn_in_vain_is_still_in_the_form_and_nowhere_else(
    parts: Parts, owner: Identity, desk: Desk
) -> None:
    desk.post("/screens", **{**FORM, "width": "1280", "height": "720", "colour": "full"})
    (one,) = service.list_screens(parts, owner)
    path = f"/screens/{one.id}/layout"
    drawn = {"layout": "own", "layout_name": "左栏", "region_name": "left", "region_x": "0", "region_y": "0"}
    drawn |= {"region_width": "640", "region_height": "720", "revision": held(desk.text(f"/screens/{one.id}"), path)}
    other = layouts.make_layout(parts, owner, LayoutKind.MAIN_STRIP, 1280, 720)
    service.change(parts, owner, one.id, {"layout": other.id})
    late = desk.post(path, **drawn)
    assert "自己画" in met(late)
    assert ('value="左栏"' in late.text, 'value="640"' in late.text) == (True, True)
    assert [layout.id for layout in layouts.list_layouts(parts, owner)] == [other.id]


def test_who_changes_the_layout_and_who_changes_the_rest_do_not_meet(parts: Parts, owner: Identity, desk: Desk) -> None:
    desk.post("/screens", **{**FORM, "width": "1280", "height": "720", "colour": "full"})
    (one,) = service.list_screens(parts, owner)
    text = desk.text(f"/screens/{one.id}")
    attributes = {**FORM, "width": "1280", "height": "720", "colour": "full", "place": "大厅"}
    attributes["revision"] = held(text, f"/screens/{one.id}")
    layout = {"layout": "main_strip", "revision": held(text, f"/screens/{one.id}/layout")}
    assert desk.post(f"/screens/{one.id}/layout", **layout).status_code == 303
    assert desk.post(f"/screens/{one.id}", **attributes).status_code == 303
    assert desk.post(f"/screens/{one.id}/layout", **layout | {"layout": "main_side_strip"}).status_code == 412
    assert service.get(parts, owner, one.id).place == "大厅"


def test_a_group_s_row(parts: Parts, owner: Identity, desk: Desk) -> None:
    kiln, gate = (groups.add_group(parts, owner, name) for name in ("三号窑", "厂门"))
    path = f"/screens/groups/{gate.id}"
    form = {"name": "东门", "parent": "", "steps": "1", "revision": held(desk.text("/screens/groups"), path)}
    groups.change_group(parts, owner, gate.id, {"name": "南门", "parent": kiln.id})
    late = desk.post(path, **form)
    note = met(late)
    told = [word in note for word in (owner.name, "南门", "东门", "三号窑", "最上层", "审一道再播")]
    assert told == [True] * 6
    assert f'form="form-{gate.id}"' in late.text
    assert 'value="东门"' in late.text.split(f'action="{path}"')[1]
    assert groups.get_group(parts, owner, gate.id)[0].name == "南门"
    assert desk.post(path, **{**form, "revision": held(late.text, path)}).status_code == 303
    assert groups.get_group(parts, owner, gate.id)[0].name == "东门"


def test_a_person_s_post_and_roles(parts: Parts, owner: Identity, desk: Desk) -> None:
    person, _ = accounts.add_person(parts, owner, "小陈", (RoleGrant(Role.AUTHOR),))
    path = f"/people/{person.id}"
    form = {"post": "宣传科", "roles": ["author", "auditor"], "revision": held(desk.text("/people"), path)}
    accounts.change_person(parts, owner, person.id, post="安全科", roles=(RoleGrant(Role.REVIEWER),))
    late = desk.post(path, **form)
    note = met(late)
    assert [word in note for word in (owner.name, "安全科", "宣传科", "审核人", "审计员")] == [True] * 5
    kept = late.text.split(f'action="{path}"')[1]
    assert 'value="宣传科"' in kept
    assert re.findall(r'value="(\w+)" checked', kept.split("</form>")[0]) == ["author", "auditor"]
    assert accounts.get_person(parts, owner, person.id).post == "安全科"
    assert desk.post(path, **{**form, "revision": held(late.text, path)}).status_code == 303
    found = accounts.get_person(parts, owner, person.id)
    assert (found.post, {one.role for one in found.roles}) == ("宣传科", {Role.AUTHOR, Role.AUDITOR})


def test_a_role_for_one_group_is_told_so_and_not_widened_by_the_form(parts: Parts, owner: Identity, desk: Desk) -> None:
    kiln = groups.add_group(parts, owner, "三号窑")
    person, _ = accounts.add_person(parts, owner, "小陈", (RoleGrant(Role.REVIEWER, kiln.id),))
    text = desk.text("/people")
    assert "审核人（只管三号窑）" in text
    path = f"/people/{person.id}"
    desk.post(path, post="窑长", roles=["reviewer", "author"], revision=held(text, path))
    found = accounts.get_person(parts, owner, person.id)
    assert set(found.roles) == {RoleGrant(Role.REVIEWER, kiln.id), RoleGrant(Role.AUTHOR)}


def test_an_alert_template(parts: Parts, owner: Identity, desk: Desk) -> None:
    templates.ship(parts, owner.org)
    fire = templates.get_template(parts, owner, "fire")
    path = f"/settings/alerts/{fire.id}"
    text = desk.text(path)
    form = dict(re.findall(r'name="([\w.]+)" value="([^"]*)" maxlength', text))
    rest = {"severity": "extreme", "presentation": "takeover", "category": "Fire", "response": "Evacuate"}
    form |= rest | {"urgency": "Immediate", "certainty": "Observed", "minutes": "120", "revision": held(text)}
    assert desk.post(path, **form | {"zh.headline": "着火，往东撤"}).status_code == 303
    late = desk.post(path, **form | {"zh.headline": "着火，往西撤"})
    note = met(late)
    assert ("往东撤" in note, "往西撤" in note, "往西撤" in late.text.split("</section>", 1)[1]) == (True, True, True)
    again = form | {"zh.headline": "着火，往西撤", "revision": held(late.text)}
    assert desk.post(path, **again).status_code == 303
