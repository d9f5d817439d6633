"""Tables of screens and their players."""

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

screen_groups = sa.Table(
    "screen_groups",
    metadata,
    id_column(),
    org_column(),
    text_column("name"),
    sa.Column("parent", Id, sa.ForeignKey("screen_groups.id"), nullable=True),
    sa.Column("steps", sa.Integer, nullable=False, server_default="0"),
    ms_column("created"),
    sa.UniqueConstraint("org", "name"),
)

layouts = sa.Table(
    "layouts",
    metadata,
    id_column(),
    org_column(),
    text_column("name"),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("regions", sa.JSON, nullable=False),
    ms_column("created"),
)

screens = sa.Table(
    "screens",
    metadata,
    id_column(),
    org_column(),
    text_column("name"),
    text_column("place"),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("colour", sa.String(8), nullable=False),
    sa.Column("pitch_um", sa.Integer, nullable=False, server_default="10000"),
    sa.Column("distance_m", sa.Integer, nullable=False, server_default="20"),
    text_column("exit"),
    text_column("muster_point"),
    ref_column("layout", "layouts.id", nullable=True),
    ref_column("fallback", "playlists.id", nullable=True),
    sa.Column("key_hash", Hash, nullable=False, unique=True),
    sa.Column("sample", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("blanked", sa.Boolean, nullable=False, server_default=sa.false()),
    ms_column("created"),
    maybe_ms_column("retired"),
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), primary_key=True),
    sa.Column("screen_group", Id, sa.ForeignKey("screen_groups.id"), primary_key=True, index=True),
    org_column(),
)

players = sa.Table(
    "players",
    metadata,
    id_column(),
    org_column(),
    ref_column("screen", "screens.id"),
    sa.Column("token_hash", Hash, nullable=False, unique=True),
    ms_column("paired"),
    maybe_ms_column("revoked"),
    maybe_ms_column("last_seen"),
    sa.Column("online", sa.Boolean, nullable=False, server_default=sa.false()),
    text_column("programme"),
    text_column("version"),
    sa.Column("report", sa.JSON, nullable=True),
)

pairings = sa.Table(
    "pairings",
    metadata,
    id_column(),
    sa.Column("code", sa.String(12), nullable=False, index=True),
    sa.Column("secret_hash", Hash, nullable=False),
    text_column("address"),
    ms_column("created"),
    ms_column("expires"),
    sa.Column("misses", sa.Integer, nullable=False, server_default="0"),
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), nullable=True),
    maybe_ms_column("taken"),
    sa.Column("pixels", sa.JSON, nullable=True),
)

commands = sa.Table(
    "commands",
    metadata,
    id_column(),
    org_column(),
    ref_column("screen", "screens.id"),
    sa.Column("kind", sa.String(20), nullable=False),
    text_column("by"),
    ms_column("ordered"),
    maybe_ms_column("done"),
    sa.Column("ok", sa.Boolean, nullable=True),
    sa.Column("result", sa.JSON, nullable=True),
)
