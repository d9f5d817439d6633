"""Bad input and faults from outside: any text in any field, a full disk, a locked database, a revoked token."""

from __future__ import annotations

import io
import os
import random
import re
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from media.blobs import Blobs
from server.accounts import service as accounts
from server.accounts import sessions
from server.accounts.model import Role, RoleGrant, system
from server.alerts import service as alerts
from server.app import APIS
from server.screens import players
from tests.server.declared import body_for, declared
from tests.server.hindered import locked, without_room
from tests.server.plant import Plant, open_plant, picture

WORST = {
    "empty": "", "blank": " \u3000\u200b", "huge": "长" * 100_000, "right to left": "سلامت \u202eآتش",
    "emoji": "👷🏽‍♀️🔥" * 20,
    "control": "a\x1b[31m\x07\x00b\r\nSet-Cookie: x=1", "surrogate": "a\ud800b", "unknown glyph": "\U0010fffd\ue000",
    "script": "<script>alert(1)</script>'\"--;%_\\", "number": "9" * 400, "path": "../../etc/passwd\x00.png",
}  # fmt: skip
PASSWORD = "下班先断电再锁门喽好"
READS = [one for api in APIS for one in api.operations if one.rule.startswith("/api/v1") and one.method == "GET"]
WRITES = sorted(name for name in declared() if not name.startswith("GET") and "session" not in name)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    plant = open_plant(tmp_path_factory.mktemp("faults"))
    plant.ids = plant.furnish() | {"*": plant.token("*")}
    plant.ask("GET", "/api/v1/session", plant.ids["*"])
    yield plant
    plant.parts.db.close()


def spoiled(value: Any, worst: str) -> Iterator[Any]:
    """The value once for each text in it, that text replaced."""
    if isinstance(value, str):
        yield worst
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        for other in spoiled(inner, worst):
            made = deepcopy(value)
            made[key] = other
            yield made


@pytest.mark.parametrize("worst", WORST)
def test_any_text_in_any_field_is_taken_or_refused_in_words(plant: Plant, worst: str) -> None:
    for name in WRITES:
        method, rule = name.split(" ", 1)
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: plant.ids[found[1]], rule)
        bearer = plant.ids["bearer" if rule.startswith("/player/") else "*"]
        for body in spoiled(body_for(name, plant.ids) or {}, WORST[worst]):
            answer = plant.ask(method, path, bearer, json=body, headers={"If-Match": plant.ids["revision"]})
            assert answer.status_code < 500, (name, body, answer.text)
            assert answer.status_code < 400 or answer.get_json()["detail"], (name, body)


@pytest.mark.parametrize("worst", WORST)
def test_any_text_as_a_filter_a_cursor_or_a_name_in_a_path_harms_nothing(plant: Plant, worst: str) -> None:
    before = plant.state()
    text = WORST[worst][:2_000].encode("utf-8", "surrogatepass")
    for operation in READS:
        path = re.sub(r"<\w+>", quote(text[:200], safe="") or "nothing", operation.rule)
        fields = operation.query.model_fields.items() if operation.query else ()
        for key in ("", *(field.alias or name for name, field in fields)):
            answer = plant.ask("GET", path, plant.ids["*"], query_string={key: text} if key else None)
            assert answer.status_code < 500, (operation.rule, key, answer.text)
    assert plant.state() == before


def test_a_refusal_speaks_both_languages(plant: Plant) -> None:
    body = {"name": "", "width": 1, "height": 1, "colour": "red"}
    told = [
        plant.ask("POST", "/api/v1/screens", "", json=body, headers={"Accept-Language": language}).get_json()["detail"]
        for language in ("zh", "en")
    ]
    assert told[0] != told[1]
    assert told[1].isascii()


# a full disk --------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Plant]:
    plant = open_plant(tmp_path / "own")
    plant.ids = plant.furnish() | {"*": plant.token("*")}
    plant.ask("GET", "/api/v1/session", plant.ids["*"])
    yield plant
    plant.parts.db.close()


def test_a_database_that_cannot_grow_says_so_and_loses_nothing(own: Plant) -> None:
    items = [{"kind": "slogan", "text": "满" * 400} for _ in range(100)]
    before = own.state()
    with without_room(own.parts):
        answer = own.ask("POST", "/api/v1/playlists", own.ids["*"], json={"name": "满", "items": items})
        assert (answer.status_code, answer.get_json()["type"]) == (507, "/problems/disk-full")
        assert own.state() == before
    answer = own.ask("POST", "/api/v1/playlists", own.ids["*"], json={"name": "满", "items": items})
    assert answer.status_code == 201


