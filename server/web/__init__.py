"""The desk: the staff's web pages."""

from __future__ import annotations

from flask import Blueprint

from server.web import entry, library, now, people, playlists, review, screens, settings, statics
from server.web.shell import error_page, wants_page

__all__ = ["blueprints", "error_page", "wants_page"]

PAGES = (statics, entry, now, playlists, library, screens, people, review, settings)


def blueprints() -> list[Blueprint]:
    """Every page's blueprint."""
    return [page.blueprint for page in PAGES]
