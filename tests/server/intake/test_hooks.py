"""Signed calls: a panel's alarm is on the screens at once, is one alert however often told, and ends with the panel."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from playlists.alert import Category, Phase, Presentation, Severity, Status
from playlists.model import Colour
from server.accounts.model import Grant, Identity, system
from server.alerts import service as alerts
from server.alerts import templates
from server.alerts.model import Targets
from server.clock import FixedClock
from server.errors import Busy, Invalid, NotFound, TooLarge, TooMany
from server.intake import hooks, service, signing, sources
from server.intake.model import BadSignature, Kind, Outcome, Policy, Replayed, Source, SourceOrder, State
from server.organisations import service as organisations
from server.organisations.model import OrganisationOrder
from server.parts import Parts
from server.screens import service as screens
from server.screens.model import NewScreenOrder
from tests.server.hindered import locked
from tests.server.intake.setting import OWNER, alert, full, screen, store_late
from tests.server.intake.setting import source as add_source

OFFICER = Identity("o1", "person", "u2", "安全值班", (Grant("read"), Grant("alerts:issue")))


@pytest.fixture
def panel(parts: Parts) -> Source:
    screen(parts)
    return add_source(parts, "二号罐区探头", Kind.HOOK)


def call(parts: Parts, source: Source, body: Any = None, /, **changed: Any) -> Outcome:
    """One call, a second after the one before."""
    parts.clock.pass_(1000)  # type: ignore[attr-defined]
    return hooks.receive(parts, "o1", signed(parts, source, body, **changed))


def signed(parts: Parts, source: Source, body: Any = None, /, **changed: Any) -> hooks.Call:
    data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    timestamp = str(parts.clock.now() // 1000)
    usual = {
        "source": source.id,
        "timestamp": timestamp,
        "signature": signing.sign(source.secret, timestamp, data),
        "body": data,
        "address": "192.0.2.5",
    }
    return hooks.Call(**{**usual, **changed})


GAS = {"id": "tank2-co", "severity": "extreme", "headline": "煤气泄漏", "instruction": "走{出口}", "place": "二号罐区"}


def test_a_signed_call_is_an_alert_at_once(parts: Parts, panel: Source) -> None:
    outcome = call(parts, panel, GAS)
    assert outcome.state is State.SHOWN
    found = alert(parts, outcome.alert)
    assert (found.headline, found.instruction, found.source) == ("煤气泄漏", "走{出口}", "hook:二号罐区探头")
    assert (found.severity, found.presentation, found.status) == (
        Severity.EXTREME,
        Presentation.TAKEOVER,
        Status.ACTUAL,
    )
    assert (found.issuer, found.issuer_name) == (panel.id, panel.name)


def test_an_empty_call_says_at_least_who_is_alarmed(parts: Parts, panel: Source) -> None:
    found = alert(parts, call(parts, panel, b"").alert)
    assert (found.headline, found.severity, found.presentation) == (
        "二号罐区探头",
        Severity.MODERATE,
        Presentation.BANNER,
    )


def test_a_template_gives_the_words_and_the_call_fills_them(parts: Parts, panel: Source) -> None:
    templates.ship(parts, "o1")
    sources.change(parts, OWNER, panel.id, SourceOrder(template="gas"))
    found = alert(parts, call(parts, panel, {"id": "tank2", "place": "二号罐区"}).alert)
    assert "二号罐区" in found.headline + found.instruction
    assert (found.template, found.severity, found.category) == ("gas", Severity.EXTREME, Category.CBRNE)
    own = alert(parts, call(parts, panel, {"id": "tank3", "headline": "氨泄漏"}).alert)
    assert own.headline == "氨泄漏"
    assert own.instruction.startswith("捂住口鼻，逆风走{出口}")


def test_a_template_that_was_deleted_leaves_the_alarm_its_name(parts: Parts, panel: Source) -> None:
    templates.ship(parts, "o1")
    sources.change(parts, OWNER, panel.id, SourceOrder(template="gas"))
    templates.delete_template(parts, OWNER, "gas")
    assert alert(parts, call(parts, panel, b"").alert).headline == panel.name


def test_the_name_of_a_source_is_as_good_as_its_id(parts: Parts, panel: Source) -> None:
    assert call(parts, panel, GAS, source=panel.name).state is State.SHOWN


def test_the_same_alarm_again_is_the_same_alert(parts: Parts, panel: Source) -> None:
    first, again = call(parts, panel, GAS), call(parts, panel, GAS)
    assert (again.alert, again.repeated) == (first.alert, True)
    assert alert(parts, first.alert).revision == 1


def test_an_alarm_that_grows_changes_its_alert(parts: Parts, panel: Source) -> None:
    first = call(parts, panel, GAS)
    assert call(parts, panel, {**GAS, "headline": "煤气浓度 300 ppm"}).alert == first.alert
    found = alert(parts, first.alert)
    assert (found.revision, found.headline) == (2, "煤气浓度 300 ppm")


def test_the_panel_ends_what_it_began_and_may_begin_again(parts: Parts, panel: Source) -> None:
    first = call(parts, panel, GAS)
    ended = call(parts, panel, {"act": "clear", "id": "tank2-co"})
    assert (ended.state, ended.alert) == (State.SHOWN, first.alert)
    assert alert(parts, first.alert).phase is Phase.CLEARED
    second = call(parts, panel, GAS)
    assert second.alert != first.alert
    assert alert(parts, second.alert).phase is Phase.LIVE


def test_an_end_without_a_beginning_changes_nothing(parts: Parts, panel: Source) -> None:
    outcome = call(parts, panel, {"act": "clear", "id": "tank9"})
    assert (outcome.state, outcome.why.rule if outcome.why else "") == (State.IGNORED, "intake.why.nothing_to_end")


def test_an_end_has_to_say_of_what(parts: Parts, panel: Source) -> None:
    with pytest.raises(Invalid) as caught:
        call(parts, panel, {"act": "clear"})
    assert caught.value.violations[0].field == "id"


def test_another_panel_cannot_end_it(parts: Parts, panel: Source) -> None:
    first = call(parts, panel, GAS)
    other = add_source(parts, "三号罐区探头", Kind.HOOK)
    assert call(parts, other, {"act": "clear", "id": "tank2-co"}).state is State.IGNORED
    assert alert(parts, first.alert).phase is Phase.LIVE


@pytest.mark.parametrize(
    ("most", "said", "expected"),
    [
        ("actual", None, "actual"),
        ("actual", "exercise", "exercise"),
        ("actual", "test", "test"),
        ("exercise", None, "exercise"),
        ("exercise", "actual", "exercise"),
        ("exercise", "test", "test"),
    ],
)
def test_a_call_is_never_more_than_its_source_may_be(
    parts: Parts, panel: Source, most: str, said: str | None, expected: str
) -> None:
    sources.change(parts, OWNER, panel.id, SourceOrder(status=Status(most)))
    outcome = call(parts, panel, {**GAS, **({"status": said} if said else {})})
    assert alert(parts, outcome.alert).status == expected


def test_nobody_refuses_an_alarm_for_its_words(parts: Parts, panel: Source) -> None:
    odd = {"headline": "长" * 300 + "\u202e", "instruction": "读数{ppm}\x07" + "字" * 900, "place": "地" * 90}
    found = alert(parts, call(parts, panel, odd).alert)
    assert found.headline == "长" * 39 + "…"
    assert found.instruction.startswith("读数ppm")


def test_an_alarm_that_stands_too_long_stands_as_long_as_it_may(parts: Parts, panel: Source) -> None:
    found = alert(parts, call(parts, panel, {**GAS, "expires_in_s": 30 * 86_400}).alert)
    assert found.expires - found.effective == 24 * 3_600_000


def test_a_call_to_screens_that_are_gone_waits_for_a_person(parts: Parts, panel: Source) -> None:
    from server.screens import service as screens

    gone = screen(parts, "旧门")
    sources.change(parts, OWNER, panel.id, SourceOrder(targets=Targets(screens=(gone,))))
    screens.retire(parts, OWNER, gone)
    outcome = call(parts, panel, GAS)
    assert outcome.state is State.HELD
    assert service.release(parts, OFFICER, outcome.message, Targets(everywhere=True)).alert


def test_a_source_on_hold_waits_for_a_person_and_newer_calls_take_the_place_of_older_ones(
    parts: Parts, panel: Source
) -> None:
    sources.change(parts, OWNER, panel.id, SourceOrder(policy=Policy.HOLD))
    first, second = call(parts, panel, GAS), call(parts, panel, {**GAS, "headline": "煤气浓度 300 ppm"})
    assert (first.state, second.state) == (State.HELD, State.HELD)
    assert service.waiting(parts, OFFICER) == 1
    outcome = service.release(parts, OFFICER, second.message)
    assert alert(parts, outcome.alert).headline == "煤气浓度 300 ppm"
    ending = call(parts, panel, {"act": "clear", "id": "tank2-co"})
    assert ending.state is State.HELD
    assert service.release(parts, OFFICER, ending.message).alert == outcome.alert
    assert alert(parts, outcome.alert).phase is Phase.CLEARED


def test_an_ignored_source_alarms_nobody(parts: Parts, panel: Source) -> None:
    sources.change(parts, OWNER, panel.id, SourceOrder(policy=Policy.IGNORE))
    assert call(parts, panel, GAS).state is State.IGNORED
    assert alerts.running(parts, OWNER) == ()


# who called ---------------------------------------------------------------------------------------------------------


def test_the_very_same_call_again_is_refused(parts: Parts, panel: Source) -> None:
    once = signed(parts, panel, GAS)
    hooks.receive(parts, "o1", once)
    with pytest.raises(Replayed):
        hooks.receive(parts, "o1", once)


def test_a_call_that_could_not_be_taken_may_come_again(parts: Parts, panel: Source) -> None:
    once = signed(parts, panel, {"act": "clear"})
    for _ in range(2):
        with pytest.raises(Invalid):
            hooks.receive(parts, "o1", once)


@pytest.mark.parametrize(
    "changed",
    [
        {"signature": ""},
        {"signature": "sha256=" + "0" * 64},
        {"signature": "签"},
        {"timestamp": "0"},
        {"timestamp": ""},
        {"source": "i0000000000000000"},
        {"source": ""},
        {"body": b'{"id":"x"}'},
    ],
)
def test_a_call_that_is_not_signed_by_its_source_is_refused(parts: Parts, panel: Source, changed: Any) -> None:
    with pytest.raises(BadSignature) as caught:
        call(parts, panel, GAS, **changed)
    assert caught.value.detail == "problem.bad-signature.detail"
    assert alerts.running(parts, OWNER) == ()


def test_another_source_of_another_kind_or_switched_off_takes_no_call(parts: Parts, panel: Source) -> None:
    weather = add_source(parts, "气象台", Kind.CAP)
    with pytest.raises(BadSignature):
        call(parts, panel, GAS, source=weather.id)
    sources.change(parts, OWNER, panel.id, SourceOrder(enabled=False))
    with pytest.raises(BadSignature):
        call(parts, panel, GAS)


def test_a_new_secret_ends_the_old_one(parts: Parts, panel: Source) -> None:
    secret = sources.renew_secret(parts, OWNER, panel.id)
    with pytest.raises(BadSignature):
        call(parts, panel, GAS)
    renewed = sources.get(parts, OWNER, panel.id)
    assert renewed.secret == secret != panel.secret
    assert call(parts, renewed, GAS).state is State.SHOWN


def test_a_source_and_an_address_may_call_only_so_often(parts: Parts, panel: Source, clock: FixedClock) -> None:
    for number in range(hooks.OF_SOURCE):
        clock.pass_(10)
        hooks.receive(parts, "o1", signed(parts, panel, f'{{"id":"x","act":"clear","place":"{number}"}}'.encode()))
    with pytest.raises(TooMany):
        hooks.receive(parts, "o1", signed(parts, panel, GAS))
    clock.pass_(60_000)
    assert hooks.receive(parts, "o1", signed(parts, panel, GAS)).state is State.SHOWN


def test_guessing_from_one_address_is_slowed_down_and_stops_no_other(parts: Parts, panel: Source) -> None:
    for _ in range(hooks.OF_ADDRESS):
        with pytest.raises(BadSignature):
            hooks.receive(parts, "o1", signed(parts, panel, GAS, signature="x", address="192.0.2.66"))
    with pytest.raises(TooMany):
        hooks.receive(parts, "o1", signed(parts, panel, GAS, address="192.0.2.66"))
    assert hooks.receive(parts, "o1", signed(parts, panel, GAS)).state is State.SHOWN


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b"1", b'{"colour":"red"}', b'{"severity":"bad"}', b'{"headline":"\\ud800"}']
)
def test_a_body_that_says_nothing_sensible_is_refused(parts: Parts, panel: Source, body: bytes) -> None:
    with pytest.raises(ValidationError):
        call(parts, panel, body)
    assert alerts.running(parts, OWNER) == ()


def test_a_body_without_end_is_refused_before_anything_is_computed(parts: Parts, panel: Source) -> None:
    with pytest.raises(TooLarge):
        call(parts, panel, b" " * (hooks.LARGEST + 1))


def test_a_full_disk_keeps_no_alarm_off_the_walls(parts: Parts, panel: Source) -> None:
    with full(parts):
        outcomes = [call(parts, panel, GAS) for _ in range(3)]
        (running,) = alerts.running(parts, OWNER)
        assert {(one.state, one.alert, one.stored) for one in outcomes} == {(State.SHOWN, running.id, False)}
        assert [one.repeated for one in outcomes] == [False, True, True]
        call(parts, panel, {"id": "tank2-co", "act": "clear"})
        assert alerts.running(parts, OWNER)[0].phase is Phase.CLEARED
    store_late(parts)
    assert [one.act.value for one in alerts.history(parts, OWNER, running.id)] == ["issue", "clear"]


@pytest.mark.parametrize("late", [True, False], ids=["stored meanwhile", "stored by the next call"])
def test_what_a_panel_said_while_nothing_could_be_stored_is_known_afterwards(
    parts: Parts, panel: Source, late: bool
) -> None:
    with full(parts):
        first = call(parts, panel, GAS)
    if late:
        store_late(parts)
    again = call(parts, panel, GAS)
    assert (again.alert, again.message, again.repeated, again.stored) == (first.alert, first.message, True, True)
    assert call(parts, panel, {"id": "tank2-co", "act": "clear"}).alert == first.alert
    assert [one.phase for one in alerts.running(parts, OWNER)] == [Phase.CLEARED]


def test_what_was_to_wait_for_a_person_is_told_to_come_again_while_nothing_can_be_stored(
    parts: Parts, panel: Source
) -> None:
    sources.change(parts, OWNER, panel.id, SourceOrder(policy=Policy.HOLD))
    with locked(parts), pytest.raises(Busy):
        call(parts, panel, GAS)
    assert alerts.running(parts, OWNER) == ()


def test_a_held_call_is_released_while_another_process_writes(parts: Parts, panel: Source) -> None:
    sources.change(parts, OWNER, panel.id, SourceOrder(policy=Policy.HOLD))
    waiting = call(parts, panel, GAS)
    with locked(parts):
        outcome = service.release(parts, OFFICER, waiting.message)
        assert ([one.id for one in alerts.running(parts, OWNER)], outcome.stored) == ([outcome.alert], False)
    store_late(parts)
    assert service.get(parts, OFFICER, waiting.message).alert == outcome.alert


# another organisation's -----------------------------------------------------------------------------------------------


@pytest.fixture
def below(parts: Parts) -> Source:
    """A panel of an organisation below, whose screen hangs there."""
    plant, _ = organisations.add(parts, OWNER, OrganisationOrder("二厂"))
    who = system(plant.id)
    screens.add(parts, who, NewScreenOrder("二厂东门", 192, 16, Colour.SINGLE))
    source, secret = sources.add(parts, who, "罐区探头", Kind.HOOK, SourceOrder())
    assert secret == source.secret
    return source


def test_a_panel_of_an_organisation_below_alarms_its_own(parts: Parts, below: Source) -> None:
    outcome = call(parts, below, GAS)
    found = alerts.get(parts, system(below.org), outcome.alert)
    assert (found.org, found.source) == (below.org, "hook:罐区探头")
    with pytest.raises(NotFound):
        alerts.get(parts, OWNER, outcome.alert)
    assert call(parts, below, {"act": "clear", "id": GAS["id"]}).alert == outcome.alert


def test_a_panel_below_is_known_by_its_id_only_and_by_its_own_secret(parts: Parts, below: Source) -> None:
    with pytest.raises(BadSignature):
        call(parts, below, GAS, source=below.name)
    own = add_source(parts, "罐区探头", Kind.HOOK)
    screen(parts)
    assert alert(parts, call(parts, own, GAS, source="罐区探头").alert).org == "o1"
    with pytest.raises(BadSignature):
        hooks.receive(parts, "o1", replace(signed(parts, own, GAS), source=below.id))


def test_a_panel_may_be_for_organisations_below(parts: Parts, below: Source) -> None:
    targets = Targets(organisations=(below.org,))
    own, _ = sources.add(parts, OWNER, "集团探头", Kind.HOOK, SourceOrder(targets=targets))
    assert sources.get(parts, OWNER, own.id).targets == targets
    outcome = call(parts, own, GAS)
    assert alerts.get(parts, system(below.org), outcome.alert).above == "样板一厂"
    with pytest.raises(Invalid):
        sources.add(parts, system(below.org), "x", Kind.HOOK, SourceOrder(targets=Targets(organisations=("o1",))))
