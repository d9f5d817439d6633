"""Sources belong to the settings: what one may be, who may change it, and that its secret is told once."""

from __future__ import annotations

from typing import Any

import pytest

from playlists.alert import Status
from server import audit
from server.accounts.model import Grant, Identity
from server.alerts.model import Targets
from server.errors import Conflict, Forbidden, Invalid, NotFound
from server.intake import service, sources
from server.intake.model import Kind, Policy, SourceOrder, State
from server.paging import PageQuery
from server.parts import Parts
from tests.server.intake.setting import FIRST, OWNER, TOKEN, cap, screen, source


def refused(parts: Parts, name: str = "x", kind: Kind = Kind.CAP, **order: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        source(parts, name, kind, **order)
    return [(violation.field, violation.rule) for violation in caught.value.violations]


def test_strangers_wait_for_a_person_and_the_plants_own_panel_is_heard(parts: Parts) -> None:
    assert source(parts, "a", Kind.CAP).policy is Policy.HOLD
    assert source(parts, "b", Kind.HOOK).policy is Policy.SHOW


def test_only_a_hook_has_a_secret_and_it_is_told_once(parts: Parts) -> None:
    hook, secret = sources.add(parts, OWNER, "探头", Kind.HOOK, SourceOrder())
    assert secret == hook.secret
    assert secret.startswith("pmh_")
    _, none = sources.add(parts, OWNER, "台", Kind.CAP, SourceOrder(senders=("a@b",)))
    assert none == ""
    with pytest.raises(Conflict):
        sources.renew_secret(parts, OWNER, "台")


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ({"name": ""}, ("name", "field.missing")),
        ({"name": "a\nb"}, ("name", "field.wrong")),
        ({"name": "长" * 41}, ("name", "field.string_too_long")),
        ({"name": "a/b"}, ("name", "intake.name_characters")),
        ({"name": "a:b"}, ("name", "intake.name_characters")),
        ({"senders": ()}, ("senders", "field.missing")),
        ({"senders": (" ", "")}, ("senders", "field.missing")),
        ({"senders": ("a\nb",)}, ("senders", "field.wrong")),
        ({"status": Status.TEST}, ("status", "field.enum")),
        ({"targets": Targets()}, ("targets", "alerts.no_targets")),
        ({"targets": Targets(screens=("none",))}, ("targets.screens.0", "alerts.unknown_target")),
        ({"kind": Kind.FEED, "address": "ftp://x"}, ("address", "intake.no_address")),
        ({"kind": Kind.FEED, "address": "https://met.example/"}, ("address", "intake.host_not_allowed")),
        ({"kind": Kind.HOOK, "template": "none"}, ("template", "intake.no_template")),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(parts: Parts, order: Any, found: tuple[str, str]) -> None:
    assert found in refused(parts, **order)
    assert sources.list_sources(parts, OWNER) == ()


def test_no_two_sources_have_one_name(parts: Parts) -> None:
    source(parts)
    with pytest.raises(Conflict):
        source(parts)


def test_a_change_touches_only_what_it_says(parts: Parts) -> None:
    made = source(parts, blocked=("RMT",))
    after = sources.change(parts, OWNER, made.id, SourceOrder(policy=Policy.SHOW, senders=(" a@b ", "a@b", "c@d")))
    assert (after.policy, after.senders, after.blocked) == (Policy.SHOW, ("a@b", "c@d"), ("RMT",))
    assert sources.get(parts, OWNER, made.id) == after


def test_senders_match_in_any_case_and_the_closest_source_speaks(parts: Parts) -> None:
    source(parts, "任何人", senders=("*",), policy=Policy.IGNORE)
    source(parts, "气象台", senders=("MET@city.example",), policy=Policy.SHOW)
    (outcome,) = service.receive(parts, TOKEN, cap(FIRST))
    assert outcome.state is State.SHOWN


def test_removing_a_source_lets_nobody_wait_for_it_and_keeps_what_came(parts: Parts) -> None:
    made = source(parts)
    service.receive(parts, TOKEN, cap(FIRST))
    sources.remove(parts, OWNER, made.id)
    assert service.waiting(parts, OWNER) == 0
    (kept,) = service.list_messages(parts, OWNER, PageQuery(), State.IGNORED).items
    assert (kept.source, kept.headline) == (None, "暴雨橙色预警")
    with pytest.raises(NotFound):
        sources.get(parts, OWNER, made.id)


def test_sources_are_settings_and_an_officer_changes_none(parts: Parts) -> None:
    made = source(parts, "探头", Kind.HOOK)
    officer = Identity("o1", "person", "u2", "安全值班", (Grant("read"), Grant("alerts:issue")))
    acts = (
        lambda: sources.list_sources(parts, officer),
        lambda: sources.get(parts, officer, made.id),
        lambda: sources.add(parts, officer, "y", Kind.HOOK, SourceOrder()),
        lambda: sources.change(parts, officer, made.id, SourceOrder(enabled=False)),
        lambda: sources.renew_secret(parts, officer, made.id),
        lambda: sources.remove(parts, officer, made.id),
    )
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert sources.list_sources(parts, OWNER) == (made,)


def test_another_organisations_sources_are_not_there(parts: Parts) -> None:
    made = source(parts)
    with pytest.raises(NotFound):
        sources.get(parts, Identity("o2", "person", "u9", "x", (Grant("*"),)), made.id)


def test_the_audit_log_has_every_change_and_no_secret(parts: Parts) -> None:
    screen(parts)
    made = source(parts, "探头", Kind.HOOK)
    new = sources.renew_secret(parts, OWNER, made.id)
    sources.change(parts, OWNER, made.id, SourceOrder(enabled=False))
    sources.remove(parts, OWNER, made.id)
    with parts.db.read() as tx:
        rows = audit.newest(tx, "o1", 4)
    assert [row["act"] for row in rows] == ["source.remove", "source.change", "source.secret", "source.add"]
    assert made.secret not in str(rows)
    assert new not in str(rows)
