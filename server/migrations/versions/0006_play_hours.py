"""Plays summed up by hour; those stored before are summed up now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "play_hours",
        sa.Column("screen", sa.String(40), nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("playlist", sa.String(40), nullable=False),
        sa.Column("org", sa.String(40), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.id"], name="fk_play_hours_org"),
        sa.ForeignKeyConstraint(["screen"], ["screens.id"], name="fk_play_hours_screen"),
        sa.PrimaryKeyConstraint("screen", "hour", "playlist", name="pk_play_hours"),
    )
    op.create_index("ix_play_hours_org", "play_hours", ["org"])
    op.create_index("ix_play_hours_hour", "play_hours", ["hour"])
    op.execute(
        """INSERT INTO play_hours (screen, hour, playlist, org, plays, ms)
        SELECT screen, begins / 3600000, playlist, org, count(*), sum(ends - begins) FROM plays
        GROUP BY screen, begins / 3600000, playlist, org"""
    )


def downgrade() -> None:
    op.drop_table("play_hours")
