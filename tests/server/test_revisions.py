"""Where two people may meet: what one read names the state, and nobody writes over what another saved meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.revisions import revision_of
from tests.server.plant import Plant, open_plant

SHARED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "/api/v1/screens/{screen}": ({"place": "南门"}, {"place": "北门"}),
    "/api/v1/groups/{group}": ({"name": "南车间"}, {"name": "北车间"}),
    "/api/v1/layouts/{layout}": ({"name": "南"}, {"name": "北"}),
    "/api/v1/people/{person}": ({"post": "班长"}, {"post": "组长"}),
    "/api/v1/site": ({"name": "一厂"}, {"name": "二厂"}),
    "/api/v1/alert-settings": ({"phone": "6119"}, {"phone": "6120"}),
}


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    plant = open_plant(tmp_path_factory.mktemp("revisions"))
    plant.ids = plant.furnish()
    yield plant
    plant.parts.db.close()


@pytest.mark.parametrize("rule", SHARED)
def test_the_second_of_two_who_change_a_thing_is_told_how_it_stands_and_changes_nothing(
    plant: Plant, rule: str
) -> None:
    path, bearer, (first, second) = rule.format(**plant.ids), plant.token("*"), SHARED[rule]
    read = plant.ask("GET", path, bearer).headers["ETag"]
    saved = plant.ask("PUT", path, bearer, json=first, headers={"If-Match": read})
    assert saved.status_code == 200
    late = plant.ask("PUT", path, bearer, json=second, headers={"If-Match": read})
    told = late.get_json()
    assert (late.status_code, told["type"]) == (412, "/problems/stale")
    stands = plant.ask("GET", path, bearer)
    assert stands.get_json() == told["current"]
    assert first.items() <= told["current"].items()
    assert stands.headers["ETag"] == saved.headers["ETag"] == f'"{told["revision"]}"' != read
    again = plant.ask("PUT", path, bearer, json=second, headers={"If-Match": stands.headers["ETag"]})
    assert (again.status_code, second.items() <= again.get_json().items()) == (200, True)


@pytest.mark.parametrize("held", [None, "*"])
def test_who_names_no_revision_is_let(plant: Plant, held: str | None) -> None:
    headers = {} if held is None else {"If-Match": held}
    answer = plant.ask("PUT", f"/api/v1/screens/{plant.ids['screen']}", plant.token("*"), json={}, headers=headers)
    assert answer.status_code == 200


def test_an_alert_that_somebody_changed_is_not_changed_over_it(plant: Plant) -> None:
    bearer, path = plant.token("*"), f"/api/v1/alerts/{plant.ids['alert']}"
    read = plant.ask("GET", path, bearer).headers["ETag"]
    first = plant.ask("POST", f"{path}/update", bearer, json={"headline": "往东撤离"}, headers={"If-Match": read})
    late = plant.ask("POST", f"{path}/update", bearer, json={"headline": "往西撤离"}, headers={"If-Match": read})
    assert (first.status_code, late.status_code) == (200, 412)
    assert (late.get_json()["current"]["headline"], late.get_json()["revision"]) == ("往东撤离", "2")
    assert plant.ask("GET", path, bearer).get_json()["headline"] == "往东撤离"


def test_a_state_has_one_name_however_it_is_put_together() -> None:
    assert revision_of({"a": 1, "b": ("x",)}) == revision_of({"b": ["x"], "a": 1}) != revision_of({"a": 1, "b": ["y"]})
