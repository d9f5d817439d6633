"""The ways in over HTTP: statuses, media types, problems; and our alerts for others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.cap.reader import read
from server.intake import signing, sources
from server.intake.model import Policy
from tests.server.cap import rules
from tests.server.intake.setting import FIRST, NOON, OWNER, cap, full, source, store_late
from tests.server.plant import Plant, open_plant

CAP = "application/cap+xml"


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    plant = open_plant(tmp_path_factory.mktemp("intake"))
    plant.ids = plant.furnish() | {"alerts": plant.token("alerts:issue"), "*": plant.token("*")}
    source(plant.parts, policy=Policy.SHOW)
    yield plant
    plant.parts.db.close()


def post(plant: Plant, data: bytes, kind: str = CAP) -> TestResponse:
    return plant.ask("POST", "/api/v1/cap", plant.ids["alerts"], data=data, content_type=kind)


def test_a_shown_message_is_201_and_the_same_again_200(plant: Plant) -> None:
    message = cap(replace(FIRST, identifier="r-1", sent=plant.clock.now() // 1000 * 1000))
    first, again = post(plant, message), post(plant, message)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json()["state"] == "shown"
    assert again.get_json() == {**first.get_json(), "repeated": True}


def test_a_message_that_is_shown_and_not_stored_says_so_in_words(plant: Plant) -> None:
    message = cap(replace(FIRST, identifier="r-9", sent=plant.clock.now() // 1000 * 1000))
    panel = hook(plant, "罐区")
    plant.clock.pass_(60_000)
    with full(plant.parts):
        posted, called = post(plant, message), call(plant, panel, {"id": "gas"})
    for answer in (posted, called):
        assert (answer.status_code, answer.get_json()["stored"]) == (201, False)
        assert "没有存下来" in answer.get_json()["detail"]
    store_late(plant.parts)
    assert post(plant, message).get_json()["stored"] is True


def test_a_held_message_is_202_and_says_why_in_the_readers_language(plant: Plant) -> None:
    message = cap(replace(FIRST, identifier="r-2", sender="who@else"))
    held = post(plant, message)
    assert (held.status_code, held.get_json()["state"]) == (202, "held")
    assert "who@else" in held.get_json()["detail"]
    english = plant.ask("POST", "/api/v1/cap?lang=en", plant.ids["alerts"], data=message, content_type=CAP)
    assert english.status_code == 202


def test_an_ignored_message_is_200(plant: Plant) -> None:
    from server.cap.model import Status

    answer = post(plant, cap(replace(FIRST, identifier="r-3", status=Status.TEST)))
    assert (answer.status_code, answer.get_json()["why"]) == (200, "intake.why.status")


def test_what_is_no_cap_is_a_problem(plant: Plant) -> None:
    broken = post(plant, b"<!DOCTYPE alert><alert/>")
    assert (broken.status_code, broken.mimetype) == (422, "application/problem+json")
    assert broken.get_json()["reason"] == "doctype"
    assert post(plant, b"{}", "application/json").status_code == 415
    assert post(plant, b"x" * (2 * 1024 * 1024 + 1)).get_json()["reason"] == "too_large"
    assert post(plant, cap(replace(FIRST, identifier="r-4")), "text/xml; charset=utf-8").status_code in (201, 202)


def test_who_has_no_token_or_the_wrong_scope_posts_nothing(plant: Plant) -> None:
    for bearer, status in (("", 401), (plant.token("read"), 403)):
        answer = plant.ask("POST", "/api/v1/cap", bearer, data=cap(FIRST), content_type=CAP)
        assert answer.status_code == status


def test_an_alert_can_be_read_as_cap_and_found_in_the_feed(plant: Plant) -> None:
    document = plant.ask("GET", f"/api/v1/cap/{plant.ids['alert']}.xml", plant.ids["*"])
    assert (document.status_code, document.mimetype) == (200, CAP)
    assert rules.faults(document.data) == []
    assert read(document.data).status == "Exercise"
    feed = plant.ask("GET", "/api/v1/cap/feed.atom", plant.ids["*"])
    assert (feed.status_code, feed.mimetype) == (200, "application/atom+xml")
    assert f"http://localhost/api/v1/cap/{plant.ids['alert']}.xml" in feed.text
    assert plant.ask("GET", "/api/v1/cap/none.xml", plant.ids["*"]).status_code == 404


def test_held_messages_are_listed_read_released_and_ignored(plant: Plant) -> None:
    listed = plant.ask("GET", "/api/v1/messages", plant.ids["alerts"]).get_json()["items"]
    assert plant.ids["message"] in [one["id"] for one in listed]
    path = f"/api/v1/messages/{plant.ids['message']}"
    whole = plant.ask("GET", path, plant.ids["alerts"]).get_json()
    assert "<alert" in whole["document"]
    released = plant.ask("POST", f"{path}/release", plant.ids["alerts"], json={"targets": {"all": True}})
    assert (released.status_code, released.get_json()["state"]) == (200, "shown")
    assert plant.ask("POST", f"{path}/ignore", plant.ids["alerts"]).status_code == 409


def test_the_notes_of_a_lenient_reading_stand_beside_a_held_message(plant: Plant) -> None:
    odd = cap(replace(FIRST, identifier="r-5", sender="odd@else")).replace(b"+08:00</sent>", b".5+08:00</sent>")
    held = post(plant, odd).get_json()
    (told,) = plant.ask("GET", f"/api/v1/messages/{held['id']}", plant.ids["alerts"]).get_json()["notes"]
    assert (told["field"], told["rule"]) == ("sent", "cap.note.odd_time")
    assert ".5+08:00" in told["detail"]


# hooks --------------------------------------------------------------------------------------------------------------


def call(plant: Plant, hook: dict[str, Any], body: dict[str, Any], **headers: str) -> TestResponse:
    plant.clock.pass_(1000)
    data, timestamp = json.dumps(body).encode(), str(plant.clock.now() // 1000)
    signature = signing.sign(hook["secret"], timestamp, data)
    usual = {signing.TIMESTAMP: timestamp, signing.SIGNATURE: signature, "Content-Type": "application/json"}
    return plant.ask("POST", hook["path"], headers={**usual, **headers}, data=data)


def hook(plant: Plant, name: str, **body: Any) -> dict[str, Any]:
    made = plant.ask("POST", "/api/v1/alert-sources", plant.ids["*"], json={"name": name, "kind": "hook", **body})
    assert made.status_code == 201
    found: dict[str, Any] = made.get_json()
    return found


def test_a_signed_call_needs_nothing_else(plant: Plant) -> None:
    gas = hook(plant, "煤气探头")
    first = call(plant, gas, {"id": "g1", "headline": "煤气泄漏"})
    assert (first.status_code, first.get_json()["state"]) == (201, "shown")
    assert call(plant, gas, {"id": "g1", "headline": "煤气泄漏"}).status_code == 200
    assert call(plant, gas, {"id": "g1", "act": "clear"}).get_json()["alert"] == first.get_json()["alert"]


def test_a_wrong_signature_is_a_problem_even_for_a_browser_that_is_signed_in(plant: Plant) -> None:
    gas = hook(plant, "探头二")
    answer = call(plant, gas, {}, **{signing.SIGNATURE: "sha256=0"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert call(plant, gas, {}, Accept="text/html", **{signing.SIGNATURE: ""}).mimetype == "application/problem+json"
    assert call(plant, {**gas, "path": "/hooks/none"}, {}).status_code == 401


def test_a_token_is_no_signature(plant: Plant) -> None:
    gas = hook(plant, "探头三")
    assert plant.ask("POST", gas["path"], plant.ids["*"], json={}).status_code == 401


def test_a_repeated_call_is_a_conflict(plant: Plant) -> None:
    gas, data = hook(plant, "探头四"), b"{}"
    timestamp = str(plant.clock.now() // 1000)
    headers = {signing.TIMESTAMP: timestamp, signing.SIGNATURE: signing.sign(gas["secret"], timestamp, data)}
    codes = [plant.ask("POST", gas["path"], headers=headers, data=data).status_code for _ in range(2)]
    assert codes == [201, 409]


def test_what_a_call_gets_wrong_is_named(plant: Plant) -> None:
    answer = call(plant, hook(plant, "探头五"), {"severity": "bad", "colour": "red"})
    assert answer.status_code == 422
    assert {one["field"] for one in answer.get_json()["violations"]} == {"severity", "colour"}


# sources ------------------------------------------------------------------------------------------------------------


def test_a_secret_is_told_once_and_never_listed(plant: Plant) -> None:
    made = hook(plant, "探头六")
    path = f"/api/v1/alert-sources/{made['id']}"
    listed = plant.ask("GET", "/api/v1/alert-sources", plant.ids["*"])
    assert made["secret"] not in listed.text
    assert "secret" not in listed.text
    assert made["secret"] not in plant.ask("PUT", path, plant.ids["*"], json={"enabled": False}).text
    renewed = plant.ask("POST", f"{path}/secret", plant.ids["*"]).get_json()["secret"]
    assert sources.get(plant.parts, OWNER, made["id"]).secret == renewed != made["secret"]
    assert plant.ask("DELETE", path, plant.ids["*"]).status_code == 204
    assert plant.ask("DELETE", path, plant.ids["*"]).status_code == 404


def test_a_feed_that_may_not_be_fetched_is_refused_with_the_way_to_allow_it(plant: Plant) -> None:
    body = {"name": "省台", "kind": "feed", "address": "http://169.254.169.254/latest"}
    answer = plant.ask("POST", "/api/v1/alert-sources", plant.ids["*"], json=body)
    assert answer.status_code == 422
    assert "PAOMADENG_FEED_HOSTS" in answer.get_json()["violations"][0]["detail"]


def test_the_clock_of_a_caller_who_knows_the_secret_is_explained(plant: Plant) -> None:
    gas = hook(plant, "探头七")
    late = str(NOON // 1000 - 86_400)
    headers = {signing.TIMESTAMP: late, signing.SIGNATURE: signing.sign(gas["secret"], late, b"{}")}
    answer = plant.ask("POST", gas["path"], headers=headers, data=b"{}")
    assert answer.status_code == 401
    assert answer.get_json()["seconds"] > 86_000
