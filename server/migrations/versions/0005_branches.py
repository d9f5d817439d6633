"""Organisations below others, and what those above put on their screens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "branches",
        sa.Column("org", sa.String(40), nullable=False),
        sa.Column("parent", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("airtime", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisations.id"], name="fk_branches_org"),
        sa.ForeignKeyConstraint(["parent"], ["organisations.id"], name="fk_branches_parent"),
        sa.PrimaryKeyConstraint("org", name="pk_branches"),
        sa.UniqueConstraint("code", name="uq_branches_code"),
    )
    op.create_index("ix_branches_parent", "branches", ["parent"])
    _targets("slot_organisations", "slot", "slots", sa.Column("share", sa.Integer(), nullable=False))
    _targets("alert_organisations", "alert", "alerts")


def _targets(name: str, what: str, table: str, *more: sa.Column[int]) -> None:
    """A table of the organisations that slots or alerts are for."""
    op.create_table(
        name,
        sa.Column(what, sa.String(40), nullable=False),
        sa.Column("organisation", sa.String(40), nullable=False),
        *more,
        sa.Column("org", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint([what], [f"{table}.id"], name=f"fk_{name}_{what}"),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name=f"fk_{name}_organisation"),
        sa.ForeignKeyConstraint(["org"], ["organisations.id"], name=f"fk_{name}_org"),
        sa.PrimaryKeyConstraint(what, "organisation", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_organisation", name, ["organisation"])
    op.create_index(f"ix_{name}_org", name, ["org"])


def downgrade() -> None:
    for name in ("alert_organisations", "slot_organisations", "branches"):
        op.drop_table(name)
