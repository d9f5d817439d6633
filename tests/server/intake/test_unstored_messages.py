"""Messages while nothing can be stored: shown all the same, known again, and written once there is room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server import audit
from server.accounts.model import Grant, Identity
from server.alerts.model import Targets
from server.errors import Busy, Conflict, Forbidden
from server.intake import service
from server.intake.model import Policy, State
from server.parts import Parts
from tests.server.hindered import locked
from tests.server.intake.setting import (
    FIRST,
    OFFICER,
    TOKEN,
    alert,
    came,
    cancel,
    cap,
    full,
    held,
    live,
    screen,
    source,
    store_late,
    update,
)  # fmt: skip


def test_a_message_of_a_source_that_may_show_goes_out_though_it_cannot_be_stored(parts: Parts) -> None:
    screen(parts)
    source(parts, policy=Policy.SHOW)
    with full(parts):
        outcomes = [came(parts, FIRST) for _ in range(2)]
        assert live(parts) == ["暴雨橙色预警"]
    assert {(one.state, one.alert, one.stored) for one in outcomes} == {(State.SHOWN, outcomes[0].alert, False)}
    assert [one.repeated for one in outcomes] == [False, True]


def test_a_locked_database_does_not_hold_up_a_message_either(parts: Parts) -> None:
    screen(parts)
    source(parts, policy=Policy.SHOW)
    with locked(parts):
        assert not came(parts, FIRST).stored
    assert live(parts) == ["暴雨橙色预警"]


def test_what_refers_to_a_message_that_is_not_stored_changes_and_ends_it(parts: Parts) -> None:
    screen(parts)
    source(parts, policy=Policy.SHOW)
    with full(parts):
        name = came(parts, FIRST).alert
        newer = update("w-2", FIRST, headline="暴雨红色预警")
        assert came(parts, newer).alert == name
        assert live(parts) == ["暴雨红色预警"]
        assert came(parts, cancel("w-3", newer)).alert == name
        assert live(parts) == []


@pytest.mark.parametrize("late", [True, False], ids=["stored meanwhile", "stored by the next message"])
def test_a_message_is_known_once_there_is_room_again(parts: Parts, late: bool) -> None:
    screen(parts)
    source(parts, policy=Policy.SHOW)
    with full(parts):
        first = came(parts, FIRST)
    if late:
        store_late(parts)
    again = came(parts, FIRST)
    assert (again.message, again.alert, again.repeated, again.stored) == (first.message, first.alert, True, True)
    assert [(one.id, one.alert) for one in held(parts, State.SHOWN)] == [(first.message, first.alert)]
    came(parts, cancel("w-2", FIRST))
    assert live(parts) == []


def test_what_waits_for_a_person_has_to_come_again_and_holds_up_no_other(parts: Parts) -> None:
    screen(parts)
    source(parts, policy=Policy.SHOW)
    stranger = replace(FIRST, identifier="x-1", sender="nobody@else.example")
    wrapped = b"<wrap>" + b"".join(cap(one).split(b"?>")[1] for one in (stranger, FIRST)) + b"</wrap>"
    with full(parts), pytest.raises(Busy):
        service.receive(parts, TOKEN, wrapped)
    assert live(parts) == ["暴雨橙色预警"]
    assert [one.repeated for one in service.receive(parts, TOKEN, wrapped)] == [False, True]
    assert [one.sender for one in held(parts)] == ["nobody@else.example"]


def test_what_the_officer_releases_goes_out_and_is_decided_though_it_cannot_be_stored(parts: Parts) -> None:
    east = screen(parts)
    source(parts)
    waiting = came(parts, FIRST).message
    with full(parts):
        outcome = service.release(parts, OFFICER, waiting, Targets(screens=(east,)))
        assert live(parts) == ["暴雨橙色预警"]
        assert alert(parts, outcome.alert).targets.screens == (east,)
        assert (outcome.state, outcome.stored, service.waiting(parts, OFFICER)) == (State.SHOWN, False, 0)
        assert held(parts) == ()
        with pytest.raises(Conflict):
            service.release(parts, OFFICER, waiting)
        again = came(parts, FIRST)
        assert (again.alert, again.repeated, again.stored) == (outcome.alert, True, False)
    store_late(parts)
    (kept,) = held(parts, State.SHOWN)
    assert (kept.id, kept.alert, kept.decided_by) == (waiting, outcome.alert, OFFICER.name)
    assert alert(parts, outcome.alert).source.startswith("cap:")
    assert service.waiting(parts, OFFICER) == 0
    with parts.db.read() as tx:
        acts = [row["act"] for row in audit.newest(tx, "o1", 20)]
    assert (acts.count("message.release"), acts.count("message.held"), acts.count("message.shown")) == (1, 1, 0)


def test_a_held_ending_is_released_while_nothing_can_be_stored(parts: Parts) -> None:
    screen(parts)
    source(parts)
    service.release(parts, OFFICER, came(parts, FIRST).message)
    ending = came(parts, cancel("w-2", FIRST)).message
    with full(parts):
        assert not service.release(parts, OFFICER, ending).stored
        assert live(parts) == []
    store_late(parts)
    assert live(parts) == []


def test_what_is_over_or_not_ones_own_is_refused_also_then(parts: Parts) -> None:
    screen(parts)
    source(parts)
    waiting = came(parts, FIRST).message
    with full(parts):
        with pytest.raises(Forbidden):
            service.release(parts, Identity("o1", "person", "u9", "看", (Grant("read"),)), waiting)
        parts.clock.pass_(90 * 86_400_000)  # type: ignore[attr-defined]
        with pytest.raises(Conflict):
            service.release(parts, OFFICER, waiting)
        assert live(parts) == []


def test_a_refusal_stays_one_while_nothing_can_be_stored(parts: Parts) -> None:
    screen(parts)
    source(parts, policy=Policy.SHOW)
    with full(parts), pytest.raises(Forbidden):
        came(parts, FIRST, Identity("o1", "person", "u9", "看", (Grant("read"),)))
    assert live(parts) == []
