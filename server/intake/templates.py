"""The template that words a hook's alerts."""

from __future__ import annotations

from typing import Any

from server.accounts.model import system
from server.alerts import templates
from server.alerts.model import Template
from server.errors import NotFound
from server.intake.model import Source
from server.parts import Parts

KINDS = ("urgency", "certainty", "category", "response", "presentation")


def of(parts: Parts, source: Source) -> Template | None:
    """The source's template as it is now; None when it has none, or when somebody deleted it."""
    if not source.template:
        return None
    try:
        return templates.get_template(parts, system(source.org), source.template)
    except NotFound:
        return None


def words(template: Template | None, locale: str) -> tuple[str, str]:
    """Headline and instruction, "" without a template."""
    said = template.words[locale] if template else {}
    return said.get("headline", ""), said.get("instruction", "")


def kinds(template: Template) -> dict[str, Any]:
    """What a template says beside its words and its severity."""
    return {name: getattr(template, name) for name in KINDS}
