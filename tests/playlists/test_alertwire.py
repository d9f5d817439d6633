"""Alerts survive the wire unchanged and nothing else passes for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.alert import Alert, Phase, Presentation, Severity, Status, Urgency, turn_ms
from playlists.alertwire import alert_from, alert_object, alert_objects, alerts_from
from playlists.violation import Malformed

INSTANTS = st.integers(0, 2**53 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ALERTS = st.builds(
    Alert,
    id=st.text("abc123", min_size=1),
    revision=st.integers(1, 99),
    phase=st.sampled_from([Phase.LIVE, Phase.CLEARED, Phase.CORRECTED]),
    status=st.sampled_from([Status.ACTUAL, Status.EXERCISE]),
    severity=st.sampled_from(Severity),
    urgency=st.sampled_from(Urgency),
    presentation=st.sampled_from(Presentation),
    label=st.text("Ⅰ级红", min_size=1),
    headline=TEXTS,
    text=TEXTS,
    issued=INSTANTS,
    effective=INSTANTS,
    expires=INSTANTS,
    code=TEXTS,
    qr=st.lists(st.text("0123456789abcdef")).map(tuple),
)
ONE = Alert("a1", 1, Phase.LIVE, Status.ACTUAL, Severity.EXTREME, Urgency.IMMEDIATE, Presentation.TAKEOVER,
            "Ⅰ级 红", "三号窑煤气泄漏", "从东出口撤离", 5, 5, 9)  # fmt: skip


def changed(**more: Any) -> dict[str, object]:
    return {**alert_object(ONE), **more}


@given(st.lists(ALERTS, max_size=3))
def test_a_live_set_comes_back_as_it_went(alerts: list[Alert]) -> None:
    assert alerts_from(json.loads(json.dumps(alert_objects(alerts)))) == tuple(alerts)


def test_the_wires_names_are_the_fields_names_in_their_order() -> None:
    assert tuple(alert_object(ONE)) == Alert.__slots__


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (changed(status="test"), "status"), (changed(phase="waiting"), "phase"), (changed(severity="bad"), "severity"),
        (changed(revision=0), "revision"), (changed(expires=1.5), "expires"), (changed(issued=True), "issued"),
        (changed(headline=None), "headline"), (changed(label=""), "label"), (changed(qr=["xyz"]), "qr.0"),
        (changed(qr="ff"), "qr"), (changed(more=1), "more"), (changed(text="\ud800"), "text"),
    ],
)  # fmt: skip
def test_what_is_no_alert_is_refused_by_the_field_that_is_wrong(wrong: object, field: str) -> None:
    with pytest.raises(Malformed) as refused:
        alert_from(wrong)
    assert [found.field for found in refused.value.violations] == [field]


def test_one_wrong_alert_in_a_set_is_named_by_its_place() -> None:
    with pytest.raises(Malformed) as refused:
        alerts_from([alert_object(ONE), changed(urgency="soon")])
    assert [found.field for found in refused.value.violations] == ["alerts.1.urgency"]


def test_a_turn_lasts_as_long_as_reading_takes() -> None:
    assert turn_ms(ONE) == 8_000
    assert turn_ms(alert_from(changed(text="撤" * 40))) == 3_000 + 350 * (len(ONE.headline) + 40)
