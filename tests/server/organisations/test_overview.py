"""What those above see of those below: figures, never their things."""

from __future__ import annotations

import dataclasses

import pytest

from playlists.alert import Severity, Status
from playlists.model import Colour
from server.accounts.model import Grant, Identity, nobody, system
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Targets
from server.clock import FixedClock
from server.errors import Forbidden
from server.organisations import overview, service
from server.organisations.model import OrganisationOrder
from server.organisations.overview import Figures, Totals
from server.parts import Parts
from server.playlog import service as playlog
from server.screens import pairing, players
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from server.tables import players as player_rows
from server.tables import playlists, slot_organisations, slots
from tests.server.conftest import NOON


@pytest.fixture
def plant(parts: Parts, owner: Identity) -> str:
    return service.add(parts, owner, OrganisationOrder("一厂", airtime=20))[0].id


def screen(parts: Parts, org: str, name: str, *, online: bool = False) -> Identity:
    """A paired screen; return its player."""
    keyed = screens.add(parts, system(org), NewScreenOrder(name, 192, 16, Colour.SINGLE))
    found = players.authenticate_player(parts, pairing.by_key(parts, nobody(org, "zh"), keyed.key).token)
    assert found is not None
    with parts.db.transaction() as tx:
        tx.execute(player_rows.update().where(player_rows.c.id == found.id).values(online=online))
    return found


def mandate(parts: Parts, playlist: str, org: str, share: int, **more: object) -> None:
    """A mandatory slot with something approved."""
    with parts.db.transaction() as tx:
        tx.execute(playlists.insert().values(
            id=playlist, org="o1", name=playlist, state="approved", draft="r", approved="r", created=1, changed=1
        ))  # fmt: skip
        row = {"id": f"s{playlist}", "org": "o1", "playlist": playlist, "daypart": {}, "priority": 50, "created": 1}
        tx.execute(slots.insert().values(**row | {"changed": 1} | more))
        tx.execute(slot_organisations.insert().values(slot=f"s{playlist}", organisation=org, share=share, org="o1"))


def played(parts: Parts, who: Identity, playlist: str, seconds: int, number: int) -> None:
    ends = parts.clock.now() - number * 1_000_000
    row = {"id": f"{who.screen}-{number:04}"[-60:], "region": "main", "playlist": playlist, "item": "i", "media": "m"}
    verdict = playlog.report(parts, who, [{**row, "begins": ends - seconds * 1000, "ends": ends}])
    assert len(verdict.accepted) == 1


def of(parts: Parts, who: Identity, org: str) -> Figures:
    return next(one for one in overview.overview(parts, who) if one.organisation.id == org)


def test_screens_are_counted_by_organisation(parts: Parts, owner: Identity, plant: str) -> None:
    screen(parts, plant, "东门", online=True)
    screen(parts, plant, "西门")
    assert [(one.organisation.id, one.online, one.screens) for one in overview.overview(parts, owner)] == [
        ("o1", 0, 0), (plant, 1, 2),
    ]  # fmt: skip
    assert overview.totals(overview.overview(parts, owner)) == Totals(2, 2, 1, 0, 0)


def test_alerts_are_counted_where_they_reach_and_exercises_are_not(
    parts: Parts, owner: Identity, plant: str, clock: FixedClock
) -> None:
    other = service.add(parts, owner, OrganisationOrder("二厂"))[0].id
    for one in (plant, other):
        screen(parts, one, "东门")

    def issue(status: Status, *orgs: str) -> None:
        targets = Targets(organisations=orgs) if orgs else Targets(everywhere=True)
        order = IssueAlert(status, Severity.SEVERE, headline="撤离", instruction="走", targets=targets, expires_s=3_600)
        alerts.issue(parts, owner, order)
        clock.pass_(60_000)

    def counts() -> list[tuple[str, int]]:
        return [(one.organisation.id, one.alerts) for one in overview.overview(parts, owner)]

    issue(Status.ACTUAL, plant, other)
    issue(Status.ACTUAL, plant)
    issue(Status.EXERCISE, plant)
    assert sorted(counts()) == sorted([("o1", 2), (plant, 2), (other, 1)])
    clock.pass_(3_600_000)
    assert {number for _, number in counts()} == {0}


def test_what_is_asked_is_no_more_than_the_organisation_gives(parts: Parts, owner: Identity, plant: str) -> None:
    assert of(parts, owner, plant).asked == 0
    mandate(parts, "p1", "o1", 15)  # everything below the first
    assert of(parts, owner, plant).asked == 15
    mandate(parts, "p2", plant, 15)
    assert of(parts, owner, plant).asked == 20
    assert of(parts, owner, "o1").asked == 0  # nobody is above it


def test_compliance_and_reach_come_from_what_was_really_on(parts: Parts, owner: Identity, plant: str) -> None:
    mandate(parts, "p1", plant, 20)
    east, west = screen(parts, plant, "东门"), screen(parts, plant, "西门")
    found = of(parts, owner, plant)
    assert (found.measured, found.compliance, found.reached) == (None, None, 0)
    played(parts, east, "p1", 30, 1)
    played(parts, east, "own", 170, 2)
    played(parts, west, "own", 100, 3)
    found = of(parts, owner, plant)
    assert found.measured == pytest.approx(10.0)
    assert found.reached == 1
    assert found.compliance == pytest.approx(0.5)
    assert overview.totals([found]) == Totals(1, 2, 0, 1, 2)


def test_only_the_last_day_counts(parts: Parts, owner: Identity, clock: FixedClock, plant: str) -> None:
    mandate(parts, "p1", plant, 20)
    played(parts, screen(parts, plant, "东门"), "p1", 30, 1)
    clock.pass_(26 * 3_600_000)
    found = of(parts, owner, plant)
    assert (found.measured, found.reached) == (None, 0)


@pytest.mark.parametrize("more", [
    {"deleted": NOON}, {"begins": NOON + 1}, {"ends": NOON},
])  # fmt: skip
def test_a_slot_that_is_not_on_asks_for_nothing(
    parts: Parts, owner: Identity, plant: str, more: dict[str, int]
) -> None:
    mandate(parts, "p1", plant, 20, **more)
    assert of(parts, owner, plant).asked == 0


def test_with_limited_hours_a_day_is_no_measure(parts: Parts, owner: Identity, plant: str) -> None:
    mandate(parts, "p1", plant, 20, daypart={"clock": "08:00-12:00"})
    played(parts, screen(parts, plant, "东门"), "p1", 30, 1)
    assert (of(parts, owner, plant).by_hours, of(parts, owner, plant).compliance) == (True, None)


def test_nobody_sees_figures_of_those_above_or_beside_nor_with_a_right_for_one_group(
    parts: Parts, owner: Identity, plant: str
) -> None:
    service.add(parts, owner, OrganisationOrder("二厂"))
    assert [one.organisation.id for one in overview.overview(parts, system(plant))] == [plant]
    with pytest.raises(Forbidden):
        overview.overview(parts, dataclasses.replace(owner, grants=(Grant("read", "g1"),)))