def test_a_full_disk_does_not_hold_up_an_alert(own: Plant) -> None:
    own.clock.pass_(120_000)  # the token is due to be marked as seen
    body = {"status": "actual", "template": "gas", "targets": {"all": True}}
    told: list[Any] = []
    with without_room(own.parts):
        while not told or told[-1].get_json()["stored"]:  # until the last free page is used up
            told.append(own.ask("POST", "/api/v1/alerts", own.ids["*"], json=body))
            own.clock.pass_(60_000)
        assert {one.status_code for one in told} == {201}
        assert "没有存下来" in told[-1].get_json()["detail"]
        kept = own.ask("GET", f"/api/v1/alerts/{told[-1].get_json()['id']}", own.ids["*"]).get_json()
        assert (kept["stored"], kept["deliveries"]["targets"], kept["revisions"]) == (False, 1, [])
        assert "1 not stored" in own.ask("GET", "/readyz").get_json()["checks"]["alerts"]
        held = own.ask("GET", "/player/alerts", own.ids["bearer"]).get_json()
        assert held["alerts"][0]["id"] == kept["id"]
    assert alerts.retry(own.parts) == 0
    assert own.ask("GET", f"/api/v1/alerts/{kept['id']}", own.ids["*"]).get_json()["stored"] is True


def test_a_locked_database_does_not_hold_up_an_alert(own: Plant) -> None:
    own.clock.pass_(120_000)
    with locked(own.parts):
        body = {"status": "actual", "severity": "extreme", "headline": "撤离", "targets": {"all": True}}
        answer = own.ask("POST", "/api/v1/alerts", own.ids["*"], json=body)
    assert (answer.status_code, answer.get_json()["stored"]) == (201, False)


def test_a_session_proves_itself_while_nothing_can_be_written(own: Plant) -> None:
    _, link = accounts.add_person(own.parts, system("o1"), "安全", (RoleGrant(Role.SAFETY_OFFICER),))
    secret = accounts.accept_link(own.parts, link, "", PASSWORD, "192.0.2.7", "test", "zh")
    own.clock.pass_(600_000)
    who = sessions.by_session(own.parts, secret, "192.0.2.7")
    assert who is not None
    with locked(own.parts):
        sessions.confirm(own.parts, who, PASSWORD)
        found = sessions.by_session(own.parts, secret, "192.0.2.7")
        with pytest.raises(sa.exc.OperationalError):
            sessions.confirm(own.parts, who, "wrong password")
    assert found is not None
    assert found.fresh == own.clock.now()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 128 KiB."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_picture_that_finds_no_room_is_refused_and_leaves_nothing(own: Plant, small: Path) -> None:
    object.__setattr__(own.parts, "blobs", Blobs(small))
    before = own.state()
    noise = random.Random(1).randbytes(300 * 300 * 3)
    file = io.BytesIO(_png(noise, (300, 300)))
    answer = own.ask("POST", "/api/v1/assets", own.ids["*"], data={"file": (file, "noise.png")})
    assert (answer.status_code, answer.get_json()["type"]) == (507, "/problems/disk-full")
    assert own.state() == before
    assert not [path for path in small.rglob("*") if path.is_file() and path.stat().st_size]
    small_one = own.ask("POST", "/api/v1/assets", own.ids["*"], data={"file": (io.BytesIO(picture("green")), "a.png")})
    assert small_one.status_code == 201


def _png(pixels: bytes, size: tuple[int, int]) -> bytes:
    from PIL import Image

    data = io.BytesIO()
    Image.frombytes("RGB", size, pixels).save(data, "PNG")
    return data.getvalue()


# a locked database, a revoked token -----------------------------------------------------------------------------------


def test_a_locked_database_is_said_and_reading_goes_on(own: Plant) -> None:
    with locked(own.parts):
        refused = own.ask("POST", "/api/v1/groups", own.ids["*"], json={"name": "二车间"})
        read = own.ask("GET", "/player/programme", own.ids["bearer"])
    assert (refused.status_code, refused.get_json()["type"], read.status_code) == (503, "/problems/busy", 200)
    assert own.ask("POST", "/api/v1/groups", own.ids["*"], json={"name": "二车间"}).status_code == 201


def test_a_revoked_player_gets_nothing_more(own: Plant) -> None:
    players.revoke(own.parts, system("o1"), own.ids["screen"], own.ids["player"])
    for name in ("/player/programme", "/player/alerts", "/player/time", f"/media/{own.ids['name']}"):
        assert own.ask("GET", name, own.ids["bearer"]).status_code == 401


@pytest.mark.parametrize("data", [b"", b"<svg onload=alert(1)>", picture()[:60]], ids=["nothing", "script", "half"])
def test_what_is_no_picture_is_refused_in_words(plant: Plant, data: bytes) -> None:
    before = plant.state()
    answer = plant.ask("POST", "/api/v1/assets", plant.ids["*"], data={"file": (io.BytesIO(data), "a.png")})
    assert (answer.status_code, bool(answer.get_json()["detail"])) == (422, True)
    assert plant.state() == before
