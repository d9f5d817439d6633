"""Attacks that worked on peers, each tried here; those on rights are in test_rights, on sockets in realtime."""

from __future__ import annotations

import io
import re
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests
import sqlalchemy as sa

from server import tables
from server.accounts import service as accounts
from server.accounts.model import Identity, Role, RoleGrant, system
from server.db import Database
from server.editorial import service as editorial
from server.errors import Problem
from tests.server.declared import body_for, declared
from tests.server.plant import SLOGAN, Plant, open_plant, picture
from tests.site import Site, open_site

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
PASSWORD = "下班先断电再锁门喽好"


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    plant = open_plant(tmp_path_factory.mktemp("attacks"))
    plant.ids = plant.furnish() | {"*": plant.token("*")}
    yield plant
    plant.parts.db.close()


@pytest.fixture(scope="module")
def owner(plant: Plant) -> str:
    roles = (RoleGrant(Role.OWNER), RoleGrant(Role.PUBLISHER), RoleGrant(Role.AUDITOR))
    _, link = accounts.add_person(plant.parts, system("o1"), "厂办" + SCRIPT[:40], roles)
    return accounts.accept_link(plant.parts, link, "", PASSWORD, "192.0.2.7", "test", "zh")


def test_no_page_runs_a_script_that_stands_in_a_name(plant: Plant, owner: str) -> None:
    made = {
        "groups": {"name": SCRIPT}, "playlists": {"name": SCRIPT, "items": [{**SLOGAN, "text": SCRIPT}]},
        "screens": {"name": SCRIPT, "width": 192, "height": 16, "colour": "single", "place": SCRIPT},
        "layouts": {"name": SCRIPT, "width": 192, "height": 16, "kind": "full"},
        "tokens": {"name": SCRIPT, "scopes": ["read"]},
    }  # fmt: skip
    for path, body in made.items():
        assert plant.ask("POST", f"/api/v1/{path}", plant.ids["*"], json=body).status_code == 201, path
    file = (io.BytesIO(picture("green")), SCRIPT + ".png")
    assert plant.ask("POST", "/api/v1/assets", plant.ids["*"], data={"file": file}).status_code == 201
    pages = ("/", "/screens", "/playlists", "/library", "/schedule", "/people", "/screens/groups", "/settings/audit")
    for page in (*pages, "/settings/tokens", f"/?next={SCRIPT}", f"/library?q={SCRIPT}", f"/playlists?q={SCRIPT}"):
        answer = plant.as_person(owner, "GET", page)
        assert answer.status_code == 200, page
        assert "<script>alert" not in answer.text, page
        assert "<img src=x" not in answer.text, page


def test_a_script_in_an_alert_is_only_text(plant: Plant, owner: str) -> None:
    script = SCRIPT[:40]
    body = {"status": "actual", "severity": "extreme", "headline": script, "instruction": SCRIPT, "place": script,
            "targets": {"screens": [plant.ids["screen"]]}, "code": True}  # fmt: skip
    made = plant.ask("POST", "/api/v1/alerts", plant.ids["*"], json=body)
    assert made.status_code == 201
    name = made.get_json()["id"]
    plant.ask("POST", f"/api/v1/alerts/{name}/note", plant.ids["*"], json={"note": SCRIPT})
    for page in ("/", "/alerts", f"/alerts/{name}", "/alerts/history", "/alerts/new", "/settings/audit"):
        answer = plant.as_person(owner, "GET", page)
        assert "<script>alert" not in answer.text, page
        assert "<img src=x" not in answer.text, page
    held = plant.ask("GET", "/player/alerts", plant.ids["bearer"]).get_json()["alerts"]
    assert [one["headline"] for one in held if one["id"] == name] == [script]
    plant.ask("POST", f"/api/v1/alerts/{name}/clear", plant.ids["*"], json={})


