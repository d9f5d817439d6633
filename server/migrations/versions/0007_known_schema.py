"""What each node knows, so that a migration that contracts can wait for those that could not go on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007.0006"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("nodes", sa.Column("knows", sa.String(8), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("nodes") as batch:
        batch.drop_column("knows")
