"""Plays: counted once, judged row by row, kept by their screen."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playlists.model import Colour
from server.accounts.model import Grant, Identity, nobody
from server.clock import FixedClock
from server.db import Transaction
from server.errors import Forbidden, Invalid, Unauthenticated
from server.events import PlaysReported
from server.parts import Parts
from server.playlog import service, store
from server.playlog.model import LONGEST_MS
from server.screens import pairing, players
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from server.tables import play_hours


def player_of(parts: Parts, owner: Identity, name: str) -> Identity:
    keyed = screens.add(parts, owner, NewScreenOrder(name, 192, 16, Colour.SINGLE))
    found = players.authenticate_player(parts, pairing.by_key(parts, nobody("o1", "zh"), keyed.key).token)
    assert found is not None
    return found


@pytest.fixture
def wall(parts: Parts, owner: Identity) -> Identity:
    return player_of(parts, owner, "东门")


def play(at: int, number: int = 1, **more: Any) -> dict[str, Any]:
    row = {"id": f"play-{number:06}", "region": "main", "playlist": "p1", "item": "i1", "media": "m.png"}
    return {**row, "begins": at - 9_000, "ends": at, **more}


def test_a_batch_sent_twice_is_counted_once(parts: Parts, owner: Identity, wall: Identity, clock: FixedClock) -> None:
    rows = [play(clock.now(), n) for n in range(3)]
    told: list[PlaysReported] = []
    parts.db.bus.subscribe(PlaysReported, told.append)
    assert service.report(parts, wall, rows) == service.report(parts, wall, rows)
    assert len(service.list_plays(parts, owner)) == 3
    assert len(told) == 1


KEYS = st.sampled_from(["id", "region", "item", "begins"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=6,
)
BAD = [
    ({"ends": 0}, "playlog.backwards"),
    ({"begins": 2**52, "ends": 2**53}, "playlog.future"),
    ({"begins": 5, "ends": 6}, "playlog.too_old"),
    ({"begins": 1_763_438_400_000 - LONGEST_MS - 1}, "playlog.too_long"),
    ({"region": ""}, "playlog.bad_play"),
    ({"item": "x" * 81}, "playlog.bad_play"),
    ({"begins": "soon"}, "playlog.bad_play"),
    ({"begins": 1.5}, "playlog.bad_play"),
    ({"id": "../../etc"}, "playlog.bad_play"),
]


@pytest.mark.parametrize(("wrong", "rule"), BAD)
def test_one_bad_row_never_blocks_the_rest(
    parts: Parts, wall: Identity, clock: FixedClock, wrong: dict[str, Any], rule: str
) -> None:
    rows = [play(clock.now(), 1), play(clock.now(), 2, **wrong), play(clock.now(), 3)]
    verdict = service.report(parts, wall, rows)
    assert verdict.accepted == ("play-000001", "play-000003")
    assert [(one.row, one.rule) for one in verdict.refused] == [(1, rule)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(ANYTHING, max_size=6))
def test_any_rows_at_all_get_a_verdict_each(parts: Parts, wall: Identity, rows: list[Any]) -> None:
    verdict = service.report(parts, wall, rows)
    assert len(verdict.accepted) + len(verdict.refused) == len(rows)


@pytest.mark.parametrize("rows", [None, {}, "x", [None] * 501])
def test_what_is_no_batch_is_refused_whole(parts: Parts, wall: Identity, rows: Any) -> None:
    with pytest.raises(Invalid):
        service.report(parts, wall, rows)


def test_another_screens_play_is_neither_taken_nor_changed(
    parts: Parts, owner: Identity, wall: Identity, clock: FixedClock
) -> None:
    service.report(parts, wall, [play(clock.now())])
    other = player_of(parts, owner, "食堂")
    verdict = service.report(parts, other, [play(clock.now(), item="forged", screen=wall.screen)])
    assert [one.rule for one in verdict.refused] == ["playlog.other_screen"]
    assert [row.item for row in service.list_plays(parts, owner, screen=wall.screen)] == ["i1"]


def test_only_a_player_reports(parts: Parts, owner: Identity) -> None:
    with pytest.raises(Unauthenticated):
        service.report(parts, owner, [])


def test_plays_on_at_an_instant_are_found_and_paged(
    parts: Parts, owner: Identity, wall: Identity, clock: FixedClock
) -> None:
    at = clock.now()
    service.report(parts, wall, [play(at - n * 10_000, n) for n in range(5)])
    on = service.list_plays(parts, owner, begins=at - 15_000, ends=at - 14_999)
    assert [row.id for row in on] == ["play-000001"]
    first = service.list_plays(parts, owner, limit=3)
    rest = service.list_plays(parts, owner, after=(first[-1].begins, first[-1].id))
    assert [row.id[-1] for row in (*first, *rest)] == ["4", "3", "2", "1", "0"]


def test_the_playlog_of_a_retired_screen_stays(
    parts: Parts, owner: Identity, wall: Identity, clock: FixedClock
) -> None:
    service.report(parts, wall, [play(clock.now())])
    screens.retire(parts, owner, wall.screen)
    assert len(service.list_plays(parts, owner, screen=wall.screen)) == 1


def test_a_reader_of_one_group_sees_no_other_screens_plays(parts: Parts, owner: Identity, wall: Identity) -> None:
    leader = replace(owner, grants=(Grant("read", "g1"),))
    for screen in (wall.screen, ""):
        with pytest.raises(Forbidden):
            service.list_plays(parts, leader, screen=screen)


def test_old_plays_are_forgotten(parts: Parts, owner: Identity, wall: Identity, clock: FixedClock) -> None:
    at = clock.now()
    service.report(parts, wall, [play(at, 1), play(at - 86_400_000, 2)])
    assert service.forget(parts, at - 3_600_000, 0) == 1
    assert [row.id for row in service.list_plays(parts, owner)] == ["play-000001"]


def _plan(tx: Transaction, statement: str, values: Any) -> str:
    """How the engine would look; an empty table PostgreSQL would rather walk through."""
    connection = tx._connection
    if connection.dialect.name == "sqlite":
        return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).first())
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())


@pytest.mark.parametrize(
    ("screen", "index"), [("", "ix_plays_org_begins"), ("s1", "ix_plays_screen_begins")], ids=["all", "one"]
)
def test_millions_of_plays_are_looked_up_and_never_walked_through(parts: Parts, screen: str, index: str) -> None:
    asked: list[tuple[str, Any]] = []
    sa.event.listen(parts.db.engine, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
    with parts.db.read() as tx:
        store.page(tx, "o1", screen, 5, 6, (-1, ""), 100)
        statement, values = asked[-1]
        plan = _plan(tx, statement, values)
    assert index in plan
    assert re.search(r"begins ?>", plan)


def test_a_play_that_began_long_before_the_stretch_is_still_told(
    parts: Parts, owner: Identity, wall: Identity, clock: FixedClock
) -> None:
    now = clock.now()
    service.report(parts, wall, [play(now, begins=now - LONGEST_MS)])
    assert len(service.list_plays(parts, owner, begins=now - 1, ends=now)) == 1


def summed(parts: Parts) -> list[tuple[Any, ...]]:
    chosen = sa.select(
        play_hours.c.screen, play_hours.c.hour, play_hours.c.playlist, play_hours.c.plays, play_hours.c.ms
    )
    with parts.db.read() as tx:
        return [tuple(row) for row in tx.execute(chosen.order_by(*chosen.selected_columns))]


def test_an_hour_holds_what_its_plays_come_to_however_often_they_are_told(
    parts: Parts, owner: Identity, wall: Identity, clock: FixedClock
) -> None:
    at, hour = clock.now(), clock.now() // 3_600_000
    first = [play(at, 1), play(at, 2, playlist="p2"), play(at - 3_600_000, 3)]
    service.report(parts, wall, first)
    service.report(parts, wall, [*first, play(at - 20_000, 4), play(at - 40_000, 5)])
    begun = (at - 9_000) // 3_600_000
    assert summed(parts) == sorted([
        (wall.screen, begun - 1, "p1", 1, 9_000), (wall.screen, begun, "p1", 3, 27_000),
        (wall.screen, begun, "p2", 1, 9_000),
    ])  # fmt: skip
    assert begun == hour - 1


def test_hours_are_forgotten_by_their_own_age(parts: Parts, wall: Identity, clock: FixedClock) -> None:
    service.report(parts, wall, [play(clock.now(), 1), play(clock.now() - 7_200_000, 2)])
    assert service.forget(parts, clock.now() + 1, 0) == 2
    assert [row[3] for row in summed(parts)] == [1, 1]
    assert service.forget(parts, 0, clock.now() - 3_600_000) == 0
    assert [row[3] for row in summed(parts)] == [1]
