"""What to make of a message: language, status, and whether it ends another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.cap.choosing import Verdict, choose_info, is_ending, supersedes, verdict
from server.cap.model import CapInfo, MsgType, Status
from tests.server.cap.setting import TEN, message

CLEARED = TEN + 2 * 3_600_000


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (Status.ACTUAL, Verdict.SHOW),
        (Status.EXERCISE, Verdict.DRILL),
        (Status.TEST, Verdict.NEVER),
        (Status.SYSTEM, Verdict.NEVER),
        (Status.DRAFT, Verdict.NEVER),
    ],
)
def test_the_status_decides(status: Status, allowed: Verdict) -> None:
    assert verdict(replace(message("short.xml"), status=status)) is allowed


@pytest.mark.parametrize(
    ("file", "language", "event"),
    [
        ("languages.xml", "zh", "暴雨预警"),
        ("languages.xml", "zh-CN", "暴雨预警"),
        ("languages.xml", "zh-TW", "大雨特報"),
        ("languages.xml", "zh-Hant", "大雨特報"),
        ("languages.xml", "en", "Heavy rain"),
        ("languages.xml", "fr", "Chuva forte"),
        ("taiwan.xml", "zh", "大雨特報"),
        ("taiwan.xml", "en", "Heavy rain"),
    ],
)
def test_the_block_in_the_nearest_language_is_chosen_then_the_first(file: str, language: str, event: str) -> None:
    chosen = choose_info(message(file), language)
    assert chosen
    assert chosen.event == event


def test_of_two_blocks_in_one_language_the_first_is_chosen() -> None:
    two = replace(message("short.xml"), infos=(CapInfo("one", language="zho"), CapInfo("two", language="zh-Hans")))
    chosen = choose_info(two, "zh")
    assert chosen
    assert chosen.event == "one"


def test_a_message_without_text_has_no_block() -> None:
    assert choose_info(message("cancel.xml"), "zh") is None


def test_references_count_by_identifier_and_time_whoever_they_say_sent_it() -> None:
    update = message("references-another-sender.xml")
    assert supersedes(update) == {("weather-1", TEN), ("weather-0", TEN - 3_600_000)}
    assert (message("short.xml").identifier, message("short.xml").sent) in supersedes(update)


@pytest.mark.parametrize("kind", [MsgType.ALERT, MsgType.ACK, MsgType.ERROR])
def test_only_updates_and_cancels_supersede(kind: MsgType) -> None:
    assert supersedes(replace(message("references-another-sender.xml"), msg_type=kind)) == frozenset()


def test_a_cancel_ends_without_a_text() -> None:
    assert is_ending(message("cancel.xml"))
    assert message("cancel.xml").infos == ()
    assert supersedes(message("cancel.xml")) == {("weather-1", TEN)}


def test_an_update_that_is_over_when_it_is_sent_ends_and_supersedes() -> None:
    ended = message("cancelled-by-update.xml")
    assert ended.sent == CLEARED
    assert is_ending(ended)
    assert supersedes(ended) == {("weather-1", TEN)}


def test_an_update_with_one_block_that_goes_on_ends_nothing() -> None:
    ended = message("cancelled-by-update.xml")
    going_on = replace(ended.infos[0], expires=CLEARED + 1000)
    endless = replace(ended.infos[0], expires=None)
    assert not is_ending(replace(ended, infos=(*ended.infos, going_on)))
    assert not is_ending(replace(ended, infos=(endless,)))
    assert not is_ending(replace(ended, infos=()))
    assert not is_ending(replace(ended, msg_type=MsgType.ALERT))
