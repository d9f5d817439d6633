"""The desk: the staff's web pages."""

from __future__ import annotations

from flask import Blueprint

from server.web import (
    alerts,
    alerts_acts,
    alerts_fresh,
    alerts_history,
    alerts_shot,
    alerts_templates,
    entry,
    groups,
    held,
    library,
    now,
    organisations,
    people,
    playlists,
    review,
    schedule,
    screens,
    search,
    seen,
    settings,
    slot_form,
    sources,
    statics,
    webhooks,
)
from server.web.shell import error_page, wants_page

__all__ = ["blueprints", "error_page", "wants_page"]

PAGES = (
    statics,
    entry,
    now,
    playlists,
    library,
    screens,
    organisations,
    groups,
    people,
    review,
    schedule,
    slot_form,
    settings,
    sources,
    webhooks,
    search,
    alerts,
    alerts_fresh,
    alerts_acts,
    alerts_history,
    alerts_shot,
    held,
    alerts_templates,
    seen,
)


def blueprints() -> list[Blueprint]:
    """Every page's blueprint."""
    return [page.blueprint for page in PAGES]
