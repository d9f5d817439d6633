"""CAP messages that come in: shown, held, ignored, once each, and what follows an earlier one finds it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playlists.alert import Phase, Presentation, Severity, Status
from server import audit
from server.accounts.model import Grant, Identity
from server.alerts import service as alerts
from server.alerts.model import Targets
from server.cap import model as cap_model
from server.cap.refusal import CapRefused
from server.clock import FixedClock
from server.errors import Conflict, Forbidden, NotFound, TooMany
from server.intake import service, sources
from server.intake.model import Outcome, Policy, SourceOrder, State
from server.paging import PageQuery
from server.parts import Parts
from tests.server.intake.setting import (
    FIRST,
    HOUR_MS,
    NOON,
    OFFICER,
    OWNER,
    STORM,
    TOKEN,
    alert,
    came,
    cancel,
    cap,
    held,
    live,
    screen,
    source,
    update,
)


def why(outcome: Outcome) -> str:
    return outcome.why.rule.removeprefix("intake.why.") if outcome.why else ""


# shown --------------------------------------------------------------------------------------------------------------


def test_a_message_of_a_source_that_may_show_is_on_the_screens_at_once(parts: Parts) -> None:
    strip = screen(parts)
    source(parts, policy=Policy.SHOW)
    outcome = came(parts, FIRST)
    assert outcome.state is State.SHOWN
    found = alert(parts, outcome.alert)
    assert (found.source, found.identifier, found.sender) == ("cap:气象台", "w-1", "met@city.example")
    assert (found.headline, found.severity, found.presentation) == (
        "暴雨橙色预警",
        Severity.SEVERE,
        Presentation.TAKEOVER,
    )
    with parts.db.read() as tx:
        assert [one.headline for one in alerts.live_for(tx, "o1", strip, NOON)] == ["暴雨橙色预警"]


def test_the_same_message_twice_is_one_alert(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    first, again = came(parts, FIRST), came(parts, FIRST)
    assert again == replace(first, repeated=True)
    assert len(alerts.running(parts, OWNER)) == 1


def test_an_exercise_shows_as_a_drill_and_a_source_for_drills_shows_nothing_else(parts: Parts) -> None:
    held_to = source(parts, policy=Policy.SHOW)
    drill = came(parts, replace(FIRST, status=cap_model.Status.EXERCISE))
    assert alert(parts, drill.alert).status is Status.EXERCISE
    sources.change(parts, OWNER, held_to.id, SourceOrder(status=Status.EXERCISE))
    assert alert(parts, came(parts, replace(FIRST, identifier="w-2")).alert).status is Status.EXERCISE


@pytest.mark.parametrize("status", ["Test", "System", "Draft"])
def test_a_test_reaches_no_screen_and_is_kept_as_ignored(parts: Parts, status: str) -> None:
    source(parts, policy=Policy.SHOW)
    outcome = came(parts, replace(FIRST, status=cap_model.Status(status)))
    assert (outcome.state, outcome.alert, why(outcome)) == (State.IGNORED, "", "status")
    assert alerts.running(parts, OWNER) == ()
    assert [one.document for one in held(parts, State.IGNORED)] == [""]


def test_the_block_in_the_sites_language_is_shown(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    english = replace(STORM, language="en-US", headline="Heavy rain")
    assert alert(parts, came(parts, replace(FIRST, infos=(english, STORM))).alert).headline == "暴雨橙色预警"


def test_a_source_only_reaches_its_own_screens(parts: Parts) -> None:
    east, west = screen(parts, "东门"), screen(parts, "西门")
    source(parts, policy=Policy.SHOW, targets=Targets(screens=(east,)))
    came(parts, FIRST)
    with parts.db.read() as tx:
        assert len(alerts.live_for(tx, "o1", east, NOON)) == 1
        assert alerts.live_for(tx, "o1", west, NOON) == ()


def test_a_reused_identifier_makes_an_alert_of_its_own(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    first, second = came(parts, FIRST), came(parts, replace(FIRST, sent=FIRST.sent + 1000))
    assert first.alert != second.alert
    assert alert(parts, second.alert).identifier.startswith("w-1#")


# what follows -------------------------------------------------------------------------------------------------------


def test_an_update_changes_the_alert_though_it_names_another_sender(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    first = came(parts, FIRST)
    changed = update("w-2", FIRST, headline="暴雨红色预警", severity=Severity.EXTREME)
    assert came(parts, changed).alert == first.alert
    found = alert(parts, first.alert)
    assert (found.revision, found.headline, found.severity) == (2, "暴雨红色预警", Severity.EXTREME)
    assert came(parts, update("w-3", changed, headline="雨停")).alert == first.alert
    assert live(parts) == ["雨停"]


def test_a_cancel_without_text_gives_our_own_all_clear(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    first = came(parts, FIRST)
    outcome = came(parts, cancel("w-2", FIRST))
    assert (outcome.state, outcome.alert) == (State.SHOWN, first.alert)
    found = alert(parts, first.alert)
    assert found.phase is Phase.CLEARED
    assert found.instruction


def test_an_update_that_expires_when_it_is_sent_ends_the_alert(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    first = came(parts, FIRST)
    came(parts, update("w-2", FIRST, expires=FIRST.sent + 30_000))
    assert alert(parts, first.alert).phase is Phase.CLEARED


def test_an_update_that_comes_too_late_ends_the_alert_too(parts: Parts, clock: FixedClock) -> None:
    source(parts, policy=Policy.SHOW)
    first = came(parts, replace(FIRST, infos=(replace(STORM, expires=None),)))
    late = update("w-2", FIRST, expires=NOON + HOUR_MS)
    clock.pass_(2 * HOUR_MS)
    came(parts, late)
    assert alert(parts, first.alert).phase is Phase.CLEARED


def test_an_update_of_several_alerts_ends_all_but_one(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    second = replace(FIRST, identifier="w-0")
    came(parts, FIRST), came(parts, second)
    both = update("w-3", FIRST, headline="合并")
    came(parts, replace(both, references=(*both.references, *update("x", second).references)))
    assert live(parts) == ["合并"]


def test_an_update_of_nothing_we_know_is_an_alert_of_its_own(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    assert came(parts, update("w-2", FIRST)).state is State.SHOWN
    assert live(parts) == ["暴雨橙色预警"]


def test_a_drill_that_becomes_real_is_another_alert(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    drill = came(parts, replace(FIRST, status=cap_model.Status.EXERCISE))
    real = came(parts, update("w-2", FIRST))
    assert real.alert != drill.alert
    assert alert(parts, drill.alert).phase is Phase.CLEARED
    assert alert(parts, real.alert).status is Status.ACTUAL


def test_a_cancel_of_nothing_changes_nothing(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    outcome = came(parts, cancel("w-2", FIRST))
    assert (outcome.state, why(outcome)) == (State.IGNORED, "nothing_to_end")


def test_another_source_ends_nothing_of_ours(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    source(parts, "别处", senders=("evil@example",), policy=Policy.SHOW)
    first = came(parts, FIRST)
    came(parts, replace(cancel("w-2", FIRST), sender="evil@example"))
    came(parts, replace(update("w-3", FIRST, headline="假的"), sender="evil@example"))
    assert alert(parts, first.alert).phase is Phase.LIVE
    assert alert(parts, first.alert).revision == 1


# held ---------------------------------------------------------------------------------------------------------------


def test_a_sender_nobody_named_waits_for_a_person(parts: Parts) -> None:
    outcome = came(parts, FIRST)
    assert (outcome.state, why(outcome)) == (State.HELD, "unknown_sender")
    assert live(parts) == []
    assert [one.headline for one in held(parts)] == ["暴雨橙色预警"]


def test_a_held_message_is_released_in_the_officers_name(parts: Parts) -> None:
    east = screen(parts)
    source(parts)
    waiting = came(parts, FIRST)
    outcome = service.release(parts, OFFICER, waiting.message, Targets(screens=(east,)))
    found = alert(parts, outcome.alert)
    assert (found.issuer, found.screens, found.source) == ("u2", (east,), "cap:气象台")
    assert held(parts) == ()
    assert held(parts, State.SHOWN)[0].decided_by == "安全值班"


def test_a_cancel_of_a_released_alert_is_held_and_ends_it_when_released(parts: Parts) -> None:
    source(parts)
    first = service.release(parts, OFFICER, came(parts, FIRST).message)
    ending = came(parts, cancel("w-2", FIRST))
    assert ending.state is State.HELD
    assert alert(parts, first.alert).phase is Phase.LIVE
    assert service.release(parts, OFFICER, ending.message).alert == first.alert
    assert alert(parts, first.alert).phase is Phase.CLEARED


def test_an_update_takes_the_place_of_the_held_message_it_refers_to(parts: Parts) -> None:
    source(parts)
    came(parts, FIRST)
    came(parts, update("w-2", FIRST, headline="暴雨红色预警"))
    assert [one.headline for one in held(parts)] == ["暴雨红色预警"]
    (old,) = held(parts, State.IGNORED)
    assert (old.why.rule if old.why else "") == "intake.why.superseded"


def test_a_cancel_of_a_held_message_lets_nobody_wait(parts: Parts) -> None:
    source(parts)
    came(parts, FIRST)
    assert came(parts, cancel("w-2", FIRST)).state is State.IGNORED
    assert held(parts) == ()


def test_an_ignored_message_can_neither_be_released_nor_ignored_again(parts: Parts) -> None:
    waiting = came(parts, FIRST)
    service.ignore(parts, OFFICER, waiting.message)
    for act in (service.ignore, service.release):
        with pytest.raises(Conflict):
            act(parts, OFFICER, waiting.message)
    assert live(parts) == []


def test_what_is_over_cannot_be_released(parts: Parts, clock: FixedClock) -> None:
    waiting = came(parts, FIRST)
    clock.pass_(7 * HOUR_MS)
    with pytest.raises(Conflict) as caught:
        service.release(parts, OFFICER, waiting.message)
    assert caught.value.detail == "intake.over"
    assert len(held(parts)) == 1


def test_an_ending_whose_alert_ended_meanwhile_cannot_be_released(parts: Parts) -> None:
    source(parts)
    first = service.release(parts, OFFICER, came(parts, FIRST).message)
    ending = came(parts, cancel("w-2", FIRST))
    alerts.clear(parts, OFFICER, first.alert)
    with pytest.raises(Conflict) as caught:
        service.release(parts, OFFICER, ending.message)
    assert caught.value.detail == "intake.ended_already"


def test_a_message_that_cannot_be_issued_as_it_is_waits_for_a_person(parts: Parts) -> None:
    gone = screen(parts)
    made = source(parts, policy=Policy.SHOW, targets=Targets(screens=(gone,)))
    from server.screens import service as screens

    screens.retire(parts, OWNER, gone)
    outcome = came(parts, FIRST)
    assert (outcome.state, why(outcome)) == (State.HELD, "refused")
    assert live(parts) == []
    assert service.release(parts, OFFICER, outcome.message, Targets(everywhere=True)).alert
    assert made.targets.screens == (gone,)


def test_too_many_at_once_are_told_to_come_again(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    for number in range(20):
        came(parts, replace(FIRST, identifier=f"w-{number}"))
    with pytest.raises(TooMany):
        came(parts, replace(FIRST, identifier="w-20"))
    assert held(parts) == ()


# rights, and the record ---------------------------------------------------------------------------------------------


def test_who_may_not_alarm_can_post_read_and_decide_nothing(parts: Parts) -> None:
    waiting = came(parts, FIRST)
    reader = Identity("o1", "person", "u3", "访客", (Grant("read"), Grant("settings")))
    acts = (
        lambda: service.receive(parts, reader, cap(FIRST)),
        lambda: service.release(parts, reader, waiting.message),
        lambda: service.ignore(parts, reader, waiting.message),
        lambda: service.list_messages(parts, reader, PageQuery(), State.HELD),
        lambda: service.get(parts, reader, waiting.message),
    )
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert service.waiting(parts, reader) == 0
    assert service.waiting(parts, OFFICER) == 1


def test_whoever_may_alarm_one_workshop_cannot_release_to_the_whole_site(parts: Parts) -> None:
    from server.screens import groups

    kiln = groups.add_group(parts, OWNER, "三号窑").id
    waiting = came(parts, FIRST)
    local = Identity("o1", "person", "u4", "窑长", (Grant("alerts:issue", kiln),))
    with pytest.raises(Forbidden):
        service.release(parts, local, waiting.message)
    assert service.release(parts, local, waiting.message, Targets(groups=(kiln,))).alert


def test_another_organisations_messages_are_not_there(parts: Parts) -> None:
    waiting = came(parts, FIRST)
    stranger = Identity("o2", "person", "u9", "x", (Grant("*"),))
    with pytest.raises(NotFound):
        service.get(parts, stranger, waiting.message)


def test_everything_that_came_and_was_decided_stands_in_the_audit_log(parts: Parts) -> None:
    service.release(parts, OFFICER, came(parts, FIRST).message)
    service.ignore(parts, OFFICER, came(parts, replace(FIRST, identifier="w-9")).message)
    with parts.db.read() as tx:
        acts = [row["act"] for row in audit.newest(tx, "o1", 20)]
        assert not list(audit.verify(tx))
    assert acts[:5] == ["message.ignore", "message.held", "message.release", "alert.issue", "message.held"]


def test_a_file_that_is_no_message_is_refused_and_leaves_nothing(parts: Parts) -> None:
    with pytest.raises(CapRefused):
        service.receive(parts, TOKEN, b"<!DOCTYPE alert><alert/>")
    assert held(parts) == ()


def test_every_message_of_a_wrapper_is_taken(parts: Parts) -> None:
    source(parts, policy=Policy.SHOW)
    inner = b"".join(cap(replace(FIRST, identifier=f"w-{n}")).split(b"?>", 1)[1] for n in range(3))
    outcomes = service.receive(parts, TOKEN, b"<wrap>" + inner + b"</wrap>")
    assert [one.state for one in outcomes] == [State.SHOWN] * 3
    assert len(alerts.running(parts, OWNER)) == 3


def test_old_messages_are_forgotten_whether_somebody_decided_about_them_or_not(parts: Parts, clock: FixedClock) -> None:
    came(parts, FIRST)
    service.ignore(parts, OFFICER, came(parts, replace(FIRST, identifier="w-9")).message)
    clock.pass_(service.KEPT_MS)
    assert [service.forget(parts), len(held(parts))] == [0, 1]
    clock.pass_(1)
    assert [service.forget(parts), len(held(parts))] == [2, 0]
