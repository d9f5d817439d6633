"""Programmes and slots over HTTP, as players and the desk ask for them."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask import Flask, Response, g
from PIL import Image

from server import faults, problems, tables
from server.accounts.model import Grant, Identity, nobody
from server.api import to_json
from server.glass import api as glass
from server.parts import Parts
from server.programmes import previews
from server.programmes.compiler import Compiler
from server.programmes.rate import Rate
from server.programmes.routes import api as programmes
from server.scheduling.routes import api as scheduling
from tests.server.scheduling.site import Site, slogan


class Web:
    """The two features' routes, asked by whoever ``who`` is at the moment."""

    def __init__(self, parts: Parts, who: Identity) -> None:
        self.parts, self.who = parts, who
        self.site, self.compiler = Site(parts), Compiler(parts)
        app = Flask("test")
        app.extensions["paomadeng"] = parts
        app.before_request(lambda: setattr(g, "who", self.who))
        app.register_error_handler(Exception, self._problem)
        for api in (programmes, glass, scheduling):
            app.register_blueprint(api.blueprint)
        self.client = app.test_client()

    def _problem(self, error: Exception) -> Response:
        found = faults.translate(error)
        if found is None:
            raise error
        return Response(to_json(problems.to_object(found, "zh")), found.status, mimetype="application/problem+json")

    def slot(self, **more: Any) -> dict[str, Any]:
        body = {"playlist": self.site.playlist(slogan("安全第一")), "targets": {"all": True}, **more}
        answer = self.client.post("/api/v1/slots", json=body)
        assert answer.status_code == 201, answer.text
        self.compiler.run_pending()
        made: dict[str, Any] = answer.get_json()
        return made


@pytest.fixture
def web(parts: Parts, owner: Identity) -> Web:
    return Web(parts, owner)


def _player(screen: str) -> Identity:
    return Identity("o1", "player", "v1", "player", screen=screen)


def test_a_player_fetches_its_programme_once_and_then_hears_that_it_holds_it(web: Web) -> None:
    web.slot()
    web.who = _player("s-gate")
    first = web.client.get("/player/programme")
    again = web.client.get("/player/programme", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, first.get_json()["screen"], again.status_code) == (200, "s-gate", 304)
    assert first.headers["ETag"] == f'"{first.get_json()["version"]}"'


def test_the_programme_of_a_retired_screen_is_gone(web: Web) -> None:
    web.slot()
    web.site.retire("s-gate")
    web.who = _player("s-gate")
    assert web.client.get("/player/programme").status_code == 410


def test_a_person_is_no_player_and_nobody_sees_nothing(web: Web) -> None:
    assert web.client.get("/player/programme").status_code == 401
    web.who = nobody("o1", "zh")
    assert web.client.get("/player/programme").status_code == 401
    assert web.client.get("/api/v1/screens/s-gate/programme").status_code == 401


def test_a_programme_nobody_compiled_yet_is_compiled_for_the_first_who_asks(web: Web) -> None:
    assert web.client.get("/api/v1/screens/s-line/programme").get_json()["screen"] == "s-line"
    web.who = _player("s-gate")
    first, again = (web.client.get("/player/programme") for _ in range(2))
    assert (first.status_code, again.headers["ETag"]) == (200, first.headers["ETag"])


def test_the_desk_gets_the_same_bytes_as_the_player(web: Web) -> None:
    web.slot()
    desk = web.client.get("/api/v1/screens/s-gate/programme").data
    web.who = _player("s-gate")
    assert web.client.get("/player/programme").data == desk


def test_one_who_sees_one_group_sees_no_other_screen(web: Web) -> None:
    web.slot()
    web.who = Identity("o1", "person", "u2", "车间", grants=(Grant("read", "g-line"),))
    paths = [f"/api/v1/screens/{screen}/frame.png" for screen in ("s-line", "s-gate")]
    assert [web.client.get(path).status_code for path in paths] == [200, 403]


def test_a_frame_is_the_cut_of_the_strip_that_the_cue_names(web: Web) -> None:
    web.slot()
    at = web.parts.clock.now() + 5_000
    cue = web.client.get(f"/api/v1/screens/s-gate/cues?at={at}").get_json()["items"][0]
    frame, strip = (
        Image.open(io.BytesIO(web.client.get(f"/api/v1/screens/s-gate/{name}.png?at={at}").data)).convert("RGB")
        for name in ("frame", "strip")
    )
    assert frame.size == (192, 16)
    wanted = Image.new("RGB", (192, 16))
    wanted.paste(strip, (cue["x"], 0))
    assert frame.tobytes() == wanted.tobytes()
    assert frame.getbbox() is not None


def test_a_region_that_is_not_there_is_named(web: Web) -> None:
    web.slot()
    answer = web.client.get("/api/v1/screens/s-gate/frame.png?region=side")
    assert (answer.status_code, "side" in answer.get_json()["detail"]) == (404, True)


