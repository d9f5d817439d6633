"""Tables of slots, programmes and plays."""

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

slots = sa.Table(
    "slots",
    metadata,
    id_column(),
    org_column(),
    ref_column("playlist", "playlists.id"),
    sa.Column("region", sa.String(40), nullable=False, server_default="main"),
    sa.Column("daypart", sa.JSON, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    maybe_ms_column("begins"),
    maybe_ms_column("ends"),
    sa.Column("everywhere", sa.Boolean, nullable=False, server_default=sa.false()),
    text_column("by"),
    ms_column("created"),
    ms_column("changed"),
    maybe_ms_column("deleted"),
)

# Organisations below, each with all that lies in it, where a slot is mandatory.
slot_organisations = sa.Table(
    "slot_organisations",
    metadata,
    sa.Column("slot", Id, sa.ForeignKey("slots.id"), primary_key=True),
    sa.Column("organisation", Id, sa.ForeignKey("organisations.id"), primary_key=True, index=True),
    sa.Column("share", sa.Integer, nullable=False),  # percent of airtime asked for
    org_column(),
)

slot_screens = sa.Table(
    "slot_screens",
    metadata,
    sa.Column("slot", Id, sa.ForeignKey("slots.id"), primary_key=True),
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), primary_key=True, index=True),
    org_column(),
)

slot_groups = sa.Table(
    "slot_groups",
    metadata,
    sa.Column("slot", Id, sa.ForeignKey("slots.id"), primary_key=True),
    sa.Column("screen_group", Id, sa.ForeignKey("screen_groups.id"), primary_key=True, index=True),
    org_column(),
)

slot_pauses = sa.Table(
    "slot_pauses",
    metadata,
    sa.Column("slot", Id, sa.ForeignKey("slots.id"), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    org_column(),
)

renditions = sa.Table(
    "renditions",
    metadata,
    sa.Column("key", Hash, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    ms_column("created"),
    ms_column("used"),
)

anchors = sa.Table(
    "anchors",
    metadata,
    sa.Column("org", Id, sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("loop", sa.String(400), primary_key=True),
    ms_column("since"),
    ms_column("anchor"),
    sa.Column("shape", sa.JSON, nullable=False),
)

# Screens touched by a process that compiles nothing; the running server takes the rows and compiles.
pending_compiles = sa.Table(
    "pending_compiles",
    metadata,
    sa.Column("org", Id, sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("screen", Id, primary_key=True),
)

# The long first part that the programmes of screens which look the same have in common, stored once.
programme_heads = sa.Table(
    "programme_heads",
    metadata,
    sa.Column("org", Id, sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("hash", Hash, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)

# A programme's text is its head's, if it has one, and ``body``.
programmes = sa.Table(
    "programmes",
    metadata,
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), primary_key=True),
    org_column(),
    sa.Column("version", sa.String(32), nullable=False),
    sa.Column("head", Hash, nullable=False, server_default="", index=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("findings", sa.JSON, nullable=False),
    ms_column("begins"),
    ms_column("ends"),
    ms_column("compiled"),
)

plays = sa.Table(
    "plays",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    org_column(),
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), nullable=False),
    sa.Column("region", sa.String(40), nullable=False),
    sa.Column("playlist", Id, nullable=False),
    sa.Column("item", sa.String(80), nullable=False),
    sa.Column("media", sa.String(80), nullable=False),
    ms_column("begins"),
    ms_column("ends"),
    ms_column("stored"),
)
sa.Index("ix_plays_screen_begins", plays.c.screen, plays.c.begins)
sa.Index("ix_plays_org_begins", plays.c.org, plays.c.begins)
sa.Index("ix_plays_ends", plays.c.ends)

# Plays summed up as they come in: what a report over days and thousands of screens reads. ``hour`` since the epoch.
play_hours = sa.Table(
    "play_hours",
    metadata,
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), primary_key=True),
    sa.Column("hour", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("playlist", Id, primary_key=True),
    org_column(),
    sa.Column("plays", sa.Integer, nullable=False),
    ms_column("ms"),
)
sa.Index("ix_play_hours_hour", play_hours.c.hour)
