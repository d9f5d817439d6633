"""Webhooks hear of every alert once, whatever fails in between, and no alert waits for one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from server import audit, tables
from server.accounts.model import Identity
from server.clock import FixedClock
from server.db import Database
from server.errors import Conflict, Forbidden, Invalid, NotFound
from server.outbox import sending, sentences, service, telling
from server.outbox.model import WAITS_MS, Format, Moment, Telling, Webhook, WebhookOrder
from server.paging import PageQuery
from server.parts import Parts
from tests.server.outbox.conftest import Alerts
from tests.server.outbox.vendor import SECRET, Vendor

PATHS = {
    Format.WECOM: "/wecom?key=K1", Format.DINGTALK: "/dingtalk?access_token=T1", Format.FEISHU: "/feishu/T1",
    Format.GENERIC: "/generic",
}  # fmt: skip


def add(parts: Parts, who: Identity, vendor: Vendor, kind: Format = Format.GENERIC, **more: Any) -> Webhook:
    order = {"name": f"{kind} 值班群", "format": kind, "address": vendor.url + PATHS[kind], "secret": SECRET} | more
    return service.add(parts, who, WebhookOrder(**order))


def log(parts: Parts, who: Identity) -> tuple[Telling, ...]:
    return service.log(parts, who, PageQuery(limit=200)).items


@pytest.mark.parametrize("kind", list(Format))
def test_each_vendor_takes_what_it_is_sent(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts, kind: Format
) -> None:
    add(parts, owner, vendor, kind)
    alerts.revise("issue")
    sending.run(parts)
    assert [row.state for row in log(parts, owner)] == ["sent"]
    words = str(vendor.taken)
    assert all(part in words for part in ("Ⅰ级 红", "一车间煤气泄漏", "立即撤到东门广场", "老王"))


@pytest.mark.parametrize("kind", [Format.DINGTALK, Format.FEISHU, Format.GENERIC])
def test_a_wrong_secret_is_refused_there_and_said_here(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts, kind: Format
) -> None:
    add(parts, owner, vendor, kind, secret="wrong")
    alerts.revise("issue")
    sending.run(parts)
    assert vendor.taken == []
    (row,) = log(parts, owner)
    assert row.state != "sent"
    assert row.said


def test_issue_update_and_all_clear_are_told_once_each(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts
) -> None:
    add(parts, owner, vendor)
    for revision, act, phase in ((1, "issue", "live"), (2, "update", "live"), (3, "clear", "cleared")):
        alerts.revise(act, revision, phase=phase)
        sending.run(parts)
        sending.run(parts)
    assert [(told["moment"], told["act"]) for told in vendor.taken] == [
        ("issued", "issue"), ("issued", "update"), ("ended", "clear"),
    ]  # fmt: skip


def test_screens_that_owe_no_proof_are_not_counted_to_others(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts
) -> None:
    add(parts, owner, vendor)
    alerts.revise("issue")
    alerts.owe_nothing("锅炉房")
    sending.run(parts)
    alerts.revise("update", 2)
    alerts.owe_nothing("锅炉房", "东门条屏")
    sending.run(parts)
    assert [told["targets"] for told in vendor.taken] == [1, 0]
    some, none = ((sentences.text(told), sentences.text(told | {"locale": "en"})) for told in vendor.taken)
    assert ("1 块屏" in some[0], "1 screens" in some[1]) == (True, True)
    assert ("只在样板屏上" in none[0], "on sample screens only" in none[1]) == (True, True)


def test_an_alert_that_nobody_clears_is_told_to_have_expired(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts, clock: FixedClock
) -> None:
    add(parts, owner, vendor, moments=(Moment.ENDED,))
    alerts.revise("issue")
    sending.run(parts)
    clock.pass_(600_000)
    sending.run(parts)
    sending.run(parts)
    assert [told["act"] for told in vendor.taken] == ["expire"]


def test_unproven_screens_are_named_with_their_place_a_minute_later(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts, clock: FixedClock
) -> None:
    add(parts, owner, vendor, Format.WECOM, moments=(Moment.UNPROVEN,))
    alerts.revise("issue")
    alerts.prove("锅炉房")
    clock.pass_(60_000)
    alerts.last_step()
    sending.run(parts)
    (told,) = vendor.taken
    assert "东门条屏（东门）" in told["text"]["content"]
    assert "锅炉房" not in told["text"]["content"]


def test_nothing_is_said_of_screens_when_all_have_proved(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts, clock: FixedClock
) -> None:
    add(parts, owner, vendor, moments=(Moment.UNPROVEN,))
    alerts.revise("issue")
    alerts.prove("锅炉房")
    alerts.prove("东门条屏")
    clock.pass_(60_000)
    alerts.last_step()
    sending.run(parts)
    assert vendor.asked == []


@pytest.mark.parametrize("said", [{"status": "test"}, {"phase": "waiting"}])
def test_tests_and_what_waits_for_a_second_person_are_told_nobody(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts, said: dict[str, Any]
) -> None:
    add(parts, owner, vendor)
    alerts.revise("issue", **said)
    assert telling.queue(parts) == 0


def test_a_drill_says_so(parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts) -> None:
    add(parts, owner, vendor, Format.WECOM)
    alerts.revise("issue", status="exercise")
    sending.run(parts)
    assert "【演练】" in vendor.taken[0]["text"]["content"]


def test_a_crash_between_issue_and_telling_loses_nothing(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts
) -> None:
    add(parts, owner, vendor)
    alerts.revise("issue")  # no fact is heard, as if the process had died
    again = Parts(parts.config, parts.clock, Database(parts.config.url), parts.blobs)
    sending.run(again)
    again.db.close()
    assert len(vendor.taken) == 1


def test_old_news_is_not_told_to_a_webhook_that_came_later(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts, clock: FixedClock
) -> None:
    alerts.revise("issue")
    clock.pass_(1)
    add(parts, owner, vendor)
    assert telling.queue(parts) == 0


def test_failures_are_tried_again_ever_more_slowly_and_then_said(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts, clock: FixedClock
) -> None:
    add(parts, owner, vendor, moments=(Moment.ISSUED,))
    alerts.revise("issue")
    vendor.failing = 99
    tries = [sending.run(parts)]
    for wait in WAITS_MS:
        clock.pass_(wait - 1)
        tries.append(sending.run(parts))
        clock.pass_(1)
        tries.append(sending.run(parts))
    assert tries == [1, *(0, 1) * len(WAITS_MS)]
    (row,) = log(parts, owner)
    assert (row.state, row.tries, row.said) == ("failed", len(WAITS_MS) + 1, "HTTP 500")


def test_what_failed_twice_arrives_with_the_third_try(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts, clock: FixedClock
) -> None:
    add(parts, owner, vendor)
    alerts.revise("issue")
    vendor.failing = 2
    for wait in (0, *WAITS_MS[:2]):
        clock.pass_(wait)
        sending.run(parts)
    assert len(vendor.taken) == 1
    assert log(parts, owner)[0].tries == 3


def test_a_redirect_is_not_followed(parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts) -> None:
    add(parts, owner, vendor, address=f"{vendor.url}/moved")
    alerts.revise("issue")
    sending.run(parts)
    assert vendor.asked == ["/moved"]
    assert log(parts, owner)[0].state == "failed"


def test_two_nodes_send_a_message_once(parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts) -> None:
    add(parts, owner, vendor)
    for number in range(5):
        alerts.revise("issue", alert=f"a{number}")
    nodes = [Parts(parts.config, parts.clock, Database(parts.config.url), parts.blobs) for _ in range(2)]
    for _ in range(6):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(sending.run, nodes))
    for node in nodes:
        node.db.close()
    assert sorted(told["alert"] for told in vendor.taken) == [f"a{number}" for number in range(5)]


@pytest.mark.parametrize("kind", [Format.WECOM, Format.DINGTALK])
def test_a_group_gets_no_more_than_twenty_a_minute_and_the_rest_later(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts, clock: FixedClock, kind: Format
) -> None:
    add(parts, owner, vendor, kind)
    for number in range(23):
        alerts.revise("issue", alert=f"a{number}")
    sending.run(parts)
    assert len(vendor.taken) == 20
    clock.pass_(60_001)
    sending.run(parts)
    assert len(vendor.taken) == 23


def test_a_node_that_dies_with_a_message_gives_it_back(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts, clock: FixedClock
) -> None:
    held = add(parts, owner, vendor)
    alerts.revise("issue")
    telling.queue(parts)
    assert sending._claim(parts, held, log(parts, owner)[0])
    sending.run(parts)
    assert vendor.taken == []
    clock.pass_(sending.CLAIM_MS)
    sending.run(parts)
    assert len(vendor.taken) == 1


def test_one_that_cannot_be_reached_holds_nobody_else_up(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts
) -> None:
    add(parts, owner, vendor, name="a dead one", address="http://127.0.0.1:9/")
    add(parts, owner, vendor)
    alerts.revise("issue")
    sending.run(parts)
    assert len(vendor.taken) == 1
    assert {row.said for row in log(parts, owner)} == {"HTTP 200", "outbox.unreachable"}


def test_a_trial_goes_to_one_webhook_and_says_what_it_is(parts: Parts, owner: Identity, vendor: Vendor) -> None:
    add(parts, owner, vendor)
    chosen = add(parts, owner, vendor, Format.WECOM)
    service.try_out(parts, owner, chosen.id)
    sending.send(parts)
    assert [path.split("?")[0] for path in vendor.asked] == ["/wecom"]
    assert "试发" in vendor.taken[0]["text"]["content"]


def test_what_is_switched_off_or_removed_is_told_nothing(
    parts: Parts, owner: Identity, vendor: Vendor, alerts: Alerts
) -> None:
    off, gone = add(parts, owner, vendor), add(parts, owner, vendor)
    alerts.revise("issue")
    telling.queue(parts)
    service.change(parts, owner, off.id, WebhookOrder(enabled=False))
    service.remove(parts, owner, gone.id)
    alerts.revise("update", 2)
    add(parts, owner, vendor, Format.WECOM)  # so that there is something to run for
    sending.run(parts)
    assert {row.said for row in log(parts, owner) if row.webhook in (off.id, gone.id)} == {
        "outbox.disabled", "outbox.removed",
    }  # fmt: skip
    with parts.db.read() as tx:
        rows = tx.execute(tables.webhooks.select().where(tables.webhooks.c.id == gone.id)).one()
    assert (rows.address, rows.secret) == ("", "")


def test_nothing_in_the_log_or_the_audit_opens_a_group(parts: Parts, owner: Identity, vendor: Vendor) -> None:
    held = add(parts, owner, vendor, Format.WECOM)
    service.change(parts, owner, held.id, WebhookOrder(secret="another-secret"))
    with parts.db.read() as tx:
        rows = audit.newest(tx, "o1", 10)
    assert not [word for word in ("K1", SECRET, "another-secret") if word in str(rows)]


@pytest.mark.parametrize("order", [
    {"name": ""}, {"name": "a\nb"}, {"address": "ftp://gw/"}, {"moments": ()}, {"moments": (Moment.TRIAL,)},
    {"secret": "x" * 501},
])  # fmt: skip
def test_a_webhook_that_makes_no_sense_is_refused(
    parts: Parts, owner: Identity, vendor: Vendor, order: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        add(parts, owner, vendor, **order)


def test_there_are_only_so_many(parts: Parts, owner: Identity, vendor: Vendor) -> None:
    for _ in range(20):
        add(parts, owner, vendor)
    with pytest.raises(Conflict):
        add(parts, owner, vendor)


def test_only_who_may_change_settings_sees_or_touches_them(parts: Parts, owner: Identity, vendor: Vendor) -> None:
    held, nobody = add(parts, owner, vendor), Identity("o1", "person", "u2", "班长")
    for use in (
        lambda: service.list_webhooks(parts, nobody), lambda: service.change(parts, nobody, held.id, WebhookOrder()),
        lambda: service.remove(parts, nobody, held.id), lambda: service.try_out(parts, nobody, held.id),
        lambda: service.log(parts, nobody, PageQuery()), lambda: add(parts, nobody, vendor),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            use()


def test_another_sites_webhooks_are_not_there(parts: Parts, owner: Identity, vendor: Vendor) -> None:
    held = add(parts, owner, vendor)
    other = Identity("o2", "person", "u9", "邻厂", grants=owner.grants)
    assert service.list_webhooks(parts, other) == ()
    with pytest.raises(NotFound):
        service.try_out(parts, other, held.id)


def test_old_entries_of_the_log_are_forgotten(parts: Parts, owner: Identity, vendor: Vendor, clock: FixedClock) -> None:
    service.try_out(parts, owner, add(parts, owner, vendor).id)
    assert service.forget(parts, clock.now()) == 0
    assert service.forget(parts, clock.now() + 1) == 1
