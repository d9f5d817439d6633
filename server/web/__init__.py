"""The desk: the staff's web pages."""

from __future__ import annotations

from flask import Blueprint

from server.web import entry, library, now, people, settings, statics
from server.web.shell import error_page, wants_page

__all__ = ["blueprints", "error_page", "wants_page"]

PAGES = (statics, entry, now, library, people, settings)


def blueprints() -> list[Blueprint]:
    """Every page's blueprint."""
    return [page.blueprint for page in PAGES]
