"""Templates: the shipped twelve, one's own, and what is issued in their words."""

from __future__ import annotations

from typing import Any

import pytest

from playlists.alert import Category, Certainty, Presentation, Response, Severity, Status, Urgency
from playlists.model import Colour
from server.accounts.model import Grant, Identity
from server.alerts import filling, limits, settings, templates, wording
from server.alerts import service as alerts
from server.alerts.model import SCOPE, NewTemplate, Targets
from server.alerts.settings import SettingsOrder
from server.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from server.parts import Parts
from server.screens import groups, service
from server.screens.model import NewScreenOrder, Screen

ALL = Targets(everywhere=True)
NAMES = ["fire", "gas", "methane", "collapse", "power", "evacuation", "injury", "weather", "earthquake", "drill",
         "all_clear", "correction"]  # fmt: skip
OURS = NewTemplate("kiln", {"zh": {"title": "窑压异常", "headline": "窑压异常，离开窑头", "instruction": "到{集合点}"},
                            "en": {"title": "Kiln", "headline": "Leave the kiln", "instruction": "Go to {muster}"}},
                   Category.SAFETY, Response.EVACUATE, Urgency.IMMEDIATE, Severity.SEVERE, Certainty.OBSERVED,
                   Presentation.TAKEOVER, 600)  # fmt: skip


@pytest.fixture
def site(parts: Parts) -> Parts:
    templates.ship(parts, "o1")
    return parts


@pytest.fixture
def strip(site: Parts, owner: Identity) -> Screen:
    order = NewScreenOrder("窑头", 192, 16, Colour.SINGLE, exit="东出口", muster_point="南广场")
    return service.add(site, owner, order).screen


def said(parts: Parts, screen: Screen) -> tuple[str, str]:
    with parts.db.read() as tx:
        (alert,) = alerts.live_for(tx, "o1", screen.id, parts.clock.now())
    return alert.headline, alert.text


def issue(parts: Parts, who: Identity, template: str, status: Status = Status.ACTUAL, **given: Any) -> str:
    order = alerts.order_from(parts, "o1", template, status=status, targets=ALL, source="cli", **given)
    return alerts.issue(parts, who, order).alert_id


def test_a_site_begins_with_the_twelve_in_their_order_and_gets_them_once(site: Parts, owner: Identity) -> None:
    assert [one.name for one in templates.list_templates(site, owner)] == NAMES
    assert templates.ship(site, "o1") == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_what_is_shipped_is_short_and_whole_in_both_languages(name: str, locale: str) -> None:
    words = templates.shipped()[name].words[locale]
    values = {"place": "三号窑" if locale == "zh" else "Kiln 3", "phone": "6119", "unit": "", "time": "12:00"}
    around = filling.Surroundings("东出口" if locale == "zh" else "east door", "南广场" if locale == "zh" else "yard")
    headline, text = (
        filling.for_screen(filling.for_everyone(words[one], values, locale), around, locale)
        for one in ("headline", "instruction")
    )
    assert "{" not in headline + text
    assert list(wording.violations(headline, text, "")) == []
    assert list(wording.warnings(headline, text)) == []


def test_every_shipped_template_lives_within_its_severitys_limit() -> None:
    assert all(one.expires_s <= limits.EXPIRIES[one.severity].longest_s for one in templates.shipped().values())


def test_an_alert_speaks_the_templates_words_for_every_screen(site: Parts, owner: Identity, strip: Screen) -> None:
    settings.change(site, owner, SettingsOrder(phone="6119"))
    name = issue(site, owner, "fire", place="三号窑")
    assert said(site, strip) == ("三号窑着火，马上撤离", "走东出口，不坐电梯。到南广场点名。电话 6119")
    found = alerts.get(site, owner, name)
    assert (found.severity, found.category, found.template, found.expires - found.effective) == (
        Severity.EXTREME, Category.FIRE, "fire", 7_200_000
    )  # fmt: skip


def test_what_is_given_comes_before_the_template(site: Parts, owner: Identity, strip: Screen) -> None:
    issue(site, owner, "gas", headline="氨气泄漏", severity=None, expires_s=60)
    assert said(site, strip)[0] == "氨气泄漏"


def test_a_drill_by_a_template_ends_as_early_as_drills_do(site: Parts, owner: Identity, strip: Screen) -> None:
    found = alerts.get(site, owner, issue(site, owner, "fire", Status.EXERCISE))
    assert found.expires - found.effective == limits.DRILL.default_s * 1000


def test_an_ending_speaks_the_sites_own_words(site: Parts, owner: Identity, strip: Screen) -> None:
    held = templates.get_template(site, owner, "all_clear")
    words = held.words | {"zh": held.words["zh"] | {"headline": "煤气险情解除"}}
    order = NewTemplate(**{name: getattr(held, name) for name in NewTemplate.__slots__ if name != "words"}, words=words)
    templates.change_template(site, owner, "all_clear", str(held.changed), order)
    alerts.clear(site, owner, issue(site, owner, "gas"))
    assert said(site, strip) == ("煤气险情解除", "听班长安排，有序回岗位。有疑问打 值班室")


