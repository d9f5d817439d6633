"""Two organisations on one server, one above the other or beside it: endpoints, pages and events tried by the other.

``test_rights`` tries the same between strangers; here what lies between them must open nothing either.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask_socketio import SocketIOTestClient

from server.accounts import service as accounts
from server.accounts.model import Role, RoleGrant, system
from server.accounts.sessions import COOKIE
from server.hierarchy import Branch
from server.realtime import attach, protocol
from server.tables import branches, organisations
from tests.server.declared import NOBODY_NEEDED
from tests.server.plant import NOON, open_plant
from tests.server.test_rights import NO_NAMES, PASSWORD, REFERENCES, TABLE, World, _at, _pages

PLACES = {
    "above": [("o1", "o2")],
    "below": [("o2", "o1")],
    "beside": [("o1", "o0"), ("o2", "o0")],
}  # organisation and what it lies in; o1 asks, o2 is asked for
MEANT_FOR_THOSE_ABOVE = {name for name in TABLE if "/organisations" in name or "/overview" in name}


class Related(World):
    """The world of ``test_rights`` with a tree: ``place`` is where o2 lies, seen from o1."""

    def __init__(self, folder: Path, place: str) -> None:
        super().__init__(open_plant(folder))
        self.place = place
        row = {"name": "集团", "zone": "Asia/Shanghai", "locale": "zh", "settings": {}, "created": NOON + 2}
        with self.parts.db.transaction() as tx:
            tx.execute(organisations.insert().values(id="o0", **row))
            for org, parent in PLACES[place]:
                branch = Branch(org, parent, "plant", org.upper(), 30)
                tx.execute(branches.insert().values(**branch._asdict()))

    def owner(self) -> str:
        """A fresh session of somebody of o1 who holds every role."""
        self.made += 1
        _, link = accounts.add_person(self.parts, system("o1"), f"owner {self.made}", tuple(map(RoleGrant, Role)))
        return accounts.accept_link(self.parts, link, "", PASSWORD, "192.0.2.7", "test", "zh")

    @property
    def hidden(self) -> dict[str, str]:
        """The neighbour's things that must never be seen; those above see which organisations lie below."""
        return {name: thing for name, thing in self.theirs.items() if self.place != "below" or name != "org"}

    def leaks(self, text: str) -> list[str]:
        """What of them stands in a text."""
        return [thing for name, thing in self.hidden.items() if name not in ("code", "slot_revision") and thing in text]


@pytest.fixture(scope="module", params=sorted(PLACES))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Related]:
    made = Related(tmp_path_factory.mktemp("tenancy"), request.param)
    yield made
    made.parts.db.close()


def test_their_things_are_not_there_for_any_operation(world: Related) -> None:
    before = world.state()
    names = TABLE.keys() - NO_NAMES - NOBODY_NEEDED
    tried = names - MEANT_FOR_THOSE_ABOVE if world.place == "below" else names
    answers = {name: world.try_("token *", name, world.theirs).status_code for name in sorted(tried)}
    assert {name: status for name, status in answers.items() if status != 404} == {}
    assert len(tried) > 60
    assert world.state() == before


def test_nothing_of_ours_can_be_tied_to_a_thing_of_theirs(world: Related) -> None:
    for name, body in REFERENCES.items():
        method, rule = name.split()
        told = body(world.ids, world.theirs)
        if "pairings" in rule:
            world.clock.pass_(40_000)  # a pause for wrong codes is over
            world.try_("token *", "GET /api/v1/session", world.ids)
        before = world.state()
        answer = world.ask(method, _at(rule, world.ids), world.tokens["token *"], json=told)
        assert answer.status_code in (404, 422), (name, answer.text)
        assert world.state() == before, name


def test_no_list_and_no_page_shows_a_thing_of_theirs(world: Related) -> None:
    lists = [name.split()[1] for name in TABLE if name.startswith("GET /api/") and "<" not in name]
    for path in lists:
        answer = world.ask("GET", path, world.tokens["token *"])
        assert world.leaks(answer.data.decode(errors="replace")) == [], path
    owner = world.owner()
    for rule in _pages(world, "GET"):
        answer = world.as_person(owner, "GET", _at(rule, world.theirs if "<" in rule else {}))
        assert answer.status_code in (403, 404) or not world.leaks(answer.data.decode(errors="replace")), rule


def test_posting_to_a_page_about_a_thing_of_theirs_changes_nothing(world: Related) -> None:
    session = world.owner()
    rules = [rule for rule in _pages(world, "POST") if "<" in rule and not rule.startswith("/organisations")]
    for rule in rules:
        before = world.state()
        world.as_person(session, "POST", _at(rule, world.theirs), data={"kind": "plant", "name": "x"})
        assert world.state() == before, rule
    assert len(rules) > 20


def _connected(world: Related, namespace: str, **more: Any) -> Any:
    realtime: attach.Realtime = world.app.extensions[attach.EXTENSION]
    return SocketIOTestClient(world.app, realtime.socketio, namespace=namespace, **more)


def test_a_desk_hears_of_its_own_and_of_nothing_of_theirs(world: Related) -> None:
    desk = _connected(world, protocol.DESK, headers={"Cookie": f"{COOKIE}={world.owner()}"})
    assert desk.is_connected(protocol.DESK)
    desk.get_received(protocol.DESK)
    world.theirs = world.furnish("o2")
    assert desk.get_received(protocol.DESK) == []
    world.ids = world.furnish("o1")
    assert desk.get_received(protocol.DESK) != []


def test_a_player_hears_of_its_own_screen_and_proves_nothing_of_theirs(world: Related) -> None:
    player = _connected(world, protocol.PLAYER, auth={"token": world.ids["bearer"]})
    hello = player.emit(protocol.HELLO, {"nonce": "n1", "protocol": 1}, namespace=protocol.PLAYER, callback=True)
    assert hello["ok"]
    player.get_received(protocol.PLAYER)
    world.theirs = world.furnish("o2")
    assert player.get_received(protocol.PLAYER) == []
    before = world.state()
    proof = {"epoch": hello["epoch"], "id": world.theirs["alert"], "revision": 1, "shown_at": world.clock.now()}
    for event, told in (
        (protocol.ALERT_RECEIVED, proof), (protocol.ALERT_SHOWN, proof),
        (protocol.COMMAND_DONE, {"id": world.theirs["command"], "ok": True}),
    ):  # fmt: skip
        answer = player.emit(event, told, namespace=protocol.PLAYER, callback=True)
        assert answer["status"] in (403, 404, 409), (event, answer)
    assert world.state() == before


def test_people_of_an_organisation_below_neither_examine_nor_copy_the_whole_server(world: Related) -> None:
    first = world.place == "below"
    with world.parts.db.transaction() as tx:  # the one made first runs the server
        tx.execute(organisations.update().where(organisations.c.id == "o1").values(created=1 if first else NOON + 9))
    session = world.owner()
    for topic in ("doctor", "backup"):
        answer = world.as_person(session, "GET", f"/settings/{topic}")
        assert answer.status_code == (200 if first else 403), topic
    assert world.as_person(session, "POST", "/settings/backup").status_code == (200 if first else 403)
    topics = world.as_person(session, "GET", "/settings/site").text
    assert ("/settings/backup" in topics) == first
