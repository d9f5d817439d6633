"""What tables are made of: the one metadata, and columns that occur in many tables."""

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


def id_column() -> sa.Column[str]:
    return sa.Column("id", Id, primary_key=True)


def org_column() -> sa.Column[str]:
    return sa.Column("org", Id, sa.ForeignKey("organisations.id"), nullable=False, index=True)


def text_column(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def ms_column(name: str) -> sa.Column[int]:
    return sa.Column(name, Ms, nullable=False)


def maybe_ms_column(name: str) -> sa.Column[int]:
    return sa.Column(name, Ms, nullable=True)


def ref_column(name: str, target: str, *, nullable: bool = False, index: bool = True) -> sa.Column[str]:
    return sa.Column(name, Id, sa.ForeignKey(target), nullable=nullable, index=index)
