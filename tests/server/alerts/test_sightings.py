"""Acknowledging by the code on the glass: who may, what is kept of them, what is counted, what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.alert import Severity, Status
from playlists.model import Colour
from server import secret
from server.accounts.model import Identity
from server.alerts import codes, sightings
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, State, Targets
from server.clock import FixedClock
from server.errors import Gone, Invalid, NotFound, Problem, TooMany
from server.events import AlertSeen, Fact
from server.ids import CODE_ALPHABET
from server.parts import Parts
from server.screens import service
from server.screens.model import NewScreenOrder, Screen
from server.tables import alert_sightings, deliveries

HERE = "192.0.2.30"


@pytest.fixture
def gate(parts: Parts, owner: Identity) -> Screen:
    return service.add(parts, owner, NewScreenOrder("条屏一", 192, 16, Colour.SINGLE, place="三号门")).screen


@pytest.fixture
def yard(parts: Parts, owner: Identity) -> Screen:
    return service.add(parts, owner, NewScreenOrder("料场", 192, 16, Colour.SINGLE)).screen


def say(parts: Parts, who: Identity, *to: Screen, **more: Any) -> str:
    targets = Targets(tuple(one.id for one in to)) if to else Targets(everywhere=True)
    values: dict[str, Any] = {"status": Status.ACTUAL, "expires_s": 600, "code": True} | more
    return alerts.issue(parts, who, IssueAlert(severity=Severity.EXTREME, headline="火灾", instruction="撤离",
                                               targets=targets, **values)).alert_id  # fmt: skip


def code_of(parts: Parts, who: Identity, alert: str) -> str:
    return alerts.get(parts, who, alert).code


def refusal(act: Any, *given: Any) -> Problem:
    with pytest.raises(Problem) as refused:
        act(*given)
    return refused.value


def test_an_alert_carries_a_code_and_its_picture_when_people_are_asked(
    parts: Parts, owner: Identity, gate: Screen
) -> None:
    asked, silent = say(parts, owner), say(parts, owner, code=False)
    with parts.db.read() as tx:
        shown = {one.id: one for one in alerts.live_for(tx, "o1", gate.id, parts.clock.now())}
    code = shown[asked].code
    assert (len(code), set(code) <= set(CODE_ALPHABET)) == (6, True)
    assert len(shown[asked].qr) in (25, 29, 33)
    assert (shown[silent].code, shown[silent].qr) == ("", ())


def test_an_ending_asks_nobody(parts: Parts, owner: Identity, gate: Screen) -> None:
    alerts.clear(parts, owner, say(parts, owner))
    with parts.db.read() as tx:
        (ended,) = alerts.live_for(tx, "o1", gate.id, parts.clock.now())
    assert (ended.code, ended.qr) == ("", ())


@settings(deadline=None, max_examples=20)
@given(st.text("ABC234", min_size=6, max_size=6))
def test_the_rows_are_the_modules_of_the_code(code: str) -> None:
    matrix = segno.make("http://plant:8080/seen/" + code, error="m", micro=False).matrix
    rows = codes.qr("http://plant:8080", code)
    width = len(matrix[0])
    assert [bin(int("1" + row, 16))[3:][:width] for row in rows] == ["".join(map(str, row)) for row in matrix]


def test_the_page_offers_the_places_of_the_alert_and_no_others(
    parts: Parts, owner: Identity, gate: Screen, yard: Screen
) -> None:
    code = code_of(parts, owner, say(parts, owner, gate))
    notice = sightings.look(parts, code.lower(), HERE)
    assert (notice.alert.headline, notice.places, notice.over) == ("火灾", ((gate.id, "三号门"),), False)
    assert refusal(sightings.acknowledge, parts, code, yard.id, "", HERE).violations[0].field == "screen"


def test_a_sample_is_no_place_while_there_is_a_real_screen(parts: Parts, owner: Identity, gate: Screen) -> None:
    sample = service.add(parts, owner, NewScreenOrder("样板", 192, 16, Colour.SINGLE, sample=True)).screen
    code = code_of(parts, owner, say(parts, owner))
    assert sightings.look(parts, code, HERE).places == ((gate.id, "三号门"),)
    assert refusal(sightings.acknowledge, parts, code, sample.id, "", HERE).violations[0].field == "screen"


def test_where_there_are_only_samples_they_are_places(parts: Parts, owner: Identity) -> None:
    sample = service.add(parts, owner, NewScreenOrder("样板", 192, 16, Colour.SINGLE, sample=True)).screen
    code = code_of(parts, owner, say(parts, owner))
    assert sightings.look(parts, code, HERE).places == ((sample.id, "样板"),)
    assert sightings.acknowledge(parts, code, sample.id, "", HERE) == "样板"


def test_a_place_is_found_by_a_word(parts: Parts, owner: Identity, gate: Screen, yard: Screen) -> None:
    code = code_of(parts, owner, say(parts, owner))
    assert sightings.look(parts, code, HERE, "料").places == ((yard.id, "料场"),)
    assert sightings.look(parts, code, HERE, "%").places == ()


def test_acknowledgements_are_counted_by_place(
    parts: Parts, owner: Identity, clock: FixedClock, gate: Screen, yard: Screen
) -> None:
    heard: list[Fact] = []
    parts.db.bus.subscribe(AlertSeen, heard.append)
    name = say(parts, owner)
    code = code_of(parts, owner, name)
    assert sightings.acknowledge(parts, code, gate.id, " 老李 ", HERE) == "三号门"
    sightings.acknowledge(parts, code, gate.id, "小王", HERE)
    rows = {one.screen: one for one, _ in alerts.deliveries_of(parts, owner, name)}
    assert (rows[gate.id].seen, rows[yard.id].seen) == (2, 0)
    said = {(one.place, one.name) for one in sightings.list_sightings(parts, owner, name)}
    assert said == {("三号门", "老李"), ("三号门", "小王")}
    assert heard == [AlertSeen("o1", name)] * 2


def test_a_painted_screen_that_people_saw_is_acknowledged(parts: Parts, owner: Identity, gate: Screen) -> None:
    name = say(parts, owner)
    sightings.acknowledge(parts, code_of(parts, owner, name), gate.id, "", HERE)
    with parts.db.transaction() as tx:
        tx.execute(deliveries.update().values(shown=parts.clock.now()))
    assert [one.state for one, _ in alerts.deliveries_of(parts, owner, name)] == [State.ACKNOWLEDGED]
    assert alerts.tallies(parts, owner, [alerts.get(parts, owner, name)])[name]["acknowledged"] == 1


def test_a_finger_that_slips_counts_once(parts: Parts, owner: Identity, clock: FixedClock, gate: Screen) -> None:
    name = say(parts, owner)
    code = code_of(parts, owner, name)
    for _ in range(3):
        sightings.acknowledge(parts, code, gate.id, "", HERE)
    clock.pass_(10_001)
    sightings.acknowledge(parts, code, gate.id, "", HERE)
    assert len(sightings.list_sightings(parts, owner, name)) == 2


def test_no_address_is_kept_that_could_be_read_from_the_database(parts: Parts, owner: Identity, gate: Screen) -> None:
    sightings.acknowledge(parts, code_of(parts, owner, say(parts, owner)), gate.id, "", HERE)
    with parts.db.read() as tx:
        (kept,) = tx.execute(alert_sightings.select()).all()
    assert HERE not in str(kept)
    assert kept.address == secret.hidden(parts.config.data, HERE)


@pytest.mark.parametrize("end", ["expired", "cleared"])
def test_the_page_of_an_alert_that_is_over_says_so(
    parts: Parts, owner: Identity, clock: FixedClock, gate: Screen, end: str
) -> None:
    name = say(parts, owner)
    code = code_of(parts, owner, name)
    if end == "cleared":
        alerts.clear(parts, owner, name)
    else:
        clock.pass_(600_000)
    assert sightings.look(parts, code, HERE).over
    assert isinstance(refusal(sightings.acknowledge, parts, code, gate.id, "", HERE), Gone)


def test_guessing_codes_makes_an_address_wait_longer_and_longer_and_no_other(
    parts: Parts, owner: Identity, clock: FixedClock, gate: Screen
) -> None:
    code = code_of(parts, owner, say(parts, owner))
    for _ in range(10):
        assert isinstance(refusal(sightings.look, parts, "ZZZZZZ", HERE), NotFound)
    paused = refusal(sightings.look, parts, code, HERE)
    assert (type(paused), paused.params["retry_s"]) == (TooMany, 15)
    assert sightings.look(parts, code, "192.0.2.31")
    clock.pass_(15_000)
    refusal(sightings.look, parts, "ZZZZZZ", HERE)
    assert refusal(sightings.look, parts, code, HERE).params["retry_s"] == 30


def test_a_script_cannot_fill_the_table(parts: Parts, owner: Identity, clock: FixedClock, gate: Screen) -> None:
    name = say(parts, owner)
    code, who = code_of(parts, owner, name), secret.hidden(parts.config.data, HERE)
    row = {"org": "o1", "alert": name, "screen": gate.id, "at": clock.now(), "address": who}
    with parts.db.transaction() as tx:
        rows = [row | {"id": str(n), "name": str(n)} for n in range(sightings.MOST_OF_ADDRESS)]
        tx.execute(alert_sightings.insert(), rows)
    assert isinstance(refusal(sightings.acknowledge, parts, code, gate.id, "x", HERE), TooMany)
    sightings.acknowledge(parts, code, gate.id, "x", "192.0.2.31")
    clock.pass_(60_000)
    sightings.acknowledge(parts, code, gate.id, "x", HERE)


@pytest.mark.parametrize("name", ["a\nb", "a\x00b", "长" * 41, "a\u202eb"])
def test_a_poor_name_is_refused(parts: Parts, owner: Identity, gate: Screen, name: str) -> None:
    code = code_of(parts, owner, say(parts, owner))
    refused = refusal(sightings.acknowledge, parts, code, gate.id, name, HERE)
    assert (type(refused), refused.violations[0].field) == (Invalid, "name")


def test_a_neighbour_reads_none_of_it(parts: Parts, owner: Identity, gate: Screen) -> None:
    with pytest.raises(NotFound):
        sightings.list_sightings(parts, replace(owner, org="o2"), say(parts, owner))
