"""A frame holds the alert over the programme, and the wall is told which screens have which alerts."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask, g
from PIL import Image

from playlists.alert import Presentation, Severity, Status
from playlists.model import Colour
from server.accounts.model import Grant, Identity
from server.alerts import service as alerts
from server.alerts.model import SCOPE, IssueAlert, Targets
from server.clock import FixedClock
from server.glass import api
from server.parts import Parts
from server.screens import groups, service
from server.screens.model import NewScreenOrder, Screen
from tests.players.notices import possible


@pytest.fixture
def officer() -> Identity:
    return Identity("o1", "person", "u2", "安全值班", grants=(Grant("read"), Grant(SCOPE)), address="192.0.2.7")


@pytest.fixture
def strip(parts: Parts, owner: Identity) -> Screen:
    return service.add(parts, owner, NewScreenOrder("窑头", 192, 16, Colour.SINGLE)).screen


@pytest.fixture
def board(parts: Parts, owner: Identity) -> Screen:
    return service.add(parts, owner, NewScreenOrder("食堂", 256, 64, Colour.DUAL)).screen


@pytest.fixture
def ask(parts: Parts, officer: Identity) -> Any:
    return asker(parts, officer)


def asker(parts: Parts, who: Identity) -> Any:
    app = Flask("test")
    app.extensions["paomadeng"] = parts
    app.before_request(lambda: setattr(g, "who", who))
    app.register_blueprint(api.blueprint)
    return app.test_client().get


def issue(parts: Parts, who: Identity, *screens: Screen, **more: Any) -> None:
    usual: dict[str, Any] = {
        "headline": "全员疏散 南门",
        "instruction": "",
        "expires_s": 600,
        "presentation": Presentation.TAKEOVER,
    }
    usual |= {"status": Status.ACTUAL, "severity": Severity.EXTREME}
    alerts.issue(parts, who, IssueAlert(**usual | more, targets=Targets(screens=tuple(one.id for one in screens))))


def frame(ask: Any, screen: Screen, query: str = "") -> Image.Image:
    return Image.open(io.BytesIO(ask(f"/api/v1/screens/{screen.id}/frame.png{query}").data)).convert("RGB")


def live(ask: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask("/api/v1/live-alerts").get_json()["items"]
    return found


def test_a_frame_is_the_alert_dot_by_dot(parts: Parts, officer: Identity, strip: Screen, ask: Any) -> None:
    issue(parts, officer, strip)
    told = live(ask)[0]["alerts"][0]
    assert frame(ask, strip).tobytes() in possible((192, 16), "single", told)


def test_a_banner_leaves_what_is_above_it(parts: Parts, officer: Identity, board: Screen, ask: Any) -> None:
    before = frame(ask, board)
    issue(parts, officer, board, presentation=Presentation.BANNER)
    after = frame(ask, board)
    assert after.crop((0, 0, 256, 48)).tobytes() == before.crop((0, 0, 256, 48)).tobytes()
    assert after.crop((0, 48, 256, 64)).getbbox() is not None


def test_a_region_is_covered_as_far_as_the_alert_reaches(
    parts: Parts, officer: Identity, strip: Screen, ask: Any
) -> None:
    issue(parts, officer, strip)
    assert frame(ask, strip, "?region=main").tobytes() == frame(ask, strip).tobytes()


def test_what_blinks_is_dark_in_the_other_half_of_each_second(
    parts: Parts, officer: Identity, strip: Screen, ask: Any
) -> None:
    issue(parts, officer, strip)
    now = parts.clock.now() // 1_000 * 1_000 + 1_000
    lit, dark = (frame(ask, strip, f"?at={now + by}").tobytes() for by in (0, 500))
    assert lit != dark


def test_after_it_expired_the_programme_is_back(
    parts: Parts, clock: FixedClock, officer: Identity, strip: Screen, ask: Any
) -> None:
    before = frame(ask, strip)
    issue(parts, officer, strip)
    clock.at += 600_000
    assert (live(ask), frame(ask, strip).tobytes()) == ([], before.tobytes())


def test_the_wall_is_told_only_of_screens_one_may_see(
    parts: Parts, owner: Identity, officer: Identity, strip: Screen, board: Screen
) -> None:
    kiln = groups.add_group(parts, owner, "三号窑").id
    service.change(parts, owner, strip.id, {"groups": (kiln,)})
    issue(parts, officer, strip, board)
    narrow = Identity("o1", "person", "u3", "窑长", grants=(Grant("read", kiln),))
    assert [one["screens"] for one in live(asker(parts, narrow))] == [[strip.id]]
    assert sorted(live(asker(parts, officer))[0]["screens"]) == sorted([strip.id, board.id])
