"""Messages while nothing can be stored: shown all the same, known again, and written once there is room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.accounts.model import Grant, Identity
from server.errors import Busy, Forbidden
from server.intake import service
from server.intake.model import Policy, State
from server.parts import Parts
from tests.server.hindered import locked
from tests.server.intake.setting import (
    FIRST,
    TOKEN,
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


def test_a_refusal_stays_one_while_nothing_can_be_stored(parts: Parts) -> None:
    screen(parts)
    source(parts, policy=Policy.SHOW)
    with full(parts), pytest.raises(Forbidden):
        came(parts, FIRST, Identity("o1", "person", "u9", "看", (Grant("read"),)))
    assert live(parts) == []
