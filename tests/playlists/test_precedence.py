"""The most pressing alert is on the glass, equals take turns, and nothing shows before its time or after it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from playlists.alert import Alert, Phase, Severity, Status, Urgency, turn_ms
from playlists.precedence import alert_at, next_alert_change, turn_at
from tests.playlists.made import alert_from_json, alerts
from tests.vectors import make_precedence

VECTORS: dict[str, Any] = json.loads(Path(make_precedence.TARGET).read_text(encoding="utf-8"))
SETS = [[alert_from_json(one) for one in some] for some in VECTORS["sets"]]
ONE = SETS[1][0]
LIVE = replace(ONE, phase=Phase.LIVE, status=Status.ACTUAL, issued=0, effective=0, expires=100_000)
sets = st.lists(alerts(), max_size=6, unique_by=lambda one: (one.id, one.revision))
instants = st.integers(0, 120_000)


def test_the_vectors_are_what_their_maker_writes_and_many_enough() -> None:
    assert make_precedence.TARGET.read_text(encoding="utf-8") == make_precedence.text()
    assert sum(case["shown"] is not None for case in VECTORS["cases"]) > 200


def test_every_answer_is_the_one_of_the_vectors() -> None:
    for case in VECTORS["cases"]:
        shown = alert_at(SETS[case["set"]], case["at"])
        found = [shown and [shown.id, shown.revision], next_alert_change(SETS[case["set"]], case["at"])]
        assert found == [case["shown"], case["next"]], case


@given(sets, instants)
def test_nothing_shows_before_it_begins_or_after_it_expired(some: list[Alert], at: int) -> None:
    shown = alert_at(some, at)
    assert shown is None or shown.effective <= at < shown.expires


@given(sets, instants)
def test_no_drill_hides_an_actual_alert_and_no_lower_one_a_higher(some: list[Alert], at: int) -> None:
    shown = alert_at(some, at)
    alone = [one for one in (alert_at([each], at) for each in some) if one and one.phase is Phase.LIVE]
    newest = {one.id: one.revision for one in sorted(some, key=lambda one: one.revision) if one.effective <= at}
    for one in (one for one in alone if newest[one.id] == one.revision):
        assert shown is not None
        assert (shown.status, list(Severity).index(shown.severity)) <= (
            one.status, list(Severity).index(one.severity)
        )  # fmt: skip


@given(sets, instants, st.randoms())
def test_the_order_in_which_alerts_came_says_nothing(some: list[Alert], at: int, random: Any) -> None:
    assert turn_at(some, at) == turn_at(random.sample(some, len(some)), at)


@given(sets, instants)
def test_until_the_next_change_the_same_alert_stays(some: list[Alert], at: int) -> None:
    change = next_alert_change(some, at) or at + 50_000
    assert all(alert_at(some, t) == alert_at(some, at) for t in {at, (at + change) // 2, change - 1})


def test_equal_alerts_take_turns_long_enough_to_be_read() -> None:
    first, second = replace(LIVE, id="a", issued=2), replace(LIVE, id="b", issued=1)
    edge = turn_ms(first)
    assert [alert_at([second, first], at) for at in (0, edge - 1, edge)] == [first, first, second]


def test_a_revision_that_ends_as_it_begins_still_replaces_the_older_one() -> None:
    older, cancelled = replace(LIVE, revision=1), replace(LIVE, revision=2, effective=50, expires=50)
    assert [alert_at([older, cancelled], at) for at in (49, 50)] == [older, None]


def test_an_all_clear_waits_for_another_alert_to_end() -> None:
    cleared = replace(LIVE, id="a", phase=Phase.CLEARED, severity=Severity.EXTREME)
    other = replace(LIVE, id="b", severity=Severity.MINOR, urgency=Urgency.UNKNOWN, expires=10)
    assert [alert_at([cleared, other], at) for at in (9, 10)] == [other, cleared]


def test_checks_of_the_road_and_waiting_alerts_never_show() -> None:
    assert alert_at([replace(LIVE, status=Status.TEST), replace(LIVE, id="w", phase=Phase.WAITING)], 1) is None
