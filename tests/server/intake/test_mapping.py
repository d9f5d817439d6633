"""A CAP message in our words: the same gravity, never a stranger's takeover without reason, never a text we refuse."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists import alert as ours
from playlists.alert import Category, Certainty, Presentation, Response, Severity, Urgency
from server.alerts import limits, wording
from server.alerts.model import IssueAlert, Targets
from server.cap.model import CapInfo, CapMessage, Status
from server.intake import mapping
from tests.server.cap import made
from tests.server.intake.setting import FIRST, HOUR_MS, NOON, SENDER, STORM

ALL = Targets(everywhere=True)


def ordered(message: CapMessage = FIRST, info: CapInfo = STORM, **more: Any) -> IssueAlert:
    given = {"most": ours.Status.ACTUAL, "targets": ALL, "source": "cap:x", "locale": "zh", "at": NOON, **more}
    return mapping.order(message, info, **given)


def test_a_message_becomes_an_alert_of_the_same_words_and_gravity() -> None:
    order = ordered()
    assert (order.status, order.severity, order.urgency) == ("actual", "severe", "immediate")
    assert (order.headline, order.instruction) == ("暴雨橙色预警", "收好室外的料，切断露天电源")
    assert (order.category, order.response) == (Category.MET, Response.NONE)
    assert (order.identifier, order.sender, order.targets) == ("w-1", SENDER, ALL)
    assert (order.expires_s, order.effective) == (6 * 3600, None)


def test_every_word_of_cap_has_its_word_with_us() -> None:
    for urgency, severity, certainty in product(Urgency, (*Severity, None), Certainty):
        order = ordered(info=replace(STORM, urgency=urgency, severity=severity, certainty=certainty))
        assert (order.urgency, order.certainty) == (urgency, certainty)
    for response in Response:
        assert ordered(info=replace(STORM, response_types=(response,))).response is response


def test_all_unknown_is_yellow_and_no_takeover() -> None:
    unknown = replace(STORM, urgency=Urgency.UNKNOWN, severity=None, certainty=Certainty.UNKNOWN)
    assert ordered(info=unknown).severity is Severity.MODERATE
    assert ordered(info=unknown).presentation is Presentation.BANNER


@pytest.mark.parametrize(
    ("changed", "presentation"),
    [
        ({}, Presentation.TAKEOVER),
        ({"severity": Severity.EXTREME, "certainty": Certainty.OBSERVED}, Presentation.TAKEOVER),
        ({"severity": Severity.MODERATE}, Presentation.BANNER),
        ({"urgency": Urgency.FUTURE}, Presentation.BANNER),
        ({"urgency": Urgency.UNKNOWN}, Presentation.BANNER),
        ({"certainty": Certainty.POSSIBLE}, Presentation.BANNER),
        ({"certainty": Certainty.UNKNOWN}, Presentation.BANNER),
        ({"severity": None}, Presentation.BANNER),
    ],
)
def test_only_what_is_grave_near_and_sure_takes_over(changed: Any, presentation: Presentation) -> None:
    assert ordered(info=replace(STORM, **changed)).presentation is presentation


@pytest.mark.parametrize(
    ("status", "most", "expected"),
    [
        (Status.ACTUAL, ours.Status.ACTUAL, ours.Status.ACTUAL),
        (Status.ACTUAL, ours.Status.EXERCISE, ours.Status.EXERCISE),
        (Status.EXERCISE, ours.Status.ACTUAL, ours.Status.EXERCISE),
    ],
)
def test_nothing_is_more_than_its_source_may_be(status: Status, most: ours.Status, expected: ours.Status) -> None:
    assert ordered(replace(FIRST, status=status), most=most).status is expected


def test_an_end_that_is_far_or_missing_becomes_one_of_ours() -> None:
    assert ordered(info=replace(STORM, expires=NOON + 400 * HOUR_MS)).expires_s == 24 * 3600
    assert ordered(info=replace(STORM, expires=None)).expires_s == 4 * 3600
    assert ordered(info=replace(STORM, expires=NOON + 400)).expires_s == 1
    assert ordered(replace(FIRST, status=Status.EXERCISE)).expires_s == limits.DRILL.default_s


def test_what_begins_later_begins_later() -> None:
    later = ordered(info=replace(STORM, effective=NOON + HOUR_MS))
    assert (later.effective, later.expires_s) == (NOON + HOUR_MS, 5 * 3600)
    assert ordered(info=replace(STORM, effective=NOON - HOUR_MS)).effective is None
    assert ordered(info=replace(STORM, effective=NOON + 7 * HOUR_MS)).effective is None


@pytest.mark.parametrize(
    ("headline", "event", "shown"),
    [
        ("暴雨橙色预警", "暴雨", "暴雨橙色预警"),
        ("", "暴雨", "暴雨"),
        ("长" * 41, "暴雨", "暴雨"),
        ("长" * 41, "", "长" * 39 + "…"),
        ("长" * 41, "也" * 50, "长" * 39 + "…"),
        ("", "", "紧急情况"),
        ("\u202e\u200b", "", "紧急情况"),
    ],
)
def test_a_headline_fits_or_gives_way_to_the_event(headline: str, event: str, shown: str) -> None:
    assert ordered(info=replace(STORM, headline=headline, event=event)).headline == shown


@made.patient
@given(made.messages.filter(lambda message: bool(message.infos)), st.sampled_from(("zh", "en")))
def test_no_message_makes_an_order_that_our_own_rules_refuse(message: CapMessage, locale: str) -> None:
    order = ordered(message, message.infos[0], locale=locale)
    found = wording.violations(order.headline, order.instruction, order.description, literal=True)
    assert list(found) == []
    assert 1 <= order.expires_s <= limits.expiry(order.status, order.severity).longest_s


@made.patient
@given(st.text(max_size=80))
def test_text_is_presentable_whatever_it_was(text: str) -> None:
    shown = mapping.fitting(text, 30)
    assert list(wording.text_violations("x", shown, 30)) == []
    assert mapping.fitting(shown, 30) == shown