def test_a_hijacked_authors_session_neither_forges_nor_suppresses_an_alert(plant: Plant) -> None:
    roles = (RoleGrant(Role.AUTHOR), RoleGrant(Role.OWNER))
    _, link = accounts.add_person(plant.parts, system("o1"), "宣传", roles)
    session = accounts.accept_link(plant.parts, link, "", PASSWORD, "192.0.2.7", "test", "zh")
    name, targets = plant.ids["alert"], {"screens": [plant.ids["screen"]]}
    before = plant.state()
    forged = {"status": "actual", "severity": "extreme", "headline": "撤离", "targets": targets}
    tries = {
        "/api/v1/alerts": forged, f"/api/v1/alerts/{name}/update": {"expires_in_s": 1},
        f"/api/v1/alerts/{name}/clear": {}, f"/api/v1/alerts/{name}/correct": {}, f"/api/v1/alerts/{name}/approve": {},
        f"/api/v1/alerts/{name}/note": {"note": "x"}, f"/api/v1/alerts/{name}/visited": targets["screens"][0],
    }  # fmt: skip
    for path, body in tries.items():
        told = body if isinstance(body, dict) else {"screen": body}
        assert plant.as_person(session, "POST", path, json=told).status_code == 403, path
    assert plant.state() == before


def test_no_answer_but_the_first_holds_a_secret(plant: Plant, owner: str) -> None:
    everything = [name.split(" ", 1)[1] for name in declared() if name.startswith("GET /api/v1") and "<" not in name]
    for path in everything:
        text = plant.ask("GET", path, plant.ids["*"]).text
        assert not re.search(r"pm[kpds]_|argon2|[0-9a-f]{64}\"?,\"?secret|key_hash|token_hash", text), path


@pytest.mark.parametrize("text", ["' OR 1=1 --", '"; DROP TABLE people; --', "%", "_", "1.x' UNION SELECT 1--", "\\"])
def test_sql_in_a_filter_is_only_text(plant: Plant, text: str) -> None:
    before = plant.state()
    for path in ("/api/v1/playlists", "/api/v1/assets"):
        assert plant.ask("GET", path, plant.ids["*"], query_string={"q": text}).get_json()["items"] == []
    for path in ("/api/v1/playlists", "/api/v1/assets", "/api/v1/slots", "/api/v1/screens", "/api/v1/plays"):
        assert plant.ask("GET", path, plant.ids["*"], query_string={"cursor": text}).status_code in (200, 422)
        assert plant.ask("GET", path, plant.ids["*"], query_string={"sort": text}).status_code == 422
    assert plant.state() == before


def test_no_field_is_assigned_that_the_body_does_not_name(plant: Plant) -> None:
    smuggled = {"org": "o2", "id": "x", "state": "approved", "approved": "x", "by": "x", "is_owner": True, "deleted": 1}
    for name in sorted(declared()):
        method, rule = name.split(" ", 1)
        body = body_for(name, plant.ids)
        if body is None or method == "GET" or rule.startswith("/player/"):
            continue
        path = re.sub(r"<(\w+)>", lambda found: plant.ids[found[1]], rule)
        for field, value in smuggled.items():
            answer = plant.ask(method, path, plant.ids["*"], json={**body, field: value}, headers={"If-Match": "x"})
            assert (answer.status_code, answer.get_json()["violations"][0]["field"]) == (422, field), name


@pytest.mark.parametrize("host", ["evil.example", "evil.example; script-src *", "a\tb", "x" * 300])
def test_a_forged_host_reaches_no_policy_and_no_redirect(plant: Plant, host: str) -> None:
    answer = plant.ask("GET", "/people", headers={"Host": host, "Accept": "text/html"})
    assert "script-src *" not in answer.headers.get("Content-Security-Policy", "")
    assert (answer.headers.get("Location") or "/").startswith("/")


