"""Alerts from above over HTTP: who is reached reads them and changes nothing; a neighbour below finds none of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from playlists.alert import Severity, Status
from server.accounts.model import system
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Targets
from server.hierarchy import Branch
from server.tables import branches, organisations
from tests.server.test_rights import TABLE, _at, _pages
from tests.server.test_tenancy import Related

OPERATIONS = sorted(name for name in TABLE if "<alert>" in name)
READ = [name for name in OPERATIONS if name.startswith("GET")]
ACTS = [name for name in OPERATIONS if name.startswith("POST")]
SECRET = "只有集团知道"


class Reached(Related):
    """``o1`` lies in ``o2`` beside ``o3``; ``above`` reaches o1, ``aside`` only o3, ``own`` nobody but o2 itself."""

    def __init__(self, folder: Any) -> None:
        super().__init__(folder, "above")
        with self.parts.db.transaction() as tx:
            tx.execute(organisations.update().where(organisations.c.id == "o2").values(name="东方集团"))
        self.add_organisation("o3")
        with self.parts.db.transaction() as tx:
            tx.execute(branches.insert().values(**Branch("o3", "o2", "plant", "O3", 30)._asdict()))
        self.beside = self.furnish("o3")
        self.above = self.say(Targets(everywhere=True, organisations=("o1", "o3")))
        self.aside = self.say(Targets(organisations=("o3",)))
        self.own = self.say(Targets(everywhere=True))

    def say(self, targets: Targets) -> str:
        order = IssueAlert(
            Status.ACTUAL, Severity.SEVERE, "台风", "关好门窗", targets, 7_200, source="hook:气象", sender=SECRET
        )
        name = alerts.issue(self.parts, system("o2"), order).alert_id
        alerts.note(self.parts, system("o2"), name, SECRET)
        return name

    def ask_about(self, name: str, alert: str) -> TestResponse:
        """An operation on an alert by a token of o1 that may do everything."""
        return self.try_("token *", name, {**self.ids, "alert": alert})

    def strange(self, text: str) -> list[str]:
        """What in a text belongs to the organisation above or to the neighbour."""
        others = {**{f"their {name}": thing for name, thing in self.theirs.items()}, **self.beside, "secret": SECRET}
        return [thing for name, thing in others.items() if not name.endswith(("code", "revision")) and thing in text]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reached]:
    made = Reached(tmp_path_factory.mktemp("downward"))
    yield made
    made.parts.db.close()


@pytest.mark.parametrize("name", READ)
def test_who_is_reached_reads_it_and_nothing_of_others(world: Reached, name: str) -> None:
    answer = world.ask_about(name, world.above)
    assert answer.status_code == 200
    assert world.strange(answer.text) == []


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("which", ["aside", "own"])
def test_what_does_not_reach_one_is_not_there(world: Reached, name: str, which: str) -> None:
    before = world.state()
    assert world.ask_about(name, getattr(world, which)).status_code == 404
    assert world.state() == before


@pytest.mark.parametrize("name", ACTS)
def test_only_those_above_act_and_it_is_said_so(world: Reached, name: str) -> None:
    before = world.state()
    answer = world.ask_about(name, world.above)
    assert (answer.status_code, "东方集团" in answer.get_json()["detail"]) == (403, True)
    assert world.state() == before


def test_the_list_the_feed_and_the_file_hold_what_reaches_one(world: Reached) -> None:
    for path, wanted in (("alerts", True), ("alerts?live=1", True), ("cap/feed.atom", True)):
        text = world.ask("GET", f"/api/v1/{path}", world.tokens["token *"]).text
        assert (world.above in text, world.aside in text, world.own in text) == (wanted, False, False), path
        assert world.strange(text) == [], path
    (told,) = (
        one for one in world.ask("GET", "/api/v1/alerts", world.tokens["token *"]).get_json()["items"]
        if one["id"] == world.above
    )  # fmt: skip
    assert (told["above"], told["targets"]["organisations"], told["source"]) == ("东方集团", ["o1"], "above")
    file = world.ask("GET", f"/api/v1/cap/{world.above}.xml", world.tokens["token *"])
    assert "台风" in file.text


def test_the_wall_shows_it_on_ones_own_screens(world: Reached) -> None:
    told = world.ask("GET", "/api/v1/live-alerts", world.tokens["token *"]).get_json()
    held = {screen: [alert["id"] for alert in one["alerts"]] for one in told["items"] for screen in one["screens"]}
    assert world.above in held[world.ids["screen"]]
    assert not held.keys() & {world.theirs["screen"], world.beside["screen"]}


def test_pages_show_it_without_a_thing_of_others_and_refuse_every_act(world: Reached) -> None:
    owner = world.owner()
    shown = {rule for rule in _pages(world, "GET") if "<alert>" in rule}
    refused = set[str]()
    for rule in shown:
        answer = world.as_person(owner, "GET", _at(rule, {**world.ids, "alert": world.above}))
        assert world.strange(answer.text) == [], rule
        refused |= {rule} if answer.status_code == 403 else set()
        assert answer.status_code in (200, 403), rule
        for other in (world.aside, world.own):
            assert world.as_person(owner, "GET", _at(rule, {**world.ids, "alert": other})).status_code == 404, rule
    assert shown - refused == {"/alerts/<alert>", "/alerts/<alert>/state", "/alerts/<alert>/report"}
    for page in ("/", "/alerts", "/alerts/bands"):
        text = world.as_person(owner, "GET", page).text
        assert ("上级单位 · 东方集团" in text, world.strange(text)) == (True, []), page


def test_posting_to_its_pages_changes_nothing(world: Reached) -> None:
    owner = world.owner()
    rules = [rule for rule in _pages(world, "POST") if "<alert>" in rule]
    assert len(rules) > 5
    for rule in rules:
        before = world.state()
        form = {"screen": world.ids["screen"], "note": "x", "headline": "x"}
        answer = world.as_person(owner, "POST", _at(rule, {**world.ids, "alert": world.above}), data=form)
        assert answer.status_code == 403, rule
        assert world.state() == before, rule


def test_a_player_catches_up_over_http_and_proves_only_what_reaches_it(world: Reached) -> None:
    bearer = world.ids["bearer"]
    told = world.ask("GET", "/player/alerts", bearer).get_json()
    assert [one["id"] for one in told["alerts"] if one["headline"] == "台风"] == [world.above]
    names = (world.above, world.aside, world.own)
    proofs = [{"kind": "shown", "epoch": told["epoch"], "id": name, "revision": 1} for name in names]
    assert world.ask("POST", "/player/alerts/proofs", bearer, json={"proofs": proofs}).get_json()["refused"] == [1, 2]
    (row,) = world.ask_about("GET /api/v1/alerts/<alert>/deliveries", world.above).get_json()["items"]
    assert (row["screen"], row["state"], row["organisation"]) == (world.ids["screen"], "shown", "")


def test_an_alert_names_organisations_by_their_ids(world: Reached) -> None:
    branch = world.ids["org"]
    order = {"status": "exercise", "severity": "minor", "headline": "演练"}
    targets = {"all": True, "organisations": [branch]}
    made = world.ask("POST", "/api/v1/alerts", world.tokens["token *"], json={**order, "targets": targets})
    assert made.status_code == 201
    told = world.ask_about("GET /api/v1/alerts/<alert>", made.get_json()["id"]).get_json()
    assert told["targets"] == {"screens": [], "groups": [], "all": True, "organisations": [branch]}
    assert told["above"] == ""
    strange = {"organisations": [branch, "o2", "o3"]}
    refused = world.ask("POST", "/api/v1/alerts", world.tokens["token *"], json={**order, "targets": strange})
    assert [one["field"] for one in refused.get_json()["violations"]] == [
        "targets.organisations.1", "targets.organisations.2",
    ]  # fmt: skip
