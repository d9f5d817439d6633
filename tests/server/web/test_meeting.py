"""Two people at one form: who saves second is told what is stored by now, and nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from server.accounts import site
from server.accounts.model import Identity, Role
from server.alerts import settings
from server.parts import Parts
from server.screens import service
from tests.server.web.desk import Desk
from tests.server.web.test_screens import FORM


@pytest.fixture
def desk(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.OWNER)


def held(text: str) -> str:
    found = re.search(r'name="revision" value="([0-9a-f]{32})"', text)
    assert found
    return found[1]


def met(answer: TestResponse) -> str:
    """The note about the other one's work; the answer must carry one."""
    assert answer.status_code == 412, answer.text
    return re.sub(r"<[^>]+>", " ", answer.text.split('id="meanwhile"')[1].split("</div></div>")[0])


def test_a_screen_s_form(parts: Parts, owner: Identity, desk: Desk) -> None:
    desk.post("/screens", **FORM)
    (one,) = service.list_screens(parts, owner)
    path = f"/screens/{one.id}"
    read = held(desk.text(path))
    form = {**FORM, "pitch_mm": "10.0", "revision": read}
    assert desk.post(path, **{**form, "place": "南门"}).status_code == 303
    late = desk.post(path, **{**form, "place": "北门", "distance_m": "35"})
    assert "南门" in met(late)
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
