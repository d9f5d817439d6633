"""How long plays are kept, by the setting and by the room there is."""

from __future__ import annotations

import shutil
from collections import namedtuple
from dataclasses import replace

import pytest

from server import tables
from server.clock import FixedClock
from server.parts import Parts
from server.playlog import keeping
from server.playlog.keeping import DAY_MS
from tests.server.scheduling.site import Site

Usage = namedtuple("Usage", "total used free")
AGES = (6, 8, 34, 36, 399, 401)  # days


@pytest.mark.parametrize(
    ("wanted", "used", "kept"),
    [(400, 0.0, 400), (400, 0.8, 400), (400, 0.81, 35), (400, 0.9, 7), (20, 0.81, 20), (20, 0.9, 7), (900, 0.1, 900)],
)
def test_a_crowded_disk_keeps_them_for_less_long(wanted: int, used: float, kept: int) -> None:
    assert keeping.days(wanted, used) == kept


@pytest.mark.sqlite  # PostgreSQL's disk is another one
@pytest.mark.parametrize(
    ("wanted", "used", "size", "left"),
    [
        (400, 50, 1, AGES[:5]), (400, 82, 1, AGES[:3]), (400, 95, 1, AGES[:1]), (7, 50, 1, AGES[:1]),
        (400, 95, 20 * 10**9, AGES[:5]),
    ],
)  # fmt: skip
def test_plays_too_old_for_setting_and_disk_go_and_the_sums_of_400_days_stay(
    parts: Parts, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, wanted: int, used: int, size: int,
    left: tuple[int, ...],
) -> None:  # fmt: skip
    Site(parts)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100 * size, used * size, (100 - used) * size))
    parts = replace(parts, config=replace(parts.config, plays_days=wanted))
    more = {"org": "o1", "screen": "s-gate", "region": "main", "playlist": "", "item": "i1", "media": "", "stored": 0}
    sums = {"org": "o1", "screen": "s-gate", "playlist": "", "plays": 1, "ms": 1}
    with parts.db.transaction() as tx:
        for age in AGES:
            at = clock.now() - age * DAY_MS
            tx.execute(tables.plays.insert().values(id=f"{age}-days", begins=at - 1, ends=at, **more))
            tx.execute(tables.play_hours.insert().values(hour=at // 3_600_000, **sums))
    assert keeping.forget(parts) == len(AGES) - len(left)
    with parts.db.read() as tx:
        assert {row.id for row in tx.execute(tables.plays.select())} == {f"{age}-days" for age in left}
        assert len(tx.execute(tables.play_hours.select()).all()) == 5
