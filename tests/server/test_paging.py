"""Every list takes the cursors it gave, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import paging
from server.accounts.model import Identity, nobody, system
from server.editorial import service as editorial
from server.errors import Invalid
from server.parts import Parts
from server.playlog import routes as playlog
from server.playlog.model import PlayQuery
from server.scheduling import service as scheduling
from server.scheduling.model import SlotQuery
from server.screens import bodies, groups, pairing, service
from server.screens import routes as screens
from tests.server.plant import SLOGAN, Plant, open_plant


@given(st.integers(0, 2**53), st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True))
def test_a_cursor_leads_back_to_its_row(at: int, key: str) -> None:
    assert paging.place(paging.cursor(at, key)) == (at, key)


@pytest.mark.parametrize("cursor", ["x", "-1.s1", "1", "1.", "²3.s1", "1.a b", "99999999999999999.s1"])
def test_a_cursor_nobody_was_given_is_refused_by_every_list(parts: Parts, owner: Identity, cursor: str) -> None:
    lists = (
        lambda: screens.list_screens(parts, owner, bodies.ScreenQuery(cursor=cursor)),
        lambda: scheduling.listed(parts, owner, SlotQuery(cursor=cursor)),
        lambda: playlog.list_plays(parts, owner, PlayQuery(cursor=cursor)),
    )
    for one in lists:
        with pytest.raises(Invalid) as refused:
            one()
        assert refused.value.violations[0].field == "cursor"


def test_a_short_list_goes_on_behind_the_row_it_stopped_at_though_rows_came_and_went() -> None:
    first = paging.sliced("bdfh", paging.PageQuery(limit=2), str)
    assert first.items == ("b", "d")
    behind = paging.PageQuery(limit=2, cursor=first.next)
    assert paging.sliced("abcdefh", behind, str).items == ("e", "f")
    assert paging.sliced("bfh", behind, str).items == ("h",)
    assert paging.sliced("bdfh", behind, str) == paging.Listing(("f", "h"))


WHOLE = (
    "/api/v1/people", "/api/v1/tokens", "/api/v1/webhooks", "/api/v1/alert-sources", "/api/v1/reviews",
    "/api/v1/live-alerts", "/api/v1/screens/{screen}/players", "/api/v1/groups", "/api/v1/layouts",
    "/api/v1/alert-templates",
)  # fmt: skip


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    plant = open_plant(tmp_path_factory.mktemp("paging"))
    plant.furnish()
    plant.ids = plant.furnish()
    yield plant
    plant.parts.db.close()


def _fill(plant: Plant) -> str:
    """Two of what the plant has one of: a player more, and two pieces that wait for a second person; their token."""
    who = system("o1")
    service.change(plant.parts, who, plant.ids["screen"], {"exit": "东出口"})
    key = service.renew_key(plant.parts, who, plant.ids["screen"])
    pairing.by_key(plant.parts, nobody("o1", "zh"), key)
    group = groups.add_group(plant.parts, who, "窑", steps=1)
    for name in ("甲", "乙"):
        made = editorial.create(plant.parts, who, name, [SLOGAN], group.id)
        editorial.submit(plant.parts, who, made.id)
    return plant.token("*")


def test_every_list_keeps_to_a_limit_and_its_cursor_leads_through_all_of_it(plant: Plant) -> None:
    bearer = _fill(plant)
    for rule in WHOLE:
        path = rule.format(**plant.ids)
        whole = plant.ask("GET", path, bearer).get_json()["items"]
        assert len(whole) > 1, rule
        found: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            page = plant.ask("GET", f"{path}?limit=1&cursor={cursor}", bearer).get_json()
            assert len(page["items"]) == 1, rule
            found += page["items"]
            cursor = page.get("next")
        assert found == whole, rule
        assert plant.ask("GET", f"{path}?cursor=nonsense", bearer).status_code == 422, rule
        assert plant.ask("GET", f"{path}?limit=0", bearer).status_code == 422, rule
