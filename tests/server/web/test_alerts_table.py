"""The table of an alert's proof: every screen of very many, narrowed, with the pixels that were painted."""

from __future__ import annotations

import re

import pytest

from playlists.model import Colour
from server.accounts.model import Identity, Role
from server.alerts import service
from server.parts import Parts
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from tests.server.web.desk import Desk
from tests.server.web.kiln import Site


@pytest.fixture
def site(parts: Parts, owner: Identity) -> Site:
    return Site(parts, owner)


@pytest.fixture
def officer(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.SAFETY_OFFICER)


def rows_of(text: str) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', text)


def many(site: Site, n: int) -> None:
    """As many more screens in the kiln."""
    with site.parts.db.transaction():
        for number in range(n):
            here = NewScreenOrder(f"屏{number:03}", 64, 16, Colour.SINGLE, place="料场", groups=(site.group,))
            screens.add(site.parts, site.owner, here)


def test_the_table_has_every_screen_a_page_at_a_time_the_missing_first(site: Site, officer: Desk) -> None:
    many(site, 203)
    alert = site.issue()
    site.show(alert)
    first, second = (officer.text(f"/alerts/{alert}{page}") for page in ("", "?page=1"))
    assert "第 1–200 块，共 205 块" in first
    assert "第 201–205 块，共 205 块" in second
    assert len(set(rows_of(first)) | set(rows_of(second))) == 205
    assert rows_of(second)[-1] == site.screen
    assert rows_of(officer.text(f"/alerts/{alert}?page=99")) == rows_of(second)


def test_the_table_is_narrowed_by_state_by_place_and_by_name(site: Site, officer: Desk) -> None:
    alert = site.issue()
    site.show(alert)
    found = {
        query: rows_of(officer.text(f"/alerts/{alert}?{query}"))
        for query in ("only=missing", "only=shown", "only=seen", "spot=三号窑&q=东", "q=楼梯", "spot=别处", "only=x")
    }
    assert found == {
        "only=missing": [site.lost], "only=shown": [site.screen], "only=seen": [], "spot=三号窑&q=东": [site.screen],
        "q=楼梯": [site.lost], "spot=别处": [], "only=x": [site.lost, site.screen],
    }  # fmt: skip
    told = officer.client.get(f"/alerts/{alert}/state?only=shown").get_json()["table"]
    assert told["counts"] == {"all": 2, "missing": 1, "shown": 1, "seen": 0}
    assert [row["screen"] for row in told["rows"]] == [site.screen]


def test_what_a_screen_painted_is_seen_beside_it_while_the_alert_is_live(site: Site, officer: Desk) -> None:
    alert = site.issue()
    site.show(alert)
    pictures = re.findall(r'src="(/api/v1/screens/[^"]+)"', officer.text(f"/alerts/{alert}"))
    assert [one.split("/")[4] for one in pictures] == [site.screen]
    service.clear(site.parts, site.owner, alert)
    site.show(alert, revision=2)
    assert "/api/v1/screens/" not in officer.text(f"/alerts/{alert}")


def test_of_very_many_missing_the_first_are_named_and_the_rest_are_a_link_away(site: Site, officer: Desk) -> None:
    many(site, 60)
    text = officer.text(f"/alerts/{site.issue()}")
    assert text.count("data-missing=") == 50
    assert "还有 12 块，在下面的表里" in text