@pytest.mark.parametrize("name", ["none", "kiln"])
def test_an_unknown_or_deleted_template_is_refused(site: Parts, owner: Identity, strip: Screen, name: str) -> None:
    templates.delete_template(site, owner, templates.add_template(site, owner, OURS).id)
    with pytest.raises(Invalid) as refused:
        issue(site, owner, name)
    assert refused.value.violations[0].field == "template"


def test_ones_own_template_is_added_changed_deleted_and_restored(site: Parts, owner: Identity) -> None:
    made = templates.add_template(site, owner, OURS)
    assert templates.list_templates(site, owner)[-1] == made
    changed = templates.change_template(site, owner, "kiln", str(made.changed), OURS)
    assert changed.changed > made.changed
    with pytest.raises(Stale):
        templates.change_template(site, owner, "kiln", str(made.changed), OURS)
    templates.delete_template(site, owner, "kiln")
    with pytest.raises(NotFound):
        templates.get_template(site, owner, "kiln")
    with pytest.raises(Conflict):
        templates.add_template(site, owner, OURS)
    assert templates.restore_template(site, owner, "kiln").words == OURS.words


def test_a_shipped_template_is_restored_as_it_was_shipped_and_deleting_it_lasts(site: Parts, owner: Identity) -> None:
    held = templates.get_template(site, owner, "fire")
    templates.change_template(site, owner, "fire", str(held.changed), OURS)
    templates.delete_template(site, owner, "fire")
    assert templates.ship(site, "o1") == 0
    assert [one.name for one in templates.list_templates(site, owner)] == NAMES[1:]
    assert [one.name for one in templates.list_templates(site, owner, deleted=True)] == ["fire"]
    assert templates.restore_template(site, owner, "fire").words == templates.shipped()["fire"].words
    assert [one.name for one in templates.list_templates(site, owner)] == NAMES


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "Fire!"}, "name"), ({"expires_s": 999_999}, "expires_in_s"),
        ({"words": {**OURS.words, "en": {"title": "", "headline": "x", "instruction": ""}}}, "words.en.title"),
        ({"words": {**OURS.words, "zh": {"title": "x", "headline": "{谁}", "instruction": ""}}}, "words.zh.headline"),
    ],
)  # fmt: skip
def test_a_poor_template_is_refused_by_field(site: Parts, owner: Identity, more: dict[str, Any], field: str) -> None:
    values = {name: getattr(OURS, name) for name in NewTemplate.__slots__} | more
    with pytest.raises(Invalid) as refused:
        templates.add_template(site, owner, NewTemplate(**values))
    assert [found.field for found in refused.value.violations] == [field]


def test_words_are_measured_against_the_narrowest_strip(site: Parts, owner: Identity, strip: Screen) -> None:
    fire = templates.get_template(site, owner, "fire")
    assert templates.narrowest(site, "o1") == ("窑头", 12)
    assert templates.warnings(fire, 12) == []
    service.add(site, owner, NewScreenOrder("门楣", 96, 16, Colour.SINGLE))
    assert templates.narrowest(site, "o1") == ("门楣", 6)
    assert {found.field for found in templates.warnings(fire, 6)} == {"words.zh.headline", "words.en.headline"}


def test_the_sites_words_are_not_changed_by_an_officer_of_one_group(site: Parts, owner: Identity) -> None:
    group = groups.add_group(site, owner, "窑").id
    local = Identity("o1", "person", "u3", "班长", grants=(Grant("read"), Grant(SCOPE, group)))
    for act in (templates.add_template, lambda *a: templates.delete_template(site, local, "fire")):
        with pytest.raises(Forbidden):
            act(site, local, OURS)


@pytest.mark.parametrize(
    ("wrong", "field"), [({"phone": "6" * 41}, "phone"), ({"cleared_s": 4}, "cleared_s"), ({"unit": "a\nb"}, "unit")]
)
def test_a_wrong_setting_is_named_and_nothing_changes(
    site: Parts, owner: Identity, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        settings.change(site, owner, SettingsOrder(**({"code": True} | wrong)))
    assert [found.field for found in refused.value.violations] == [field]
    assert not settings.held(site, "o1").code


def test_settings_that_are_left_out_stay(site: Parts, owner: Identity) -> None:
    settings.change(site, owner, SettingsOrder(phone="6119", second_person=True))
    found = settings.change(site, owner, SettingsOrder(cleared_s=30))
    assert (found.phone, found.second_person, found.cleared_s, found.unit) == ("6119", True, 30, "样板一厂")
