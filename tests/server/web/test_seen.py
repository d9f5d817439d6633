"""The page behind the code, as a phone sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from playlists.alert import Severity, Status
from server.accounts.model import system
from server.alerts import service as alerts
from server.alerts import sightings
from server.alerts.model import IssueAlert, Targets
from tests.server.plant import Plant, open_plant

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    plant = open_plant(tmp_path_factory.mktemp("seen"))
    plant.ids = plant.furnish()
    yield plant
    plant.parts.db.close()


@pytest.fixture
def alert(plant: Plant) -> Any:
    targets = Targets((plant.ids["screen"],))
    order = IssueAlert(Status.ACTUAL, Severity.EXTREME, SCRIPT, "撤离" + SCRIPT, targets, 600, code=True)
    name = alerts.issue(plant.parts, system("o1"), order).alert_id
    return alerts.get(plant.parts, system("o1"), name)


class Phone:
    """A browser that is signed in nowhere."""

    def __init__(self, plant: Plant, language: str = "zh") -> None:
        self.browser, self.headers = plant.app.test_client(), {"Accept": "text/html", "Accept-Language": language}

    def get(self, path: str) -> TestResponse:
        return self.browser.get(path, headers=self.headers)

    def post(self, path: str, **form: str) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        word = {"csrf_token": found[1]} if found else {}
        return self.browser.post(path, headers=self.headers, data={**word, **form})


def test_a_phone_says_where_it_saw_the_alert_and_is_thanked(plant: Plant, alert: Any) -> None:
    phone = Phone(plant)
    page = phone.get(f"/seen/{alert.code}")
    assert page.status_code == 200
    assert "Ⅰ级 红" in page.text
    answer = phone.post(f"/seen/{alert.code}", screen=plant.ids["screen"], name="老李")
    assert answer.status_code == 303
    assert "有人看到" in phone.get(answer.headers["Location"]).text
    assert [one.name for one in sightings.list_sightings(plant.parts, system("o1"), alert.id)] == ["老李"]


def test_no_script_in_an_alert_a_name_or_the_address_runs(plant: Plant, alert: Any) -> None:
    phone = Phone(plant)
    phone.post(f"/seen/{alert.code}", screen=plant.ids["screen"], name=SCRIPT)
    for path in (f"/seen/{alert.code}", f"/seen/{alert.code}?done={SCRIPT}", f"/seen/{alert.code}?q={SCRIPT}",
                 f"/seen?code={SCRIPT}", f"/seen/{SCRIPT}"):  # fmt: skip
        page = phone.get(path)
        assert "<script>alert" not in page.text
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_what_is_wrong_is_said_and_what_was_typed_stays(plant: Plant, alert: Any) -> None:
    answer = Phone(plant).post(f"/seen/{alert.code}", screen="s0", name="老李")
    assert answer.status_code == 422
    assert "选一下你在哪里" in answer.text
    assert 'value="老李"' in answer.text


def test_a_code_is_typed_where_there_is_no_camera(plant: Plant, alert: Any) -> None:
    phone = Phone(plant)
    answer = phone.get(f"/seen?code={alert.code[:3].lower()}+{alert.code[3:]}")
    assert answer.headers["Location"] == f"/seen/{alert.code}"
    assert "六个字符" in phone.get("/seen").text


def test_an_alert_that_is_over_and_a_wrong_code_say_so_in_the_phones_language(plant: Plant, alert: Any) -> None:
    phone = Phone(plant, "en")
    alerts.clear(plant.parts, system("o1"), alert.id)
    assert "This alert is over" in phone.get(f"/seen/{alert.code}").text
    wrong = phone.get("/seen/ZZZZZZ")
    assert (wrong.status_code, "There is no such code" in wrong.text) == (404, True)


def test_no_other_site_makes_a_phone_say_it(plant: Plant, alert: Any) -> None:
    browser = plant.app.test_client()
    answer = browser.post(f"/seen/{alert.code}", data={"screen": plant.ids["screen"]})
    assert answer.status_code == 403
    assert sightings.list_sightings(plant.parts, system("o1"), alert.id) == ()
