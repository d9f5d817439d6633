"""Tables of the site and its people."""

from __future__ import annotations

import sqlalchemy as sa

from server.tables.columns import (
    Hash,
    Id,
    Ms,
    id_column,
    maybe_ms_column,
    metadata,
    ms_column,
    org_column,
    ref_column,
    text_column,
)

organisations = sa.Table(
    "organisations",
    metadata,
    id_column(),
    text_column("name"),
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("locale", sa.String(8), nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
    ms_column("created"),
)

# An organisation below another; the first one of a server is below none and has no row.
branches = sa.Table(
    "branches",
    metadata,
    sa.Column("org", Id, sa.ForeignKey("organisations.id"), primary_key=True),
    ref_column("parent", "organisations.id"),
    sa.Column("kind", sa.String(16), nullable=False),  # group, company, plant, workshop
    sa.Column("code", sa.String(8), nullable=False, unique=True),  # what its people add to their name to sign in
    sa.Column("airtime", sa.Integer, nullable=False),  # percent of it that those above may fill
)

# The position of the site's state: one row; a new epoch at every restore.
position = sa.Table(
    "position",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("epoch", Hash, nullable=False),
    sa.Column("seq", Ms, nullable=False, server_default="0"),
)

people = sa.Table(
    "people",
    metadata,
    id_column(),
    org_column(),
    sa.Column("login", sa.String(80), nullable=False),
    text_column("name"),
    text_column("post"),
    text_column("password_hash"),
    sa.Column("locale", sa.String(8), nullable=False, server_default="zh"),
    text_column("theme"),
    ms_column("created"),
    maybe_ms_column("last_seen"),
    maybe_ms_column("ended"),
    sa.UniqueConstraint("org", "login"),
)

grants = sa.Table(
    "grants",
    metadata,
    id_column(),
    org_column(),
    ref_column("person", "people.id"),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("screen_group", Id, sa.ForeignKey("screen_groups.id"), nullable=True),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("secret_hash", Hash, primary_key=True),
    org_column(),
    sa.Column("kind", sa.String(12), nullable=False),
    ref_column("person", "people.id", nullable=True),
    ms_column("created"),
    ms_column("expires"),
    maybe_ms_column("used"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", Hash, primary_key=True),
    org_column(),
    ref_column("person", "people.id"),
    ms_column("created"),
    ms_column("seen"),
    ms_column("fresh"),
    text_column("address"),
    text_column("agent"),
)

tokens = sa.Table(
    "tokens",
    metadata,
    id_column(),
    org_column(),
    text_column("name"),
    sa.Column("secret_hash", Hash, nullable=False, unique=True),
    sa.Column("scopes", sa.JSON, nullable=False),
    ms_column("created"),
    maybe_ms_column("expires"),
    maybe_ms_column("revoked"),
    maybe_ms_column("last_seen"),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("key", sa.String(160), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    ms_column("last"),
    ms_column("until"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    org_column(),
    ms_column("at"),
    text_column("who"),
    text_column("who_name"),
    text_column("address"),
    sa.Column("act", sa.String(60), nullable=False, index=True),
    text_column("subject"),
    sa.Column("before", sa.JSON, nullable=True),
    sa.Column("after", sa.JSON, nullable=True),
    text_column("outcome", "done"),
    sa.Column("previous", Hash, nullable=False),
    sa.Column("hash", Hash, nullable=False),
)
