"""The general limit: whoever asks far more than any person or fleet would is told to wait, and nobody else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from server import guards
from tests.server.plant import open_plant
from tests.server.redis_here import redis_in


def test_whoever_asks_too_often_waits_a_minute_and_others_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "PER_MINUTE", "3 per minute")
    plant = open_plant(tmp_path)
    hasty, other = plant.token("read"), plant.token("read")
    answers = [plant.ask("GET", "/api/v1/session", hasty) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    told = answers[-1].get_json()
    assert (told["type"], told["retry_s"], answers[-1].headers["Retry-After"]) == ("/problems/too-many", 60, "60")
    assert plant.ask("GET", "/api/v1/session", other).status_code == 200
    plant.parts.db.close()


def test_nodes_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "PER_MINUTE", "3 per minute")
    with redis_in(tmp_path) as redis:
        plants = [open_plant(tmp_path / name, redis_url=redis.url) for name in ("one", "two")]
        visitors = [plant.app.test_client() for plant in plants]
        answers = [visitors[number].get("/healthz").status_code for number in (0, 1, 0, 1, 0)]
        for plant in plants:
            plant.parts.db.close()
    assert answers == [200, 200, 200, 429, 429]


def test_the_limit_lies_far_above_what_a_fleet_behind_one_address_asks() -> None:
    times, _, span = guards.PER_MINUTE.split(" ")
    assert (int(times), span) == (6_000, "minute")