def test_a_cue_tells_what_runs_and_who_approved_it(web: Web) -> None:
    made = web.client.post(
        "/api/v1/quick-lines", json={"text": "下午三点开会", "targets": {"screens": ["s-gate"]}}
    ).get_json()
    web.compiler.run_pending()
    cue = web.client.get("/api/v1/screens/s-gate/cues").get_json()["items"][0]
    assert (cue["text"], cue["playlist"], cue["approved_by"]) == ("下午三点开会", made["playlist"], "厂办")


def test_black_is_told_without_an_item(web: Web) -> None:
    web.compiler.touch_all()
    web.compiler.run_pending()
    assert web.client.get("/api/v1/screens/s-gate/cues").get_json()["items"][0].keys() == {"region", "ends"}
    frame = Image.open(io.BytesIO(web.client.get("/api/v1/screens/s-gate/strip.png").data))
    assert frame.convert("RGB").getextrema() == ((0, 0), (0, 0), (0, 0))


def test_a_slot_is_told_with_its_etag_and_its_conflicts(web: Web) -> None:
    one, two = web.slot(), web.slot()
    answer = web.client.get(f"/api/v1/slots/{two['id']}")
    assert answer.headers["ETag"] == f'"{two["revision"]}"'
    assert {(c["other"], c["kind"]) for c in answer.get_json()["conflicts"]} == {(one["id"], "takes_turns")}
    assert {"from", "until"} <= set(answer.get_json()["conflicts"][0])


def test_a_change_wants_if_match_and_refuses_an_old_one(web: Web) -> None:
    made = web.slot()
    body = {"playlist": made["playlist"], "targets": {"screens": ["s-gate"]}, "from": 5, "until": 10}
    path = f"/api/v1/slots/{made['id']}"
    codes = [web.client.put(path, json=body, headers=h).status_code for h in ({}, {"If-Match": '"1"'})]
    changed = web.client.put(path, json=body, headers={"If-Match": f'"{made["revision"]}"'}).get_json()
    assert codes == [428, 412]
    assert (changed["from"], changed["until"], changed["targets"]["screens"]) == (5, 10, ["s-gate"])


def test_a_removed_slot_is_gone_until_it_is_restored(web: Web) -> None:
    path = f"/api/v1/slots/{web.slot()['id']}"
    codes = [web.client.delete(path).status_code, web.client.get(path).status_code]
    codes += [web.client.post(f"{path}/restore").status_code, web.client.get(path).status_code]
    assert codes == [204, 404, 200, 200]


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"playlist": 3}', b'{"x": 1}', b'{"priority": 101}'])
def test_a_slot_that_cannot_be_read_is_a_problem_and_no_traceback(web: Web, body: bytes) -> None:
    answer = web.client.post("/api/v1/slots", data=body)
    assert answer.status_code in (400, 422)
    assert json.loads(answer.data)["title"]


def test_a_preview_shows_the_pixels_of_an_unsaved_line(web: Web, parts: Parts) -> None:
    body = {"item": {"kind": "slogan", "text": "试试看"}, "screen": "s-gate"}
    answer = web.client.post("/api/v1/previews", json=body).get_json()
    assert parts.blobs.has(answer["pages"][0]["media"])
    assert (answer["violations"], answer["facts"]["missing"]) == ([], [])
    with parts.db.read() as tx:
        assert tx.execute(tables.renditions.select()).first() is None


def test_a_preview_of_what_will_not_do_says_why_in_words(web: Web) -> None:
    profile = {"width": 192, "height": 16, "colour": "single"}
    items = [{"kind": "slogan", "text": ""}, {"kind": "image", "asset": "gone"}, {"kind": "slogan", "text": "好"}]
    answer = web.client.post("/api/v1/previews", json={"items": items, "profile": profile}).get_json()
    rules = [[v["rule"] for v in one["violations"]] for one in answer["items"]]
    assert rules == [["rules.empty"], ["programmes.picture_missing"], []]


@pytest.mark.parametrize("more", [{}, {"screen": "s-gate", "profile": {"width": 64, "height": 16, "colour": "full"}}])
def test_a_preview_is_for_one_screen_or_one_profile(web: Web, more: dict[str, Any]) -> None:
    answer = web.client.post("/api/v1/previews", json={"item": {"kind": "slogan", "text": "好"}, **more})
    assert answer.status_code == 422


def test_previews_are_not_taken_faster_than_somebody_types(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "rate", Rate(limit=2, within_ms=10_000))
    body = {"item": {"kind": "slogan", "text": "好"}, "screen": "s-gate"}
    codes = [web.client.post("/api/v1/previews", json=body).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_findings_are_told_in_words(web: Web) -> None:
    web.slot(region="strip")
    found = web.client.get("/api/v1/screens/s-gate/findings").get_json()["items"]
    assert "strip" in found[0]["detail"]
