"""What the routes of templates and of the settings of alerts take and give."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from playlists.alert import Category, Certainty, Presentation, Response, Severity, Urgency
from server.alerts.bodies import Seconds, Text, WarningAnswer
from server.alerts.model import NewTemplate
from server.bodies import Body
from server.paging import PageQuery


class WordsBody(Body):
    """What a template says in one language; ``{place} {muster} {exit} {time} {phone} {unit}`` are filled in."""

    title: Text
    headline: Text
    instruction: Text = ""


class BothWordsBody(Body):
    """A template speaks both languages."""

    zh: WordsBody
    en: WordsBody


class TemplateBody(Body):
    """What a template is to be."""

    words: BothWordsBody
    category: Category = Category.SAFETY
    response: Response = Response.EXECUTE
    urgency: Urgency = Urgency.IMMEDIATE
    severity: Severity
    certainty: Certainty = Certainty.OBSERVED
    presentation: Presentation = Presentation.TAKEOVER
    expires_in_s: Seconds

    def order(self, name: str = "") -> NewTemplate:
        """The template as the service takes it."""
        values = {field: getattr(self, field) for field in type(self).model_fields if field not in _RENAMED}
        return NewTemplate(name=name, words=self.words.model_dump(), expires_s=self.expires_in_s, **values)


_RENAMED = ("words", "expires_in_s", "name")


class NewTemplateBody(TemplateBody):
    """A template to be added; ``name`` is for scripts: small letters, digits and ``_``."""

    name: Annotated[str, Field(max_length=40)]


class WordsAnswer(BaseModel):
    """What a template says in one language."""

    title: str
    headline: str
    instruction: str


class TemplateAnswer(BaseModel):
    """A template; ``revision`` goes into If-Match, ``shipped`` says that restoring brings back the shipped words.

    ``as_shipped`` is false once somebody changed it; ``warnings`` are about the site's narrowest strip.
    """

    id: str
    revision: str
    name: str
    words: dict[str, WordsAnswer]
    category: Category
    response: Response
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    presentation: Presentation
    expires_in_s: int
    shipped: bool
    as_shipped: bool
    deleted: int | None = None
    warnings: list[WarningAnswer]


class NarrowestAnswer(BaseModel):
    """The site's narrowest screen ("" for none yet) and how many full-width characters it shows at once."""

    screen: str
    characters: int


class TemplateList(BaseModel):
    """A page of templates, in the order in which they are offered."""

    items: list[TemplateAnswer]
    next: str | None = None
    narrowest: NarrowestAnswer


class TemplateQuery(PageQuery):
    """Which page; ``deleted`` for those that can be restored."""

    deleted: bool = False


class SettingsBody(Body):
    """What is to change; ``unit`` "" means the site's name, ``cleared_s`` how long an all-clear stays."""

    unit: Text | None = None
    phone: Text | None = None
    second_person: bool | None = None
    cleared_s: Annotated[int, Field(ge=0, le=86_400)] | None = None
    code: bool | None = None


class SettingsAnswer(BaseModel):
    """The site's settings of alerts."""

    unit: str
    phone: str
    second_person: bool
    cleared_s: int
    code: bool
