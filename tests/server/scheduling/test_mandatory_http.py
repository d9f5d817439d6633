"""From a playlist of the group to a player in the company: over HTTP, pictures and ledger included, and no further."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playlists.model import Colour
from server.accounts import service as accounts
from server.accounts.model import nobody, system
from server.organisations import service as organisations
from server.organisations.model import OrganisationOrder
from server.programmes.compiler import Compiler
from server.screens import pairing
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from tests.server.conftest import NOON
from tests.server.plant import Plant, open_plant, picture


class World(Plant):
    """The group ``o1`` with a company, and a company beside it, each with a player and a token that may do all."""

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant.parts, plant.clock, plant.app)
        self.compiler = Compiler(self.parts)
        self.orgs = {"group": "o1"} | {name: self._below(name) for name in ("company", "other")}
        self.bearers = {name: self._token(org) for name, org in self.orgs.items()}
        self.players = {name: self._player(org) for name, org in self.orgs.items()}

    def _below(self, name: str) -> str:
        return organisations.add(self.parts, system("o1"), OrganisationOrder(name))[0].id

    def _token(self, org: str) -> str:
        return accounts.add_token(self.parts, system(org), "all", ("content", "review", "read"))[1]

    def _player(self, org: str) -> tuple[str, str]:
        keyed = screens.add(self.parts, system(org), NewScreenOrder("东门", 64, 32, Colour.FULL))
        return keyed.screen.id, pairing.by_key(self.parts, nobody(org, "zh"), keyed.key).token

    def get(self, who: str, path: str) -> Any:
        return self.ask("GET", path, self.bearers[who])

    def post(self, who: str, path: str, body: Any = None, **more: Any) -> Any:
        return self.ask("POST", path, self.bearers[who], json=body or {}, **more)

    def programme(self, who: str) -> dict[str, Any]:
        self.compiler.run_pending()
        answer = self.ask("GET", "/player/programme", self.players[who][1])
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.get_json()
        return body


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(open_plant(tmp_path))
    yield made
    made.parts.db.close()


@pytest.fixture
def slot(world: World) -> dict[str, Any]:
    """A picture of the group's library, made mandatory in the company."""
    sent = world.ask(
        "POST", "/api/v1/assets", world.bearers["group"], data={"file": (io.BytesIO(picture()), "安全月.png")}
    )
    asset = sent.get_json()["id"]
    made = world.post("group", "/api/v1/playlists", {"name": "安全月", "items": [{"kind": "image", "asset": asset}]})
    assert world.post("group", f"/api/v1/playlists/{made.get_json()['id']}/submit").status_code == 200
    body = {"playlist": made.get_json()["id"], "targets": {"organisations": [world.orgs["company"]]}, "share": 25}
    answer = world.post("group", "/api/v1/slots", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_picture_reaches_the_player_below_and_its_play_says_who_ordered_it(
    world: World, slot: dict[str, Any]
) -> None:
    assert (slot["targets"]["organisations"], slot["share"]) == ([world.orgs["company"]], 25)
    (showing,) = [one for loop in world.programme("company")["loops"] for one in loop["showings"]]
    media = showing["pages"][0]["media"]
    picture = world.ask("GET", f"/media/{media}", world.players["company"][1])
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    play = {
        "id": "play-000001", "region": "main", "playlist": showing["playlist"], "item": showing["item"],
        "media": media, "begins": NOON - 60_000, "ends": NOON - 50_000,
    }  # fmt: skip
    assert world.ask("POST", "/player/plays", world.players["company"][1], json={"plays": [play]}).get_json()["ok"]
    (told,) = world.get("company", "/api/v1/plays").get_json()["items"]
    assert (told["playlist_name"], told["ordered_by"]) == ("安全月", "o1")
    (cue,) = world.get("company", f"/api/v1/screens/{world.players['company'][0]}/cues").get_json()["items"]
    assert (cue["playlist_name"], cue["ordered_by"]) == ("安全月", "o1")
    week = world.get("company", f"/api/v1/slots/week?screen={world.players['company'][0]}").get_json()
    assert [(one["playlist_name"], one["share"]) for one in week["mandatory"]] == [("安全月", 25)]


def test_nothing_of_it_reaches_the_company_beside(world: World, slot: dict[str, Any]) -> None:
    world.compiler.touch_all()
    assert not any(loop["showings"] for loop in world.programme("other")["loops"])
    week = world.get("other", f"/api/v1/slots/week?screen={world.players['other'][0]}")
    assert week.get_json()["mandatory"] == []
    play = {
        "id": "play-000002", "region": "main", "playlist": slot["playlist"], "item": "i", "media": "x.png",
        "begins": NOON - 60_000, "ends": NOON - 50_000,
    }  # fmt: skip
    world.ask("POST", "/player/plays", world.players["other"][1], json={"plays": [play]})
    (told,) = world.get("other", "/api/v1/plays").get_json()["items"]
    assert (told.get("playlist_name"), told.get("ordered_by")) == (None, None)


@pytest.mark.parametrize("who", ["company", "other"])
def test_nobody_below_or_beside_meets_the_slot(world: World, slot: dict[str, Any], who: str) -> None:
    path, held = f"/api/v1/slots/{slot['id']}", {"If-Match": f'"{slot["revision"]}"'}
    body = {"playlist": slot["playlist"], "targets": {"all": True}}
    assert world.get(who, path).status_code == 404
    assert world.ask("PUT", path, world.bearers[who], json=body, headers=held).status_code == 404
    assert world.ask("DELETE", path, world.bearers[who]).status_code == 404
    for act, sent in (("restore", {}), ("pause", {"day": "2025-11-20"})):
        assert world.post(who, f"{path}/{act}", sent).status_code == 404
    assert world.get(who, "/api/v1/slots").get_json()["items"] == []
    assert world.get(who, f"/api/v1/slots?organisation={world.orgs['company']}").get_json()["items"] == []
    assert world.post(who, "/api/v1/slots", body).status_code == 422
    assert world.get("group", path).get_json() == slot


@pytest.mark.parametrize("target", ["group", "other"])
def test_the_company_orders_nothing_for_those_above_or_beside(world: World, slot: dict[str, Any], target: str) -> None:
    made = world.post("company", "/api/v1/playlists", {"name": "x", "items": []}).get_json()
    body = {"playlist": made["id"], "targets": {"organisations": [world.orgs[target]]}}
    refused = world.post("company", "/api/v1/slots", body)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.get_json()["violations"]] == ["targets.organisations.0"]


def test_withdrawn_above_it_is_gone_below(world: World, slot: dict[str, Any]) -> None:
    assert any(loop["showings"] for loop in world.programme("company")["loops"])
    assert world.post("group", f"/api/v1/playlists/{slot['playlist']}/withdraw").status_code == 200
    assert not any(loop["showings"] for loop in world.programme("company")["loops"])
