"""Every table, in SQLAlchemy Core that SQLite and PostgreSQL both take; rows of a site carry its organisation."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = sa.String(40)
Hash = sa.String(64)
Ms = sa.BigInteger  # integer milliseconds since the epoch, UTC


def _id() -> sa.Column[str]:
    return sa.Column("id", Id, primary_key=True)


def _org() -> sa.Column[str]:
    return sa.Column("org", Id, sa.ForeignKey("organisations.id"), nullable=False, index=True)


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _ms(name: str) -> sa.Column[int]:
    return sa.Column(name, Ms, nullable=False)


def _maybe_ms(name: str) -> sa.Column[int]:
    return sa.Column(name, Ms, nullable=True)


def _ref(name: str, target: str, *, nullable: bool = False, index: bool = True) -> sa.Column[str]:
    return sa.Column(name, Id, sa.ForeignKey(target), nullable=nullable, index=index)


organisations = sa.Table(
    "organisations",
    metadata,
    _id(),
    _text("name"),
    sa.Column("zone", sa.String(64), nullable=False),
    sa.Column("locale", sa.String(8), nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
    _ms("created"),
)

# The position of the site's state: one row; a new epoch at every restore.
position = sa.Table(
    "position",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("epoch", Hash, nullable=False),
    sa.Column("seq", Ms, nullable=False, server_default="0"),
)

# accounts ---------------------------------------------------------------------------------------------------------

people = sa.Table(
    "people",
    metadata,
    _id(),
    _org(),
    sa.Column("login", sa.String(80), nullable=False),
    _text("name"),
    _text("post"),
    _text("password_hash"),
    sa.Column("locale", sa.String(8), nullable=False, server_default="zh"),
    _text("theme"),
    _ms("created"),
    _maybe_ms("last_seen"),
    _maybe_ms("ended"),
    sa.UniqueConstraint("org", "login"),
)

grants = sa.Table(
    "grants",
    metadata,
    _id(),
    _org(),
    _ref("person", "people.id"),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("screen_group", Id, sa.ForeignKey("screen_groups.id"), nullable=True),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("secret_hash", Hash, primary_key=True),
    _org(),
    sa.Column("kind", sa.String(12), nullable=False),
    _ref("person", "people.id", nullable=True),
    _ms("created"),
    _ms("expires"),
    _maybe_ms("used"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", Hash, primary_key=True),
    _org(),
    _ref("person", "people.id"),
    _ms("created"),
    _ms("seen"),
    _ms("fresh"),
    _text("address"),
    _text("agent"),
)

tokens = sa.Table(
    "tokens",
    metadata,
    _id(),
    _org(),
    _text("name"),
    sa.Column("secret_hash", Hash, nullable=False, unique=True),
    sa.Column("scopes", sa.JSON, nullable=False),
    _ms("created"),
    _maybe_ms("expires"),
    _maybe_ms("revoked"),
    _maybe_ms("last_seen"),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("key", sa.String(160), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    _ms("last"),
    _ms("until"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    _org(),
    _ms("at"),
    _text("who"),
    _text("who_name"),
    _text("address"),
    sa.Column("act", sa.String(60), nullable=False, index=True),
    _text("subject"),
    sa.Column("before", sa.JSON, nullable=True),
    sa.Column("after", sa.JSON, nullable=True),
    _text("outcome", "done"),
    sa.Column("previous", Hash, nullable=False),
    sa.Column("hash", Hash, nullable=False),
)

# screens ----------------------------------------------------------------------------------------------------------

screen_groups = sa.Table(
    "screen_groups",
    metadata,
    _id(),
    _org(),
    _text("name"),
    sa.Column("parent", Id, sa.ForeignKey("screen_groups.id"), nullable=True),
    sa.Column("steps", sa.Integer, nullable=False, server_default="0"),
    _ms("created"),
    sa.UniqueConstraint("org", "name"),
)

layouts = sa.Table(
    "layouts",
    metadata,
    _id(),
    _org(),
    _text("name"),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("regions", sa.JSON, nullable=False),
    _ms("created"),
)

screens = sa.Table(
    "screens",
    metadata,
    _id(),
    _org(),
    _text("name"),
    _text("place"),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("colour", sa.String(8), nullable=False),
    sa.Column("pitch_um", sa.Integer, nullable=False, server_default="10000"),
    sa.Column("distance_m", sa.Integer, nullable=False, server_default="20"),
    _text("exit"),
    _text("muster_point"),
    _ref("layout", "layouts.id", nullable=True),
    _ref("fallback", "playlists.id", nullable=True),
    sa.Column("key_hash", Hash, nullable=False, unique=True),
    sa.Column("sample", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("blanked", sa.Boolean, nullable=False, server_default=sa.false()),
    _ms("created"),
    _maybe_ms("retired"),
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), primary_key=True),
    sa.Column("screen_group", Id, sa.ForeignKey("screen_groups.id"), primary_key=True, index=True),
    _org(),
)

players = sa.Table(
    "players",
    metadata,
    _id(),
    _org(),
    _ref("screen", "screens.id"),
    sa.Column("token_hash", Hash, nullable=False, unique=True),
    _ms("paired"),
    _maybe_ms("revoked"),
    _maybe_ms("last_seen"),
    sa.Column("online", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("programme"),
    _text("version"),
    sa.Column("report", sa.JSON, nullable=True),
)

pairings = sa.Table(
    "pairings",
    metadata,
    _id(),
    sa.Column("code", sa.String(12), nullable=False, index=True),
    sa.Column("secret_hash", Hash, nullable=False),
    _text("address"),
    _ms("created"),
    _ms("expires"),
    sa.Column("misses", sa.Integer, nullable=False, server_default="0"),
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), nullable=True),
    _maybe_ms("taken"),
    sa.Column("pixels", sa.JSON, nullable=True),
)

commands = sa.Table(
    "commands",
    metadata,
    _id(),
    _org(),
    _ref("screen", "screens.id"),
    sa.Column("kind", sa.String(20), nullable=False),
    _text("by"),
    _ms("ordered"),
    _maybe_ms("done"),
    sa.Column("ok", sa.Boolean, nullable=True),
    sa.Column("result", sa.JSON, nullable=True),
)

# library and editorial --------------------------------------------------------------------------------------------

assets = sa.Table(
    "assets",
    metadata,
    _id(),
    _org(),
    _text("name"),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("sha256", Hash, nullable=False, index=True),
    sa.Column("media", sa.String(80), nullable=False),
    sa.Column("thumbnail", sa.String(80), nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    _text("by"),
    _ms("created"),
    _maybe_ms("deleted"),
)

playlists = sa.Table(
    "playlists",
    metadata,
    _id(),
    _org(),
    _text("name"),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("screen_group", Id, sa.ForeignKey("screen_groups.id"), nullable=True),
    sa.Column("draft", Hash, nullable=False),
    sa.Column("submitted", Hash, nullable=True),
    sa.Column("approved", Hash, nullable=True),
    sa.Column("starter", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("editors", sa.JSON, nullable=False, server_default="[]"),
    _text("by"),
    _ms("created"),
    _ms("changed"),
    _maybe_ms("deleted"),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("playlist", Id, sa.ForeignKey("playlists.id"), primary_key=True),
    sa.Column("hash", Hash, primary_key=True),
    _org(),
    sa.Column("number", sa.Integer, nullable=False),
    _text("name"),
    sa.Column("items", sa.JSON, nullable=False),
    _text("by"),
    _ms("created"),
)

# Which assets a revision shows, so that none in use is deleted.
revision_assets = sa.Table(
    "revision_assets",
    metadata,
    sa.Column("playlist", Id, sa.ForeignKey("playlists.id"), primary_key=True),
    sa.Column("revision", Hash, primary_key=True),
    sa.Column("asset", Id, primary_key=True, index=True),
    _org(),
)

reviews = sa.Table(
    "reviews",
    metadata,
    _id(),
    _org(),
    _ref("playlist", "playlists.id"),
    sa.Column("revision", Hash, nullable=False),
    sa.Column("act", sa.String(12), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    _text("by"),
    _text("by_name"),
    _text("reason"),
    _ms("at"),
)

# scheduling and programmes ----------------------------------------------------------------------------------------

slots = sa.Table(
    "slots",
    metadata,
    _id(),
    _org(),
    _ref("playlist", "playlists.id"),
    sa.Column("region", sa.String(40), nullable=False, server_default="main"),
    sa.Column("daypart", sa.JSON, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    _maybe_ms("begins"),
    _maybe_ms("ends"),
    sa.Column("everywhere", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("by"),
    _ms("created"),
    _ms("changed"),
    _maybe_ms("deleted"),
)

slot_screens = sa.Table(
    "slot_screens",
    metadata,
    sa.Column("slot", Id, sa.ForeignKey("slots.id"), primary_key=True),
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), primary_key=True, index=True),
    _org(),
)

slot_groups = sa.Table(
    "slot_groups",
    metadata,
    sa.Column("slot", Id, sa.ForeignKey("slots.id"), primary_key=True),
    sa.Column("screen_group", Id, sa.ForeignKey("screen_groups.id"), primary_key=True, index=True),
    _org(),
)

slot_pauses = sa.Table(
    "slot_pauses",
    metadata,
    sa.Column("slot", Id, sa.ForeignKey("slots.id"), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    _org(),
)

renditions = sa.Table(
    "renditions",
    metadata,
    sa.Column("key", Hash, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    _ms("created"),
    _ms("used"),
)

anchors = sa.Table(
    "anchors",
    metadata,
    sa.Column("org", Id, sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("loop", sa.String(400), primary_key=True),
    _ms("since"),
    _ms("anchor"),
    sa.Column("shape", sa.JSON, nullable=False),
)

programmes = sa.Table(
    "programmes",
    metadata,
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), primary_key=True),
    _org(),
    sa.Column("version", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("findings", sa.JSON, nullable=False),
    _ms("begins"),
    _ms("ends"),
    _ms("compiled"),
)

plays = sa.Table(
    "plays",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    _org(),
    sa.Column("screen", Id, sa.ForeignKey("screens.id"), nullable=False),
    sa.Column("region", sa.String(40), nullable=False),
    sa.Column("playlist", Id, nullable=False),
    sa.Column("item", sa.String(80), nullable=False),
    sa.Column("media", sa.String(80), nullable=False),
    _ms("begins"),
    _ms("ends"),
    _ms("stored"),
)
sa.Index("ix_plays_screen_begins", plays.c.screen, plays.c.begins)
