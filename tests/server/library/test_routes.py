"""Uploads, ranges and caches over HTTP, through the real routes."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.exceptions import HTTPException

from server import faults, problems
from server.accounts.model import Grant, Identity, nobody
from server.errors import NotFound
from server.library import service
from server.library.routes import api
from server.parts import Parts


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((700, 700), 90).save(out, "PNG")
    return out.getvalue()


class Site:
    """The library's routes with whoever signs in."""

    def __init__(self, parts: Parts, who: Identity) -> None:
        self.who = who
        app = Flask(__name__)
        app.extensions["paomadeng"] = parts
        app.register_blueprint(api.blueprint)
        app.before_request(self._sign_in)
        app.register_error_handler(Exception, self._problem)
        self.http: FlaskClient = app.test_client()

    def _sign_in(self) -> None:
        g.who = self.who

    def _problem(self, error: Exception) -> tuple[dict[str, object], int]:
        problem = NotFound() if isinstance(error, HTTPException) else faults.translate(error)
        if problem is None:
            raise error
        return problems.to_object(problem, "zh"), problem.status


@pytest.fixture
def site(parts: Parts, owner: Identity) -> Site:
    return Site(parts, owner)


@pytest.fixture
def media(parts: Parts, owner: Identity) -> str:
    return f"/media/{service.add(parts, owner, picture(), 'a.png').asset.media}"


def test_an_upload_answers_201_and_the_same_again_200(site: Site) -> None:
    data = picture()
    answers = [site.http.post("/api/v1/assets", data={"file": (io.BytesIO(data), "窑.png")}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    told = answers[0].get_json()
    assert (told["kind"], told["width"], told["height"], told["name"]) == ("image", 700, 700, "窑.png")
    assert site.http.get(told["media"]).status_code == site.http.get(told["thumbnail"]).status_code == 200


def test_an_upload_without_a_file_names_the_field(site: Site) -> None:
    answer = site.http.post("/api/v1/assets", data={"name": "x"})
    assert (answer.status_code, answer.get_json()["violations"][0]["field"]) == (422, "file")


def test_a_lie_is_refused_in_words(site: Site) -> None:
    answer = site.http.post("/api/v1/assets", data={"file": (io.BytesIO(b"MZ..."), "a.png")})
    assert (answer.status_code, answer.get_json()["type"]) == (422, "/problems/refused")


def test_too_many_bytes_are_refused_with_the_limit(parts: Parts, owner: Identity) -> None:
    small = Site(replace(parts, config=replace(parts.config, upload_mb=1)), owner)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    body = head + b"x" * 1_100_000 + b"\r\n--b--\r\n"
    answer = small.http.post("/api/v1/assets", data=body, content_type="multipart/form-data; boundary=b")
    assert (answer.status_code, answer.get_json()["limit_mb"]) == (413, 1)


def test_media_never_change_and_say_so(site: Site, media: str) -> None:
    answer = site.http.get(media)
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "image/png"
    assert int(answer.headers["Content-Length"]) == len(answer.data) > 256 * 1024
    again = site.http.get(media, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "slice_"),
    [("bytes=0-9", slice(0, 10)), ("bytes=300000-", slice(300000, None)), ("bytes=-5", slice(-5, None))],
)
def test_a_range_is_answered_with_those_bytes(site: Site, media: str, asked: str, slice_: slice) -> None:
    whole = site.http.get(media).data
    part = site.http.get(media, headers={"Range": asked})
    assert (part.status_code, part.data) == (206, whole[slice_])
    assert part.headers["Content-Range"].endswith(f"/{len(whole)}")


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=abc", "lines=1-2", "bytes=0-1,4-5"])
def test_an_odd_range_is_the_whole_file_or_416(site: Site, media: str, asked: str) -> None:
    answer = site.http.get(media, headers={"Range": asked})
    assert answer.status_code == (416 if asked == "bytes=99999999-" else 200)


@pytest.mark.parametrize("name", ["../../paomadeng.db", "..%2f..%2fpaomadeng.db", "a" * 64 + ".png", "x", "%00.png"])
def test_no_other_file_can_be_reached(site: Site, name: str) -> None:
    assert site.http.get(f"/media/{name}").status_code == 404


def test_media_need_somebody(site: Site, media: str, owner: Identity) -> None:
    site.who = nobody("o1", "zh")
    assert site.http.get(media).status_code == 401
    site.who = replace(owner, kind="token", grants=(Grant("alerts:issue"),))
    assert site.http.get(media).status_code == 403
    site.who = replace(owner, kind="player", grants=())
    assert site.http.get(media).status_code == 200


def test_an_unknown_range_validator_sends_the_whole(site: Site, media: str) -> None:
    answer = site.http.get(media, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert answer.status_code == 200
