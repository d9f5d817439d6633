"""Messages from outside that wait: seen on every page, looked at, released with an alert's own question, or ignored."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from playlists.alert import Phase
from server.accounts.model import Identity, Role
from server.alerts import service as alerts
from server.alerts.model import Targets
from server.cap import model as cap_model
from server.cap.model import CapArea
from server.clock import FixedClock
from server.intake import service
from server.intake.model import Policy, State
from server.paging import PageQuery
from server.parts import Parts
from tests.server.hindered import takes_no_write
from tests.server.intake.setting import FIRST, HOUR_MS, NOON, OWNER, STORM, TOKEN, cancel, cap, screen, source
from tests.server.web.desk import PASSWORD, Desk

PAGE = "/alerts/held"
ALL = {"places": "1", "everywhere": "1"}


@pytest.fixture
def desk(parts: Parts, owner: Identity) -> Desk:
    screen(parts)
    return Desk(parts, owner, Role.SAFETY_OFFICER)


def came(parts: Parts, message: cap_model.CapMessage = FIRST) -> str:
    (outcome,) = service.receive(parts, TOKEN, cap(message))
    return outcome.message


def waiting(parts: Parts, state: State = State.HELD) -> list[str]:
    return [one.headline for one in service.list_messages(parts, OWNER, PageQuery(), state).items]


def answered(page: str, **more: Any) -> dict[str, Any]:
    """The question's form as a person fills it in: the digits that stand there, the password when it is asked."""
    fields: dict[str, Any] = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    digits = re.search(r'id="shown">(\d{4})<', page)
    filled = {**fields, **({"digit": list(digits[1])} if digits else {})}
    return {**{name: value for name, value in filled.items() if name != "csrf_token"}, **more}


def released(desk: Desk, message: str, **changed: Any) -> Any:
    asked = desk.post(f"{PAGE}/{message}/check", **ALL)
    assert asked.status_code == 200, asked.text
    return desk.post(f"{PAGE}/{message}/release", **answered(asked.text, **changed))


def test_whoever_may_decide_sees_on_every_page_that_something_waits(parts: Parts, desk: Desk) -> None:
    assert PAGE not in desk.text("/screens")
    came(parts)
    assert "1 条外部消息等人处理" in desk.text("/screens")
    assert "1 条外部消息等人处理" in desk.text("/alerts/bands")


def test_who_may_not_decide_sees_nothing_of_it(parts: Parts, owner: Identity) -> None:
    message = came(parts)
    author = Desk(parts, owner, Role.AUTHOR)
    assert PAGE not in author.text("/")
    assert author.get(PAGE).status_code == 403
    assert author.get(f"{PAGE}/{message}").status_code == 403


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_list_says_what_waits_and_why(parts: Parts, owner: Identity, locale: str) -> None:
    desk = Desk(parts, owner, Role.SAFETY_OFFICER, locale)
    assert ("没有等人处理的消息" if locale == "zh" else "Nothing waits") in desk.text(PAGE)
    source(parts)
    came(parts)
    text = desk.text(PAGE)
    assert "暴雨橙色预警" in text
    assert "气象台" in text
    assert ("先给人看" if locale == "zh" else "looks at this source") in text


def test_a_message_shows_its_words_its_facts_its_oddities_and_how_it_came(parts: Parts, desk: Desk) -> None:
    full = replace(STORM, areas=(CapArea("全市"),), contact="12121", description="未来三小时有暴雨")
    odd = cap(replace(FIRST, infos=(full,))).replace(b"<severity>Severe", b"<severity>SEVERE")
    (outcome,) = service.receive(parts, TOKEN, odd)
    text = desk.text(f"{PAGE}/{outcome.message}")
    for said in ("Ⅱ级 橙", "暴雨橙色预警", "收好室外的料", "全市", "12121", "未来三小时有暴雨", "met@city.example"):
        assert said in text, said
    assert "写法和标准不同" in text
    assert "&lt;severity&gt;SEVERE" in text


def test_an_actual_alert_asks_for_digits_and_names_its_screens(parts: Parts, desk: Desk) -> None:
    asked = desk.post(f"{PAGE}/{came(parts)}/check", **ALL)
    assert "真实紧急通知，不是演练" in asked.text
    assert "东门" in asked.text
    assert len(re.findall('name="digit"', asked.text)) == 4


def test_released_it_is_an_alert_in_the_officers_name(parts: Parts, desk: Desk) -> None:
    answer = released(desk, came(parts))
    assert answer.status_code == 303
    (made,) = alerts.running(parts, OWNER)
    assert answer.location == f"/alerts/{made.id}"
    assert (made.headline, made.issuer_name, made.everywhere) == ("暴雨橙色预警", "厂办老李", True)
    assert waiting(parts) == []


def test_a_full_disk_keeps_no_officer_from_releasing_it(parts: Parts, desk: Desk) -> None:
    message = came(parts)
    with takes_no_write(parts):
        answer = released(desk, message)
        assert answer.status_code == 303
        assert "暴雨橙色预警" in desk.text(answer.location)
        assert waiting(parts) == []


