"""The server processes at work on this database. They belong to no site."""

from __future__ import annotations

import sqlalchemy as sa

from server.tables.columns import id_column, metadata, ms_column, text_column

nodes = sa.Table(
    "nodes",
    metadata,
    id_column(),
    text_column("host"),
    sa.Column("port", sa.Integer, nullable=False),
    sa.Column("process", sa.Integer, nullable=False),
    text_column("version"),
    ms_column("started"),
    ms_column("seen"),
    sa.Column("leads", sa.Boolean, nullable=False),
    sa.Column("deaf", sa.Boolean, nullable=False),
    sa.Column("knows", sa.String(8), nullable=False, server_default=""),
)
