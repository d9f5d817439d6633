"""What becomes of a message is decided by its source's policy, its status, its event and its age, with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playlists.alert import Status as AlertStatus
from server.alerts.model import Targets
from server.cap.model import CapInfo, CapMessage, MsgType, Named, Status
from server.errors import Violation
from server.intake.judging import ends, judge
from server.intake.model import Kind, Policy, Source
from tests.server.intake.setting import FIRST, HOUR_MS, NOON, SENDER, STORM, cancel, update

OPEN = Source(
    "i1", "o1", "气象台", Kind.CAP, Policy.SHOW, AlertStatus.ACTUAL, "", (SENDER,), "", "", Targets(everywhere=True),
    ("Required Monthly Test", "rmt"), 60, True, None, None, NOON,
)  # fmt: skip


def judged(message: CapMessage, source: Source | None = OPEN, at: int = NOON) -> tuple[str, str]:
    found = judge(message, source, at)
    return found.state.value, found.why.rule.removeprefix("intake.why.") if found.why else ""


def test_a_trusted_source_that_may_show_shows() -> None:
    assert judged(FIRST) == ("shown", "")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(Policy.HOLD, ("held", "policy_hold")), (Policy.IGNORE, ("ignored", "policy_ignore"))],
)
def test_the_policy_of_the_source_decides(policy: Policy, expected: tuple[str, str]) -> None:
    assert judged(FIRST, replace(OPEN, policy=policy)) == expected


def test_an_unknown_sender_waits_for_a_person() -> None:
    assert judged(FIRST, None) == ("held", "unknown_sender")


@pytest.mark.parametrize("status", [Status.TEST, Status.SYSTEM, Status.DRAFT])
def test_test_system_and_draft_never_reach_a_screen(status: Status) -> None:
    assert judged(replace(FIRST, status=status)) == ("ignored", "status")


def test_an_exercise_may_show() -> None:
    assert judged(replace(FIRST, status=Status.EXERCISE)) == ("shown", "")


@pytest.mark.parametrize("kind", [MsgType.ACK, MsgType.ERROR])
def test_answers_are_no_alerts(kind: MsgType) -> None:
    assert judged(replace(FIRST, msg_type=kind)) == ("ignored", "answer")


@pytest.mark.parametrize(
    "info",
    [replace(STORM, event="required monthly TEST "), replace(STORM, event_codes=(Named("SAME", "RMT"),))],
)
def test_a_blocked_event_is_known_by_name_or_code_in_any_block(info: CapInfo) -> None:
    assert judged(replace(FIRST, infos=(STORM, info))) == ("ignored", "blocked")


def test_what_is_over_is_not_shown_and_what_says_nothing_neither() -> None:
    assert judged(FIRST, at=NOON + 6 * HOUR_MS) == ("ignored", "expired")
    assert judged(FIRST, at=NOON + 6 * HOUR_MS - 1) == ("shown", "")
    assert judged(replace(FIRST, infos=())) == ("ignored", "no_text")


def test_a_block_that_goes_on_keeps_the_message() -> None:
    endless = replace(STORM, expires=None)
    assert judged(replace(FIRST, infos=(STORM, endless)), at=NOON + 24 * HOUR_MS) == ("shown", "")


def test_a_wrapper_that_says_exercise_makes_a_trusted_message_wait() -> None:
    doubtful = replace(FIRST, warnings=(Violation("", "cap.note.wrapper_status", (("value", "Exercise"),)),))
    assert judged(doubtful) == ("held", "wrapper")


def test_an_ending_needs_no_text_and_a_late_update_is_one() -> None:
    assert judged(cancel("w-2", FIRST)) == ("shown", "")
    late = update("w-3", FIRST)
    assert not ends(late, NOON)
    assert ends(late, NOON + 6 * HOUR_MS)
    assert judged(late, at=NOON + 6 * HOUR_MS) == ("shown", "")
