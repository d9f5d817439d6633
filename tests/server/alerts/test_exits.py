"""A screen whose exit is named otherwise during an alert has to say the new one."""

from __future__ import annotations

import pytest

from playlists.alert import Severity, Status
from playlists.model import Colour
from server.accounts.model import Identity
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Targets
from server.parts import Parts
from server.screens import service
from server.screens.model import NewScreenOrder


def seq(parts: Parts) -> int:
    return alerts.position(parts, "o1", parts.clock.now()).seq


@pytest.fixture
def screen(parts: Parts, owner: Identity) -> str:
    return service.add(parts, owner, NewScreenOrder("东门", 192, 16, Colour.SINGLE, exit="东门")).screen.id


@pytest.fixture
def alert(parts: Parts, owner: Identity, screen: str) -> str:
    order = IssueAlert(Status.ACTUAL, Severity.EXTREME, "火灾", "走{出口}", Targets((screen,)), 600)
    return alerts.issue(parts, owner, order).alert_id


@pytest.mark.parametrize("field", ["exit", "muster_point"])
def test_another_exit_during_an_alert_moves_the_position(
    parts: Parts, owner: Identity, screen: str, alert: str, field: str
) -> None:
    before = seq(parts)
    service.change(parts, owner, screen, {field: "西门"})
    assert seq(parts) == before + 1


def test_another_place_on_the_map_does_not(parts: Parts, owner: Identity, screen: str, alert: str) -> None:
    before = seq(parts)
    service.change(parts, owner, screen, {"distance_m": 7})
    assert seq(parts) == before


def test_without_a_live_alert_an_exit_is_only_an_exit(parts: Parts, owner: Identity, screen: str) -> None:
    service.change(parts, owner, screen, {"exit": "西门"})
    assert seq(parts) == 0
