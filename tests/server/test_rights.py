"""Every operation against every caller: the declared table is what happens, and a refused write changes nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.accounts import service as accounts
from server.accounts.model import ROLE_SCOPES, SCOPES, Role, RoleGrant, system
from server.app import APIS
from tests.server import declared
from tests.server.plant import Plant, open_plant, picture

TABLE = declared.declared()
RULES = {f"{operation.method} {operation.rule}": operation for api in APIS for operation in api.operations}
PASSWORD = "下班先断电再锁门喽好"
QUERIES = {
    "/api/v1/playlists/<playlist>/revisions/<revision>/pages": "?screen=<screen>",
    "/api/v1/slots/conflicts": "?screen=<screen>", "/api/v1/slots/week": "?screen=<screen>",
}  # fmt: skip
NO_STAFF = declared.NOBODY_NEEDED | declared.PLAYERS_ONLY | declared.ANYONE_KNOWN
CALLERS: dict[str, tuple[str, ...]] = {
    **{f"token {scope}": (scope,) for scope in SCOPES},
    "token *": SCOPES,
    **{f"role {role}": scopes for role, scopes in ROLE_SCOPES.items()},
}


class World(Plant):
    """The plant ``o1``, its neighbour ``o2``, and a credential for every kind of caller."""

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant.parts, plant.clock, plant.app)
        self.add_organisation("o2")
        self.ids, self.theirs = self.furnish("o1"), self.furnish("o2")
        self.tokens = {f"token {scope}": self.token(scope) for scope in (*SCOPES, "*")}
        self.cookies = {f"role {role}": self._session(role) for role in Role}
        for caller in CALLERS:
            self.try_(caller, "GET /api/v1/session", self.ids)

    def _session(self, role: Role) -> str:
        _, link = accounts.add_person(self.parts, system("o1"), f"a {role}", (RoleGrant(role),))
        return accounts.accept_link(self.parts, link, "", PASSWORD, "192.0.2.7", "test", "zh")

    def try_(self, caller: str, name: str, ids: dict[str, str]) -> TestResponse:
        """Ask for an operation on the things of ``ids``, with a body it would take."""
        method, rule = name.split(" ", 1)
        path = _at(rule + QUERIES.get(rule, ""), ids)
        more: dict[str, Any] = {"headers": {"If-Match": ids["slot_revision"] if "slots" in rule else ids["revision"]}}
        if RULES[name].upload:
            more["data"] = {"file": (io.BytesIO(picture("green")), "绿.png")}
        elif (body := declared.body_for(name, ids)) is not None:
            more["json"] = body
        if caller in self.cookies:
            return self.as_person(self.cookies[caller], method, path, **more)
        return self.ask(method, path, self.tokens.get(caller, caller), **more)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(open_plant(tmp_path_factory.mktemp("rights")))
    yield world
    world.parts.db.close()


def test_the_table_names_every_operation_and_no_other() -> None:
    assert set(TABLE) == set(RULES)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_who_lacks_the_scope_is_refused_and_changes_nothing(world: World, name: str) -> None:
    needed = TABLE[name]
    lacking = [caller for caller, held in CALLERS.items() if needed and not set(needed) & set(held)]
    before = world.state()
    assert {caller: world.try_(caller, name, world.ids).status_code for caller in lacking} == dict.fromkeys(
        lacking, 403
    )
    assert world.state() == before


@pytest.mark.parametrize("name", sorted(set(TABLE) - declared.NOBODY_NEEDED))
def test_nobody_and_any_wrong_credential_are_refused_and_change_nothing(world: World, name: str) -> None:
    before = world.state()
    for secret in ("", "pmd_wrong", "pmp_wrong", "pms_wrong", "x" * 5_000):
        assert world.try_(secret, name, world.ids).status_code == 401
    assert world.state() == before


@pytest.mark.parametrize("name", sorted(set(TABLE) - NO_STAFF))
def test_a_player_asks_for_nothing_of_the_staffs(world: World, name: str) -> None:
    before = world.state()
    assert world.try_(world.ids["bearer"], name, world.ids).status_code == 403
    assert world.state() == before


@pytest.mark.parametrize("name", sorted(declared.PLAYERS_ONLY))
def test_staff_are_no_player(world: World, name: str) -> None:
    assert {world.try_(caller, name, world.ids).status_code for caller in CALLERS} == {401}


@pytest.mark.parametrize("name", sorted(n for n, scopes in TABLE.items() if scopes and n != "DELETE /api/v1/session"))
def test_who_holds_the_scope_is_let_in(world: World, name: str) -> None:
    absent = {
        **world.ids,
        **dict.fromkeys(("screen", "playlist", "slot", "asset", "group", "layout", "person", "webhook"), "none"),
    }
    holding = [caller for caller, held in CALLERS.items() if set(TABLE[name]) & set(held)]
    own = "/password" in name or "/preferences" in name
    for caller in holding:
        status = world.try_(caller, name, absent).status_code
        assert status == 403 if own and caller.startswith("token") else status not in (401, 403), caller


NO_NAMES = {n for n in TABLE if "<" not in n or "<name>" in n or "<code>" in n}


@pytest.mark.parametrize("name", sorted(TABLE.keys() - NO_NAMES - declared.NOBODY_NEEDED))
def test_another_organisations_things_are_not_there(world: World, name: str) -> None:
    before = world.state()
    assert world.try_("token *", name, world.theirs).status_code == 404
    assert world.state() == before


@pytest.mark.parametrize("inner", ["command", "player", "revision"])
def test_a_thing_of_theirs_inside_one_of_ours_is_not_there(world: World, inner: str) -> None:
    mixed = {**world.ids, inner: world.theirs[inner] if inner != "revision" else "0" * 64}
    for name in (name for name in TABLE if f"<{inner}>" in name):
        assert world.try_("token *", name, mixed).status_code == 404


REFERENCES: dict[str, Any] = {
    "POST /api/v1/slots": lambda o, t: {"playlist": o["playlist"], "targets": {"screens": [t["screen"]]}},
    "POST /api/v1/slots ": lambda o, t: {"playlist": t["playlist"], "targets": {"screens": [o["screen"]]}},
    "POST /api/v1/slots  ": lambda o, t: {"playlist": o["playlist"], "targets": {"groups": [t["group"]]}},
    "POST /api/v1/playlists": lambda o, t: {"name": "x", "items": [], "group": t["group"]},
    "POST /api/v1/playlists/check": lambda o, t: {"items": [], "screens": [t["screen"]]},
    "POST /api/v1/screens": lambda o, t: {
        "name": "x", "width": 64, "height": 16, "colour": "full", "groups": [t["group"]]
    },
    "PUT /api/v1/screens/<screen>": lambda o, t: {"groups": [t["group"]]},
    "PUT /api/v1/screens/<screen> ": lambda o, t: {"fallback": t["playlist"]},
    "PUT /api/v1/screens/<screen>  ": lambda o, t: {"layout": t["layout"]},
    "PUT /api/v1/site": lambda o, t: {"fallback": t["playlist"]},
    "POST /api/v1/groups": lambda o, t: {"name": "x", "parent": t["group"]},
    "PUT /api/v1/groups/<group>": lambda o, t: {"parent": t["group"]},
    "POST /api/v1/people": lambda o, t: {"login": "x", "roles": [{"role": "viewer", "group": t["group"]}]},
    "POST /api/v1/pairings/claim": lambda o, t: {"code": o["code"], "screen": t["screen"]},
    "POST /api/v1/quick-lines": lambda o, t: {"text": "x", "targets": {"screens": [t["screen"]]}},
    "POST /api/v1/previews": lambda o, t: {"item": {"kind": "slogan", "text": "x"}, "screen": t["screen"]},
}  # fmt: skip


@pytest.mark.parametrize("name", REFERENCES)
def test_nothing_of_ours_can_be_tied_to_a_thing_of_theirs(world: World, name: str) -> None:
    method, rule = name.split()
    if "pairings" in rule:
        world.clock.pass_(40_000)  # a pause for wrong codes is over
    body = REFERENCES[name](world.ids, world.theirs)
    before = world.state()
    answer = world.ask(method, _at(rule, world.ids), world.tokens["token *"], json=body)
    assert answer.status_code in (404, 422), answer.text
    assert world.state() == before


def test_a_picture_of_theirs_cannot_be_submitted(world: World) -> None:
    body = {"name": "x", "items": [{"id": "i1", "kind": "image", "asset": world.theirs["asset"]}]}
    made = world.ask("POST", "/api/v1/playlists", world.tokens["token *"], json=body).get_json()
    answer = world.ask("POST", f"/api/v1/playlists/{made['id']}/submit", world.tokens["token *"], json={})
    assert (answer.status_code, answer.get_json()["violations"][0]["rule"]) == (422, "rules.no_asset")


@pytest.mark.parametrize("path", [
    "/api/v1/screens?group={group}", "/api/v1/slots?screen={screen}", "/api/v1/slots?group={group}",
    "/api/v1/slots?playlist={playlist}", "/api/v1/playlists?group={group}", "/api/v1/plays?screen={screen}",
])  # fmt: skip
def test_a_filter_by_a_thing_of_theirs_finds_nothing(world: World, path: str) -> None:
    answer = world.ask("GET", path.format(**world.theirs), world.tokens["token *"])
    assert answer.status_code in (200, 404)
    assert not _leaks(answer, world)


@pytest.mark.parametrize("path", [
    "/api/v1/screens", "/api/v1/groups", "/api/v1/layouts", "/api/v1/assets", "/api/v1/playlists", "/api/v1/slots",
    "/api/v1/people", "/api/v1/tokens",
])  # fmt: skip
def test_no_list_holds_a_thing_of_theirs(world: World, path: str) -> None:
    answer = world.ask("GET", path, world.tokens["token *"])
    assert answer.get_json()["items"]
    assert not _leaks(answer, world)


# pages --------------------------------------------------------------------------------------------------------------


def _pages(world: World, method: str) -> list[str]:
    rules = [
        r for r in world.app.url_map.iter_rules() if method in (r.methods or ()) and f"{method} {r.rule}" not in RULES
    ]
    return sorted(r.rule for r in rules if r.rule not in declared.OPEN_PAGES and not r.rule.startswith("/socket.io"))


def _leaks(answer: TestResponse, world: World) -> list[str]:
    """What of the neighbour's stands in an answer; a code belongs to nobody until it is claimed."""
    return [
        thing for name, thing in world.theirs.items() if name not in ("code", "slot_revision") and thing in answer.text
    ]


