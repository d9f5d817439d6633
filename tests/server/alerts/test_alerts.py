"""Issuing, changing and ending alerts: what is stored, what each screen is to show, who may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from playlists.alert import Alert, Phase, Severity, Status
from playlists.model import Colour
from server.accounts.model import Grant, Identity
from server.alerts import service as alerts
from server.alerts.model import SCOPE, IssueAlert, NotLive, Targets, UpdateAlert
from server.clock import FixedClock
from server.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from server.events import AlertsChanged, Fact
from server.parts import Parts
from server.screens import groups, service
from server.screens.model import NewScreenOrder, Screen
from server.tables import audit, organisations, position

ALL = Targets(everywhere=True)


@pytest.fixture
def officer() -> Identity:
    return Identity("o1", "person", "u2", "安全值班", grants=(Grant("read"), Grant(SCOPE)), address="192.0.2.7")


@pytest.fixture
def kiln(parts: Parts, owner: Identity) -> str:
    return groups.add_group(parts, owner, "三号窑").id


@pytest.fixture
def strip(parts: Parts, owner: Identity, kiln: str) -> Screen:
    order = NewScreenOrder("窑头", 192, 16, Colour.SINGLE, exit="东出口", muster_point="南广场", groups=(kiln,))
    return service.add(parts, owner, order).screen


@pytest.fixture
def board(parts: Parts, owner: Identity) -> Screen:
    return service.add(parts, owner, NewScreenOrder("食堂", 256, 64, Colour.DUAL)).screen


def order(targets: Targets = ALL, **more: Any) -> IssueAlert:
    usual: dict[str, Any] = {"headline": "三号窑煤气泄漏", "instruction": "从{出口}撤到{集合点}", "expires_s": 3_600}
    usual |= {"status": Status.ACTUAL, "severity": Severity.EXTREME, "targets": targets}
    return IssueAlert(**usual | more)


def shown(parts: Parts, screen: Screen, at: int | None = None) -> tuple[Alert, ...]:
    with parts.db.read() as tx:
        return alerts.live_for(tx, screen.org, screen.id, parts.clock.now() if at is None else at)


def facts(parts: Parts) -> list[Fact]:
    heard: list[Fact] = []
    parts.db.bus.subscribe(AlertsChanged, heard.append)
    return heard


def configure(parts: Parts, **more: Any) -> None:
    with parts.db.transaction() as tx:
        tx.execute(organisations.update().values(settings={"alerts": more}))


def refused(parts: Parts, who: Identity, wrong: IssueAlert) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as problem:
        alerts.issue(parts, who, wrong)
    return [(found.field, found.rule) for found in problem.value.violations]


def test_one_push_shows_every_screen_its_own_exit(
    parts: Parts, officer: Identity, strip: Screen, board: Screen
) -> None:
    issued = alerts.issue(parts, officer, order())
    assert (issued.revision, issued.seq, issued.targets) == (1, 1, 2)
    (mine,), (theirs,) = shown(parts, strip), shown(parts, board)
    assert mine.text == "从东出口撤到南广场"
    assert theirs.text == "从最近的出口撤到室外空旷处"
    assert (mine.id, mine.label, mine.expires) == (issued.alert_id, "Ⅰ级 红", parts.clock.now() + 3_600_000)


def test_the_sets_of_all_screens_are_those_of_each(
    parts: Parts, officer: Identity, strip: Screen, board: Screen, kiln: str
) -> None:
    alerts.issue(parts, officer, order(instruction="撤离"))
    alerts.issue(parts, officer, order(Targets(groups=(kiln,))))
    with parts.db.read() as tx:
        sets = alerts.live_sets(tx, "o1", parts.clock.now())
    assert sets == {screen.id: shown(parts, screen) for screen in (strip, board)}
    assert [len(sets[screen.id]) for screen in (strip, board)] == [2, 1]


def test_screens_with_the_same_set_share_one_value(parts: Parts, owner: Identity, officer: Identity) -> None:
    for n in range(3):
        service.add(parts, owner, NewScreenOrder(f"屏{n}", 192, 16, Colour.SINGLE))
    alerts.issue(parts, officer, order())
    with parts.db.read() as tx:
        sets = alerts.live_sets(tx, "o1", parts.clock.now())
    assert len({id(one) for one in sets.values()}) == 1


def test_what_is_the_same_everywhere_is_said_when_it_is_issued(
    parts: Parts, officer: Identity, strip: Screen, kiln: str
) -> None:
    configure(parts, phone="6119", unit="烧成车间")
    said = order(Targets(groups=(kiln,)), headline="{地点}火灾", instruction="{时间} {unit}，打 {phone}，走{exit}")
    alerts.issue(parts, officer, said)
    assert [(one.headline, one.text) for one in shown(parts, strip)] == [
        ("三号窑火灾", "12:00 烧成车间，打 6119，走东出口")
    ]


def test_where_it_happened_is_not_where_it_is_said(parts: Parts, officer: Identity, strip: Screen) -> None:
    alerts.issue(parts, officer, order(headline="{place}火灾", place="煤气站"))
    assert shown(parts, strip)[0].headline == "煤气站火灾"


def test_a_test_reaches_nobody(parts: Parts, officer: Identity, strip: Screen) -> None:
    heard = facts(parts)
    issued = alerts.issue(parts, officer, order(status=Status.TEST, expires_s=60))
    assert (issued.targets, issued.seq, shown(parts, strip), heard) == (0, 0, (), [])


def test_a_drill_is_marked_whatever_the_sender_writes(parts: Parts, officer: Identity, strip: Screen) -> None:
    drill = alerts.issue(parts, officer, order(status=Status.EXERCISE, expires_s=600))
    assert shown(parts, strip)[0].label == "【演练】"
    alerts.clear(parts, officer, drill.alert_id)
    assert [(one.label, one.headline) for one in shown(parts, strip)] == [("【演练】【解除】", "演练结束")]


def test_an_update_is_the_next_revision_of_the_same_alert(parts: Parts, officer: Identity, strip: Screen) -> None:
    first = alerts.issue(parts, officer, order())
    second = alerts.update(parts, officer, first.alert_id, UpdateAlert(instruction="往上风向走", expires_s=7_200))
    assert (second.alert_id, second.revision, second.seq) == (first.alert_id, 2, 2)
    assert [(one.revision, one.text, one.expires) for one in shown(parts, strip)] == [
        (2, "往上风向走", parts.clock.now() + 7_200_000)
    ]


def test_an_update_to_others_leaves_the_former_ones(
    parts: Parts, officer: Identity, strip: Screen, board: Screen
) -> None:
    issued = alerts.issue(parts, officer, order(Targets((strip.id,))))
    alerts.update(parts, officer, issued.alert_id, UpdateAlert(targets=Targets((board.id,))))
    assert [len(shown(parts, screen)) for screen in (strip, board)] == [0, 1]


@pytest.mark.parametrize(
    ("end", "phase", "label"),
    [(alerts.clear, Phase.CLEARED, "【解除】"), (alerts.correct, Phase.CORRECTED, "【更正】")],
)
def test_an_ending_is_shown_for_a_minute_and_then_nothing(
    parts: Parts, officer: Identity, strip: Screen, end: Any, phase: Phase, label: str
) -> None:
    issued = alerts.issue(parts, officer, order())
    assert end(parts, officer, issued.alert_id).revision == 2
    assert [(one.phase, one.label) for one in shown(parts, strip)] == [(phase, label)]
    assert shown(parts, strip, parts.clock.now() + 59_999)
    assert shown(parts, strip, parts.clock.now() + 60_000) == ()


def test_an_all_clear_goes_to_every_screen_that_had_it(
    parts: Parts, owner: Identity, officer: Identity, strip: Screen, kiln: str
) -> None:
    issued = alerts.issue(parts, officer, order(Targets(groups=(kiln,))))
    service.change(parts, owner, strip.id, {"groups": ()})
    assert alerts.clear(parts, officer, issued.alert_id).targets == 1


def test_what_is_over_can_be_neither_changed_nor_ended(
    parts: Parts, officer: Identity, clock: FixedClock, strip: Screen
) -> None:
    gone, ended = (alerts.issue(parts, officer, order(expires_s=60)).alert_id for _ in range(2))
    alerts.clear(parts, officer, ended)
    clock.pass_(60_000)
    for alert in (gone, ended):
        with pytest.raises(NotLive):
            alerts.update(parts, officer, alert, UpdateAlert(headline="x"))
        for end in (alerts.clear, alerts.correct):
            with pytest.raises(NotLive):
                end(parts, officer, alert)


def test_every_change_moves_the_position_and_is_announced_with_it(
    parts: Parts, officer: Identity, strip: Screen
) -> None:
    heard = facts(parts)
    name = alerts.issue(parts, officer, order()).alert_id
    alerts.update(parts, officer, name, UpdateAlert(headline="更严重了"))
    alerts.clear(parts, officer, name)
    assert heard == [AlertsChanged("o1", name, revision, revision) for revision in (1, 2, 3)]
    with parts.db.read() as tx:
        assert tx.execute(position.select()).one().seq == 3


def test_every_act_stands_in_the_audit_log(parts: Parts, officer: Identity, strip: Screen) -> None:
    name = alerts.issue(parts, officer, order()).alert_id
    alerts.correct(parts, officer, name, "是蒸汽，不是煤气")
    alerts.note(parts, officer, name, "阀门试验没有通知")
    with parts.db.read() as tx:
        rows = tx.execute(audit.select().where(audit.c.subject == name).order_by(audit.c.seq)).all()
    assert [(row.act, row.who_name) for row in rows] == [
        (f"alert.{act}", "安全值班") for act in ("issue", "correct", "note")
    ]
    assert rows[1].after["instruction"] == "是蒸汽，不是煤气"
    assert alerts.get(parts, officer, name).note == "阀门试验没有通知"


def test_history_keeps_what_every_revision_said(parts: Parts, officer: Identity, strip: Screen) -> None:
    name = alerts.issue(parts, officer, order()).alert_id
    alerts.update(parts, officer, name, UpdateAlert(headline="快撤"))
    said = [(one.act.value, one.by_name, one.body["headline"]) for one in alerts.history(parts, officer, name)]
    assert said == [("issue", "安全值班", "三号窑煤气泄漏"), ("update", "安全值班", "快撤")]


# rights -------------------------------------------------------------------------------------------------------------


def test_an_officer_of_one_group_alarms_that_group_only(parts: Parts, strip: Screen, board: Screen, kiln: str) -> None:
    local = Identity("o1", "person", "u3", "窑班长", grants=(Grant("read"), Grant(SCOPE, kiln)))
    assert alerts.issue(parts, local, order(Targets(groups=(kiln,)))).targets == 1
    for beyond in (ALL, Targets((board.id,)), Targets((strip.id, board.id))):
        with pytest.raises(Forbidden):
            alerts.issue(parts, local, order(beyond))


def test_an_officer_of_one_group_ends_nothing_of_the_whole_sites(
    parts: Parts, officer: Identity, strip: Screen, kiln: str
) -> None:
    local = Identity("o1", "person", "u3", "窑班长", grants=(Grant("read"), Grant(SCOPE, kiln)))
    name = alerts.issue(parts, officer, order()).alert_id
    mine = alerts.issue(parts, local, order(Targets(groups=(kiln,)))).alert_id
    for act in (alerts.clear, alerts.correct):
        with pytest.raises(Forbidden):
            act(parts, local, name)
    with pytest.raises(Forbidden):
        alerts.update(parts, local, mine, UpdateAlert(targets=ALL))


def test_who_lacks_the_scope_neither_forges_nor_suppresses(parts: Parts, officer: Identity, strip: Screen) -> None:
    author = Identity("o1", "person", "u4", "宣传", grants=(Grant("read"), Grant("content")))
    name = alerts.issue(parts, officer, order()).alert_id
    for act in (
        lambda: alerts.issue(parts, author, order()), lambda: alerts.clear(parts, author, name),
        lambda: alerts.correct(parts, author, name), lambda: alerts.note(parts, author, name, "x"),
        lambda: alerts.update(parts, author, name, UpdateAlert(expires_s=1)),
        lambda: alerts.visited(parts, author, name, strip.id), lambda: alerts.approve(parts, author, name),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            act()
    assert len(shown(parts, strip)) == 1


def test_another_organisations_alert_is_not_there(parts: Parts, officer: Identity, strip: Screen) -> None:
    name = alerts.issue(parts, officer, order()).alert_id
    stranger = replace(officer, org="o2")
    for act in (alerts.get, alerts.clear, alerts.history, alerts.deliveries_of):
        with pytest.raises(NotFound):
            act(parts, stranger, name)


def test_the_whole_site_waits_for_a_second_person_where_it_asks_for_one(
    parts: Parts, officer: Identity, strip: Screen, kiln: str
) -> None:
    configure(parts, second_person=True)
    name = alerts.issue(parts, officer, order(source="desk")).alert_id
    assert (alerts.get(parts, officer, name).phase, shown(parts, strip)) == (Phase.WAITING, ())
    with pytest.raises(Forbidden):
        alerts.approve(parts, officer, name)
    second = replace(officer, id="u9", name="值班领导")
    parts.clock.pass_(60_000)  # type: ignore[attr-defined]
    assert alerts.approve(parts, second, name).targets == 1
    assert [(one.revision, one.expires) for one in shown(parts, strip)] == [(2, parts.clock.now() + 3_600_000)]
    with pytest.raises(NotLive):
        alerts.approve(parts, second, name)


def test_a_second_person_is_not_asked_for_by_parts_by_drills_or_by_a_detector(
    parts: Parts, officer: Identity, strip: Screen, board: Screen, kiln: str
) -> None:
    configure(parts, second_person=True)
    orders = (
        order(Targets(groups=(kiln,)), source="desk"), order(status=Status.EXERCISE, expires_s=60, source="desk"),
        order(source="hook:gas"),
    )  # fmt: skip
    assert {alerts.issue(parts, officer, one).phase for one in orders} == {Phase.LIVE}


def test_the_second_person_cannot_be_gone_around(parts: Parts, officer: Identity, strip: Screen, board: Screen) -> None:
    configure(parts, second_person=True)
    one_by_one = Targets((strip.id, board.id))
    assert alerts.issue(parts, officer, order(one_by_one)).phase is Phase.WAITING
    small = alerts.issue(parts, officer, order(Targets((strip.id,)))).alert_id
    with pytest.raises(Invalid):
        alerts.update(parts, officer, small, UpdateAlert(targets=ALL))


def test_what_waits_can_be_dropped_and_never_shows(parts: Parts, officer: Identity, strip: Screen) -> None:
    configure(parts, second_person=True)
    name = alerts.issue(parts, officer, order()).alert_id
    alerts.clear(parts, officer, name)
    assert shown(parts, strip) == ()


# refusals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"headline": " "}, ("headline", "field.missing")),
        ({"headline": "警" * 41}, ("headline", "rules.too_long")),
        ({"headline": "两\n行"}, ("headline", "rules.line_break")),
        ({"headline": "a\x07b"}, ("headline", "rules.control_character")),
        ({"headline": "a\u202eb"}, ("headline", "rules.direction_override")),
        ({"instruction": "走" * 501}, ("instruction", "rules.too_long")),
        ({"instruction": "去{哪里}"}, ("instruction", "alerts.unknown_placeholder")),
        ({"expires_s": 0}, ("expires_in_s", "alerts.expires")),
        ({"expires_s": 86_401}, ("expires_in_s", "alerts.expires")),
        ({"status": Status.EXERCISE, "expires_s": 7_201}, ("expires_in_s", "alerts.expires")),
        ({"targets": Targets()}, ("targets", "alerts.no_targets")),
        ({"targets": Targets(("s0",))}, ("targets.screens.0", "alerts.unknown_target")),
        ({"targets": Targets(groups=("g0",))}, ("targets.groups.0", "alerts.unknown_target")),
        ({"place": "地" * 41}, ("place", "rules.too_long")),
    ],
)
def test_a_wrong_field_is_named(
    parts: Parts, officer: Identity, strip: Screen, more: dict[str, Any], wrong: tuple[str, str]
) -> None:
    assert refused(parts, officer, replace(order(), **more)) == [wrong]
    assert shown(parts, strip) == ()


def test_every_wrong_field_is_named_at_once(parts: Parts, officer: Identity) -> None:
    assert [field for field, _ in refused(parts, officer, order(Targets(), headline="", expires_s=0))] == [
        "headline", "expires_in_s", "targets",
    ]  # fmt: skip


def test_braces_of_an_authority_are_its_own_words(parts: Parts, officer: Identity, strip: Screen) -> None:
    alerts.issue(parts, officer, order(source="cap:met", headline="Wind {gusts}"))
    assert shown(parts, strip)[0].headline == "Wind {gusts}"


def test_a_long_headline_is_said_and_warned_of(parts: Parts, officer: Identity, strip: Screen) -> None:
    told = [alerts.issue(parts, officer, order(headline=text)).warnings for text in ("警" * 12, "警" * 13, "a" * 25)]
    assert [[found.rule for found in one] for one in told] == [
        [], ["alerts.headline_scrolls"], ["alerts.headline_scrolls"]
    ]  # fmt: skip


def test_the_same_message_is_taken_once(parts: Parts, officer: Identity, strip: Screen) -> None:
    first = alerts.issue(parts, officer, order(source="hook:gas", identifier="m1"))
    with pytest.raises(Conflict) as known:
        alerts.issue(parts, officer, order(source="hook:gas", identifier="m1"))
    assert known.value.params["alert"] == first.alert_id
    alerts.issue(parts, officer, order(source="hook:fire", identifier="m1"))
    assert len(shown(parts, strip)) == 2


def test_a_script_is_slowed_down_and_nobody_waits_longer_than_seconds(
    parts: Parts, officer: Identity, clock: FixedClock, strip: Screen
) -> None:
    for _ in range(20):
        last = alerts.issue(parts, officer, order()).alert_id
    with pytest.raises(TooMany) as slowed:
        alerts.issue(parts, officer, order())
    assert slowed.value.params["retry_s"] <= 5
    alerts.clear(parts, officer, last)
    alerts.issue(parts, replace(officer, id="u9"), order())
    clock.pass_(slowed.value.params["retry_s"] * 1000)
    alerts.issue(parts, officer, order())


def test_however_fast_somebody_went_on_five_seconds_are_the_longest_wait(
    parts: Parts, officer: Identity, clock: FixedClock, strip: Screen
) -> None:
    for _ in range(30):
        alerts.issue(parts, officer, order())
        clock.pass_(5_000)


def test_a_program_leaves_room_for_people(parts: Parts, officer: Identity, clock: FixedClock, strip: Screen) -> None:
    script = replace(officer, kind="token", id="t1")
    for _ in range(50):
        alerts.issue(parts, script, order())
        clock.pass_(5_000)
    with pytest.raises(TooMany):
        alerts.issue(parts, script, order())
    alerts.issue(parts, officer, order())
