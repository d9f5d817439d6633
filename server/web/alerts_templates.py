"""Settings of alerts: what the site says about itself, and the words prepared for each hazard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, g, redirect, request

from playlists.alert import Category, Certainty, Presentation, Response, Severity, Urgency
from server import errors
from server.accounts.model import NOWHERE
from server.alerts import limits, settings, templates
from server.alerts.model import SCOPE, NewTemplate, Template
from server.api import parts
from server.web import alerts_view
from server.web.alerts_form import word
from server.web.meanwhile import Meanwhile, Row, meanwhile, yes_no
from server.web.settings import topics
from server.web.shell import locale_now, page, refusal, signed_in
from server.words import LOCALES, say

blueprint = Blueprint("alerts_templates", __name__)
BLANK = NewTemplate(
    "", {locale: {"title": "", "headline": "", "instruction": ""} for locale in LOCALES}, Category.SAFETY,
    Response.EXECUTE, Urgency.IMMEDIATE, Severity.SEVERE, Certainty.OBSERVED, Presentation.TAKEOVER, 1800,
)  # fmt: skip
CHOICES: dict[str, Any] = {
    "severity": Severity, "presentation": Presentation, "category": Category, "response": Response,
    "urgency": Urgency, "certainty": Certainty,
}  # fmt: skip


def _gate() -> Any:
    """For who sets the site up, and for who speaks to the whole of it."""
    if g.who.kind == "person" and g.who.may(SCOPE, NOWHERE):
        return signed_in()
    return signed_in("settings")


def _page(template: str, problem: errors.Problem | None = None, **values: Any) -> Any:
    told = refusal(problem) if problem else None
    may = g.who.may("settings")
    shown = page(template, here="settings", problem=told, topics=topics("alerts"), topic="alerts", may_settings=may,
                 words=("alerts_page.", "alerts.headline_scrolls", "alerts.much_text"), **values)  # fmt: skip
    return (shown, problem.status) if problem else shown


# the list and the site's own words ------------------------------------------------------------------------------------


@blueprint.get("/settings/alerts")
def listed() -> Any:
    return _gate() or _list()


def _list(problem: errors.Problem | None = None, met: Meanwhile | None = None) -> Any:
    screen, fits = templates.narrowest(parts(), g.who.org)
    found = templates.list_templates(parts(), g.who)
    rows = [{"template": one, "words": one.words[locale_now()], "colour": alerts_view.colour(one.severity),
             "label": alerts_view.severity_label(one.severity), "icon": alerts_view.ICONS.get(one.name, "warn"),
             "warnings": len(templates.warnings(one, fits)), "hazard": one.name not in alerts_view.ENDINGS}
            for one in found]  # fmt: skip
    return _page(
        "alert_templates.html", problem, met=met, rows=rows, screen=screen, fits=fits, held=_held(),
        gone=templates.list_templates(parts(), g.who, deleted=True), locale_words=locale_now(),
    )  # fmt: skip


def _held() -> dict[str, Any]:
    """The site's settings of alerts, with what was typed."""
    found = settings.held(parts(), g.who.org)
    held = {name: getattr(found, name) for name in ("unit", "phone", "second_person", "cleared_s", "code")}
    if "unit" in request.form:
        held |= {name: request.form.get(name) == "1" for name in ("second_person", "code")}
    held |= {name: request.form[name] for name in ("unit", "phone", "cleared_s") if name in request.form}
    return {**held, "revision": settings.revision(found)}


@blueprint.post("/settings/alerts")
def change_settings() -> Any:
    if gate := signed_in("settings"):
        return gate
    form = request.form
    order = settings.SettingsOrder(
        form.get("unit", ""), form.get("phone", ""), form.get("second_person") == "1",
        form.get("cleared_s", 0, type=int), form.get("code") == "1",
    )  # fmt: skip
    try:
        settings.change(parts(), g.who, order, form.get("revision", ""))
    except errors.Stale as problem:
        return _list(problem, meanwhile("alert_settings.change", "", _rows(order), "/settings/alerts"))
    except errors.Invalid as problem:
        return _list(problem)
    return redirect("/settings/alerts?saved=1", 303)


def _rows(order: settings.SettingsOrder) -> list[Row]:
    """The settings as stored beside what was typed, by their labels."""
    found = settings.held(parts(), g.who.org)
    sides = [
        (one.unit, one.phone, str(one.cleared_s), yes_no(one.second_person), yes_no(one.code)) for one in (found, order)
    ]
    labels = (say(f"alerts_page.set.{name}", locale_now()) for name in ("unit", "phone", "cleared", "second", "code"))
    return list(zip(labels, *sides, strict=True))


