"""Whether a screen owes proof of a delivery is a fact of its day: a sample without a player does not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_DELIVERIES = sa.table(
    "deliveries", *map(sa.column, ("screen", "created", "received", "shown")), sa.column("owes", sa.Boolean)
)
_SCREENS = sa.table("screens", sa.column("id"), sa.column("sample", sa.Boolean))
_PLAYERS = sa.table("players", *map(sa.column, ("screen", "paired", "revoked")))


def upgrade() -> None:
    """As far as the rows still tell: what was proved was owed, and so was what a player had before it was revoked."""
    with op.batch_alter_table("deliveries") as batch:
        batch.add_column(sa.Column("owes", sa.Boolean(), server_default=sa.true(), nullable=False))
    held = sa.or_(_PLAYERS.c.revoked.is_(None), _PLAYERS.c.revoked > _DELIVERIES.c.created)
    player = sa.exists().where(_PLAYERS.c.screen == _DELIVERIES.c.screen, held)
    sample = sa.exists().where(_SCREENS.c.id == _DELIVERIES.c.screen, _SCREENS.c.sample)
    unproved = sa.and_(_DELIVERIES.c.received.is_(None), _DELIVERIES.c.shown.is_(None))
    op.execute(_DELIVERIES.update().where(unproved, sample, ~player).values(owes=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("deliveries") as batch:
        batch.drop_column("owes")