def test_a_password_link_names_the_address_the_site_was_given(plant: Plant, owner: str) -> None:
    object.__setattr__(plant.parts.config, "public_url", "https://signs.example")
    page = plant.as_person(owner, "POST", f"/people/{plant.ids['person']}/link").text
    object.__setattr__(plant.parts.config, "public_url", "")
    assert "https://signs.example/welcome/" in page
    assert "http://localhost/welcome/" not in page


@pytest.mark.parametrize("name", ["a\r\nX-Evil: 1.png", "../../../etc/passwd", "a\x00b.png", "..\\..\\boot.ini"])
def test_a_file_name_adds_no_header_and_leaves_no_folder(plant: Plant, name: str) -> None:
    data = {"file": (io.BytesIO(picture("blue", (9, 9))), "x.png"), "name": name}
    answer = plant.ask("POST", "/api/v1/assets", plant.ids["*"], data=data)
    assert "X-Evil" not in answer.headers
    assert not re.search(r"[/\\\x00-\x1f]", answer.get_json()["name"])


@pytest.mark.parametrize("path", ["/media/..%2f..%2fsecret.key", "/media/../paomadeng.db", "/fonts/..%2f..%2fapp.py",
                                  "/screen/..%2f..%2fserver%2fapp.py", "/static/..%2fdesk.py"])  # fmt: skip
def test_no_file_beside_the_served_ones_is_reached(plant: Plant, path: str) -> None:
    assert plant.ask("GET", path, plant.ids["*"]).status_code in (301, 308, 400, 404)


def test_nobody_takes_a_backup(plant: Plant) -> None:
    for bearer in ("", plant.ids["*"], plant.ids["bearer"]):
        assert plant.ask("POST", "/settings/backup", bearer).status_code in (302, 401, 403)


def test_nobody_approves_their_own_line_however_many_try_at_once(plant: Plant) -> None:
    with plant.parts.db.transaction() as tx:
        tx.execute(tables.screen_groups.update().values(steps=1))
    author = system("o1")
    author = Identity("o1", "person", plant.ids["person"], "x", author.grants)
    made = editorial.create(plant.parts, author, "own", [SLOGAN], plant.ids["group"])
    refused: list[Problem] = []

    def approve() -> None:
        try:
            editorial.submit(plant.parts, author, made.id)
            editorial.approve(plant.parts, author, made.id, made.revision)
        except Problem as problem:
            refused.append(problem)

    threads = [threading.Thread(target=approve) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with plant.parts.db.read() as tx:
        approved = tx.execute(tables.playlists.select().where(tables.playlists.c.id == made.id)).one().approved
    assert (len(refused), approved) == (6, None)


# the real server ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = open_site(tmp_path_factory.mktemp("real") / "var")
    yield site
    site.kill()


def test_two_hundred_idle_and_slow_connections_starve_nobody(site: Site) -> None:
    held = [socket.create_connection(("127.0.0.1", site.port), timeout=5) for _ in range(200)]
    slow = (b"", b"GET / HTTP/1.1\r\nHost: a", b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\na")
    for n, one in enumerate(held):
        one.sendall(slow[n % len(slow)])
    began = time.monotonic()
    answers = [requests.get(site.url + "/readyz", timeout=5).status_code for _ in range(5)]
    took = time.monotonic() - began
    for one in held:
        one.close()
    assert set(answers) <= {200, 503}
    assert took < 5


def test_what_a_command_changes_beside_the_server_is_compiled_by_it_within_seconds(site: Site) -> None:
    screen = site.run("screen", "add", "--name", "旁", "--size", "192x16", "--colour", "single").split()[0]
    database, held = Database(site.database), tables.programmes.c
    ends, found = time.monotonic() + 60, None
    while found is None and time.monotonic() < ends:
        requests.get(site.url + "/healthz", timeout=5)
        with database.read() as tx:
            found = tx.execute(sa.select(held.version).where(held.screen == screen)).first()
    database.close()
    assert found is not None
