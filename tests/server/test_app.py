"""The application as a browser and a program meet it: guards, problems, pages, the OpenAPI document."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from server.accounts import service
from server.accounts.model import system
from server.accounts.site import first
from server.app import APIS, create_app
from server.parts import Parts
from tests.server.hindered import locked

PASSWORD = "下班先断电再锁门喽好"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def app(parts: Parts) -> Flask:
    return create_app(parts)[0]


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def desk(parts: Parts, visitor: FlaskClient) -> FlaskClient:
    """The owner, signed in by the one-time link as a person does it."""
    address = f"/welcome/{service.owner_link(parts)}"
    form = {"csrf_token": csrf(visitor.get(address).text), "login": "厂办", "password": PASSWORD}
    assert visitor.post(address, data=form).status_code == 303
    return visitor


def test_the_owner_link_leads_to_the_first_run(parts: Parts, visitor: FlaskClient) -> None:
    address = f"/welcome/{service.owner_link(parts)}"
    form = {"csrf_token": csrf(visitor.get(address).text), "login": "厂办", "password": PASSWORD}
    assert visitor.post(address, data=form).headers["Location"] == "/first-run"


def test_a_poor_password_is_told_and_the_name_kept(parts: Parts, visitor: FlaskClient) -> None:
    address = f"/welcome/{service.owner_link(parts)}"
    form = {"csrf_token": csrf(visitor.get(address).text), "login": "厂办", "password": "short"}
    answer = visitor.post(address, data=form)
    assert answer.status_code == 422
    assert 'value="厂办"' in answer.text
    assert "至少 10 个字符" in answer.text


def test_a_wrong_password_keeps_the_name(desk: FlaskClient, app: Flask) -> None:
    stranger = app.test_client()
    form = {"csrf_token": csrf(stranger.get("/sign-in").text), "login": "厂办", "password": "wrong"}
    answer = stranger.post("/sign-in", data=form)
    assert (answer.status_code, "名字或密码不对" in answer.text, "厂办" in answer.text) == (401, True, True)


def test_a_page_sends_a_stranger_to_sign_in_and_back(visitor: FlaskClient) -> None:
    assert visitor.get("/people", headers=PAGE).headers["Location"] == "/sign-in?next=/people"


@pytest.mark.parametrize(
    "onward", ["https://a.example/", "//a.example", "/\\a.example", "/\t/a.example", "/\n/a.example", "/a\r\nb: c"]
)
def test_nobody_is_led_to_another_host_after_signing_in(desk: FlaskClient, onward: str) -> None:
    assert desk.get("/sign-in", query_string={"next": onward}).headers["Location"] == "/"


def test_a_forged_post_is_refused(desk: FlaskClient) -> None:
    answer = desk.post("/api/v1/people", json={"login": "x", "roles": []})
    assert (answer.status_code, answer.get_json()["type"]) == (403, "/problems/csrf")


def test_a_post_from_another_origin_is_refused_even_with_the_right_word(desk: FlaskClient) -> None:
    word = csrf(desk.get("/people", headers=PAGE).text)
    headers = {"X-CSRF-Token": word, "Origin": "http://elsewhere.example"}
    assert desk.post("/api/v1/people", json={"login": "x", "roles": []}, headers=headers).status_code == 403


def test_a_post_with_the_page_s_word_is_taken(desk: FlaskClient) -> None:
    headers = {"X-CSRF-Token": csrf(desk.get("/people", headers=PAGE).text)}
    assert desk.post("/api/v1/people", json={"login": "x", "roles": []}, headers=headers).status_code == 201


def test_a_session_ends_for_its_cookie_at_sign_out(desk: FlaskClient) -> None:
    desk.post("/sign-out", data={"csrf_token": csrf(desk.get("/people", headers=PAGE).text)})
    assert desk.get("/api/v1/session").status_code == 401


def test_no_page_takes_script_or_anything_from_elsewhere(visitor: FlaskClient) -> None:
    policy = visitor.get("/sign-in").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [(b"not json", 400, "malformed"), (b"[1]", 400, "malformed"), (b'{"login": 1}', 422, "invalid"),
     (b'{"login": "x", "password": "y", "rolls": 1}', 422, "invalid"), (b"[" * 100_000, 400, "malformed")],
)  # fmt: skip
def test_bad_bodies_are_problems(visitor: FlaskClient, body: bytes, status: int, slug: str) -> None:
    headers = {"X-CSRF-Token": csrf(visitor.get("/sign-in").text)}
    answer = visitor.post("/api/v1/session", data=body, headers=headers)
    assert (answer.status_code, answer.get_json()["type"]) == (status, f"/problems/{slug}")
    assert answer.mimetype == "application/problem+json"


def test_problems_speak_the_asker_s_language(visitor: FlaskClient) -> None:
    english = visitor.get("/api/v1/screens", headers={"Accept-Language": "en-GB"}).get_json()
    chinese = visitor.get("/api/v1/screens", headers={"Accept-Language": "zh-CN"}).get_json()
    assert (english["title"], chinese["title"]) == ("Not signed in", "还没登录")


def test_a_program_is_told_in_the_language_it_asks_for_and_else_in_the_site_s(
    parts: Parts, visitor: FlaskClient
) -> None:
    _, secret = service.add_token(parts, system(first(parts).id), "排班系统", ("read",))
    titles = []
    for language in ("en-GB,en;q=0.8", "de", ""):
        headers = {"Authorization": f"Bearer {secret}", "Accept-Language": language}
        titles.append(visitor.get("/api/v1/screens/nowhere", headers=headers).get_json()["title"])
    assert titles == ["Not found", "没有找到", "没有找到"]


def _fault() -> str:
    raise ZeroDivisionError


def test_a_fault_of_ours_is_told_without_its_inside(app: Flask, visitor: FlaskClient) -> None:
    app.add_url_rule("/api/v1/fault", "fault", _fault)
    answer = visitor.get("/api/v1/fault")
    assert (answer.status_code, "ZeroDivision" in answer.text) == (500, False)
    assert re.search(r"[0-9a-f]{8}", answer.get_json()["detail"])


def test_a_lost_page_is_a_page(visitor: FlaskClient) -> None:
    answer = visitor.get("/nowhere", headers=PAGE)
    assert (answer.status_code, "<h1>没有找到</h1>" in answer.text) == (404, True)


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "desk.css/../../app.py", "\x00"])
def test_static_files_are_those_of_their_folder_only(visitor: FlaskClient, path: str) -> None:
    assert visitor.get("/static/" + path).status_code in (400, 404)


def test_an_address_with_its_version_is_cached_for_good(visitor: FlaskClient) -> None:
    sheet = re.search(r"/static/desk\.css\?v=\w+", visitor.get("/sign-in").text)
    assert sheet
    assert "immutable" in visitor.get(sheet[0]).headers["Cache-Control"]


def test_a_version_that_another_release_has_is_not_kept_as_if_it_were_here(visitor: FlaskClient) -> None:
    answer = visitor.get("/static/desk.css?v=0123456789ab")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_every_operation_is_in_the_document(visitor: FlaskClient) -> None:
    paths: dict[str, Any] = visitor.get("/api/openapi.json").get_json()["paths"]
    told = {(path, method.upper()) for path, methods in paths.items() for method in methods}
    rules = {(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", o.rule), o.method) for api in APIS for o in api.operations}
    assert told == rules
    assert {("/healthz", "GET"), ("/readyz", "GET"), ("/metrics", "GET")} <= told


def test_the_page_that_tells_the_interface_opens_for_a_program_too(parts: Parts, visitor: FlaskClient) -> None:
    owner = system(first(parts).id)
    for scope, status in (("read", 200), ("people", 403)):
        _, secret = service.add_token(parts, owner, "排班系统", (scope,))
        answer = visitor.get("/api/docs", headers={"Authorization": f"Bearer {secret}"})
        assert (answer.status_code, "/api/v1/alerts/{alert}/clear" in answer.text) == (status, status == 200)
    assert visitor.get("/api/docs").headers["Location"] == "/sign-in?next=/api/docs"


def test_every_call_but_a_few_needs_a_scope() -> None:
    free = {(o.method, o.rule) for api in APIS for o in api.operations if not o.needs}
    assert {rule for _, rule in free} <= {
        "/api/v1/session", "/player/pair", "/player/pairings", "/player/time", "/player/programme", "/player/plays",
        "/player/alerts", "/player/alerts/proofs", "/media/<name>", "/hooks/<source>",
        "/healthz", "/readyz", "/metrics",
    }  # fmt: skip


def test_a_locked_database_is_said_and_not_waited_for(parts: Parts, app: Flask) -> None:
    with locked(parts):
        answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["ready"]) == (503, False)


def test_a_request_is_counted_and_timed_and_a_method_nobody_heard_of_makes_no_series(visitor: FlaskClient) -> None:
    before = REGISTRY.get_sample_value("paomadeng_request_seconds_count") or 0
    visitor.open("/healthz", method="EXFILTRATE")
    told = visitor.get("/metrics").text
    assert "EXFILTRATE" not in told
    assert 'paomadeng_requests_total{method="other",status="405"}' in told
    assert (REGISTRY.get_sample_value("paomadeng_request_seconds_count") or 0) >= before + 2


def test_a_large_body_is_refused_wherever_nothing_is_uploaded(visitor: FlaskClient) -> None:
    headers = {"X-CSRF-Token": csrf(visitor.get("/sign-in").text)}
    answer = visitor.post("/api/v1/session", data=bytes(9 * 1024 * 1024), headers=headers)
    assert (answer.status_code, answer.get_json()["type"]) == (413, "/problems/too-large")


def test_cookies_that_came_over_tls_go_over_tls_only(parts: Parts) -> None:
    app = create_app(replace(parts, config=replace(parts.config, proxies=1)))[0]
    visitor = app.test_client(use_cookies=False)
    plain, secure = visitor.get("/sign-in"), visitor.get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" not in plain.headers["Set-Cookie"]
    assert "; Secure;" in secure.headers["Set-Cookie"]


def test_the_key_that_signs_is_made_once_and_is_for_its_owner_only(parts: Parts) -> None:
    keys = [create_app(parts)[0].secret_key for _ in range(2)]
    assert isinstance(keys[0], bytes)
    assert (keys[0], len(keys[0])) == (keys[1], 64)
    assert (parts.config.data / "secret.key").stat().st_mode & 0o777 == 0o600


def _fault_at(secret: str) -> str:
    raise ZeroDivisionError(secret)


def test_a_fault_is_logged_under_its_code_and_never_with_the_secret_of_an_address(
    app: Flask, visitor: FlaskClient
) -> None:
    app.add_url_rule("/fault/<secret>", "fault", _fault_at)
    with structlog.testing.capture_logs() as logged:
        code = visitor.get("/fault/one-time-secret").get_json()["code"]
    assert [line["code"] for line in logged] == [code]
    assert "one-time-secret" not in str({**logged[0], "exc_info": ""})