# one template ---------------------------------------------------------------------------------------------------------


@blueprint.get("/settings/alerts/new")
def new() -> Any:
    return _gate() or _form(None, BLANK)


@blueprint.get("/settings/alerts/<template>")
def edit(template: str) -> Any:
    if gate := _gate():
        return gate
    held = templates.get_template(parts(), g.who, template)
    return _form(held, held)


def _form(held: Template | None, shown: NewTemplate | Template, problem: errors.Problem | None = None,
          met: Meanwhile | None = None) -> Any:  # fmt: skip
    screen, fits = templates.narrowest(parts(), g.who.org)
    shipped = held is not None and held.name in templates.shipped()
    return _page(
        "alert_template.html", problem, met=met, held=held, shown=shown, screen=screen, fits=fits, shipped=shipped,
        choices=CHOICES, limits=alerts_view.LIMITS, whole=limits.WHOLE_FITS, minutes=shown.expires_s // 60,
        severities=alerts_view.severities(), data={"fits": fits, "screen": screen, "whole": limits.WHOLE_FITS},
    )  # fmt: skip


@blueprint.post("/settings/alerts/new")
def add() -> Any:
    if gate := _gate():
        return gate
    typed = _typed(request.form.get("name", "").strip())
    try:
        made = templates.add_template(parts(), g.who, typed)
    except (errors.Invalid, errors.Conflict) as problem:
        return _form(None, typed, problem)
    return redirect(f"/settings/alerts/{made.id}?saved=1", 303)


@blueprint.post("/settings/alerts/<template>")
def change(template: str) -> Any:
    if gate := _gate():
        return gate
    held = templates.get_template(parts(), g.who, template)
    typed = _typed(held.name)
    try:
        templates.change_template(parts(), g.who, held.id, request.form.get("revision", ""), typed)
    except errors.Stale as problem:
        now = templates.get_template(parts(), g.who, template)
        back = f"/settings/alerts/{held.id}"
        return _form(now, typed, problem, meanwhile("alert_template.change", held.id, _differing(now, typed), back))
    except errors.Invalid as problem:
        return _form(held, typed, problem)
    return redirect(f"/settings/alerts/{held.id}?saved=1", 303)


def _differing(stored: NewTemplate | Template, typed: NewTemplate) -> Iterator[Row]:
    """A template as it is stored beside what was typed, by its labels."""
    locale = locale_now()
    for one in LOCALES:
        for part, label in (("title", "tmpl.button"), ("headline", "headline"), ("instruction", "instruction")):
            both = (stored.words[one][part], typed.words[one][part])
            yield f"{say(f'alerts_page.tmpl.lang.{one}', locale)} · {say(f'alerts_page.{label}', locale)}", *both
    minutes = (str(stored.expires_s // 60), str(typed.expires_s // 60))
    yield say("alerts_page.tmpl.minutes", locale), *minutes
    for kind in CHOICES:
        label = kind if kind in ("severity", "presentation") else f"tmpl.{kind}"
        yield say(f"alerts_page.{label}", locale), _word(kind, getattr(stored, kind)), _word(kind, getattr(typed, kind))


def _word(kind: str, one: Any) -> str:
    return alerts_view.severity_label(one) if kind == "severity" else say(f"alerts_page.cap.{kind}.{one}", locale_now())


@blueprint.post("/settings/alerts/<template>/remove")
def remove(template: str) -> Any:
    if gate := _gate():
        return gate
    templates.delete_template(parts(), g.who, template)
    return redirect("/settings/alerts", 303)


@blueprint.post("/settings/alerts/<template>/restore")
def restore(template: str) -> Any:
    if gate := _gate():
        return gate
    made = templates.restore_template(parts(), g.who, template)
    return redirect(f"/settings/alerts/{made.id}", 303)


def _typed(name: str) -> NewTemplate:
    form = request.form
    words = {
        locale: {part: form.get(f"{locale}.{part}", "") for part in ("title", "headline", "instruction")}
        for locale in LOCALES
    }
    chosen = {kind: word(words_of, form.get(kind, ""), getattr(BLANK, kind)) for kind, words_of in CHOICES.items()}
    return replace(BLANK, name=name, words=words, expires_s=60 * form.get("minutes", 0, type=int), **chosen)
