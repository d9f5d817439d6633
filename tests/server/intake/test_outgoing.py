"""Our alerts as CAP for others: valid by the standard's rules, each revision referring to those before it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from playlists.alert import Response, Severity, Status
from server.accounts.model import Grant, Identity
from server.alerts import service as alerts
from server.alerts.model import IssueAlert, Targets, UpdateAlert
from server.cap import choosing
from server.cap.model import CapMessage, MsgType
from server.cap.reader import read
from server.clock import FixedClock
from server.errors import Forbidden, NotFound
from server.intake import atom, feeds, outgoing
from server.parts import Parts
from server.tables import organisations
from tests.server.cap import rules
from tests.server.intake.setting import OWNER, screen

OFFICER = Identity("o1", "person", "u2", "安全值班", (Grant("read"), Grant("alerts:issue")))
ATOM = "{http://www.w3.org/2005/Atom}"


def issue(parts: Parts, **more: Any) -> str:
    usual: dict[str, Any] = {"headline": "三号窑煤气泄漏", "instruction": "从{出口}撤到{集合点}", "expires_s": 3_600}
    usual |= {"status": Status.ACTUAL, "severity": Severity.EXTREME, "targets": Targets(everywhere=True)}
    return alerts.issue(parts, OFFICER, IssueAlert(**usual | more)).alert_id


def told(parts: Parts, alert: str) -> CapMessage:
    data = outgoing.document(parts, OFFICER, alert)
    assert rules.faults(data) == []
    return read(data)


def test_an_alert_is_a_valid_message(parts: Parts) -> None:
    alert = issue(parts)
    message = told(parts, alert)
    (info,) = message.infos
    assert (message.identifier, message.sender) == (f"{alert}.1", "o1@paomadeng.invalid")
    assert (message.status, message.msg_type, message.references) == ("Actual", MsgType.ALERT, ())
    assert (info.severity, info.urgency, info.language) == (Severity.EXTREME, "immediate", "zh-CN")
    assert b"<severity>Extreme</severity>" in outgoing.document(parts, OFFICER, alert)
    assert (info.event, info.headline) == ("三号窑煤气泄漏", "三号窑煤气泄漏")
    assert "{" not in info.instruction
    assert info.areas[0].description
    assert b"+08:00</sent>" in outgoing.document(parts, OFFICER, alert)


def test_every_revision_refers_to_those_before_it(parts: Parts, clock: FixedClock) -> None:
    alert = issue(parts)
    clock.pass_(5_500)
    alerts.update(parts, OFFICER, alert, UpdateAlert(headline="往东撤离"))
    update = told(parts, alert)
    assert (update.identifier, update.msg_type) == (f"{alert}.2", MsgType.UPDATE)
    assert choosing.supersedes(update) == {(f"{alert}.1", update.sent - 5_000)}
    clock.pass_(5_000)
    alerts.clear(parts, OFFICER, alert)
    ending = told(parts, alert)
    assert ending.msg_type is MsgType.CANCEL
    assert len(ending.references) == 2
    assert ending.infos[0].response_types == (Response.ALL_CLEAR,)
    assert choosing.is_ending(ending)


def test_a_drill_is_an_exercise_and_a_test_a_test(parts: Parts) -> None:
    assert told(parts, issue(parts, status=Status.EXERCISE)).status == "Exercise"
    assert told(parts, issue(parts, status=Status.TEST, expires_s=60)).status == "Test"


def test_what_waits_for_the_second_person_is_told_to_nobody(parts: Parts) -> None:
    screen(parts)
    with parts.db.transaction() as tx:
        tx.execute(organisations.update().values(settings={"alerts": {"second_person": True}}))
    alert = issue(parts, source="desk")
    with pytest.raises(NotFound):
        outgoing.document(parts, OFFICER, alert)
    assert outgoing.listed(parts, OFFICER) == ()
    second = Identity("o1", "person", "u3", "值班长", (Grant("read"), Grant("alerts:issue")))
    alerts.approve(parts, second, alert)
    assert told(parts, alert).msg_type is MsgType.ALERT


def test_words_of_any_kind_make_a_valid_file(parts: Parts) -> None:
    odd = "<b>&\"' ]]> 暴雨"
    message = told(parts, issue(parts, headline=odd, description=odd, instruction=odd, incident='a "b" c'))
    assert (message.infos[0].headline, message.infos[0].description) == (odd, odd)
    assert message.incidents == ("a b c",)


def test_who_passes_on_a_message_says_whose_it_was(parts: Parts) -> None:
    alert = issue(parts, source="cap:气象台", sender="met@city.example", identifier="w-1")
    assert told(parts, alert).source == "met@city.example"


def test_our_name_among_senders_is_our_address(parts: Parts) -> None:
    public = replace(parts, config=replace(parts.config, public_url="https://signs.plant.example:8443/x"))
    assert told(public, issue(public)).sender == "o1@signs.plant.example"


def test_the_feed_leads_to_every_alert_and_our_own_reader_finds_them(parts: Parts, clock: FixedClock) -> None:
    first = issue(parts, headline="<一> & 二")
    clock.pass_(1000)
    second = issue(parts, status=Status.EXERCISE)
    issue(parts, status=Status.TEST, expires_s=60)
    data = atom.feed(parts, OFFICER, "https://signs.plant.example")
    found = feeds.read(data, "https://signs.plant.example/api/v1/cap/feed.atom")
    paths = [entry.link.removeprefix("https://signs.plant.example/api/v1/cap/") for entry in found.entries]
    assert paths == [f"{second}.xml", f"{first}.xml"]
    root = ElementTree.fromstring(data)
    assert [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")][1] == "<一> & 二"
    for element in (root, *root.iter(f"{ATOM}entry")):
        assert all(element.findtext(ATOM + name) for name in ("id", "title", "updated"))


def test_the_feed_says_what_the_file_says(parts: Parts) -> None:
    issue(parts, headline="撤离，走{出口}")
    (entry,) = ElementTree.fromstring(atom.feed(parts, OFFICER, "http://x")).iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "撤离，走最近的出口"
    assert entry.findtext(f"{ATOM}summary") == "从最近的出口撤到室外空旷处"


def test_a_feed_of_nothing_is_a_feed(parts: Parts) -> None:
    assert feeds.read(atom.feed(parts, OFFICER, "http://x"), "http://x").entries == ()


def test_who_may_not_read_gets_neither(parts: Parts) -> None:
    alert = issue(parts)
    deaf = Identity("o1", "token", "t2", "x", (Grant("alerts:issue"),))
    with pytest.raises(Forbidden):
        outgoing.document(parts, deaf, alert)
    with pytest.raises(Forbidden):
        atom.feed(parts, deaf, "http://x")
    with pytest.raises(NotFound):
        outgoing.document(parts, replace(OWNER, org="o2"), alert)
