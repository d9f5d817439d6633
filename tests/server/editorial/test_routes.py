"""Playlists over HTTP, as scripts and the desk use them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, g
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from server import faults, problems
from server.accounts.model import Grant, Identity
from server.editorial.routes import api
from server.errors import NotFound
from server.parts import Parts
from server.tables import screen_groups, screens

ITEMS = [{"kind": "slogan", "text": "安全第一"}, {"kind": "notice", "text": "戴好安全帽"}]
REVIEWER = Identity("o1", "person", "u2", "安全科", grants=(Grant("review"), Grant("read")))


class Desk:
    """The editorial routes with whoever signs in."""

    def __init__(self, parts: Parts, who: Identity) -> None:
        self.who = who
        app = Flask(__name__)
        app.extensions["paomadeng"] = parts
        app.register_blueprint(api.blueprint)
        app.before_request(lambda: setattr(g, "who", self.who))
        app.register_error_handler(Exception, self._problem)
        self._http = app.test_client()

    def _problem(self, error: Exception) -> tuple[dict[str, object], int]:
        problem = NotFound() if isinstance(error, HTTPException) else faults.translate(error)
        if problem is None:
            raise error
        return problems.to_object(problem, self.who.locale), problem.status

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._http.open(f"/api/v1/{path}", method=method, json=body, headers=sent)

    def made(self, **more: Any) -> dict[str, Any]:
        answer = self.call("POST", "playlists", {"name": "门口", "items": ITEMS, **more})
        assert answer.status_code == 201
        told: dict[str, Any] = answer.get_json()
        return told


@pytest.fixture
def desk(parts: Parts, owner: Identity) -> Desk:
    with parts.db.transaction() as tx:
        tx.execute(screen_groups.insert().values(id="g1", org="o1", name="东门", steps=1, created=0))
    return Desk(parts, owner)


def test_a_playlist_is_made_as_a_draft_with_ids_for_its_items(desk: Desk) -> None:
    told = desk.made()
    assert told["state"] == "draft"
    assert [item["kind"] for item in told["items"]] == ["slogan", "notice"]
    assert all(item["id"] for item in told["items"])
    assert told["chain"] == {"steps": 0, "at": 0}


def test_saving_needs_the_revision_that_was_read(desk: Desk) -> None:
    made = desk.made()
    path = f"playlists/{made['id']}"
    assert desk.call("PUT", path, {"name": "二"}).status_code == 428
    saved = desk.call("PUT", path, {"name": "二"}, If_Match=f'"{made["revision"]}"')
    assert (saved.status_code, saved.get_json()["name"]) == (200, "二")
    assert saved.headers["ETag"] == f'"{saved.get_json()["revision"]}"'


def test_the_second_of_two_editors_gets_the_other_text_and_loses_nothing(desk: Desk) -> None:
    made = desk.made()
    path, held = f"playlists/{made['id']}", made["revision"]
    first = desk.call("PUT", path, {"items": [{"kind": "slogan", "text": "甲"}]}, If_Match=held).get_json()
    second = desk.call("PUT", path, {"items": [{"kind": "slogan", "text": "乙"}]}, If_Match=held)
    assert second.status_code == 412
    current = second.get_json()["current"]
    assert (current["revision"], current["items"][0]["text"]) == (first["revision"], "甲")
    assert (current["by"], current["name"]) == ("u1", "门口")


@pytest.mark.parametrize(
    ("item", "field", "rule"),
    [
        ({"kind": "slogan", "text": "字" * 501}, "items.0.text", "rules.too_long"),
        ({"kind": "slogan", "text": "a\u202eb"}, "items.0.text", "rules.direction_override"),
        ({"kind": "video"}, "items.0.kind", "rules.unknown_kind"),
        ({"kind": "slogan", "text": 7}, "items.0.text", "rules.wrong_type"),
        ({"kind": "slogan", "text": "a", "by": "me"}, "items.0.by", "rules.unknown_field"),
        ({"kind": "notice", "text": "[" * 101}, "items.0.text", "rules.too_many_brackets"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_field_in_both_languages(
    desk: Desk, item: dict[str, Any], field: str, rule: str
) -> None:
    answer = desk.call("POST", "playlists", {"name": "x", "items": [item]})
    told = answer.get_json()["violations"][0]
    assert (answer.status_code, told["field"], told["rule"]) == (422, field, rule)
    assert told["detail"] != rule
    assert "{" not in told["detail"]


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x", "state": "approved"}, {"name": "x", "items": "a"}])
def test_no_field_can_be_smuggled_in_or_left_out(desk: Desk, body: dict[str, Any]) -> None:
    assert desk.call("POST", "playlists", body).status_code == 422


def test_the_inbox_shows_what_changes_letter_by_letter(desk: Desk) -> None:
    made = desk.made(group="g1")
    desk.call("POST", f"playlists/{made['id']}/submit", {})
    owner, desk.who = desk.who, REVIEWER
    desk.call("POST", f"playlists/{made['id']}/approve", {"revision": made["revision"]})
    desk.who = owner
    items = [{**made["items"][0], "text": "安全永远第一"}, made["items"][1]]
    desk.call("PUT", f"playlists/{made['id']}", {"items": items}, If_Match=made["revision"])
    desk.call("POST", f"playlists/{made['id']}/submit", {})
    assert desk.call("GET", "reviews").get_json()["items"] == []
    desk.who = REVIEWER
    change = desk.call("GET", "reviews").get_json()["items"][0]["changes"]
    assert [(one["kind"], [run["op"] for run in one["runs"]]) for one in change] == [
        ("changed", ["same", "added", "same"])
    ]


def test_a_returned_playlist_comes_back_to_its_author_with_the_reason(desk: Desk) -> None:
    made = desk.made(group="g1")
    desk.call("POST", f"playlists/{made['id']}/submit", {})
    author, desk.who = desk.who, REVIEWER
    path = f"playlists/{made['id']}"
    desk.call("POST", f"{path}/return", {"revision": made["revision"], "reason": "日期写错"})
    desk.who = author
    assert desk.call("GET", "reviews").get_json()["returned"][0]["reason"] == "日期写错"
    told = desk.call("GET", path).get_json()
    assert [entry["act"] for entry in told["history"]] == ["return", "submit"]
    assert told["may"] == ["submit", "edit"]


def test_every_act_of_review_may_say_why_and_the_history_keeps_it(desk: Desk) -> None:
    made = desk.made(group="g1")
    path, revision = f"playlists/{made['id']}", made["revision"]
    said = {"revision": revision, "reason": " 新班次 "}
    assert desk.call("POST", f"{path}/submit", said).status_code == 200
    author, desk.who = desk.who, REVIEWER
    assert desk.call("POST", f"{path}/approve", said | {"reason": "核对过"}).status_code == 200
    desk.who = author
    assert desk.call("POST", f"{path}/withdraw", {"revision": None, "reason": "换季"}).status_code == 200
    history = desk.call("GET", path).get_json()["history"]
    assert [(one["act"], one["reason"]) for one in history] == [
        ("withdraw", "换季"), ("approve", "核对过"), ("submit", "新班次"),
    ]  # fmt: skip


def test_the_list_is_searched_filtered_and_paged(desk: Desk) -> None:
    for n in range(5):
        desk.made(name=f"列表{n}")
    first = desk.call("GET", "playlists?limit=3").get_json()
    rest = desk.call("GET", f"playlists?limit=3&cursor={first['next']}").get_json()
    assert len({one["id"] for one in first["items"] + rest["items"]}) == 5
    assert "next" not in rest or rest["next"] is None
    assert [one["name"] for one in desk.call("GET", "playlists?q=表3").get_json()["items"]] == ["列表3"]
    assert desk.call("GET", "playlists?state=approved").get_json()["items"] == []
    assert desk.call("GET", "playlists?cursor=nonsense").status_code == 422


def test_a_check_stores_nothing_and_tells_what_each_screen_will_do(desk: Desk, parts: Parts) -> None:
    with parts.db.transaction() as tx:
        row = {"id": "s1", "org": "o1", "name": "s", "width": 192, "height": 16, "colour": "single", "key_hash": "k"}
        tx.execute(screens.insert().values(created=0, **row))
    wide = {"width": 1280, "height": 720, "colour": "full"}
    items = [{"kind": "slogan", "text": "安全生产人人有责" * 6}, {"kind": "slogan", "text": ""}]
    told = desk.call("POST", "playlists/check", {"items": items, "screens": ["s1"], "profiles": [wide]}).get_json()
    assert [fact["scrolls"] for fact in told["items"][0]["facts"]] == [True, False]
    assert [v["field"] for v in told["items"][1]["violations"]] == ["items.1.text"]
    assert desk.call("GET", "playlists").get_json()["items"] == []


def test_markdown_is_shown_without_scripts(desk: Desk) -> None:
    told = desk.call("POST", "markdown", {"text": "**注意：**请 <script>alert(1)</script>"}).get_json()
    assert told["html"].startswith("<p><strong>注意：</strong>")
    assert "script" not in told["html"]


def test_a_deleted_playlist_is_gone_until_it_is_restored(desk: Desk) -> None:
    path = f"playlists/{desk.made()['id']}"
    assert desk.call("DELETE", path).status_code == 204
    assert desk.call("GET", path).status_code == desk.call("DELETE", path).status_code == 404
    assert desk.call("POST", f"{path}/restore", {}).status_code == 200
    assert desk.call("GET", path).status_code == 200


def test_a_copy_says_the_same_under_another_name(desk: Desk) -> None:
    made = desk.made()
    copied = desk.call("POST", f"playlists/{made['id']}/copy", {}).get_json()
    assert copied["items"] == made["items"]
    assert (copied["name"], copied["state"]) == ("门口（副本）", "draft")
    assert copied["id"] != made["id"]


def test_an_older_revision_stays_readable(desk: Desk) -> None:
    made = desk.made()
    path = f"playlists/{made['id']}"
    desk.call("PUT", path, {"name": "二"}, If_Match=made["revision"])
    old = desk.call("GET", f"{path}/revisions/{made['revision']}").get_json()
    assert (old["name"], old["number"]) == ("门口", 1)
    assert [one["number"] for one in desk.call("GET", path).get_json()["revisions"]] == [2, 1]


def test_who_may_only_read_changes_nothing(desk: Desk) -> None:
    made = desk.made()
    path = f"playlists/{made['id']}"
    desk.who = Identity("o1", "person", "u3", "看客", grants=(Grant("read"),))
    assert desk.call("GET", path).get_json()["may"] == []
    tried = [
        desk.call("POST", f"{path}/{act}", {"revision": made["revision"], "reason": "x"})
        for act in ("submit", "approve", "return", "withdraw")
    ]
    tried += [desk.call("DELETE", path), desk.call("PUT", path, {"name": "x"}, If_Match=made["revision"])]
    assert {answer.status_code for answer in tried} == {403}


def test_another_organisation_finds_nothing(desk: Desk) -> None:
    made = desk.made()
    desk.who = Identity("o2", "person", "u9", "外人", grants=(Grant("*"),))
    assert desk.call("GET", f"playlists/{made['id']}").status_code == 404
    assert desk.call("POST", f"playlists/{made['id']}/submit", {}).status_code == 404
    assert desk.call("GET", "playlists").get_json()["items"] == []
