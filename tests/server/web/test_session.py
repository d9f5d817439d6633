"""How long a session lasts yet: what keeps it alive, what does not, and what pages are told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from server.accounts.model import Identity, Role
from server.clock import FixedClock
from server.parts import Parts
from tests.server.web.desk import Desk

MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture
def desk(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.OWNER)


def left(desk: Desk) -> dict[str, int]:
    answer = desk.client.get("/session/left")
    assert answer.status_code == 200
    return {name: answer.get_json()[name] for name in ("idle_ms", "last_ms")}


def test_a_page_is_told_how_long_the_session_lasts(desk: Desk) -> None:
    found = re.search(r'id="island">(.+?)</script>', desk.text("/me"))
    assert found is not None
    told = json.loads(found[1])["site"]["session"]
    assert (told["idle_ms"], told["last_ms"]) == (30 * MINUTE, 12 * HOUR)


def test_asking_how_long_keeps_no_session_alive(desk: Desk, clock: FixedClock) -> None:
    for passed in range(0, 30, 5):
        assert left(desk)["idle_ms"] == (30 - passed) * MINUTE
        clock.pass_(5 * MINUTE)
    assert desk.client.get("/session/left").status_code == 401


def test_what_a_page_fetches_by_itself_keeps_no_session_alive(desk: Desk, clock: FixedClock) -> None:
    clock.pass_(28 * MINUTE)
    assert desk.client.get("/api/v1/screens").status_code == 200
    assert desk.client.get("/review/waiting").status_code in (200, 403)
    assert left(desk)["idle_ms"] == 2 * MINUTE


def test_staying_prolongs_it_and_so_do_a_page_and_an_act(desk: Desk, clock: FixedClock) -> None:
    uses: tuple[Callable[[], TestResponse], ...] = (
        lambda: desk.call("/session/stay", {}),
        lambda: desk.get("/me"),
        lambda: desk.post("/language", to="zh"),
    )
    for use in uses:
        clock.pass_(28 * MINUTE)
        assert use().status_code < 400
        assert left(desk)["idle_ms"] == 30 * MINUTE


def test_nothing_prolongs_twelve_hours(desk: Desk, clock: FixedClock) -> None:
    for _ in range(36):
        clock.pass_(20 * MINUTE - 1)
        desk.get("/me")
    assert left(desk)["last_ms"] == 36
    clock.pass_(36)
    assert desk.client.get("/session/left").status_code == 401


def test_staying_has_to_come_from_our_own_page(desk: Desk) -> None:
    assert desk.client.post("/session/stay").status_code == 403


def test_a_session_of_one_idle_minute_lives_on_while_it_is_used(
    parts: Parts, owner: Identity, clock: FixedClock
) -> None:
    short = replace(parts, config=replace(parts.config, session_idle_min=1))
    desk = Desk(short, owner, Role.OWNER)
    for _ in range(4):
        clock.pass_(45_000)
        assert desk.get("/me").status_code == 200
