"""HTTP of screens, players and plays, as scripts and players use it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, g, request
from flask.testing import FlaskClient

from server.accounts.model import Identity, nobody
from server.faults import translate
from server.parts import Parts
from server.playlog import routes as playlog
from server.problems import to_object
from server.realtime import routes as realtime
from server.screens import players, routes

STRIP = {"name": "东门条屏", "width": 192, "height": 16, "colour": "single", "pitch_mm": 10}
NEVER_SEEN = {"online": False, "last_seen": None, "programme": None, "cue": None, "version": ""}


@pytest.fixture
def http(parts: Parts, owner: Identity) -> FlaskClient:
    app = Flask("site")
    app.extensions["paomadeng"] = parts
    for one in (routes, playlog, realtime):
        app.register_blueprint(one.api.blueprint)

    @app.before_request
    def identify() -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        staff = owner if token == "staff" else None
        g.who = staff or players.authenticate_player(parts, token) or nobody("o1", "zh", "192.0.2.50")

    @app.errorhandler(Exception)
    def problem(error: Exception) -> tuple[Any, int]:
        found = translate(error)
        if found is None:
            raise error
        return to_object(found, "zh"), found.status

    return app.test_client()


def call(http: FlaskClient, method: str, path: str, body: Any = None, token: str = "staff") -> Any:
    answer = http.open(path, method=method, json=body, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, (answer.get_json() if answer.data else None)


@pytest.fixture
def strip(http: FlaskClient) -> dict[str, Any]:
    status, made = call(http, "POST", "/api/v1/screens", STRIP)
    assert status == 201
    return dict(made)


def test_a_new_screen_tells_its_key_once(http: FlaskClient, strip: dict[str, Any]) -> None:
    assert strip["key"].startswith("pmk_")
    status, found = call(http, "GET", f"/api/v1/screens/{strip['id']}")
    assert (status, found["presence"]) == (200, NEVER_SEEN)
    _, listed = call(http, "GET", "/api/v1/screens")
    assert [one["presence"] for one in listed["items"]] == [NEVER_SEEN]
    assert "key" not in found
    assert found["pitch_mm"] == 10.0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": " "}, "name"), ({"name": "a\nb"}, "name"), ({"width": "wide"}, "width"), ({"colour": "blue"}, "colour"),
     ({"owner": 1}, "owner"), ({"groups": ["g0"]}, "groups.0"), ({"height": 8}, "height")],
)  # fmt: skip
def test_a_wrong_field_is_named(http: FlaskClient, wrong: dict[str, Any], field: str) -> None:
    status, problem = call(http, "POST", "/api/v1/screens", {**STRIP, **wrong})
    assert (status, problem["violations"][0]["field"]) == (422, field)


def test_a_list_of_screens_pages_by_cursor(http: FlaskClient) -> None:
    for n in range(3):
        call(http, "POST", "/api/v1/screens", {**STRIP, "name": f"屏{n}"})
    _, first = call(http, "GET", "/api/v1/screens?limit=2")
    _, rest = call(http, "GET", f"/api/v1/screens?limit=2&cursor={first['next']}")
    assert len({one["id"] for one in first["items"] + rest["items"]}) == 3
    assert "next" not in rest


@pytest.mark.parametrize("cursor", ["x", "1", ".", "9" * 70, "１.s"])
def test_a_strange_cursor_is_refused(http: FlaskClient, strip: dict[str, Any], cursor: str) -> None:
    status, problem = call(http, "GET", f"/api/v1/screens?cursor={cursor}")
    assert (status, problem["violations"][0]["field"]) == (422, "cursor")


def test_a_change_leaves_what_it_does_not_name(http: FlaskClient, strip: dict[str, Any]) -> None:
    status, after = call(http, "PUT", f"/api/v1/screens/{strip['id']}", {"place": "东门", "pitch_mm": 4.75})
    assert (status, after["place"], after["pitch_mm"], after["name"]) == (200, "东门", 4.75, "东门条屏")


def test_blank_order_renew_and_retire(http: FlaskClient, strip: dict[str, Any]) -> None:
    path = f"/api/v1/screens/{strip['id']}"
    assert call(http, "POST", f"{path}/blank")[1]["kind"] == "blank"
    assert call(http, "GET", path)[1]["blanked"] is True
    assert call(http, "POST", f"{path}/commands", {"kind": "rm -rf"})[0] == 422
    status, ordered = call(http, "POST", f"{path}/commands", {"kind": "reload"})
    assert (status, call(http, "GET", f"{path}/commands/{ordered['id']}")[1]) == (201, ordered)
    assert call(http, "POST", f"{path}/key")[1]["key"] != strip["key"]
    assert call(http, "DELETE", path)[0] == 204
    assert call(http, "GET", path)[0] == 404


def test_groups_and_layouts_are_made_changed_and_removed(http: FlaskClient, strip: dict[str, Any]) -> None:
    _, group = call(http, "POST", "/api/v1/groups", {"name": "东门", "steps": 1})
    call(http, "PUT", f"/api/v1/screens/{strip['id']}", {"groups": [group["id"]]})
    assert call(http, "GET", f"/api/v1/groups/{group['id']}")[1]["screens"] == 1
    assert len(call(http, "GET", f"/api/v1/screens?group={group['id']}")[1]["items"]) == 1
    assert call(http, "PUT", f"/api/v1/groups/{group['id']}", {"steps": 2})[0] == 422
    assert call(http, "DELETE", f"/api/v1/groups/{group['id']}")[0] == 204
    body = {"kind": "main_side_strip", "width": 1280, "height": 720}
    status, layout = call(http, "POST", "/api/v1/layouts", body)
    assert (status, [one["name"] for one in layout["regions"]]) == (201, ["main", "strip", "side"])
    assert call(http, "GET", "/api/v1/layouts?width=1280&height=720")[1]["items"] == [layout]
    assert call(http, "DELETE", f"/api/v1/layouts/{layout['id']}")[0] == 204


def test_the_whole_way_from_a_code_to_a_play(http: FlaskClient, strip: dict[str, Any], parts: Parts) -> None:
    status, asked = call(http, "POST", "/player/pairings", {"pixels": [192, 16]}, token="")
    assert (status, asked["expires_ms"]) == (201, 600_000)
    proof = {"code": asked["code"], "secret": asked["secret"]}
    assert call(http, "POST", "/player/pair", proof, token="") == (202, {})
    claim = {"code": asked["code"].lower(), "screen": strip["id"]}
    assert call(http, "POST", "/api/v1/pairings/claim", claim)[0] == 200
    status, given = call(http, "POST", "/player/pair", proof, token="")
    assert (status, given["screen"]["name"]) == (200, "东门条屏")
    assert call(http, "POST", "/player/pair", proof, token="")[0] == 410
    assert call(http, "GET", "/player/time", token=given["token"]) == (200, {"now": parts.clock.now()})
    assert call(http, "GET", "/player/alerts", token=given["token"])[1]["alerts"] == []
    now = parts.clock.now()
    shown = {"region": "main", "playlist": "p1", "item": "i1", "media": ""}
    play = {"id": "play-1234", **shown, "begins": now - 5, "ends": now}
    status, verdict = call(http, "POST", "/player/plays", {"plays": [play, {}]}, token=given["token"])
    assert (status, verdict["accepted"], verdict["refused"][0]["row"]) == (200, ["play-1234"], 1)
    _, listed = call(http, "GET", f"/api/v1/plays?screen={strip['id']}&from=0&until={now}")
    assert [one["id"] for one in listed["items"]] == ["play-1234"]


def test_a_key_pairs_and_a_player_is_revoked(http: FlaskClient, strip: dict[str, Any]) -> None:
    assert call(http, "POST", "/player/pair", {"key": "pmk_wrong"}, token="")[0] == 404
    token = call(http, "POST", "/player/pair", {"key": strip["key"]}, token="")[1]["token"]
    _, listed = call(http, "GET", f"/api/v1/screens/{strip['id']}/players")
    path = f"/api/v1/screens/{strip['id']}/players/{listed['items'][0]['id']}/revoke"
    assert call(http, "POST", path)[0] == 204
    assert call(http, "GET", "/player/time", token=token)[0] == 401


@pytest.mark.parametrize("body", [{}, {"code": "ABC234"}, {"secret": "x"}, {"key": ""}])
def test_pairing_without_proof_is_refused(http: FlaskClient, body: dict[str, str]) -> None:
    assert call(http, "POST", "/player/pair", body, token="")[0] == 422


@pytest.mark.parametrize("path", ["/api/v1/screens", "/api/v1/groups", "/api/v1/plays", "/api/v1/layouts"])
def test_a_player_reads_nothing_of_the_staffs(http: FlaskClient, strip: dict[str, Any], path: str) -> None:
    token = call(http, "POST", "/player/pair", {"key": strip["key"]}, token="")[1]["token"]
    assert call(http, "GET", path, token=token)[0] == 403
    assert call(http, "GET", path, token="")[0] == 401


def test_staff_report_no_plays(http: FlaskClient) -> None:
    assert call(http, "POST", "/player/plays", {"plays": []})[0] == 401
