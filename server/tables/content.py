"""Tables of the library, playlists and their review."""

from __future__ import annotations

import sqlalchemy as sa

from server.tables.columns import (
    Hash,
    Id,
    id_column,
    maybe_ms_column,
    metadata,
    ms_column,
    org_column,
    ref_column,
    text_column,
)

assets = sa.Table(
    "assets",
    metadata,
    id_column(),
    org_column(),
    text_column("name"),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("sha256", Hash, nullable=False, index=True),
    sa.Column("media", sa.String(80), nullable=False),
    sa.Column("thumbnail", sa.String(80), nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    text_column("by"),
    ms_column("created"),
    maybe_ms_column("deleted"),
)

playlists = sa.Table(
    "playlists",
    metadata,
    id_column(),
    org_column(),
    text_column("name"),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("screen_group", Id, sa.ForeignKey("screen_groups.id"), nullable=True),
    sa.Column("draft", Hash, nullable=False),
    sa.Column("submitted", Hash, nullable=True),
    sa.Column("approved", Hash, nullable=True),
    sa.Column("starter", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("editors", sa.JSON, nullable=False, server_default="[]"),
    text_column("by"),
    ms_column("created"),
    ms_column("changed"),
    maybe_ms_column("deleted"),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("playlist", Id, sa.ForeignKey("playlists.id"), primary_key=True),
    sa.Column("hash", Hash, primary_key=True),
    org_column(),
    sa.Column("number", sa.Integer, nullable=False),
    text_column("name"),
    sa.Column("items", sa.JSON, nullable=False),
    text_column("by"),
    ms_column("created"),
)

# Which assets a revision shows, so that none in use is deleted.
revision_assets = sa.Table(
    "revision_assets",
    metadata,
    sa.Column("playlist", Id, sa.ForeignKey("playlists.id"), primary_key=True),
    sa.Column("revision", Hash, primary_key=True),
    sa.Column("asset", Id, primary_key=True, index=True),
    org_column(),
)

reviews = sa.Table(
    "reviews",
    metadata,
    id_column(),
    org_column(),
    ref_column("playlist", "playlists.id"),
    sa.Column("revision", Hash, nullable=False),
    sa.Column("act", sa.String(12), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    text_column("by"),
    text_column("by_name"),
    text_column("reason"),
    ms_column("at"),
)