def _at(rule: str, ids: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ids.get(found[1], "site"), rule)


def test_every_page_but_a_few_sends_a_stranger_to_sign_in(world: World) -> None:
    for rule in _pages(world, "GET"):
        answer = world.ask("GET", _at(rule, world.ids), headers={"Accept": "text/html"})
        gone = answer.status_code == 401 or (answer.headers.get("Location") or "").startswith("/sign-in?next=")
        assert gone, (rule, answer.status_code)


def test_no_page_takes_a_post_from_a_stranger_or_without_its_word(world: World) -> None:
    before = world.state()
    for rule in _pages(world, "POST"):
        assert world.ask("POST", _at(rule, world.ids)).status_code in (401, 403, 302), rule
        answer = world.as_person(world.cookies["role owner"], "POST", _at(rule, world.ids), word="")
        assert answer.status_code == 403, rule
    assert world.state() == before


def test_who_may_only_look_posts_to_no_page(world: World) -> None:
    before = world.state()
    for rule in set(_pages(world, "POST")) - declared.HARMLESS_PAGES:
        form = {"targets": {"all": True}}
        answer = world.as_person(world.cookies["role viewer"], "POST", _at(rule, world.ids), json=form)
        assert answer.status_code in (403, 404), (rule, answer.status_code)
    assert world.state() == before


def test_no_page_shows_a_thing_of_theirs(world: World) -> None:
    for rule in _pages(world, "GET"):
        if "<" in rule and "<topic>" not in rule:
            answer = world.as_person(world.cookies["role owner"], "GET", _at(rule, world.theirs))
            assert answer.status_code in (403, 404) or not _leaks(answer, world), rule
