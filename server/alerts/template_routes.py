"""HTTP of templates and of the settings of alerts."""

from __future__ import annotations

from server.accounts.model import Identity
from server.alerts import settings, templates
from server.alerts import template_bodies as b
from server.alerts.bodies import WarningAnswer
from server.alerts.model import NewTemplate, Template
from server.api import Answer, Api, stale_with, tagged
from server.paging import sliced
from server.parts import Parts
from server.problems import violation_object

api = Api("alert_templates")
EDIT = "alerts:issue settings"


@api.get("/api/v1/alert-templates", query=b.TemplateQuery, answer=b.TemplateList, summary="List alert templates")
def list_templates(parts: Parts, who: Identity, query: b.TemplateQuery) -> b.TemplateList:
    page = sliced(templates.list_templates(parts, who, deleted=query.deleted), query, lambda one: one.id)
    screen, fits = templates.narrowest(parts, who.org)
    items = [_told(one, who.locale, fits) for one in page.items]
    return b.TemplateList(items=items, next=page.next, narrowest=b.NarrowestAnswer(screen=screen, characters=fits))


@api.post(
    "/api/v1/alert-templates", EDIT, body=b.NewTemplateBody, answer=b.TemplateAnswer, status=201, also=(409,),
    summary="Add an alert template",
)  # fmt: skip
def add_template(parts: Parts, who: Identity, body: b.NewTemplateBody) -> Answer:
    return _answer(parts, who, templates.add_template(parts, who, body.order(body.name)))


@api.get(
    "/api/v1/alert-templates/<template>", answer=b.TemplateAnswer, also=(404,), summary="One template, by id or name"
)
def get_template(parts: Parts, who: Identity, template: str) -> Answer:
    return _answer(parts, who, templates.get_template(parts, who, template))


@api.put(
    "/api/v1/alert-templates/<template>", EDIT, body=b.TemplateBody, answer=b.TemplateAnswer, if_match=True,
    also=(404,), summary="Write a template anew",
)  # fmt: skip
def change_template(parts: Parts, who: Identity, template: str, body: b.TemplateBody, held: str) -> Answer:
    return _answer(parts, who, templates.change_template(parts, who, template, held, body.order()))


@api.delete(
    "/api/v1/alert-templates/<template>", EDIT, status=204, also=(404,), summary="Delete a template; it can be restored"
)
def delete_template(parts: Parts, who: Identity, template: str) -> None:
    templates.delete_template(parts, who, template)


@api.post(
    "/api/v1/alert-templates/<template>/restore", EDIT, answer=b.TemplateAnswer, also=(404,),
    summary="Bring a template back: as shipped, or as it was deleted",
)  # fmt: skip
def restore_template(parts: Parts, who: Identity, template: str) -> Answer:
    return _answer(parts, who, templates.restore_template(parts, who, template))


@api.get("/api/v1/alert-settings", answer=b.SettingsAnswer, summary="What the site says about its alerts")
def get_settings(parts: Parts, who: Identity) -> Answer:
    found = settings.held(parts, who.org)
    return tagged(_settings(found), settings.revision(found))


@api.put(
    "/api/v1/alert-settings", "settings", body=b.SettingsBody, answer=b.SettingsAnswer, may_match=True,
    summary="Change phone, unit, second person, all-clear and acknowledging; 412 carries them as `current`",
)  # fmt: skip
def change_settings(parts: Parts, who: Identity, body: b.SettingsBody, held: str) -> Answer:
    with stale_with(lambda: _settings(settings.held(parts, who.org))):
        found = settings.change(parts, who, settings.SettingsOrder(**body.model_dump()), held)
    return tagged(_settings(found), settings.revision(found))


def _settings(held: settings.AlertSettings) -> b.SettingsAnswer:
    return b.SettingsAnswer(**{name: getattr(held, name) for name in b.SettingsAnswer.model_fields})


def _answer(parts: Parts, who: Identity, template: Template) -> Answer:
    _, fits = templates.narrowest(parts, who.org)
    return Answer(_told(template, who.locale, fits), headers={"ETag": f'"{template.changed}"'})


def _told(template: Template, locale: str, fits: int) -> b.TemplateAnswer:
    origin = templates.shipped().get(template.name)
    same = origin is not None and all(getattr(template, n) == getattr(origin, n) for n in NewTemplate.__slots__)
    hints = [violation_object(found, locale) for found in templates.warnings(template, fits)]
    fields = ("id", "name", "category", "response", "urgency", "severity", "certainty", "presentation", "deleted")
    return b.TemplateAnswer(
        **{name: getattr(template, name) for name in fields}, revision=str(template.changed),
        words={one: b.WordsAnswer(**said) for one, said in template.words.items()}, expires_in_s=template.expires_s,
        shipped=origin is not None, as_shipped=same, warnings=[WarningAnswer(**hint) for hint in hints],
    )  # fmt: skip
