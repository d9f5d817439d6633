"""Settings -> Alert sources: each kind with its own fields, the secret once, nothing typed lost."""

from __future__ import annotations

import re
from typing import Any

import pytest

from playlists.alert import Status
from server.accounts.model import Identity, Role
from server.alerts import templates
from server.alerts.model import Targets
from server.intake import sources
from server.intake.model import Kind, Policy, Source, SourceOrder
from server.parts import Parts
from tests.server.intake.setting import screen
from tests.server.web.desk import Desk

PAGE = "/settings/sources"


@pytest.fixture
def desk(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.OWNER)


def form(kind: str, **more: Any) -> dict[str, Any]:
    usual = {"kind": kind, "name": "二号罐区探头", "policy": "show", "status": "actual", "all": "1", "enabled": "on"}
    return {**usual, **more}


def only(parts: Parts, owner: Identity) -> Source:
    (found,) = sources.list_sources(parts, owner)
    return found


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_an_empty_page_says_how_to_begin(parts: Parts, owner: Identity, locale: str) -> None:
    text = Desk(parts, owner, Role.OWNER, locale).text(PAGE)
    assert ("先选它怎样发过来" if locale == "zh" else "First choose how") in text
    assert "<textarea" not in text


@pytest.mark.parametrize(
    ("kind", "has", "lacks"),
    [
        ("hook", {"template"}, {"senders", "address", "blocked"}),
        ("cap", {"senders", "blocked"}, {"template", "address"}),
        ("feed", {"senders", "blocked", "address", "every_s"}, {"template"}),
    ],
)
def test_a_kind_asks_for_what_it_needs(desk: Desk, kind: str, has: set[str], lacks: set[str]) -> None:
    named = set(re.findall(r'name="(\w+)"', desk.text(f"{PAGE}?kind={kind}")))
    assert has | {"policy", "status", "all", "enabled"} <= named
    assert not lacks & named


def test_a_hook_is_added_and_its_secret_is_shown_once(parts: Parts, owner: Identity, desk: Desk) -> None:
    answer = desk.post(PAGE, **form("hook"))
    made = only(parts, owner)
    assert made.secret in answer.text
    assert f"http://localhost/hooks/{made.id}" in answer.text
    assert made.secret not in desk.text(PAGE)
    assert f"/hooks/{made.id}" in desk.text(PAGE)


def test_a_new_secret_is_shown_once_too(parts: Parts, owner: Identity, desk: Desk) -> None:
    desk.post(PAGE, **form("hook"))
    old = only(parts, owner)
    answer = desk.post(f"{PAGE}/{old.id}/secret")
    assert only(parts, owner).secret in answer.text
    assert only(parts, owner).secret != old.secret


def test_an_office_that_posts_is_added_with_its_senders_and_screens(parts: Parts, owner: Identity, desk: Desk) -> None:
    east = screen(parts)
    body = form("cap", name="气象台", policy="hold", senders="met@city\r\nmet2@city\r\n", blocked="RMT", screens=[east])
    del body["all"]
    assert desk.post(PAGE, **body).status_code == 303
    made = only(parts, owner)
    assert (made.kind, made.policy, made.senders, made.blocked) == (
        Kind.CAP,
        Policy.HOLD,
        ("met@city", "met2@city"),
        ("RMT",),
    )
    assert made.targets == Targets(screens=(east,))


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(desk: Desk) -> None:
    answer = desk.post(PAGE, **form("feed", address="https://met.example/feed", blocked="每月测试"))
    assert answer.status_code == 422
    assert "PAOMADENG_FEED_HOSTS" in answer.text
    assert 'value="https://met.example/feed"' in answer.text
    assert "每月测试</textarea>" in answer.text


def test_a_change_that_is_refused_keeps_what_was_typed_in_its_own_form(
    parts: Parts, owner: Identity, desk: Desk
) -> None:
    desk.post(PAGE, **form("cap", senders="met@city"))
    made = only(parts, owner)
    answer = desk.post(f"{PAGE}/{made.id}", **form("cap", senders=" ", blocked="新的"))
    assert answer.status_code == 422
    assert "新的</textarea>" in answer.text
    assert only(parts, owner) == made


def test_a_source_is_changed_and_switched_off(parts: Parts, owner: Identity, desk: Desk) -> None:
    templates.ship(parts, "o1")
    desk.post(PAGE, **form("hook"))
    body = form("hook", policy="hold", status="exercise", template="gas")
    del body["enabled"]
    answer = desk.post(f"{PAGE}/{only(parts, owner).id}", **body)
    assert "存好了" in desk.text(answer.location) or answer.status_code == 303
    made = only(parts, owner)
    assert (made.policy, made.status, made.template, made.enabled) == (Policy.HOLD, Status.EXERCISE, "gas", False)


def test_one_is_removed(parts: Parts, owner: Identity, desk: Desk) -> None:
    desk.post(PAGE, **form("hook"))
    assert desk.post(f"{PAGE}/{only(parts, owner).id}/remove").status_code == 303
    assert sources.list_sources(parts, owner) == ()


def test_how_a_fetch_went_is_said(parts: Parts, owner: Identity, desk: Desk) -> None:
    from server.intake import store
    from server.intake.judging import because

    made, _ = sources.add(parts, owner, "台", Kind.CAP, SourceOrder(senders=("a@b",)))
    with parts.db.transaction() as tx:
        store.set_said(tx, made, because("expired"))
    assert "已经过期" in desk.text(PAGE)


@pytest.mark.parametrize(
    "bad", [{"kind": "pigeon"}, {"policy": "x"}, {"status": "x"}, {"every_s": "7"}, {"every_s": "x"}]
)
def test_a_form_that_no_page_of_ours_sends_is_refused(desk: Desk, bad: Any) -> None:
    assert desk.post(PAGE, **(form("hook") | bad)).status_code == 400


def test_who_may_not_change_settings_does_not_see_it(parts: Parts, owner: Identity) -> None:
    assert Desk(parts, owner, Role.SAFETY_OFFICER).get(PAGE).status_code == 403
