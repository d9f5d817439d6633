"""The alert page: who sees it, the password first, what is typed and kept, the question, out exactly once."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from playlists.model import Colour
from server.accounts import freshness
from server.accounts import service as accounts
from server.accounts.model import Identity, Role, RoleGrant
from server.accounts.sessions import COOKIE, sign_in
from server.alerts import service, settings
from server.clock import FixedClock
from server.parts import Parts
from server.screens import groups
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from server.tables import organisations
from server.web.alerts_ticket import OPEN_MS
from tests.server.web.desk import PASSWORD, Desk

MINUTE = 60_000
HOSTILE = "<script>alert(1)</script>\"'"


@pytest.fixture
def kiln(parts: Parts, owner: Identity) -> str:
    """A group with two screens, one of which knows its exit."""
    made = groups.add_group(parts, owner, "三号窑").id
    strip = NewScreenOrder("东通道", 192, 16, Colour.SINGLE, place="三号窑", exit="东出口", groups=(made,))
    screens.add(parts, owner, strip)
    screens.add(parts, owner, NewScreenOrder("大厅", 1280, 720, Colour.FULL, place="三号窑", groups=(made,)))
    return made


@pytest.fixture
def officer(parts: Parts, owner: Identity) -> Desk:
    return Desk(parts, owner, Role.SAFETY_OFFICER)


def test_a_group_of_samples_is_offered_beside_real_screens(
    parts: Parts, owner: Identity, officer: Desk, kiln: str
) -> None:
    shown = groups.add_group(parts, owner, "展厅").id
    screens.add(parts, owner, NewScreenOrder("样板", 192, 16, Colour.SINGLE, sample=True, groups=(shown, kiln)))
    officer.post("/alert/fresh", password=PASSWORD)
    offered = re.findall(r'value="(\w+)"[^>]*>.*?<span>([^<]+)</span><span>(\d+)', officer.text("/alert"))
    assert {(name, number) for _, name, number in offered} >= {("全厂", "2"), ("三号窑", "2"), ("展厅", "1")}
    assert re.findall(r"<span>([^<]+)</span><span>1 块</span><span>样板屏</span></label>", officer.text("/alert")) == [
        "展厅"
    ]


def field(name: str, text: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, text[:400]
    return found[1]


def shown_digits(text: str) -> str:
    found = re.search(r'id="shown">(\d{4})<', text)
    assert found
    return found[1]


def typed(kiln: str, **more: Any) -> dict[str, Any]:
    base = {"headline": "煤气泄漏 {地点} 撤离", "instruction": "走{出口}", "severity": "extreme", "expires_s": "1800",
            "presentation": "takeover", "groups": kiln}  # fmt: skip
    return base | more


def asked(desk: Desk, kiln: str, base: str = "/alert", **more: Any) -> TestResponse:
    return desk.post(f"{base}/check", ticket=field("ticket", desk.text(base)), **typed(kiln, **more))


def issued(desk: Desk, kiln: str, base: str = "/alert", **more: Any) -> TestResponse:
    text = asked(desk, kiln, base).text
    digits = {"digit": list(shown_digits(text))} if base == "/alert" else {}
    return desk.post(f"{base}/issue", ticket=field("ticket", text), **{**typed(kiln), **digits, **more})


def live(parts: Parts, owner: Identity) -> list[str]:
    return [one.headline for one in service.running(parts, owner)]


# who ----------------------------------------------------------------------------------------------------------------


def test_nobody_but_a_safety_officer_sees_a_way_to_issue(parts: Parts, owner: Identity) -> None:
    desk = Desk(parts, owner, Role.OWNER)
    others = tuple(RoleGrant(role) for role in Role if role is not Role.SAFETY_OFFICER)
    (person,) = accounts.people_list(parts, owner)
    accounts.change_person(parts, owner, person.id, roles=others)
    assert 'href="/alert"' not in desk.text("/me")
    for path in ("/alert", "/drill"):
        assert desk.get(path).status_code == 403
        for act in ("", "/check", "/preview", "/issue"):
            assert desk.post(path + act, headline="x").status_code == 403


def test_a_safety_officer_has_the_button_on_every_page(officer: Desk) -> None:
    for path in ("/", "/screens", "/me", "/alerts"):
        assert officer.text(path).count('href="/alert"') == 2  # side bar and tab bar


def test_nobody_signed_in_is_sent_to_the_door(parts: Parts, owner: Identity) -> None:
    answer = Desk(parts, owner, None).get("/alert")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/alert")


def test_an_officer_of_one_group_alarms_that_group_only(parts: Parts, owner: Identity, kiln: str) -> None:
    other = groups.add_group(parts, owner, "办公楼").id
    screens.add(parts, owner, NewScreenOrder("门厅", 192, 16, Colour.SINGLE, groups=(other,)))
    desk = Desk(parts, owner, Role.SAFETY_OFFICER)
    person = next(one for one in accounts.people_list(parts, owner) if one.login == "厂办老李")
    accounts.add_person_with_password(parts, owner, "厂办", Role.OWNER, PASSWORD)
    accounts.change_person(parts, owner, person.id, roles=(RoleGrant(Role.SAFETY_OFFICER, kiln),))
    text = desk.text("/alert")
    assert (kiln in text, other in text, 'name="everywhere"' in text) == (True, False, False)
    assert asked(desk, other).status_code == 403
    assert live(parts, owner) == []


# the password first -------------------------------------------------------------------------------------------------


def test_the_password_is_asked_when_the_page_is_opened_and_not_later(
    parts: Parts, owner: Identity, officer: Desk, kiln: str, clock: FixedClock
) -> None:
    clock.pass_(5 * MINUTE)
    assert 'id="fresh"' in officer.text("/alert")
    assert officer.post("/alert/fresh", onward="/alert", password=PASSWORD).headers["Location"] == "/alert"
    ticket = field("ticket", officer.text("/alert"))
    clock.pass_(OPEN_MS - 1)
    text = officer.post("/alert/check", ticket=ticket, **typed(kiln)).text
    digits = list(shown_digits(text))
    answer = officer.post("/alert/issue", ticket=field("ticket", text), digit=digits, **typed(kiln))
    assert answer.status_code == 303
    assert live(parts, owner) == ["煤气泄漏 三号窑 撤离"]


def test_a_form_that_was_open_too_long_asks_and_keeps_everything(officer: Desk, kiln: str, clock: FixedClock) -> None:
    ticket = field("ticket", officer.text("/alert"))
    clock.pass_(OPEN_MS)
    page = officer.post("/alert/check", ticket=ticket, **typed(kiln, place="煤气站"))
    assert page.status_code == 403
    kept = dict(re.findall(r'name="(kept:[^"]+)" value="([^"]*)"', page.text))
    assert kept["kept:groups"] == kiln
    wrong = officer.post("/alert/fresh", onward="/alert/check", password="不对", **kept)
    assert wrong.status_code == 422
    assert 'name="kept:place" value="煤气站"' in wrong.text
    again = officer.post("/alert/fresh", onward="/alert/check", password=PASSWORD, **kept).text
    assert field("place", again) == "煤气站"
    assert 'value="煤气泄漏 {地点} 撤离"' in again


def test_wrong_passwords_cost_seconds_and_never_lock_anybody_out(officer: Desk, clock: FixedClock) -> None:
    clock.pass_(5 * MINUTE)
    for n in range(5):
        officer.post("/alert/fresh", onward="/alert", password="不对")
        clock.pass_(1000 * freshness.wait_s(n + 1))
    assert max(freshness.wait_s(n) for n in range(1000)) == 30
    assert officer.post("/alert/fresh", onward="/alert", password=PASSWORD).status_code == 303


def test_guesses_are_slowed_down(officer: Desk) -> None:
    answers = [officer.post("/alert/fresh", onward="/alert", password="不对").status_code for _ in range(6)]
    assert answers == [422, 422, 422, 422, 429, 429]


def test_guesses_at_the_door_keep_no_officer_from_the_alert_page(officer: Desk, clock: FixedClock) -> None:
    for _ in range(6):
        officer.client.post("/api/v1/session", json={"login": "厂办老李", "password": "不对"})
    clock.pass_(5 * MINUTE)
    assert officer.post("/alert/fresh", onward="/alert", password=PASSWORD).status_code == 303


# the form -----------------------------------------------------------------------------------------------------------


def test_what_was_typed_comes_back_with_what_is_wrong_about_it(officer: Desk, kiln: str) -> None:
    page = asked(officer, kiln, headline="", instruction="走{哪里}", place="煤气站", severity="severe")
    assert page.status_code == 422
    assert "{哪里}" in page.text
    assert 'value="走{哪里}"' in page.text
    assert field("place", page.text) == "煤气站"
    assert re.search(r'value="severe" checked', page.text)


def test_no_target_is_said(officer: Desk, kiln: str) -> None:
    page = asked(officer, "", headline="有险情")
    assert page.status_code == 422
    assert "还没选发到哪里" in page.text


def test_the_preview_tells_both_ends_counts_and_what_scrolls(officer: Desk, kiln: str) -> None:
    body = {"csrf_token": officer.token(), **typed(kiln, headline="煤气泄漏请立即从东出口撤离")}
    told = officer.client.post("/alert/preview", data=body).get_json()
    assert [(one["width"], one["colour"]) for one in told["shots"]] == [(192, "single"), (1280, "full")]
    assert told["shots"][0]["alert"]["text"] == "走东出口"
    assert told["shots"][1]["alert"]["text"] == "走最近的出口"
    assert told["screens"] == 2
    assert [one["field"] for one in told["warnings"]] == ["headline"]


def test_hostile_text_stays_text_on_every_page(parts: Parts, owner: Identity, officer: Desk, kiln: str) -> None:
    made = issued(officer, kiln)
    assert made.status_code == 303
    page = asked(officer, kiln, headline=HOSTILE, place=HOSTILE)
    assert HOSTILE not in page.text
    groups.change_group(parts, owner, kiln, {"name": HOSTILE})
    for path in ("/alert", made.headers["Location"], "/alerts", made.headers["Location"] + "/report"):
        assert HOSTILE not in officer.text(path)


# the question and out -----------------------------------------------------------------------------------------------


def test_the_question_names_the_screens_and_who_is_offline(officer: Desk, kiln: str) -> None:
    text = asked(officer, kiln).text
    assert "真实紧急通知，不是演练" in text
    assert "2 块屏立刻显示" in text
    assert "三号窑·大厅" in text
    assert "现在断联，可能看不到" in text


@pytest.mark.parametrize("digits", ["", "0000", "123"])
def test_wrong_digits_issue_nothing(parts: Parts, owner: Identity, officer: Desk, kiln: str, digits: str) -> None:
    answer = issued(officer, kiln, digit=list(digits))
    assert answer.status_code == 422
    assert "不一致，请看左边再输一遍" in answer.text
    assert live(parts, owner) == []


def test_a_second_press_of_the_same_form_is_the_same_alert(
    parts: Parts, owner: Identity, officer: Desk, kiln: str
) -> None:
    text = asked(officer, kiln).text
    body = {**typed(kiln), "ticket": field("ticket", text), "digit": list(shown_digits(text))}
    first, second = officer.post("/alert/issue", **body), officer.post("/alert/issue", **body)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(live(parts, owner)) == 1


def test_a_page_whose_network_failed_learns_whether_it_is_out(officer: Desk, kiln: str) -> None:
    text = asked(officer, kiln).text
    found = re.search(r'data-identifier="(\w+)"', text)
    assert found
    assert officer.client.get(f"/alert/issued/{found[1]}").get_json()["issued"] is False
    officer.post("/alert/issue", ticket=field("ticket", text), digit=list(shown_digits(text)), **typed(kiln))
    assert officer.client.get(f"/alert/issued/{found[1]}").get_json()["issued"] is True


def test_a_ticket_of_the_drill_issues_no_alert_and_the_other_way_round(
    parts: Parts, owner: Identity, officer: Desk, kiln: str
) -> None:
    drill, real = field("ticket", officer.text("/drill")), field("ticket", officer.text("/alert"))
    for base, ticket in (("/alert", drill), ("/drill", real)):
        answer = officer.post(f"{base}/issue", ticket=ticket, **typed(kiln))
        assert answer.status_code == 403
    assert live(parts, owner) == []


def test_a_ticket_of_another_session_is_none(parts: Parts, owner: Identity, officer: Desk, kiln: str) -> None:
    ticket = field("ticket", officer.text("/alert"))
    officer.post("/sign-out")
    officer.client.post("/sign-in", data={"csrf_token": "", "login": "厂办老李", "password": PASSWORD})
    assert officer.post("/alert/issue", ticket=ticket, **typed(kiln)).status_code in (302, 403)
    assert live(parts, owner) == []


def test_a_drill_goes_out_marked_without_digits_and_says_so(
    parts: Parts, owner: Identity, officer: Desk, kiln: str
) -> None:
    text = asked(officer, kiln, "/drill").text
    assert "演练，不是真的" in text
    assert 'id="shown"' not in text
    made = issued(officer, kiln, "/drill", expires_s="600")
    assert made.status_code == 303
    assert [one.status.value for one in service.running(parts, owner)] == ["exercise"]
    assert "【演练】" in officer.text(made.headers["Location"])


def test_neither_page_hands_anything_to_the_other(officer: Desk) -> None:
    assert 'href="/drill"' in officer.text("/alert")
    assert 'href="/alert"' in officer.text("/drill")
    text = officer.text("/alert?headline=偷渡&template=fire&severity=minor")
    assert field("headline", text) == ""
    assert re.search(r'name="template" value="" checked', text)
    assert re.search(r'value="extreme" checked', text)


# without script -------------------------------------------------------------------------------------------------------


def pictures(text: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'<img src="(/alert/shot[^"]+)"', text)]


def lit(desk: Desk, address: str) -> tuple[tuple[int, int], int]:
    """The size of a picture, and how many of its pixels are lit."""
    answer = desk.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    picture = Image.open(io.BytesIO(answer.data)).convert("L")
    return picture.size, sum(picture.point(lambda value: value > 60 and 1).tobytes())


def test_the_question_and_the_form_show_the_pixels_without_script(officer: Desk, kiln: str) -> None:
    (question,) = pictures(asked(officer, kiln).text)
    size, bright = lit(officer, question)
    assert size == (192, 16)
    assert bright > 200
    form = officer.post("/alert", ticket=field("ticket", officer.text("/alert")), **typed(kiln)).text
    assert [lit(officer, one)[0] for one in pictures(form)] == [(192, 16), (1280, 720)]
    assert 'id="goes">2 块屏·1 处<' in form
    assert pictures(officer.text("/alert")) == []


@pytest.mark.parametrize("change", [("width=192", "width=9999"), ("single", "grey"), ("alert=", "alert=x")])
def test_a_picture_of_what_is_no_alert_is_refused(officer: Desk, kiln: str, change: tuple[str, str]) -> None:
    (question,) = pictures(asked(officer, kiln).text)
    assert officer.get(question.replace(*change)).status_code == 400


def test_pictures_of_alerts_are_for_those_who_issue_them(
    parts: Parts, owner: Identity, officer: Desk, kiln: str
) -> None:
    (question,) = pictures(asked(officer, kiln).text)
    officer.client.delete_cookie(COOKIE)
    assert officer.get(question).status_code == 401


# the second person --------------------------------------------------------------------------------------------------


def test_a_whole_site_alert_waits_for_another_officer(
    parts: Parts, owner: Identity, officer: Desk, kiln: str, clock: FixedClock
) -> None:
    with parts.db.transaction() as tx:
        tx.execute(organisations.update().values(settings={"alerts": {"second_person": True}}))
    with parts.db.read() as tx:
        assert settings.read(tx, "o1").second_person
    form = {"groups": "", "everywhere": "1"}
    text = asked(officer, kiln, **form).text
    assert "另一位安全值班" in text
    answer = officer.post(
        "/alert/issue", ticket=field("ticket", text), digit=list(shown_digits(text)), **typed(kiln, **form)
    )
    waiting = officer.text(answer.headers["Location"])
    assert "还没上屏" in waiting
    assert "厂办老李 提出发布" in waiting
    assert "去看，同意或收回" in officer.text("/screens")
    assert [lit(officer, one)[0] for one in pictures(waiting)] == [(192, 16), (1280, 720)]
    assert "/approve" not in waiting
    assert officer.post(answer.headers["Location"] + "/approve").status_code == 403
    assert "等另一位安全值班同意" in officer.text("/screens")
    accounts.add_person_with_password(parts, owner, "另一位", Role.SAFETY_OFFICER, PASSWORD)
    officer.client.set_cookie(COOKIE, sign_in(parts, "另一位", PASSWORD, "127.0.0.1", "test"))
    assert "同意，发布到全厂" in officer.text(answer.headers["Location"])
    assert "全厂的屏幕立刻显示这句话" in officer.text(answer.headers["Location"] + "/approve")
    assert officer.post(answer.headers["Location"] + "/approve").status_code == 303
    assert [one.phase.value for one in service.running(parts, owner)] == ["live"]