def test_it_goes_to_the_places_that_were_chosen(parts: Parts, desk: Desk) -> None:
    from server.screens import groups

    kiln = groups.add_group(parts, OWNER, "三号窑").id
    message = came(parts)
    asked = desk.post(f"{PAGE}/{message}/check", places="1", groups=kiln)
    assert asked.status_code == 200
    desk.post(f"{PAGE}/{message}/release", **answered(asked.text))
    (made,) = alerts.running(parts, OWNER)
    assert made.targets == Targets(groups=(kiln,))


def test_no_place_is_no_alert(parts: Parts, desk: Desk) -> None:
    answer = desk.post(f"{PAGE}/{came(parts)}/check", places="1")
    assert answer.status_code == 409
    assert waiting(parts) == ["暴雨橙色预警"]


@pytest.mark.parametrize("digit", [[], ["0", "0", "0", "0"], ["1"]])
def test_wrong_digits_release_nothing_and_are_asked_again(parts: Parts, desk: Desk, digit: list[str]) -> None:
    answer = released(desk, came(parts), digit=digit)
    assert answer.status_code == 422
    assert 'name="digit"' in answer.text
    assert alerts.running(parts, OWNER) == ()


def test_a_ticket_of_another_message_releases_nothing(parts: Parts, desk: Desk) -> None:
    one, other = came(parts), came(parts, replace(FIRST, identifier="w-2"))
    asked = desk.post(f"{PAGE}/{one}/check", **ALL)
    answer = desk.post(f"{PAGE}/{other}/release", **answered(asked.text))
    assert answer.status_code == 200
    assert 'name="digit"' in answer.text
    assert alerts.running(parts, OWNER) == ()


def test_the_password_is_asked_when_it_was_given_long_ago(parts: Parts, desk: Desk, clock: FixedClock) -> None:
    message = came(parts)
    clock.pass_(HOUR_MS // 6)
    assert 'name="password"' in desk.post(f"{PAGE}/{message}/check", **ALL).text
    assert released(desk, message, password="falsch").status_code == 422
    assert alerts.running(parts, OWNER) == ()
    assert released(desk, message, password=PASSWORD).status_code == 303
    assert len(alerts.running(parts, OWNER)) == 1


def test_a_drill_asks_for_no_digits(parts: Parts, desk: Desk) -> None:
    message = came(parts, replace(FIRST, status=cap_model.Status.EXERCISE))
    asked = desk.post(f"{PAGE}/{message}/check", **ALL)
    assert 'name="digit"' not in asked.text
    assert released(desk, message).status_code == 303


def test_an_ending_says_what_it_ends_and_asks_for_no_place(parts: Parts, desk: Desk) -> None:
    source(parts)
    released(desk, came(parts))
    ending = came(parts, cancel("w-2", FIRST))
    text = desk.text(f"{PAGE}/{ending}")
    assert "会解除这条" in text
    assert 'name="places"' not in text
    asked = desk.post(f"{PAGE}/{ending}/check")
    assert desk.post(f"{PAGE}/{ending}/release", **answered(asked.text)).status_code == 303
    assert [one.phase for one in alerts.running(parts, OWNER)] == [Phase.CLEARED]


def test_what_is_over_can_only_be_ignored(parts: Parts, desk: Desk, clock: FixedClock) -> None:
    message = came(parts, replace(FIRST, infos=(replace(STORM, expires=NOON + 300_000),)))
    asked = desk.post(f"{PAGE}/{message}/check", **ALL)
    clock.pass_(360_000)
    late = desk.post(f"{PAGE}/{message}/release", **answered(asked.text, password=PASSWORD))
    assert late.status_code == 409
    assert alerts.running(parts, OWNER) == ()
    text = desk.text(f"{PAGE}/{message}")
    assert "已经过期，不能再发布" in text
    assert "下一步" not in text
    assert desk.post(f"{PAGE}/{message}/ignore").status_code == 303


def test_ignored_it_waits_no_longer(parts: Parts, desk: Desk) -> None:
    message = came(parts)
    assert desk.post(f"{PAGE}/{message}/ignore").status_code == 303
    assert waiting(parts) == []
    assert waiting(parts, State.IGNORED) == ["暴雨橙色预警"]
    assert "暴雨橙色预警" in desk.text(f"{PAGE}?state=ignored")
    assert desk.post(f"{PAGE}/{message}/ignore").status_code == 409


def test_what_was_shown_leads_to_its_alert(parts: Parts, desk: Desk) -> None:
    source(parts, policy=Policy.SHOW)
    (outcome,) = service.receive(parts, TOKEN, cap(FIRST))
    text = desk.text(f"{PAGE}/{outcome.message}")
    assert f'href="/alerts/{outcome.alert}"' in text
    assert "/check" in text
    assert "下一步" not in text
