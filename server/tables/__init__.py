"""Every table, in SQLAlchemy Core that SQLite and PostgreSQL both take; rows of a site carry its organisation."""

from __future__ import annotations

from server.tables.accounts import attempts, audit, grants, links, organisations, people, position, sessions, tokens
from server.tables.columns import metadata
from server.tables.content import assets, playlists, reviews, revision_assets, revisions
from server.tables.programmes import (
    anchors,
    pending_compiles,
    plays,
    programme_heads,
    programmes,
    renditions,
    slot_groups,
    slot_pauses,
    slot_screens,
    slots,
)
from server.tables.screens import commands, layouts, memberships, pairings, players, screen_groups, screens

__all__ = [
    "anchors",
    "assets",
    "attempts",
    "audit",
    "commands",
    "grants",
    "layouts",
    "links",
    "memberships",
    "metadata",
    "organisations",
    "pairings",
    "pending_compiles",
    "people",
    "players",
    "playlists",
    "plays",
    "position",
    "programme_heads",
    "programmes",
    "renditions",
    "reviews",
    "revision_assets",
    "revisions",
    "screen_groups",
    "screens",
    "sessions",
    "slot_groups",
    "slot_pauses",
    "slot_screens",
    "slots",
    "tokens",
]
